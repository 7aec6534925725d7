"""The querysets of recognitions and of the people and organisations that share them."""

from typing import TYPE_CHECKING, Any, Self

from django.db.models import Case, Exists, F, OuterRef, Prefetch, Q, QuerySet, Value, When
from django.db.models.functions import Substr

from contests import visibility
from contests.querysets import (
    COUNTED,
    counted_in,
    credits_of_works,
    measured,
    parts_of_winners,
    rows_of,
    works_and_parties,
)
from record.querysets import RecordQuerySet
from record.viewpoint import Viewpoint

if TYPE_CHECKING:
    from contests.models import Contest


class RecognitionQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """Return the recognitions that are public at `viewpoint`. They include revoked ones, which show a notice."""
        return self.filter(visibility.recognition_is_public(viewpoint))

    def revealed(self, viewpoint: Viewpoint) -> Self:
        """
        Return the recognitions that are approved and revealed at `viewpoint`, whether or not their submissions are
        still eligible.
        """
        return self.filter(visibility.recognition_is_revealed(viewpoint))

    def in_force(self) -> Self:
        """Return the recognitions that are not revoked."""
        return self.filter(revoked_on__isnull=True)

    def counted(self) -> Self:
        """Return the recognitions that count: not revoked, withdrawn or unofficial."""
        return self.in_force().filter(outcome__in=COUNTED)

    def winning(self) -> Self:
        """Return the wins that count. Leave out nominees, revoked awards, and awards withdrawn or not official."""
        return self.counted().filter(standing="winner")

    def belonging_to(self, **whose: Any) -> Self:
        """
        Return the recognitions of a person or an organisation, given by a lookup such as `person=key`: those that name
        them and, of the works that they created, those that name nobody. A recognition that names its recipients
        belongs to nobody else who worked on the work.
        """
        named = rows_of("Party").filter(**whose)
        created = rows_of("Credit").filter(role__is_author=True, **whose).values("work")
        between: Any = rows_of("Recognition").model
        links = between.submissions.through._base_manager.filter(submission__work__in=created)
        names_nobody = ~Exists(rows_of("Party").filter(recognition=OuterRef("pk")))
        return self.filter(Q(pk__in=named.values("recognition")) | Q(names_nobody, pk__in=links.values("recognition")))

    def own_first(self) -> Self:
        """Order recognitions: first those that name recipients, then the others, both from the newest contest on."""
        unnamed = Case(
            When(Exists(rows_of("Party").filter(recognition=OuterRef("pk"))), then=Value(0)), default=Value(1)
        )
        newest = ("-award__contest__edition_key", "-award__contest_id")
        return self.order_by(unnamed, *newest, "award__precedence", "order", "pk")

    def for_award_lines(self) -> Self:
        """Load the award, the source, the works, the credits and the parties too. Needs four SQL statements in all."""
        return self.for_names().prefetch_related(credits_of_works())

    def for_names(self) -> Self:
        """Load the award, the source, the works and the parties too. Needs three SQL statements in all."""
        return self.select_related("award__contest", "source").prefetch_related(*works_and_parties())

    def for_mentions(self) -> Self:
        """
        Load the award and the works too, and of the parties only what links to their pages need. Needs two SQL
        statements in all.
        """
        rows = self.with_recipients().select_related("award__contest", "source")
        return rows.prefetch_related(works_and_parties()[0])

    def with_recipients(self) -> Self:
        """Load the parties too, without an SQL statement of their own: only what links to their pages need."""
        columns = [f"{row}__{name}" for row in ("person", "organisation") for name in ("id", "key", "slug", "name")]
        own = ("id", "key", "order", "part", "credited_as", "person_id", "organisation_id")
        return self.embed("parties", *own, *columns)

    def for_winners(self) -> Self:
        """
        Load the award, the works, the parties, the credits, the sources and the presenters too. Needs four SQL
        statements in all.
        """
        return self.with_presenters().select_related("award__contest", "source").prefetch_related(*parts_of_winners())

    def with_presenters(self) -> Self:
        """Load the presenters too, without an SQL statement of their own: only what links to their pages need."""
        return self.embed("presenters", "id", "key", "slug", "name")

    def for_laurel(self, viewpoint: Viewpoint) -> Self:
        """
        Load the award, the works and the parties too, and the public ceremonies of the contest as `contest.ceremonies`.
        Needs four SQL statements in all.
        """
        ceremonies = rows_of("Event").public(viewpoint).filter(kind="ceremony", starts_at__isnull=False)
        return self.for_names().prefetch_related(Prefetch("award__contest__events", ceremonies, to_attr="ceremonies"))

    def with_work_sources(self) -> Self:
        """Load the sources of the works too, in one more SQL statement."""
        return self.prefetch_related("submissions__sources")

    def for_small_counts(self, contest: "Contest | None") -> QuerySet:
        """
        Count the recognitions of `contest` or, if it is None, of all contests that are not synthetic. Return tuples
        (measure, kind of award, standing, number of recognitions, None). The measure is "revoked" for revoked
        recognitions, "uncounted" for those that were withdrawn or not official, and "given" for all others.
        """
        force = Case(
            When(revoked_on__isnull=False, then=Value("revoked")),
            When(outcome__in=COUNTED, then=Value("given")),
            default=Value("uncounted"),
        )
        return measured(self.filter(counted_in(contest, "award__contest")), force, F("award__kind"), F("standing"))

    def for_years(self, contest: "Contest | None") -> QuerySet:
        """
        Count the recognitions that count, of `contest` or of all contests that are not synthetic, by year. Return
        tuples ("year", the first four characters of the edition key, standing, number of recognitions, None).
        """
        year = Substr("award__contest__edition_key", 1, 4)
        rows = self.counted().filter(counted_in(contest, "award__contest"))
        return measured(rows, Value("year"), year, F("standing"))


class PartyQuerySet(RecordQuerySet):
    def public(self, viewpoint: Viewpoint) -> Self:
        """Return the parties of recognitions that are public at `viewpoint`."""
        return self.filter(visibility.party_is_public(viewpoint))
