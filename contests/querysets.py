"""What can be asked of the contests. Whatever a visitor reads starts from `public(at)`."""

from datetime import datetime
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

if TYPE_CHECKING:
    from contests.models import Contest, Submission
    from record.models import Source


def counted_in(contest: "Contest | None", via: str = "contest") -> Q:
    """The rows that the statistics of `contest` count; where it is None, those of every contest that isn't made up."""
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
    """How many `rows` there are of each value and detail, in one shape for all, so that one statement asks for many."""
    named = {"measure": measure, "value": value, "detail": detail}
    return rows.order_by().annotate(**named).values_list(*named).annotate(count=Count("pk"), amount=amount)


class ContestQuerySet(RecordQuerySet):
    def public(self, at: datetime) -> Self:
        """The contests that have a page at the moment `at`."""
        return self.filter(visibility.contest_is_public(at))

    def with_public_results(self, at: datetime) -> Self:
        """The contests whose results are public at the moment `at`."""
        return self.filter(visibility.results_are_public(at))

    def with_results_to_keep(self, at: datetime) -> Self:
        """The contests of which some result was made known by the moment `at`, be it one ahead of the rest."""

        one = rows_of("Recognition").revealed(at).filter(award__contest=OuterRef("pk"))
        return self.filter(visibility.results_are_public(at) | Exists(one))

    def results_first(self, at: datetime) -> Self:
        """
        Those with public results first, then the newest, and the synthetic after all others: the contest that the home
        page opens with.
        """
        made_up = Case(When(is_synthetic(), then=Value(1)), default=Value(0))
        has_results = Case(When(visibility.results_are_public(at), then=Value(0)), default=Value(1))
        return self.order_by(made_up, has_results, "-published_at", "-pk")

    def for_list(self) -> Self:
        return self.select_related("series", "organiser")

    def for_page(self) -> Self:
        return self.for_list().prefetch_related("sources")

    def resting_on(self, source: "Source") -> Self:
        """Those of which `source` backs the texts, the series, an award or a leading region."""

        return self.filter(
            Q(pk__in=self.model._default_manager.filter(sources=source).values("pk"))
            | Q(series__in=rows_of("Series").filter(sources=source))
            | Q(pk__in=rows_of("Award").filter(source=source).values("contest"))
            | Q(pk__in=rows_of("LeadingRegion").filter(source=source).values("contest"))
        )

    def with_counts(self, at: datetime) -> Self:
        """With `winner_count`, `submission_count` and `quote_count`: what is public at `at`, for the contents."""

        return self.annotate(
            winner_count=_count(rows_of("Recognition").public(at).winning().filter(award__contest=OuterRef("pk"))),
            submission_count=_count(rows_of("Submission").public(at).filter(contest=OuterRef("pk"))),
            quote_count=_count(rows_of("Quote").public(at).filter(event__contest=OuterRef("pk"))),
        )

    def for_statistics(self, slug: str) -> Self:
        """The one with `slug` first, then every one that isn't made up, the newest first; with their sources."""
        asked = Case(When(slug=slug, then=Value(0)), default=Value(1))
        return (
            self.filter(~is_synthetic() | Q(slug=slug))
            .order_by(asked, "-published_at", "-pk")
            .prefetch_related("sources")
        )

    def state_of_record(self, at: datetime, contest: "Contest | None") -> list[tuple]:
        """
        What the statistics of submissions at the moment `at` depend on, in one quick statement: for each of these
        contests its id, which entries it shows, whether its results are public, the newest of the moments at which a
        submission was shown ahead of them, and the newest row and change of submissions, awards, credits and people.
        Where none of it differs, no count does, unless rows were changed in bulk, which leaves no history.
        """

        newest = [
            Subquery(rows.order_by("-pk").values("pk")[:1])
            for model in (*(rows_of(name).model for name in ("Submission", "Recognition", "Credit")), Person)
            for rows in (model.objects.all(), model.history.all())
        ]
        rows = self.filter(pk=contest.pk) if contest else self.exclude(is_synthetic())
        is_whole = Case(When(visibility.results_are_public(at), then=Value(1)), default=Value(0))
        shown_early = rows_of("Submission").filter(reveal_at__lte=at).order_by("-reveal_at").values("reveal_at")[:1]
        return list(rows.order_by("pk").values_list("pk", "public_entries", is_whole, Subquery(shown_early), *newest))


def _count(rows: QuerySet) -> Coalesce:
    # Ordering is dropped and all rows fall in one group: the count of an outer row's rows, as one number.
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


class PartOfContestQuerySet(RecordQuerySet):
    """Rows that come with the page of their contest: figures, leading regions, awards, categories, events."""

    def of_contest_itself(self) -> Self:
        """Of figures: those about the contest, not about its organiser or another organisation."""
        return self.filter(organisation=None)

    def public(self, at: datetime) -> Self:
        """Those whose contest is public at the moment `at`."""
        return self.filter(visibility.contest_is_public(at, "contest__"))

    def for_statistics(self, contest: "Contest | None") -> Self:
        """With their contest and source, contest by contest, the newest first."""
        return self.filter(counted_in(contest)).select_related("contest", "source")

    def for_small_counts(self, contest: "Contest | None") -> QuerySet:
        """Of awards: ("prize", currency, "", awards, sum of their amounts); currency "" where no amount is known."""
        currency = Case(When(prize_amount__isnull=True, then=Value("")), default=F("prize_currency"), output_field=TEXT)
        return measured(self.filter(counted_in(contest)), Value("prize"), currency, amount=Sum("prize_amount"))


