"""The querysets of people and organisations."""

from typing import Any, Self

from record.models.identifier import IdentifiersOf
from record.querysets import RecordQuerySet
from record.viewpoint import Viewpoint
from record.visibility import IsShown


class PersonQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """Return the people who are public at `viewpoint`, because a public row, such as a credit, refers to them."""
        return self.filter(IsShown("people.Person", viewpoint))

    def for_list(self) -> Self:
        return self.only(
            *("key", "slug", "kind", "name", "sort_name", "disambiguation", "headline", "country"),
            *("native_name", "native_language"),
        )

    def for_page(self) -> Self:
        identifiers: Any = self.model._meta.get_field("identifiers").related_model
        return self.prefetch_related("sources").annotate(found_identifiers=IdentifiersOf(identifiers, "person"))


class OrganisationQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """
        Return the organisations that are public at `viewpoint`, because a public row, such as a contest or an
        affiliation of a public person, refers to them.
        """
        return self.filter(IsShown("people.Organisation", viewpoint))

    def for_list(self) -> Self:
        return self.only("key", "slug", "name", "disambiguation", "country")

    def for_page(self) -> Self:
        identifiers: Any = self.model._meta.get_field("identifiers").related_model
        return self.prefetch_related("sources").annotate(found_identifiers=IdentifiersOf(identifiers, "organisation"))
