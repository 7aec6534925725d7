"""The querysets of the models in this app. Every public page starts from their method `public(viewpoint)`."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

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
from django.db.models.expressions import Combinable, RawSQL

from contests import visibility
from contests.tallies import RUNTIMES
from contests.visibility import rows_of
from record import public_version
from record.json_rows import JSONRows
from record.limited_lists import NumberOf
from record.querysets import RecordQuerySet
from record.synthetic import is_synthetic
from record.viewpoint import Viewpoint

if TYPE_CHECKING:
    from contests.models import Contest, Submission
    from record.models import Source
    from record.prepared_queries import Given


def counted_in(contest: "Contest | None", via: str = "contest") -> Q:
    """
    Return a condition for the rows that belong to `contest`. If `contest` is None, the condition selects the rows of
    all contests that are not synthetic. `via` is the lookup path from the row to its contest.
    """
    return ~is_synthetic(f"{via}__") if contest is None else Q(**{via: contest})


# The works of a contest are counted up to this number: the database counts so many in 4 ms.
WORKS = 20_000
TEXT = CharField()
# `Recognition.COUNTED`, which this module can't import.
COUNTED = ("given", "declined")
NO_DETAIL, NO_AMOUNT = Value(""), Value(None, output_field=DecimalField(max_digits=20, decimal_places=2))


def measured(
    rows: QuerySet,
    measure: Combinable,
    value: Combinable,
    detail: Combinable = NO_DETAIL,
    amount: Combinable = NO_AMOUNT,
) -> QuerySet:
    """
    Count `rows` for each combination of `value` and `detail`. Return a queryset of tuples (measure, value, detail,
    count, amount), where `measure` is a constant that says what is counted. Querysets for different measures have the
    same columns, so that UNION can combine them.
    """
    named = {"measure": measure, "value": value, "value_detail": detail}
    return rows.order_by().annotate(**named).values_list(*named).annotate(count=Count("pk"), amount=amount)


class ContestQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """Return the contests that have a public page at `viewpoint`."""
        return self.filter(visibility.contest_is_public(viewpoint))

    def with_public_results(self, viewpoint: Viewpoint) -> Self:
        """Return the contests whose results are public at `viewpoint`."""
        return self.filter(visibility.results_are_public(viewpoint))

    def with_results_to_keep(self, viewpoint: Viewpoint) -> Self:
        """
        Return the contests with at least one public result at `viewpoint`. One recognition that was revealed before
        the others is enough.
        """
        one = rows_of("Recognition").revealed(viewpoint).filter(award__contest=OuterRef("pk"))
        return self.filter(visibility.results_are_public(viewpoint) | Exists(one))

    def results_first(self, viewpoint: Viewpoint) -> Self:
        """
        Order the contests for the home page, which features the first one. Contests with public results come before the
        others, and those that were in the news before editions that were entered as history; of these, later editions
        come before earlier ones. Synthetic contests come last.
        """
        made_up = Case(When(is_synthetic(), then=Value(1)), default=Value(0))
        has_results = Case(When(visibility.results_are_public(viewpoint), then=Value(0)), default=Value(1))
        is_history = Case(When(visibility.is_news(), then=Value(0)), default=Value(1))
        return self.order_by(made_up, has_results, is_history, "-edition_key", "-pk")

    def for_list(self) -> Self:
        return self.select_related("series", "organiser")

    def for_page(self) -> Self:
        return self.for_list().embed("sources")

    def resting_on(self, source: "Source | Given") -> Self:
        """
        Return the contests that cite `source`: in their texts, series, awards or leading regions, or for an organiser
        of the series or a continuing award.
        """
        of_lines = rows_of("AwardLine").filter(source=source)
        return self.filter(
            Q(pk__in=self.model._default_manager.filter(sources=source).values("pk"))
            | Q(series__in=rows_of("Series").filter(sources=source))
            | Q(series__in=rows_of("SeriesOrganiser").filter(source=source).values("series"))
            | Q(pk__in=rows_of("Award").filter(Q(source=source) | Q(line__in=of_lines)).values("contest"))
            | Q(pk__in=rows_of("LeadingRegion").filter(source=source).values("contest"))
        )

    def with_counts(self, viewpoint: Viewpoint) -> Self:
        """
        Annotate each contest with `winner_count`, `result_count`, `submission_count` and `quote_count`: the numbers of
        its winners, of its winners and nominees and so on, of its submissions and of its quotes that are public at
        `viewpoint`. Submissions are counted up to `WORKS`, and one more.
        """
        return self.annotate(
            winner_count=NumberOf(
                rows_of("Recognition").public(viewpoint).winning().filter(award__contest=OuterRef("pk"))
            ),
            result_count=NumberOf(
                rows_of("Recognition").public(viewpoint).in_force().filter(award__contest=OuterRef("pk"))
            ),
            submission_count=NumberOf(rows_of("Submission").public(viewpoint).filter(contest=OuterRef("pk")), WORKS),
            quote_count=NumberOf(rows_of("Quote").public(viewpoint).filter(event__contest=OuterRef("pk"))),
        )

    def for_statistics(self, slug: str) -> Self:
        """
        Return the contest with the slug `slug`, then all other contests that are not synthetic, the latest edition
        first. Load the sources of the contests too.
        """
        asked = Case(When(slug=slug, then=Value(0)), default=Value(1))
        return self.filter(~is_synthetic() | Q(slug=slug)).order_by(asked, "-edition_key", "-pk").embed("sources")

    def state_of_record(self, viewpoint: Viewpoint, contest: "Contest | None") -> list[tuple[Any, ...]]:
        """
        Return a list for use as a cache key: it changes whenever the statistics of submissions and credits at
        `viewpoint` may change. It has a tuple for `contest` or, if `contest` is None, for each contest that is not
        synthetic. A tuple has the contest's primary key, whether its results are public, the latest `reveal_at` of any
        submission before `viewpoint`, the latest approvals before it, and the public version of the record. Needs one
        fast SQL statement.
        """
        rows = self.filter(pk=contest.pk) if contest else self.exclude(is_synthetic())
        is_whole = Case(When(visibility.results_are_public(viewpoint), then=Value(1)), default=Value(0))
        shown_early = (
            rows_of("Submission").filter(reveal_at__lte=viewpoint.at).order_by("-reveal_at").values("reveal_at")[:1]
        )
        # A request that began just before an approval may read the record after it, and still leaves out its results.
        approvals = rows_of("Recognition").filter(approved_at__lte=viewpoint.at).order_by("-approved_at")
        approved = Subquery(approvals.values("approved_at")[:1])
        of_contest = Case(When(approved_at__lte=viewpoint.at, then=F("approved_at")))
        version = RawSQL(public_version.CURRENT, [])  # noqa: S611 (a constant)
        state = rows.order_by("pk").values_list("pk", is_whole, Subquery(shown_early), approved, of_contest, version)
        return list(state)


class PartOfContestQuerySet(RecordQuerySet):
    """Rows that are public if their contest is public: figures, leading regions, awards, categories and events."""

    def of_contest_itself(self) -> Self:
        """Return the figures about the contest itself, not about an organisation. Only for querysets of figures."""
        return self.filter(organisation=None)

    def public(self, viewpoint: Viewpoint) -> Self:
        """Return the rows whose contest is public at `viewpoint`."""
        return self.filter(visibility.contest_is_public(viewpoint, "contest__"))

    def for_statistics(self, contest: "Contest | None") -> Self:
        """
        Return the rows that belong to `contest`, or to any contest that is not synthetic if `contest` is None. Load the
        contest and the source of each row too.
        """
        return self.filter(counted_in(contest)).select_related("contest", "source")

    def for_small_counts(self, contest: "Contest | None") -> QuerySet:
        """
        Count the awards of `contest` or, if it is None, of all contests that are not synthetic. Return tuples ("prize",
        currency, "", number of awards, sum of their prize money), one for each currency. Awards without prize money
        have the currency "". Only for querysets of awards.
        """
        currency = Case(When(prize_amount__isnull=True, then=Value("")), default=F("prize_currency"), output_field=TEXT)
        return measured(self.filter(counted_in(contest)), Value("prize"), currency, amount=Sum("prize_amount"))


class EventQuerySet(PartOfContestQuerySet):
    def for_page(self) -> Self:
        return self.select_related("contest", "host", "part_of__contest").embed("sources")


def credits_and_recognitions(viewpoint: Viewpoint, *awards: str) -> list[Prefetch]:
    """
    Return what lists and pages of works prefetch. The works of the submissions must be loaded. `awards` are paths from
    a recognition to what is loaded of its award, besides the award itself.
    """
    rows: Any = rows_of("Recognition").public(viewpoint).select_related("award", *awards, "source")
    return [
        Prefetch("work__credits", rows_of("Credit").by_role().select_related("source")),
        Prefetch("recognitions", rows),
    ]


def parts_of_gallery(viewpoint: Viewpoint) -> list[Prefetch]:
    """Return what the gallery prefetches: also the names of the recipients, without a statement of their own."""
    credits, recognitions = credits_and_recognitions(viewpoint)
    rows: Any = recognitions.queryset
    return [credits, Prefetch("recognitions", rows.with_recipients())]


def works_and_parties() -> list[Prefetch]:
    """Return what lists of recognitions prefetch: the entries with contest and work, the parties with their names."""
    return [
        Prefetch("submissions", rows_of("Submission").select_related("contest", "work")),
        Prefetch("parties", rows_of("Party").select_related("person", "organisation").order_by("order", "pk")),
    ]


def parts_of_winners(*, with_credits: bool = True) -> list[Prefetch | str]:
    """Return what lists of winners prefetch. The presenters need no SQL statement after `with_presenters`."""
    works = Prefetch("submissions", rows_of("Submission").select_related("contest", "work").embed("sources"))
    credits = [credits_of_works()] if with_credits else []
    return [works, works_and_parties()[1], *credits, "presenters"]


def credits_of_works() -> Prefetch:
    """Return what lists of recognitions prefetch that show the makers of the works."""
    return Prefetch("submissions__work__credits", rows_of("Credit").by_role().select_related("source"))


def parts_of_submission(viewpoint: Viewpoint) -> list[Prefetch | str]:
    """Return what the page of a work prefetches for its entries, but no works and parties of the recognitions."""
    # The pages of continuing awards, to which the page of a work leads, have the slug of their series in the URL.
    credits, recognitions = credits_and_recognitions(viewpoint, "award__line__series", "award__contest")
    rows: Any = recognitions.queryset
    # "-standing" puts wins first: the order of the alphabet.
    rows = rows.order_by("-standing", "award__precedence", "order", "pk")
    return [credits, Prefetch("recognitions", rows.with_presenters())]


class SubmissionQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """
        Return the submissions that are public at `viewpoint`. They are eligible and revealed. Also, their contest shows
        them, or their own `reveal_at` has passed, or they have an approved award.
        """
        return self.filter(visibility.submission_is_public(viewpoint))

    def for_gallery(self, viewpoint: Viewpoint) -> Self:
        """
        Load the contest, the work, the credits and the public recognitions of the submissions too. Needs three SQL
        statements in all.
        """
        return self.select_related("contest", "work").prefetch_related(*parts_of_gallery(viewpoint))

    def for_page(self, viewpoint: Viewpoint) -> Self:
        """Load everything that the page of a submission shows about it. Needs five SQL statements."""
        shared = [Prefetch(f"recognitions__{part.prefetch_through}", part.queryset) for part in works_and_parties()]
        return self.for_page_without_parts().embed("sources").prefetch_related(*parts_of_submission(viewpoint), *shared)

    def for_page_without_parts(self) -> Self:
        """Load what `for_page` loads in one SQL statement. `for_page` says what is missing."""
        return self.select_related("contest__organiser", "work").with_categories()

    def with_categories(self) -> Self:
        """Load what `Submission.listed_categories` returns too, without a statement of its own."""
        categories = rows_of("Category").filter(submissions=OuterRef("pk")).order_by("order", "pk")
        return self.annotate(found_categories=JSONRows(categories, "key", "slug", "name", "description"))

    def for_citation(self) -> Self:
        """Load the contest, the credited people and the sources too. Needs three SQL statements in all."""
        credits = rows_of("Credit").by_role()
        return self.select_related("contest", "work").prefetch_related(Prefetch("work__credits", credits), "sources")

    def for_statistics(self, contests: Sequence[int]) -> QuerySet:
        """
        Return tuples (contest, year, language, runtime class, number of submissions), from which the caller makes
        `contests.tallies.Cell` objects. Include the submissions of the contests with the primary keys `contests`.
        """
        classes = [When(runtime__gte=limit, then=Value(limit)) for limit in reversed(RUNTIMES)]
        return (
            self.filter(contest__in=contests)
            .order_by()
            .annotate(length=Case(*classes, output_field=IntegerField()))
            .values_list("contest", "year", "language", "length")
            .annotate(count=Count("pk"))
        )


class CreditRoleQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """Return all roles. A role alone says nothing about a contest: only its credits have to be hidden."""
        return self.all()

    def for_small_counts(self) -> QuerySet:
        """
        Return tuples ("role", slug, name in the current language, position, None), in the columns that `measured`
        describes. They are the labels of the statistics of credits by role, and their order.
        """
        named = {"measure": Value("role"), "value": F("slug"), "detail": rows_of("CreditRole").model.name_in_language()}
        ranked = {"count": F("order"), "amount": NO_AMOUNT}
        return self.order_by().annotate(**named, **ranked).values_list(*named, *ranked)


class WorkQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """Return the works that are public at `viewpoint`: those with an entry that is public."""
        return self.filter(visibility.work_is_public(viewpoint))

    def for_list(self) -> Self:
        return self.only("key", "slug", "title", "title_language", "letter", "disambiguation", "year_from", "year_to")


class PartOfWorkQuerySet(RecordQuerySet):
    """Rows that are public if their work is public: credits and identifiers."""

    #: The foreign key to the row that makes these rows public. They make no other row of its kind public.
    public_with = "work"

    def public(self, viewpoint: Viewpoint) -> Self:
        """Return the rows whose work is public at `viewpoint`."""
        return self.filter(visibility.work_is_public(viewpoint, "work__"))


class CreditQuerySet(PartOfWorkQuerySet):
    def by_role(self) -> Self:
        """
        Order the credits of a work as bylines and lists show them: by role, then by their own order. Load the person,
        the organisation and the role too.
        """
        return self.select_related("person", "organisation", "role").order_by("role__order", "order")

    def for_statistics(self, viewpoint: Viewpoint, contests: Sequence[int]) -> QuerySet:
        """
        Count the credits of the works with entries that are public at `viewpoint` in the contests with the primary keys
        `contests`. A work may have other entries that are hidden; they do not count. Return tuples (measure, value,
        count, people) from one SQL statement. If the measure is "country", the value is a country (or
        "" if unknown), `count` is the number of submissions with a credited person from there, and `people` is
        the number of these persons. If the measure is "role", the value is the slug of a role, `count` is
        the number of credits with this role, and `people` is 0.
        """
        # With keys instead of a condition on the contests, SQLite begins with the works of these contests.
        entries = rows_of("Submission").public(viewpoint).filter(contest__in=contests).order_by()
        rows = self.filter(work__entries__in=entries).order_by()
        # Only people, because the list to which a number leads has a filter by the country of people.
        from_country = rows.filter(person__isnull=False).annotate(measure=Value("country"), value=F("person__country"))
        in_role = rows.annotate(measure=Value("role"), value=F("role__slug"))
        return (
            from_country.values_list("measure", "value")
            .annotate(count=Count("work__entries", distinct=True), people=Count("person", distinct=True))
            .union(
                in_role.values_list("measure", "value").annotate(count=Count("pk", distinct=True), people=Value(0)),
                all=True,
            )
        )


class AppearanceQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """
        Return the appearances at events that are public at `viewpoint`. Leave out appearances of winners until the
        results are public.
        """
        return self.filter(visibility.appearance_is_public(viewpoint))


class QuoteQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """
        Return the quotes that are public at `viewpoint`: the results of their contest are public, and so is the
        submission they are about, if any.
        """
        return self.filter(visibility.quote_is_public(viewpoint))

    def about(self, work: "Submission") -> Self:
        """Return the quotes about `work`. Quotes by its creators about other subjects are left out."""
        return self.filter(submission=work)

    def for_list(self) -> Self:
        """Load the speaker, the event, the work and the source too. Needs one SQL statement in all."""
        return self.select_related("speaker", "event__contest", "submission__contest", "submission__work", "source")

    def for_small_counts(self, contest: "Contest | None") -> QuerySet:
        """
        Count the quotes of `contest` or, if it is None, of all contests that are not synthetic. Return a queryset with
        the tuple ("quote", "", "", number of quotes, None).
        """
        return measured(self.filter(counted_in(contest, "event__contest")), Value("quote"), Value(""))
