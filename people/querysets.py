"""The querysets of people and organisations."""

from datetime import datetime
from typing import Self

from record.querysets import RecordQuerySet
from record.visibility import IsShown


class PersonQuerySet(RecordQuerySet):
    def public(self, at: datetime) -> Self:
        """Return the people about whom something is public at the time `at`."""
        return self.filter(IsShown("people.Person", at))

    def for_list(self) -> Self:
        return self.only("key", "slug", "name", "sort_name", "headline", "country", "native_name", "native_language")

    def for_page(self) -> Self:
        return self.prefetch_related("sources")


class OrganisationQuerySet(RecordQuerySet):
    def public(self, at: datetime) -> Self:
        """Return the organisations that something public refers to at the time `at`."""
        return self.filter(IsShown("people.Organisation", at))