class EventQuerySet(PartOfContestQuerySet):
    def for_page(self) -> Self:
        return self.select_related("contest", "host", "part_of__contest").prefetch_related("sources")


class SubmissionQuerySet(RecordQuerySet):
    def public(self, at: datetime) -> Self:
        """The eligible submissions that their contests show, once the results are public, at the moment `at`."""
        return self.filter(visibility.submission_is_public(at))

    def for_gallery(self, at: datetime) -> Self:
        """With their contest, their creators and what they won: three statements in all."""

        return self.select_related("contest").prefetch_related(
            Prefetch("credits", rows_of("Credit").select_related("person", "source").order_by("order")),
            Prefetch("recognitions", rows_of("Recognition").public(at).select_related("award", "source")),
        )

    def for_page(self, at: datetime) -> Self:
        """Everything that the page of one submission says of it: five statements."""
        return (
            self.for_gallery(at)
            .select_related("contest__organiser", "category")
            .prefetch_related("sources", "recognitions__presenters")
        )

    def for_citation(self) -> Self:
        """With their contest, who is credited and their sources: three statements in all."""

        credits = rows_of("Credit").select_related("person").order_by("order")
        return self.select_related("contest").prefetch_related(Prefetch("credits", credits), "sources")

    def for_statistics(self, contest: "Contest | None") -> QuerySet:
        """How many are alike, as the values of `contests.tallies.Cell`, in one pass over the table."""
        classes = [When(runtime__gte=limit, then=Value(limit)) for limit in reversed(RUNTIMES)]
        return (
            self.filter(counted_in(contest))
            .order_by()
            .annotate(length=Case(*classes, output_field=IntegerField()))
            .values_list("contest", "year", "language", "length")
            .annotate(count=Count("pk"))
        )


class CreditQuerySet(RecordQuerySet):
    def public(self, at: datetime) -> Self:
        """The credits of submissions that are public at the moment `at`."""
        return self.filter(visibility.submission_is_public(at, "submission__"))

    def for_statistics(self, contest: "Contest | None") -> QuerySet:
        """
        (measure, value, count, people): in how many submissions each "country" of the people credited occurs, and how
        many people are from there; how many credits there are of each "role" (people: 0). One statement; who has no
        country counts under "", so that the people of all countries are all people.
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
    def public(self, at: datetime) -> Self:
        """What was awarded and is public at the moment `at`, the revoked included: their notice is public too."""
        return self.filter(visibility.recognition_is_public(at))

    def revealed(self, at: datetime) -> Self:
        """Those that were made known by the moment `at`, even if the entry of their submission counts no longer."""
        return self.filter(visibility.recognition_is_revealed(at))

    def in_force(self) -> Self:
        """Those that were not revoked."""
        return self.filter(revoked_on__isnull=True)

    def winning(self) -> Self:
        """Recognitions in force that are wins. Nominees and finalists are not."""
        return self.in_force().filter(standing="winner")

    def named_only(self) -> Self:
        """Recognitions in force that are not wins: nominees, finalists, runners-up and mentions."""
        return self.in_force().exclude(standing="winner")

    def own_first(self) -> Self:
        """Those given to a person before those given to works, each by award."""
        of_work = Case(When(person__isnull=False, then=Value(0)), default=Value(1))
        return self.order_by(of_work, "award__precedence", "order", "pk")

    def for_award_lines(self) -> Self:
        """With award, work or person, and creators: two statements in all."""

        return self.select_related("award__contest", "submission__contest", "person", "source").prefetch_related(
            Prefetch("submission__credits", rows_of("Credit").select_related("person", "source").order_by("order"))
        )

    def for_winners(self) -> Self:
        """With award, work or person, creators, sources and presenters: four statements in all."""
        return self.for_award_lines().with_work_sources().prefetch_related("presenters")

    def for_laurel(self, at: datetime) -> Self:
        """With award, work or person, and the ceremonies of the contest as `contest.ceremonies`: two statements."""

        ceremonies = rows_of("Event").public(at).filter(kind="ceremony", starts_at__isnull=False)
        return self.select_related("award__contest", "submission__contest", "person").prefetch_related(
            Prefetch("award__contest__events", ceremonies, to_attr="ceremonies")
        )

    def with_work_sources(self) -> Self:
        """With the sources of what is said of the works, in one more statement."""
        return self.prefetch_related("submission__sources")

    def for_small_counts(self, contest: "Contest | None") -> QuerySet:
        """("given" or "revoked", kind of award, standing, recognitions, None) for each kind and standing there is."""
        force = Case(When(revoked_on__isnull=True, then=Value("given")), default=Value("revoked"))
        return measured(self.filter(counted_in(contest, "award__contest")), force, F("award__kind"), F("standing"))


class AppearanceQuerySet(RecordQuerySet):
    def public(self, at: datetime) -> Self:
        """Who took part in public events; winners only once the results are public at the moment `at`."""
        return self.filter(visibility.appearance_is_public(at))


class QuoteQuerySet(RecordQuerySet):
    def public(self, at: datetime) -> Self:
        """What was said around results that are public at the moment `at`."""
        return self.filter(visibility.quote_is_public(at))

    def about(self, film: "Submission") -> Self:
        """What was said about `film`. What its creators said about anything else is not on it."""
        return self.filter(submission=film)

    def for_list(self) -> Self:
        """With speaker, event, film and source, in one statement."""
        return self.select_related("speaker", "event__contest", "submission__contest", "source")

    def for_small_counts(self, contest: "Contest | None") -> QuerySet:
        """("quote", "", "", quotes, None)."""
        return measured(self.filter(counted_in(contest, "event__contest")), Value("quote"), Value(""))
