"""Queries for people and organisations."""

from datetime import datetime
from typing import Self

from record.querysets import RecordQuerySet
from record.visibility import IsShown


class PersonQuerySet(RecordQuerySet):
    def public(self, at: datetime) -> Self:
        """Everyone about whom something is public at the moment `at`."""
        return self.filter(IsShown("people.Person", at))

    def for_list(self) -> Self:
        return self.only("key", "slug", "name", "sort_name", "headline", "country", "native_name", "native_language")

    def for_page(self) -> Self:
        return self.prefetch_related("sources")


class OrganisationQuerySet(RecordQuerySet):
    def public(self, at: datetime) -> Self:
        """Every organisation that something public names at the moment `at`."""
        return self.filter(IsShown("people.Organisation", at))
