"""Create the rows of a synthetic contest in the database, from its plan."""

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contests import results, standard_roles
from contests.demo import vocabulary
from contests.demo.awards import CURRENCY, Prizes
from contests.demo.cast import Cast
from contests.demo.events import GUESTS, Programme, presenters
from contests.demo.plan import Plan, Stage
from contests.demo.works import Entries
from contests.models import (
    AwardLine,
    Category,
    Contest,
    Credit,
    CreditRole,
    Figure,
    LeadingRegion,
    Recognition,
    Series,
    SeriesOrganiser,
    Submission,
    Work,
    WorkIdentifier,
)
from contests.work_kinds import WorkKind
from people.models import Organisation, Person
from record import bulk, public_version
from record.database_triggers import paused
from record.models import Source

_LIVES = 40


@transaction.atomic
def make(plan: Plan, say: Callable[[int], object] = lambda _stored: None) -> Contest:
    """
    Create the contest of `plan` and all its rows in one transaction, and report the progress with `say`, a function
    that takes the number of submissions so far. Rows are created in bulk, without history. The approval, the reveal and
    one revocation are made with `contests.results`, without an actor. Raise `ValidationError` if the synthetic contest
    exists already, or if another contest has its slug.
    """
    if Contest.objects.filter(key=plan.key("contest")).exists():
        raise ValidationError(_("There is already a synthetic contest “%(slug)s”.") % {"slug": plan.slug})
    if Contest.objects.filter(slug=plan.slug).exists():
        raise ValidationError(
            _("The slug “%(slug)s” is used by a contest that is not synthetic.") % {"slug": plan.slug}
        )
    # All rows refer only to each other, so nothing that already existed has to be indexed or approved again.
    with paused():
        return _Making(plan, say).run()


