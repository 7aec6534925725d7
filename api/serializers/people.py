"""The serializers of people and organisations, with what belongs to them."""

from typing import Any

from contests import models as contests
from people import models as people

from .. import schemas as shapes
from .base import NOTHING, BaseWriter, Tree


class PeopleWriter(BaseWriter):
    """Serializes people and organisations."""

    def organisation(self, row: people.Organisation) -> shapes.OrganisationReference:
        return shapes.OrganisationReference(
            **self._reference(row), website=row.website or None, country=str(row.country) or None
        )

    def whole_organisation(self, row: people.Organisation, expand: Tree = NOTHING) -> shapes.Organisation:
        return shapes.Organisation(
            **self._resource(row, row.get_absolute_url()),
            slug=row.slug,
            name=row.name,
            disambiguation=row.disambiguation or None,
            description=row.description or None,
            founded=row.founded or None,
            dissolved=row.dissolved or None,
            country=str(row.country) or None,
            website=row.website or None,
            sources=self._sources(row, expand),
            **self._many(
                row,
                expand,
                affiliations=self.affiliation_of_organisation,
                identifiers=self.identifier,
                other_names=self.other_name,
            ),
        )

    def other_name(self, row: people.PersonName | people.OrganisationName, expand: Tree) -> shapes.OtherName:
        return shapes.OtherName(
            name=row.name, kind=row.kind, language=row.language or None, source=self._source_of(row.source)
        )

    def credit_of_person(self, row: contests.Credit, expand: Tree) -> shapes.CreditOfPerson:
        return shapes.CreditOfPerson(
            work=self.one(row, "work", expand),
            **self._credited(row),
        )

    def _credited(self, row: contests.Credit) -> dict[str, Any]:
        return {
            "role": row.role.slug,
            "role_name": row.role.name,
            "wording": row.wording or None,
            "character": row.character or None,
            "credited_as": row.credited_as or None,
            "source": self._source_of(row.source),
        }

    def person(self, row: people.Person, expand: Tree = NOTHING) -> shapes.Person:
        return shapes.Person(
            **self._resource(row, row.get_absolute_url()),
            slug=row.slug,
            kind=row.kind,
            name=row.name,
            sort_name=row.sorted_as,
            disambiguation=row.disambiguation or None,
            born=row.born or None,
            died=row.died or None,
            native_name=row.native_name or None,
            native_language=row.native_language or None,
            headline=row.headline or None,
            biography=row.biography or None,
            country=str(row.country) or None,
            website=row.website or None,
            portrait=self.image(row.portrait),
            sources=self._sources(row, expand),
            quotes_href=self.list_href("quotes", speaker=row.slug),
            recognitions_href=self.list_href("recognitions", person=row.slug, status="all"),
            **self._many(
                row,
                expand,
                affiliations=self.affiliation,
                appearances=self.appearance_of_person,
                credits=self.credit_of_person,
                identifiers=self.identifier,
                next_projects=self.personal_work,
                other_names=self.other_name,
                past_works=self.personal_work,
            ),
        )

    def affiliation(self, row: people.Affiliation, expand: Tree) -> shapes.Affiliation:
        return shapes.Affiliation(
            organisation=self.organisation(row.organisation), role=row.role, source=self._source_of(row.source)
        )

    def affiliation_of_organisation(self, row: people.Affiliation, expand: Tree) -> shapes.AffiliationOfOrganisation:
        return shapes.AffiliationOfOrganisation(
            person=self.one(row, "person", expand), role=row.role, source=self._source_of(row.source)
        )

    def personal_work(self, row: people.PastWork | people.NextProject, expand: Tree) -> shapes.PersonalWork:
        return shapes.PersonalWork(
            title=row.title or None,
            description=row.description or None,
            year=row.year,
            source=self._source_of(row.source),
        )

    def appearance_of_person(self, row: contests.Appearance, expand: Tree) -> shapes.AppearanceOfPerson:
        return shapes.AppearanceOfPerson(
            event=self.reference(row.event), role=row.role, source=self._source_of(row.source)
        )
