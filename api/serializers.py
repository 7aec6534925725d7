"""Converts model instances to responses. This module runs no SQL: `queries` has loaded all rows and relations."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, cast
from urllib.parse import urlencode

from django.urls import reverse

from contests import models as contests
from contests.visibility import Results
from people import models as people
from record import models as record
from record.content_languages import tags_in
from record.images import renditions
from record.images.fields import StoredImage
from record.viewpoint import Request, Viewpoint

from . import schemas as shapes
from .series import write_series

Tree = Mapping[str, Any]
NOTHING: Tree = {}

RESOURCES = {
    contests.Series: "series",
    contests.Contest: "contests",
    contests.Work: "works",
    contests.Submission: "submissions",
    contests.Award: "awards",
    contests.Recognition: "recognitions",
    people.Person: "people",
    people.Organisation: "organisations",
    contests.Event: "events",
    contests.Quote: "quotes",
    record.Source: "sources",
}


class Writer:
    """Serializes model instances for one request. The portal's own URLs are absolute, with the host of the request."""

    def __init__(self, request: Request):
        self.viewpoint: Viewpoint = request.viewpoint
        self.absolute = request.build_absolute_uri

    def list_href(self, resource: str, **filters: str) -> str:
        """Return the URL of a list in this API, with `filters` as query parameters."""
        return self.absolute(reverse(f"api:{resource}")) + (f"?{urlencode(filters)}" if filters else "")

    def _reference(self, row: record.Record) -> dict[str, Any]:
        href = reverse(f"api:{RESOURCES[type(row)]}_one", args=[row.key])
        return {"id": row.key, "label": str(row), "href": self.absolute(href)}

    def _resource(self, row: record.Record, path: str) -> dict[str, Any]:
        return {**self._reference(row), "url": self.absolute(path), "is_synthetic": row.is_synthetic}

    def reference(self, row: record.Record) -> shapes.Reference:
        return shapes.Reference(**self._reference(row))

    def one(self, row: record.Record, name: str, expand: Tree) -> Any:
        """
        Return the row to which the foreign key `name` of `row` points, or None if there is none. The row is serialized
        in full if `expand` contains `name`, otherwise as a reference.
        """
        related = getattr(row, name)
        if related is None or name not in expand:
            return related and self.reference(related)
        return self.write(related, expand[name])

    def write(self, row: record.Record, expand: Tree) -> Any:
        """Serialize `row` in full, with the schema for its model."""
        written: dict[type, Callable[[Any, Tree], Any]] = {
            contests.Series: partial(write_series, self),
            contests.Contest: self.contest,
            contests.Work: self.work,
            contests.Submission: self.submission,
            contests.Award: self.award,
            contests.Recognition: self.recognition,
            people.Person: self.person,
            people.Organisation: self.whole_organisation,
            contests.Event: self.event,
            contests.Quote: self.quote,
            record.Source: self.source,
        }
        return written[type(row)](row, expand)

    def _sources(self, row: Any, expand: Tree) -> list[Any]:
        return [self._source_of(source, "sources" in expand) for source in row.sources.all()]

    def _source_of(self, source: record.Source | None, in_full: bool = False) -> Any:
        return source and (self.source(source) if in_full else self.reference(source))

    def _many(self, row: Any, expand: Tree, **written: Any) -> dict[str, Any]:
        """
        Return a dict of the related lists that are in `expand`: {name: serialized rows}. `written` maps the name of
        each list to the function that serializes one of its rows.
        """
        return {
            name: [write(related, expand[name]) for related in getattr(row, f"shown_{name}")]
            for name, write in written.items()
            if name in expand
        }

    def contest(self, row: contests.Contest, expand: Tree = NOTHING) -> shapes.Contest:
        return shapes.Contest(
            **self._resource(row, row.get_absolute_url()),
            slug=row.slug,
            title=row.title,
            edition_number=row.edition_number,
            year_label=row.year_label or None,
            held_from=row.held_from or None,
            held_to=row.held_to or None,
            tagline=row.tagline or None,
            about=row.about or None,
            series=self.reference(row.series) if row.series else None,
            organiser=self.organisation(row.organiser),
            work_kind=row.work_kind,
            host_event=row.host_event or None,
            city=row.city or None,
            country=str(row.country) or None,
            prize_pool=money(row.prize_pool, row.prize_currency),
            time_zone=row.time_zone or None,
            opens_at=row.opens_at,
            closes_at=row.closes_at,
            published_at=cast(datetime, row.published_at),  # A public contest always has a publication date.
            stage=row.entry_stage(self.viewpoint) or None,
            has_results=row.results(self.viewpoint) is Results.PUBLIC,
            hero=self.image(row.hero),
            sources=self._sources(row, expand),
            links=shapes.ContestLinks(
                **{name: self.list_href(name, contest=row.slug) for name in shapes.ContestLinks.model_fields}
            ),
            **self._many(
                row,
                expand,
                awards=self.award,
                categories=lambda category, _expand: self.category(category),
                events=self.event,
                figures=lambda figure, _expand: self.figure(figure),
                leading_regions=lambda region, _expand: self.leading_region(region),
                organisation_figures=lambda figure, _expand: self.figure(figure),
            ),
        )

    def named(self, row: record.Record) -> shapes.Named:
        return shapes.Named(id=row.key, label=str(row))

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

    def identifier(self, row: record.ExternalIdentifier, expand: Tree) -> shapes.Identifier:
        return shapes.Identifier(scheme=row.scheme, value=row.value, url=row.url or None)

    def category(self, row: contests.Category) -> shapes.Category:
        return shapes.Category(id=row.key, label=row.name, slug=row.slug, description=row.description or None)

    def figure(self, row: contests.Figure) -> shapes.Figure:
        return shapes.Figure(
            id=row.key,
            label=row.label,
            organisation=self.organisation(row.organisation) if row.organisation else None,
            qualifier=row.qualifier,
            value=plain(row.value),
            unit=row.unit or None,
            currency=row.currency or None,
            note=row.note or None,
            source=self._source_of(row.source),
        )

    def leading_region(self, row: contests.LeadingRegion) -> shapes.LeadingRegion:
        return shapes.LeadingRegion(country=str(row.country), rank=row.rank, source=self._source_of(row.source))

    def award(self, row: contests.Award, expand: Tree = NOTHING) -> shapes.Award:
        page = f"{reverse('contest_winners', args=[row.contest.slug])}?{urlencode({'award': row.slug})}"
        return shapes.Award(
            **self._resource(row, page),
            slug=row.slug,
            name=row.name,
            contest=self.one(row, "contest", expand),
            line=self.named(row.line) if row.line else None,
            kind=row.kind,
            precedence=row.precedence,
            description=row.description or None,
            prize=money(row.prize_amount, row.prize_currency),
            source=self._source_of(row.source, "source" in expand),
            recognitions_href=self.list_href("recognitions", contest=row.contest.slug, award=row.slug, status="all"),
        )

    def work(self, row: contests.Work, expand: Tree = NOTHING) -> shapes.Work:
        return shapes.Work(
            **self._resource(row, row.get_absolute_url()),
            slug=row.slug,
            title=row.title,
            title_language=row.title_language or None,
            original_title=row.original_title or None,
            original_title_language=row.original_title_language or None,
            disambiguation=row.disambiguation or None,
            year_from=row.year_from,
            year_to=row.year_to,
            countries=[str(country) for country in row.countries],
            languages=tags_in(row.languages),
            identifiers=[self.identifier(each, NOTHING) for each in row.identifiers.all()],
            sources=self._sources(row, expand),
            **self._many(row, expand, credits=self.credit, entries=self.submission),
        )

    def submission(self, row: contests.Submission, expand: Tree = NOTHING) -> shapes.Submission:
        return shapes.Submission(
            **self._resource(row, row.get_absolute_url()),
            slug=row.slug,
            title=row.title,
            title_language=row.title_language or None,
            original_title=row.original_title or None,
            original_title_language=row.original_title_language or None,
            work=self.reference(row.work),
            contest=self.one(row, "contest", expand),
            categories=[self.category(category) for category in row.listed_categories],
            logline=row.logline or None,
            synopsis=row.synopsis or None,
            language=row.language or None,
            countries=[str(country) for country in row.countries],
            runtime=row.runtime,
            year=row.year,
            tools=row.tools or None,
            work_url=row.public_work_url or None,
            poster=self.image(row.poster),
            sources=self._sources(row, expand),
            quotes_href=self.list_href("quotes", work=f"{row.contest.slug}/{row.slug}"),
            **self._many(row.work, expand, credits=self.credit),
            **self._many(row, expand, recognitions=self.recognition),
        )

    def credit(self, row: contests.Credit, expand: Tree) -> shapes.Credit:
        return shapes.Credit(
            person=self.one(row, "person", expand),
            organisation=self.organisation(row.organisation) if row.organisation else None,
            **self._credited(row),
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

    def recognition(self, row: contests.Recognition, expand: Tree = NOTHING) -> shapes.Recognition:
        return shapes.Recognition(
            **self._resource(row, row.get_absolute_url()),
            award=self.one(row, "award", expand),
            contest=self.reference(row.award.contest),
            submissions=[
                self.write(work, expand["submissions"]) if "submissions" in expand else self.reference(work)
                for work in row.works
            ],
            parties=[self.party(party, expand) for party in row.parties.all()],
            standing=row.standing,
            outcome=row.outcome,
            detail=row.detail or None,
            rank=row.rank,
            is_tied=row.is_tied,
            is_shared=row.is_shared,
            note=row.note or None,
            citation=row.citation or None,
            presenters=[
                self.person(person) if "presenters" in expand else self.reference(person)
                for person in row.presenters.all()
            ],
            source=self._source_of(row.source, "source" in expand),
            revoked_on=row.revoked_on,
            revocation_reason=row.revocation_reason or None,
        )

    def party(self, row: contests.Party, expand: Tree) -> shapes.Party:
        person: Any = None
        if row.person:
            person = self.write(row.person, expand["parties"]) if "parties" in expand else self.reference(row.person)
        return shapes.Party(
            person=person,
            organisation=self.organisation(row.organisation) if row.organisation else None,
            part=row.part or None,
            credited_as=row.credited_as or None,
        )

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

    def event(self, row: contests.Event, expand: Tree = NOTHING) -> shapes.Event:
        return shapes.Event(
            **self._resource(row, row.get_absolute_url()),
            slug=row.slug,
            title=row.title,
            kind=row.kind,
            contest=self.one(row, "contest", expand),
            part_of=self.reference(row.part_of) if row.part_of else None,
            host=self.organisation(row.host) if row.host else None,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            venue=row.venue or None,
            city=row.city or None,
            description=row.description or None,
            sources=self._sources(row, expand),
            quotes_href=self.list_href("quotes", event=f"{row.contest.slug}/{row.slug}"),
            **self._many(row, expand, appearances=self.appearance),
        )

    def appearance(self, row: contests.Appearance, expand: Tree) -> shapes.Appearance:
        return shapes.Appearance(
            person=self.one(row, "person", expand), role=row.role, source=self._source_of(row.source)
        )

    def appearance_of_person(self, row: contests.Appearance, expand: Tree) -> shapes.AppearanceOfPerson:
        return shapes.AppearanceOfPerson(
            event=self.reference(row.event), role=row.role, source=self._source_of(row.source)
        )

    def quote(self, row: contests.Quote, expand: Tree = NOTHING) -> shapes.Quote:
        return shapes.Quote(
            **self._resource(row, row.get_absolute_url()),
            slug=row.slug,
            text=row.text,
            language=row.language or None,
            context=row.context or None,
            speaker=self.one(row, "speaker", expand),
            event=self.one(row, "event", expand),
            submission=self.one(row, "submission", expand),
            source=self._source_of(row.source, "source" in expand),
        )

    def source(self, row: record.Source, expand: Tree = NOTHING) -> shapes.Source:
        return shapes.Source(
            **self._resource(row, row.get_absolute_url()),
            slug=row.slug,
            title=row.title,
            publisher=row.publisher or None,
            author=row.author or None,
            original_url=row.url or None,
            published_on=row.published_on,
            accessed_on=row.accessed_on,
            note=row.note or None,
        )

    def image(self, file: StoredImage) -> shapes.Image | None:
        if not file:
            return None
        licence = file.licence
        width, height = file.size_in_px
        return shapes.Image(
            url=self.absolute(file.url),
            width=width,
            height=height,
            alt=file.alt or None,
            credit=file.credit or None,
            licence=shapes.Licence(name=str(licence.label), url=licence.url or None) if licence else None,
            renditions=[
                shapes.Rendition(
                    url=self.absolute(file.storage.url(renditions.name_of(file.stored_name, size, extension))),
                    type=f"image/{extension}",
                    width=size,
                )
                for size in (renditions.widths_for(width) if width else [])
                for extension in renditions.FORMATS
            ],
        )


def money(amount: Any, currency: str) -> shapes.Money | None:
    return None if amount is None else shapes.Money(amount=amount, currency=currency)


def plain(value: Decimal) -> Decimal:
    """Remove decimals that are all zero: 4600.00 becomes 4600."""
    whole = value.to_integral_value()
    return whole if whole == value else value
