"""The serializers of contests, works, results, events and quotes."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, cast
from urllib.parse import urlencode

from django.urls import reverse

from contests import models as contests
from contests.visibility import Results
from people import models as people
from record import models as record
from record.content_languages import tags_in

from .. import schemas as shapes
from ..series import write_series
from .base import NOTHING, Tree, money, plain
from .people import PeopleWriter


class Writer(PeopleWriter):
    """Serializes model instances for one request. The portal's own URLs are absolute, with the host of the request."""

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
