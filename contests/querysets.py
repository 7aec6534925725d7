"""Querysets of the contests. Everything that a visitor reads starts from `public(viewpoint)`."""

from typing import TYPE_CHECKING, Self

from django.db.models import (
    Case,
    CharField,
    Count,
    DecimalField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from contests import visibility
from contests.tallies import RUNTIMES
from contests.visibility import rows_of
from people.models import Person
from record.querysets import RecordQuerySet
from record.synthetic import is_synthetic
from record.viewpoint import Viewpoint

if TYPE_CHECKING:
    from contests.models import Contest, Submission
    from record.models import Source


def counted_in(contest: "Contest | None", via: str = "contest") -> Q:
    """
    A condition for the rows that the statistics of `contest` count; if it is None, the rows of all contests that aren't
    synthetic.
    """
    return ~is_synthetic(f"{via}__") if contest is None else Q(**{via: contest})


TEXT = CharField()
NO_DETAIL, NO_AMOUNT = Value(""), Value(None, output_field=DecimalField(max_digits=20, decimal_places=2))


def measured(
    rows: QuerySet,
    measure: Combinable,
    value: Combinable,
    detail: Combinable = NO_DETAIL,
    amount: Combinable = NO_AMOUNT,
) -> QuerySet:
    """
    Return the number of `rows` for each value and detail. All measures have the same columns, so that one statement can
    combine them with UNION.
    """
    named = {"measure": measure, "value": value, "detail": detail}
    return rows.order_by().annotate(**named).values_list(*named).annotate(count=Count("pk"), amount=amount)


class ContestQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """The contests that have a public page at `viewpoint`."""
        return self.filter(visibility.contest_is_public(viewpoint))

    def with_public_results(self, viewpoint: Viewpoint) -> Self:
        """The contests whose results are public at `viewpoint`."""
        return self.filter(visibility.results_are_public(viewpoint))

    def with_results_to_keep(self, viewpoint: Viewpoint) -> Self:
        """The contests with at least one result public at `viewpoint`, including a result shown ahead of the rest."""

        one = rows_of("Recognition").revealed(viewpoint).filter(award__contest=OuterRef("pk"))
        return self.filter(visibility.results_are_public(viewpoint) | Exists(one))

    def results_first(self, viewpoint: Viewpoint) -> Self:
        """
        The contests in the order of the home page, which opens with the first: those with public results, then the
        newest; synthetic contests last.
        """
        made_up = Case(When(is_synthetic(), then=Value(1)), default=Value(0))
        has_results = Case(When(visibility.results_are_public(viewpoint), then=Value(0)), default=Value(1))
        return self.order_by(made_up, has_results, "-published_at", "-pk")

    def for_list(self) -> Self:
        return self.select_related("series", "organiser")

    def for_page(self) -> Self:
        return self.for_list().prefetch_related("sources")

    def resting_on(self, source: "Source") -> Self:
        """The contests whose texts, series, award or leading region cite `source`."""

        return self.filter(
            Q(pk__in=self.model._default_manager.filter(sources=source).values("pk"))
            | Q(series__in=rows_of("Series").filter(sources=source))
            | Q(pk__in=rows_of("Award").filter(source=source).values("contest"))
            | Q(pk__in=rows_of("LeadingRegion").filter(source=source).values("contest"))
        )

    def with_counts(self, viewpoint: Viewpoint) -> Self:
        """
        Add `winner_count`, `submission_count` and `quote_count`: the rows that are public at `viewpoint`, for the
        table of contents.
        """

        return self.annotate(
            winner_count=_count(
                rows_of("Recognition").public(viewpoint).winning().filter(award__contest=OuterRef("pk"))
            ),
            submission_count=_count(rows_of("Submission").public(viewpoint).filter(contest=OuterRef("pk"))),
            quote_count=_count(rows_of("Quote").public(viewpoint).filter(event__contest=OuterRef("pk"))),
        )

    def for_statistics(self, slug: str) -> Self:
        """The contest with `slug` first, then all that aren't synthetic, newest first; with their sources."""
        asked = Case(When(slug=slug, then=Value(0)), default=Value(1))
        return (
            self.filter(~is_synthetic() | Q(slug=slug))
            .order_by(asked, "-published_at", "-pk")
            .prefetch_related("sources")
        )

    def state_of_record(self, viewpoint: Viewpoint, contest: "Contest | None") -> list[tuple]:
        """
        A fingerprint of the data behind the statistics of submissions at `viewpoint`, in one quick statement. It has
        one row for each contest: its id, its `public_entries`, whether its results are public, the latest `reveal_at`
        of a submission that was shown ahead of them, and the newest row and newest history record of submissions,
        recognitions, credits and people. If the fingerprint is the same, so are the counts, unless rows were changed in
        bulk, which leaves no history.
        """

        newest = [
            Subquery(rows.order_by("-pk").values("pk")[:1])
            for model in (*(rows_of(name).model for name in ("Submission", "Recognition", "Credit")), Person)
            for rows in (model.objects.all(), model.history.all())
        ]
        rows = self.filter(pk=contest.pk) if contest else self.exclude(is_synthetic())
        is_whole = Case(When(visibility.results_are_public(viewpoint), then=Value(1)), default=Value(0))
        shown_early = (
            rows_of("Submission").filter(reveal_at__lte=viewpoint.at).order_by("-reveal_at").values("reveal_at")[:1]
        )
        return list(rows.order_by("pk").values_list("pk", "public_entries", is_whole, Subquery(shown_early), *newest))


def _count(rows: QuerySet) -> Coalesce:
    # Without an order and with one constant group, this counts the rows that belong to a row of the outer query.
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


class PartOfContestQuerySet(RecordQuerySet):
    """Rows that are public together with their contest: figures, leading regions, awards, categories, events."""

    def of_contest_itself(self) -> Self:
        """For figures: those about the contest, not about its organiser or another organisation."""
        return self.filter(organisation=None)

    def public(self, viewpoint: Viewpoint) -> Self:
        """The rows whose contest is public at `viewpoint`."""
        return self.filter(visibility.contest_is_public(viewpoint, "contest__"))

    def for_statistics(self, contest: "Contest | None") -> Self:
        """The rows that count in the statistics of `contest`, with their contest and source."""
        return self.filter(counted_in(contest)).select_related("contest", "source")

    def for_small_counts(self, contest: "Contest | None") -> QuerySet:
        """
        For awards: ("prize", currency, "", number of awards, sum of their amounts); the currency is "" if no amount is
        known.
        """
        currency = Case(When(prize_amount__isnull=True, then=Value("")), default=F("prize_currency"), output_field=TEXT)
        return measured(self.filter(counted_in(contest)), Value("prize"), currency, amount=Sum("prize_amount"))


class EventQuerySet(PartOfContestQuerySet):
    def for_page(self) -> Self:
        return self.select_related("contest", "host", "part_of__contest").prefetch_related("sources")


class SubmissionQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """
        The submissions that are public at `viewpoint`: they are eligible, their results are revealed, and their contest
        shows them.
        """
        return self.filter(visibility.submission_is_public(viewpoint))

    def for_gallery(self, viewpoint: Viewpoint) -> Self:
        """Load contest, creators and recognitions too: three statements in all."""

        return self.select_related("contest").prefetch_related(
            Prefetch("credits", rows_of("Credit").select_related("person", "source").order_by("order")),
            Prefetch("recognitions", rows_of("Recognition").public(viewpoint).select_related("award", "source")),
        )

    def for_page(self, viewpoint: Viewpoint) -> Self:
        """Load everything that the page of one submission shows: five statements."""
        return (
            self.for_gallery(viewpoint)
            .select_related("contest__organiser", "category")
            .prefetch_related("sources", "recognitions__presenters")
        )

    def for_citation(self) -> Self:
        """Load contest, credited people and sources too: three statements in all."""

        credits = rows_of("Credit").select_related("person").order_by("order")
        return self.select_related("contest").prefetch_related(Prefetch("credits", credits), "sources")

    def for_statistics(self, contest: "Contest | None") -> QuerySet:
        """
        The number of submissions in each `contests.tallies.Cell`, as the values of its fields, in one pass over the
        table.
        """
        classes = [When(runtime__gte=limit, then=Value(limit)) for limit in reversed(RUNTIMES)]
        return (
            self.filter(counted_in(contest))
            .order_by()
            .annotate(length=Case(*classes, output_field=IntegerField()))
            .values_list("contest", "year", "language", "length")
            .annotate(count=Count("pk"))
        )


class CreditQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """The credits of submissions that are public at `viewpoint`."""
        return self.filter(visibility.submission_is_public(viewpoint, "submission__"))

    def for_statistics(self, contest: "Contest | None") -> QuerySet:
        """
        The counts (measure, value, count, people), in one statement. For the measure "country": in how many submissions
        a country occurs among the people credited, and how many people come from there; people without a country have
        the value "". For the measure "role": how many credits have this role; `people` is 0.
        """
        rows = self.filter(counted_in(contest, "submission__contest")).order_by()
        from_country = rows.annotate(measure=Value("country"), value=F("person__country"))
        in_role = rows.annotate(measure=Value("role"), value=F("role"))
        return (
            from_country.values_list("measure", "value")
            .annotate(count=Count("submission", distinct=True), people=Count("person", distinct=True))
            .union(in_role.values_list("measure", "value").annotate(count=Count("pk"), people=Value(0)), all=True)
        )


class RecognitionQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """The recognitions that are public at `viewpoint`, including the revoked: their notice is public too."""
        return self.filter(visibility.recognition_is_public(viewpoint))

    def revealed(self, viewpoint: Viewpoint) -> Self:
        """The recognitions that are revealed at `viewpoint`, even if their submission is no longer eligible."""
        return self.filter(visibility.recognition_is_revealed(viewpoint))

    def in_force(self) -> Self:
        """The recognitions that are not revoked."""
        return self.filter(revoked_on__isnull=True)

    def winning(self) -> Self:
        """The recognitions in force that are wins, not nominations or other standings."""
        return self.in_force().filter(standing="winner")

    def named_only(self) -> Self:
        """The recognitions in force that are not wins: nominees, finalists, runners-up and mentions."""
        return self.in_force().exclude(standing="winner")

    def own_first(self) -> Self:
        """Order recognitions of people before those of works, and each of the two by award."""
        of_work = Case(When(person__isnull=False, then=Value(0)), default=Value(1))
        return self.order_by(of_work, "award__precedence", "order", "pk")

    def for_award_lines(self) -> Self:
        """Also load the award, its work or person, and the creators: two SQL statements in all."""

        return self.select_related("award__contest", "submission__contest", "person", "source").prefetch_related(
            Prefetch("submission__credits", rows_of("Credit").select_related("person", "source").order_by("order"))
        )

    def for_winners(self) -> Self:
        """Load award, work or person, creators, sources and presenters too: four statements in all."""
        return self.for_award_lines().with_work_sources().prefetch_related("presenters")

    def for_laurel(self, viewpoint: Viewpoint) -> Self:
        """
        Load award, work or person too, and the ceremonies of the contest as `contest.ceremonies`: two statements in
        all.
        """

        ceremonies = rows_of("Event").public(viewpoint).filter(kind="ceremony", starts_at__isnull=False)
        return self.select_related("award__contest", "submission__contest", "person").prefetch_related(
            Prefetch("award__contest__events", ceremonies, to_attr="ceremonies")
        )

    def with_work_sources(self) -> Self:
        """Load the sources of the works' texts too, in one more statement."""
        return self.prefetch_related("submission__sources")

    def for_small_counts(self, contest: "Contest | None") -> QuerySet:
        """The counts ("given" or "revoked", kind of award, standing, number of recognitions, None)."""
        force = Case(When(revoked_on__isnull=True, then=Value("given")), default=Value("revoked"))
        return measured(self.filter(counted_in(contest, "award__contest")), force, F("award__kind"), F("standing"))


class AppearanceQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """The appearances in events public at `viewpoint`. Winners are left out until the results are public."""
        return self.filter(visibility.appearance_is_public(viewpoint))


class QuoteQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """The quotes that are public at `viewpoint`, with the results of their contest."""
        return self.filter(visibility.quote_is_public(viewpoint))

    def about(self, work: "Submission") -> Self:
        """The quotes about the work `work`, not its creators' quotes about anything else."""
        return self.filter(submission=work)

    def for_list(self) -> Self:
        """Load speaker, event, work and source too, in one statement."""
        return self.select_related("speaker", "event__contest", "submission__contest", "source")

    def for_small_counts(self, contest: "Contest | None") -> QuerySet:
        """The counts ("quote", "", "", number of quotes, None)."""
        return measured(self.filter(counted_in(contest, "event__contest")), Value("quote"), Value(""))
