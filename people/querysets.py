"""The querysets of people and organisations."""

from typing import Any, Self

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q

from record.models.identifier import IdentifiersOf
from record.querysets import RecordQuerySet
from record.viewpoint import Viewpoint
from record.visibility import IsShown


def _model_of(model: Any, relation: str) -> Any:
    return model._meta.get_field(relation).related_model


def _has(model: Any, relation: str) -> Exists:
    """Return the condition that rows of `relation` point to a row. Its page then needs no statement for those."""
    field = model._meta.get_field(relation)
    return Exists(field.related_model._base_manager.filter(**{field.field.name: OuterRef("pk")}))


#: What pages show of another name.
OTHER_NAME = ("id", "key", "name", "kind", "language", "source")


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
        """Load all that belongs to a person in one SQL statement, but of past and next works say only if there are."""
        identifiers: Any = _model_of(self.model, "identifiers")
        works = [Q(_has(self.model, name)) for name in ("past_works", "next_projects")]
        belongs = ("id", "key", "role", "source", *(f"organisation__{name}" for name in ("id", "key", "slug", "name")))
        rows = self.embed("sources").embed("other_names", *OTHER_NAME).embed("affiliations", *belongs)
        return rows.annotate(
            found_identifiers=IdentifiersOf(identifiers, "person"),
            has_works=ExpressionWrapper(works[0] | works[1], BooleanField()),
        )


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
        """Load all that belongs to an organisation in one SQL statement, but say only if it has affiliations."""
        identifiers: Any = _model_of(self.model, "identifiers")
        return (
            self.embed("sources")
            .embed("other_names", *OTHER_NAME)
            .annotate(
                found_identifiers=IdentifiersOf(identifiers, "organisation"),
                has_affiliations=_has(self.model, "affiliations"),
            )
        )
