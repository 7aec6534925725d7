"""The queries of the public pages about contests, compiled once. They return lists; those with `cut` need `limited`."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import BigIntegerField, Count, DateTimeField, F, Q, QuerySet, TextField, Value

from contests.models import (
    Appearance,
    Contest,
    Event,
    Figure,
    LeadingRegion,
    Quote,
    Recognition,
    Submission,
    Work,
    WorkIdentifier,
)
from record.json_rows import JSONRows
from record.limited_lists import NumberOf, cut
from record.models import IdentifiersOf, Source
from record.parts import PARTS
from record.prepared_queries import KEY, Given, PreparedQuery, prepared
from record.viewpoint import Viewpoint

# The largest numbers of rows in the sections of a page. The paginated lists have all rows.
FEW = 6
SOME = 12
MANY = 60
# The entries in one part of the page of a work.
ENTRIES = 60


# For `find_page` and `FilteredList`


def contests_of_lists(viewpoint: Viewpoint) -> QuerySet:
    return Contest.objects.public(viewpoint).for_list()


def contest_pages(viewpoint: Viewpoint) -> QuerySet:
    return Contest.objects.public(viewpoint).for_page().with_counts(viewpoint)


def submission_addresses(viewpoint: Viewpoint) -> QuerySet:
    return Submission.objects.public(viewpoint).select_related("work")


def work_addresses(viewpoint: Viewpoint) -> QuerySet:
    return Work.objects.public(viewpoint)


def event_pages(viewpoint: Viewpoint) -> QuerySet:
    return Event.objects.public(viewpoint).for_page()


def quote_pages(viewpoint: Viewpoint) -> QuerySet:
    return Quote.objects.public(viewpoint).for_list()


# For `FilteredList`


def results(viewpoint: Viewpoint) -> QuerySet:
    """Return the wins, nominations and mentions in force. `ResultList` loads their works, recipients and so on."""
    rows = Recognition.objects.public(viewpoint).in_force()
    return rows.with_presenters().select_related("award__contest", "award__line__series", "source")


def results_in(viewpoint: Viewpoint, contest: Given) -> QuerySet:
    return results(viewpoint).filter(award__contest=contest)


def works_in(viewpoint: Viewpoint, contest: Given) -> QuerySet:
    return Submission.objects.public(viewpoint).filter(contest=contest).select_related("contest", "work")


# The rows of a contest


@prepared(contest=KEY)
def winners_of(viewpoint: Viewpoint, contest: Given) -> QuerySet:
    return _wins_in(viewpoint, contest)[:SOME]


@prepared(contest=KEY)
def counted_winners_of(viewpoint: Viewpoint, contest: Given) -> QuerySet:
    return cut(_wins_in(viewpoint, contest), SOME)


@prepared(contest=KEY, work=KEY)
def other_winners(viewpoint: Viewpoint, contest: Given, work: Given) -> QuerySet:
    """
    Return the first winners of a contest, except those for `work`. Their works and parties are not loaded yet.
    """
    won = Recognition.objects.public(viewpoint).winning().filter(award__contest=contest)
    return won.exclude(submissions__work=work).select_related("award__contest", "source")[:FEW]


def _wins_in(viewpoint: Viewpoint, contest: Given) -> QuerySet:
    return Recognition.objects.public(viewpoint).winning().filter(award__contest=contest).for_award_lines()


@prepared(contest=KEY)
def figures_of(viewpoint: Viewpoint, contest: Given) -> QuerySet:
    return Figure.objects.public(viewpoint).filter(contest=contest).select_related("organisation", "source")


@prepared(contest=KEY)
def regions_of(viewpoint: Viewpoint, contest: Given) -> QuerySet:
    return cut(LeadingRegion.objects.public(viewpoint).filter(contest=contest).select_related("source"), SOME)


@prepared(contest=KEY)
def events_of(viewpoint: Viewpoint, contest: Given) -> QuerySet:
    return cut(Event.objects.public(viewpoint).filter(contest=contest).select_related("contest"), MANY)


# The rows of a work, an event or a quote


def _entries(preview: int | None, part: int, *, at: Any, slug: Given) -> QuerySet:
    viewpoint = Viewpoint(at, preview)
    entries = Submission.objects.public(viewpoint).filter(work__slug=slug)
    links = Recognition.submissions.through._base_manager.filter(submission__work__slug=slug)
    won = Recognition.objects.public(viewpoint).counted().filter(pk__in=links.values("recognition")).order_by()
    numbers = won.values("standing").annotate(number=Count("pk"))
    start = (part - 1) * ENTRIES
    return (
        entries.for_page_without_parts()
        .annotate(
            found_identifiers=IdentifiersOf(WorkIdentifier, "work", "work_id"),
            standings=JSONRows(numbers, "standing", "number"),
            of_all=NumberOf(entries, PARTS * ENTRIES),
        )
        .order_by("contest__edition_key", "contest_id", "pk")[start : start + ENTRIES]
    )


_ENTRIES = PreparedQuery(_entries, {"at": DateTimeField(), "slug": TextField()})


def entries_of(viewpoint: Viewpoint, *, slug: str, part: int = 1) -> list[Any]:
    """
    Return a part of the entries of the work with the slug `slug`, the earliest contest first. Each also has the
    identifiers of the work, and of all its entries the number (`of_all`) and the numbers of recognitions by standing as
    JSON (`standings`).
    """
    return _ENTRIES.rows(DEFAULT_DB_ALIAS, viewpoint.preview, part, at=viewpoint.at, slug=slug)


def load_sources(work: Work, entries: Sequence[Submission]) -> None:
    """
    Load the sources of a work and of its `entries`, as `prefetch_related` would, but in one SQL statement. A work
    without sources of its own gets those of `entries`, the public ones: its facts come from them.
    """
    of_work = (
        Source.objects.filter(works=work.pk).order_by().annotate(cited_by=Value(None, output_field=BigIntegerField()))
    )
    of_entries = Source.objects.filter(submissions__in=[entry.pk for entry in entries]).order_by()
    rows = of_work.union(of_entries.annotate(cited_by=F("submissions")), all=True).order_by("sort_key", "id")
    sources = defaultdict(list)
    for source in rows:
        sources[source.cited_by].append(source)
    if not sources[None]:
        sources[None] = list({source.pk: source for some in sources.values() for source in some}.values())
    for row, key in [(work, None), *((entry, entry.pk) for entry in entries)]:
        vars(row).setdefault("_prefetched_objects_cache", {})["sources"] = sources[key]


@prepared(work=KEY)
def quotes_about(viewpoint: Viewpoint, work: Given) -> QuerySet:
    """Return the quotes about any entry of a work."""
    return cut(Quote.objects.public(viewpoint).filter(submission__work=work).for_list(), MANY)


@prepared(event=KEY)
def parts_of(viewpoint: Viewpoint, event: Given) -> QuerySet:
    return Event.objects.public(viewpoint).filter(part_of=event).select_related("contest")


@prepared(event=KEY)
def appearances_at(viewpoint: Viewpoint, event: Given) -> QuerySet:
    """Return the appearances at an event and at its parts."""
    there = Appearance.objects.public(viewpoint).filter(Q(event=event) | Q(event__part_of=event))
    return cut(there.select_related("person", "event", "source").order_by("event__order", "order"), MANY)


@prepared(speaker=KEY, but=KEY)
def other_quotes_by(viewpoint: Viewpoint, speaker: Given, but: Given) -> QuerySet:
    return cut(Quote.objects.public(viewpoint).exclude(pk=but).for_list().filter(speaker=speaker), SOME)


@prepared(event=KEY, order=KEY)
def quote_before(viewpoint: Viewpoint, event: Given, order: Given) -> QuerySet:
    return Quote.objects.public(viewpoint).filter(event=event, order__lt=order).for_list().order_by("-order")[:1]


@prepared(event=KEY, order=KEY)
def quote_after(viewpoint: Viewpoint, event: Given, order: Given) -> QuerySet:
    return Quote.objects.public(viewpoint).filter(event=event, order__gt=order).for_list().order_by("order")[:1]
