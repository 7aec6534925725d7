"""What can be asked of the contests. Whatever a visitor reads starts from `public(at)`."""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db.models import Case, Count, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from contests import visibility
from people.querysets import RecordQuerySet

if TYPE_CHECKING:
    from people.models import Person, Source


class ContestQuerySet(RecordQuerySet):
    def public(self, at: datetime) -> Self:
        """The contests that have a page at the moment `at`."""
        return self.filter(visibility.contest_is_public(at))

    def with_public_results(self, at: datetime) -> Self:
        """The contests whose results are public at the moment `at`."""
        return self.filter(visibility.results_are_public(at))

    def results_first(self, at: datetime) -> Self:
        """Those with public results first, then the newest: the contest that the home page opens with."""
        has_results = Case(When(visibility.results_are_public(at), then=Value(0)), default=Value(1))
        return self.order_by(has_results, "-published_at", "-pk")

    def for_list(self) -> Self:
        return self.select_related("series", "organiser")

    def for_page(self) -> Self:
        return self.for_list().prefetch_related("sources")

    def resting_on(self, source: "Source") -> Self:
        """Those of which `source` backs the texts, the series, an award or a leading region."""
        from contests.models import Award, LeadingRegion, Series

        return self.filter(
            Q(pk__in=self.model._default_manager.filter(sources=source).values("pk"))
            | Q(series__in=Series.objects.filter(sources=source))
            | Q(pk__in=Award.objects.filter(source=source).values("contest"))
            | Q(pk__in=LeadingRegion.objects.filter(source=source).values("contest"))
        )

    def with_counts(self, at: datetime) -> Self:
        """With `winner_count`, `submission_count` and `quote_count`: what is public at `at`, for the contents."""
        from contests.models import Quote, Recognition, Submission

        return self.annotate(
            winner_count=_count(Recognition.objects.public(at).in_force().filter(award__contest=OuterRef("pk"))),
            submission_count=_count(Submission.objects.public(at).filter(contest=OuterRef("pk"))),
            quote_count=_count(Quote.objects.public(at).filter(event__contest=OuterRef("pk"))),
        )


def _count(rows: QuerySet) -> Coalesce:
    # Ordering is dropped and all rows fall in one group: the count of an outer row's rows, as one number.
    counted = rows.order_by().annotate(one=Value(1)).values("one").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


class PartOfContestQuerySet(RecordQuerySet):
    """Rows that come with the page of their contest: figures, leading regions, awards, categories, events."""

    def public(self, at: datetime) -> Self:
        """Those whose contest is public at the moment `at`."""
        return self.filter(visibility.contest_is_public(at, "contest__"))


class EventQuerySet(PartOfContestQuerySet):
    def for_page(self) -> Self:
        return self.select_related("contest", "host", "part_of__contest").prefetch_related("sources")


class SubmissionQuerySet(RecordQuerySet):
    def public(self, at: datetime) -> Self:
        """The eligible submissions of contests whose results are public at the moment `at`."""
        return self.filter(visibility.submission_is_public(at))

    def for_gallery(self, at: datetime) -> Self:
        """With their contest, their creators and what they won: three statements in all."""
        from contests.models import Credit, Recognition

        return self.select_related("contest").prefetch_related(
            Prefetch("credits", Credit.objects.select_related("person", "source").order_by("order")),
            Prefetch("recognitions", Recognition.objects.public(at).select_related("award", "source")),
        )

    def for_page(self, at: datetime) -> Self:
        """Everything that the page of one submission says of it: five statements."""
        return (
            self.for_gallery(at)
            .select_related("contest__organiser", "category")
            .prefetch_related("sources", "recognitions__presenters")
        )


class CreditQuerySet(RecordQuerySet):
    def public(self, at: datetime) -> Self:
        """The credits of submissions that are public at the moment `at`."""
        return self.filter(visibility.submission_is_public(at, "submission__"))


class RecognitionQuerySet(RecordQuerySet):
    def public(self, at: datetime) -> Self:
        """What was awarded and is public at the moment `at`, the revoked included: their notice is public too."""
        return self.filter(visibility.recognition_is_public(at))

    def of_person(self, person: "Person", submission_ids: list[int]) -> Self:
        """What `person` won, and what those of their submissions won that are listed."""
        return self.filter(Q(person=person) | Q(submission__in=submission_ids))

    def in_force(self) -> Self:
        """Those that were not revoked."""
        return self.filter(revoked_on__isnull=True)

    def for_award_lines(self) -> Self:
        """With award, work or person, and creators: two statements in all."""
        from contests.models import Credit

        return self.select_related("award__contest", "submission__contest", "person", "source").prefetch_related(
            Prefetch("submission__credits", Credit.objects.select_related("person", "source").order_by("order"))
        )

    def for_winners(self) -> Self:
        """With award, work or person, creators, sources and presenters: four statements in all."""
        return self.for_award_lines().with_work_sources().prefetch_related("presenters")

    def with_work_sources(self) -> Self:
        """With the sources of what is said of the works, in one more statement."""
        return self.prefetch_related("submission__sources")


class AppearanceQuerySet(RecordQuerySet):
    def public(self, at: datetime) -> Self:
        """Who took part in public events; winners only once the results are public at the moment `at`."""
        return self.filter(visibility.appearance_is_public(at))


class QuoteQuerySet(RecordQuerySet):
    def public(self, at: datetime) -> Self:
        """What was said around results that are public at the moment `at`."""
        return self.filter(visibility.quote_is_public(at))

    def for_list(self) -> Self:
        """With speaker, event, film and source, in one statement."""
        return self.select_related("speaker", "event__contest", "submission__contest", "source")