class _Making:
    """Creates one synthetic contest. The attributes keep the rows to which later rows refer."""

    def __init__(self, plan: Plan, say: Callable[[int], object]):
        self.plan, self.say = plan, say
        self.cast = Cast(plan)

    def run(self) -> Contest:
        plan = self.plan
        self.source = Source(
            key=plan.key("source"),
            slug=f"synthetic-data-{plan.slug}",
            title=vocabulary.SOURCE_TITLE,
            publisher="Laurel",
            published_on=plan.published_at.date(),
            note=vocabulary.SOURCE_NOTE,
        )
        store([self.source])
        self.organisations = self._organisations()
        self.contest = self._contest()
        self._reports()
        self.prizes = Prizes(plan, contest=self.contest, source=self.source)
        self._lines()
        store(self.prizes.awards)
        self.programme = Programme(plan, contest=self.contest, host=self.organisations[1], source=self.source)
        # Save the events one by one: the panel has a foreign key to the ceremony, so the ceremony must be saved first.
        for event in self.programme.events:
            store([event])
        self._back(self.programme.events)
        if plan.has_entries:
            self.guests = [Person(**values) for values in self.cast.people(GUESTS)]
            store(self.guests)
            self._back(self.guests)
            self._entries()
        return self.contest

    def _lines(self) -> None:
        """Save who has organised the series, and continuing awards for the first awards."""
        plan, series = self.plan, self.contest.series
        since = {"organisation": self.organisations[0], "since": "2001", "source": self.source}
        store([SeriesOrganiser(key=plan.key("series-organiser"), series=series, **since)])
        awards = self.prizes.awards[:3]
        given = {"series": series, "source": self.source}
        lines = [
            AwardLine(key=plan.key("award-line", n), slug=award.slug, name=award.name, order=n, **given)
            for n, award in enumerate(awards, start=1)
        ]
        store(lines)
        for award, line in zip(awards, lines, strict=True):
            award.line = line

    def _organisations(self) -> list[Organisation]:
        names = ["Specimen Film Society (made up)", "Placeholder Academy of Moving Images (made up)"]
        made = [
            Organisation(
                key=self.plan.key("organisation", n),
                slug=f"made-up-{n}-{self.plan.slug}",
                name=name,
                founded=f"{1950 + n}",
            )
            for n, name in enumerate(names, start=1)
        ]
        store(made)
        self._back(made)
        return made

    def _contest(self) -> Contest:
        plan = self.plan
        series = Series(key=plan.key("series"), slug=f"specimen-{plan.slug}", name="Specimen Contests (made up)")
        contest = Contest(
            key=plan.key("contest"),
            slug=plan.slug,
            series=series,
            title=vocabulary.CONTESTS[plan.stage],
            tagline=vocabulary.TAGLINE,
            about=vocabulary.ABOUT,
            work_kind=WorkKind.FILM,
            organiser=self.organisations[0],
            host_event="a made-up film festival",
            city="Placeholder City",
            prize_pool=Decimal(250_000),
            prize_currency=CURRENCY,
            published_at=plan.published_at,
            opens_at=plan.opens_at,
            closes_at=plan.closes_at,
            accent=Contest.Accent.TEAL,
            public_entries=Contest.PublicEntries.ALL,
        )
        for row in (series, contest):
            store([row])
            self._back([row])
        return contest

    def _reports(self) -> None:
        """
        Save the categories of the contest. If the contest has closed for entries, also save its figures and the
        countries with the most entries.
        """
        plan, contest = self.plan, self.contest
        figures = [
            ("submissions", "exactly", plan.submissions, ""),
            ("countries and regions", "exactly", len(plan.country_codes), ""),
            ("in prizes", "about", 250_000, CURRENCY),
            ("guests", "more_than", 1_200_000, ""),
            ("members", "about", 4_321, ""),
        ]
        if plan.has_closed:
            store(
                Figure(
                    key=plan.key("figure", n),
                    contest=contest,
                    organisation=self.organisations[0] if label == "members" else None,
                    slug=f"figure-{n}",
                    label=label,
                    qualifier=qualifier,
                    value=Decimal(value),
                    currency=currency,
                    note="made up",
                    order=n,
                    source=self.source,
                )
                for n, (label, qualifier, value, currency) in enumerate(figures, start=1)
            )
            store(
                LeadingRegion(key=plan.key("region", n), contest=contest, country=country, rank=n, source=self.source)
                for n, country in enumerate(plan.country_codes[:5], start=1)
            )
        self.categories = [
            Category(key=plan.key("category", n), contest=contest, slug=f"category-{n}", name=name, order=n)
            for n, name in enumerate(vocabulary.CATEGORIES, start=1)
        ]
        store(self.categories)

    def _entries(self) -> None:
        plan, indexes = self.plan, self.prizes.indexes
        entries = Entries(
            plan,
            self.cast,
            categories=self.categories,
            eligible={*indexes, *range(plan.countries)},
            roles=self._roles(),
            company=self.organisations[1].pk,
            people_keys=bulk.new_primary_keys(Person),
            work_keys=bulk.new_primary_keys(Work),
            entry_keys=bulk.new_primary_keys(Submission),
        )
        stored = 0
        for batch in entries.batches():
            bulk.insert(Person, batch.people)
            self._back_many(Person, batch.people)
            bulk.insert(Work, batch.works)
            self._back_many(Work, batch.works)
            public = Submission.LinkAudience.PUBLIC
            bulk.insert(Submission, batch.entries, contest=self.contest, work_url_audience=public)
            self._back_many(Submission, batch.entries)
            bulk.insert(Submission.categories.through, batch.categories)
            bulk.insert(Credit, batch.credits, source=self.source)
            bulk.insert(WorkIdentifier, batch.identifiers)
            stored += len(batch.entries)
            self.say(stored)
        won = {plan.key("submission", index + 1): index for index in indexes}
        works = {won[work.key]: work for work in Submission.objects.filter(key__in=won)}
        of_works = Credit.objects.filter(work__entries__in=works.values(), order=1).select_related("person")
        first = {credit.work_id: credit.person for credit in of_works if credit.person}
        self._honours(works, {entry.key: first[entry.work_id] for entry in works.values()})

    @staticmethod
    def _roles() -> dict[str, int]:
        standard_roles.fill()  # if an editor has deleted all roles
        return dict(CreditRole.objects.order_by("order").values_list("key", "pk"))

    def _honours(self, works: dict[int, Submission], makers: dict[str, Person]) -> None:
        results_of = list(self.prizes.recognitions(works, self.guests)) if self.plan.has_results else []
        given = [recognition for recognition, _work, _party in results_of]
        if self.plan.stage is Stage.REVEALED:
            for recognition in given:  # Saving many rows as approved is faster than approving them with `approve`.
                recognition.approved_at = timezone.now()
        store(given)
        link = Recognition.submissions.through
        store(link(recognition=recognition, submission=work) for recognition, work, _party in results_of if work)
        store(party for _recognition, _work, party in results_of if party)
        handing_over = presenters(self.guests)
        store(
            Recognition.presenters.through(recognition=recognition, person=handing_over[number % len(handing_over)])
            for number, recognition in enumerate(given)
        )
        # List each winning work once, even if it has several awards, in the order of the awards.
        won = {work.key: work for recognition, work, _party in results_of if work and recognition.standing == "winner"}
        winners = [(makers[key], work) for key, work in won.items()]
        people = list({person.key: person for person, _work in winners}.values())
        store(self.programme.appearances(self.guests, people))
        if self.plan.has_results:
            store(self.programme.quotes(self.guests, winners))
        lives: list[Any] = list(self.programme.lives([*self.guests, *people][:_LIVES], self.organisations))
        lives += self.programme.names_of(self.organisations)
        kinds: list[type[Any]] = list(dict.fromkeys(map(type, lives)))
        for model in kinds:
            store([row for row in lives if type(row) is model])
        if self.plan.stage is Stage.REVEALED:
            count_rows()
            results.approve(self.contest, actor=None)
            self.contest = results.reveal(self.contest, actor=None)
            if len(given) > 2:
                results.revoke(given[-1], actor=None, reason=vocabulary.REVOCATION)

    def _back(self, rows: Iterable[models.Model]) -> None:
        """Add the synthetic source to `sources` of each of `rows`, which are saved rows of the same model."""
        rows = list(rows)
        if rows:
            self._back_many(type(rows[0]), [{"id": row.pk} for row in rows])

    def _back_many(self, model: type[models.Model], rows: Iterable[dict[str, Any]]) -> None:
        field: Any = model._meta.get_field("sources")
        owner = f"{field.m2m_field_name()}_id"
        bulk.insert(field.remote_field.through, [{owner: row["id"]} for row in rows], source=self.source)


def count_rows() -> None:
    """
    Update PostgreSQL's table statistics. Otherwise the query planner assumes that the newly filled tables are empty,
    and the triggers that run during an approval take minutes for 300 submissions.
    """
    if connection.vendor == "postgresql":
        # Name the tables: otherwise the system tables that all databases of the server share stay locked for other
        # ANALYZE commands until the end of the transaction.
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(public_version.tables())}")


def store(rows: Iterable[models.Model]) -> None:
    """Insert `rows`, unsaved rows of the same model, in bulk."""
    if rows := list(rows):
        type(rows[0])._base_manager.bulk_create(rows)
