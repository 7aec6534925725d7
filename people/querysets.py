"""The querysets of people and organisations."""

from typing import Self

from record.querysets import RecordQuerySet
from record.viewpoint import Viewpoint
from record.visibility import IsShown


class PersonQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """Return the people about whom something is public at the time `viewpoint`."""
        return self.filter(IsShown("people.Person", viewpoint))

    def for_list(self) -> Self:
        return self.only("key", "slug", "name", "sort_name", "headline", "country", "native_name", "native_language")

    def for_page(self) -> Self:
        return self.prefetch_related("sources")


class OrganisationQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """Return the organisations that something public refers to at the time `viewpoint`."""
        return self.filter(IsShown("people.Organisation", viewpoint))
