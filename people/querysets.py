"""The querysets of people and organisations."""

from typing import Self

from record.querysets import RecordQuerySet
from record.viewpoint import Viewpoint
from record.visibility import IsShown


class PersonQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """Return the people who are public at `viewpoint`, because a public row, such as a credit, refers to them."""
        return self.filter(IsShown("people.Person", viewpoint))

    def for_list(self) -> Self:
        return self.only("key", "slug", "name", "sort_name", "headline", "country", "native_name", "native_language")

    def for_page(self) -> Self:
        return self.prefetch_related("sources")


class OrganisationQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """
        Return the organisations that are public at `viewpoint`, because a public row, such as a contest or an
        affiliation of a public person, refers to them.
        """
        return self.filter(IsShown("people.Organisation", viewpoint))
