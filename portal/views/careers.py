"""
The recognitions and works on the pages of people and organisations: only their own. A long career has several parts,
each with its own URL, so that no page is too heavy and no row is left out.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Count, DateTimeField, Max, QuerySet
from django.http import Http404

from contests.edition_words import year_of
from contests.models import Contest, Credit, Party, Recognition, Submission
from contests.recognition_words import numbers_in_words
from contests.views import OF_ALL_AWARDS
from record.json_rows import JSONRows
from record.limited_lists import NumberOf
from record.models import Source
from record.parts import PARTS, Parts, part_of
from record.prepared_queries import KEY, Given, PreparedQuery
from record.viewpoint import Viewpoint

# The recognitions and the entries in one part of a career.
PART = 100
# If there are more works than these, only the first ones have posters. Three are in a line.
ALL_WITH_POSTERS, POSTERS = 12, 6


def _cut(rows: QuerySet, part: int) -> QuerySet:
    start = (part - 1) * PART
    return rows.annotate(of_all=NumberOf(rows, PART * PARTS))[start : start + PART]


def _recognitions(preview: int | None, who: str, part: int, *, at: Any, key: Given) -> QuerySet:
    """
    Return a part of the recognitions that name somebody. Each has numbers of all of them as JSON: by standing in
    `standings`, and by contest with its year, in the order of the rows, in `editions`.
    """
    named = Party.objects.filter(**{who: key}).values("recognition")
    rows = Recognition.objects.public(Viewpoint(at, preview)).filter(pk__in=named)
    standings = rows.counted().order_by().values("standing").annotate(number=Count("pk"))
    by_contest = rows.order_by("-award__contest__edition_key", "-award__contest").values("award__contest")
    editions = by_contest.annotate(year=Max(year_of("award__contest__")), number=Count("pk"))
    told = rows.annotate(
        standings=JSONRows(standings, "standing", "number"), editions=JSONRows(editions, "year", "number")
    )
    return _cut(told.for_mentions().order_by(*OF_ALL_AWARDS[0].columns), part)


def _entries(preview: int | None, who: str, part: int, *, at: Any, key: Given) -> QuerySet:
    """Return a part of the entries of the works that credit somebody, those of the newest contest first."""
    made = Credit.objects.filter(**{who: key}).order_by().values("work")
    rows = Submission.objects.public(Viewpoint(at, preview)).filter(work__in=made).select_related("contest", "work")
    return _cut(rows.order_by("-contest__edition_key", "sort_key", "pk"), part)


def _of_works(preview: int | None, who: str, part: int, *, at: Any, key: Given) -> QuerySet:
    """
    Return the pairs of a recognition and an entry in a part, if the recognition names nobody and somebody created the
    work of the entry.
    """
    shown = _entries(preview, who, part, at=at, key=key).values("pk")
    created = Credit.objects.filter(role__is_author=True, **{who: key}).values("work")
    public = Recognition.objects.public(Viewpoint(at, preview)).filter(parties__isnull=True)
    pairs: Any = Recognition.submissions.through
    rows = pairs._default_manager.filter(
        submission__in=shown, submission__work__in=created, recognition__in=public.values("pk")
    ).select_related("recognition__award__contest", "recognition__source")
    return rows.order_by(*(_through(column) for column in OF_ALL_AWARDS[0].columns), "pk")


def _through(column: str) -> str:
    return f"-recognition__{column[1:]}" if column.startswith("-") else f"recognition__{column}"


_FIELDS: Mapping[str, Any] = {"at": DateTimeField(), "key": KEY}
_RECOGNITIONS, _ENTRIES, _OF_WORKS = (PreparedQuery(each, _FIELDS) for each in (_recognitions, _entries, _of_works))


@dataclass(frozen=True)
class Theirs:
    """A recognition on the page of someone whom it names: their own parties in it, and those of others."""

    recognition: Recognition
    own: list[Party]
    others: list[Party]

    @property
    def parts(self) -> list[str]:
        """What their part was, such as "Lead Actress"."""
        return list(dict.fromkeys(party.part for party in self.own if party.part))

    @property
    def printed(self) -> list[str]:
        """How their name was printed, if it was printed differently."""
        return list(dict.fromkeys(party.credited_as for party in self.own if party.credited_as))


@dataclass(frozen=True)
class Edition:
    """The recognitions of a career in one contest. `source` is theirs if they all have the same, or else None."""

    contest: Contest
    rows: list[Theirs]

    @property
    def source(self) -> Source | None:
        sources = {row.recognition.source for row in self.rows}
        return sources.pop() if len(sources) == 1 else None

    @property
    def year(self) -> str:
        """The year of the contest as people write it, or the number of the edition. Blank if both are unknown."""
        return self.contest.year_label or self.contest.held_year


@dataclass(frozen=True)
class Made:
    """A work on the page of a person or an organisation: its entries, their own credits, and its recognitions."""

    entries: list[Submission]
    credits: list[Credit]
    recognitions: list[Recognition]


def by_year(rows: Sequence[Recognition], who: str, key: int) -> list[tuple[str, list[Edition]]]:
    """Group recognitions, the newest contest first: pairs of a year and its contests."""
    editions = []
    for contest, some in groupby(rows, lambda row: row.award.contest):
        theirs = []
        for row in some:
            parties = list(row.parties.all())
            own = [party for party in parties if getattr(party, f"{who}_id") == key]
            theirs.append(Theirs(row, own, [party for party in parties if party not in own]))
        editions.append(Edition(contest, theirs))
    return [(year, list(some)) for year, some in groupby(editions, lambda edition: edition.year)]


def career(viewpoint: Viewpoint, given: Mapping[str, str], **whose: int) -> dict[str, Any]:
    """
    Return what the page of a person (`person=key`) or an organisation (`organisation=key`) shows of their career:
    `recognitions` that name them, the same ones by year in `years`, `summary` (the numbers of all of them in words),
    `entries` of the works that credit them, these works as `made`, the first of them as `pictured` and the others as
    `listed`, and `of_works` (the recognitions of works that they created, if they name nobody).

    The recognitions and the works each have parts: `awards_parts` and `works_parts`. The query parameters `given` say
    which part is asked for. Raise `Http404` if there is no such part. Needs five SQL statements.
    """
    ((who, key),) = whose.items()
    asked = {name: part_of(given, name) for name in ("awards", "works")}

    def rows(query: PreparedQuery, name: str) -> list[Any]:
        return query.rows(DEFAULT_DB_ALIAS, viewpoint.preview, who, asked[name], at=viewpoint.at, key=key)

    named, entries = rows(_RECOGNITIONS, "awards"), rows(_ENTRIES, "works")
    for found, name in ((named, "awards"), (entries, "works")):
        if asked[name] > 1 and not found:
            raise Http404
    of_works = _own_recognitions(rows(_OF_WORKS, "works"), entries) if entries else []
    made = _made(entries, of_works, **whose)
    first = len(made) if len(made) <= ALL_WITH_POSTERS else POSTERS
    totals = {"awards": named[0].of_all if named else 0, "works": entries[0].of_all if entries else 0}
    counts = json.loads(named[0].standings) if named else []
    return {
        "recognitions": named,
        "years": by_year(named, who, key),
        "summary": numbers_in_words(dict(counts)),
        "entries": entries,
        "of_works": of_works,
        "made": made,
        "pictured": made[:first],
        "listed": made[first:],
        "awards_parts": Parts("awards", asked["awards"], totals["awards"], PART, _years(named)),
        "works_parts": Parts("works", asked["works"], totals["works"], PART),
    }


def _years(named: Sequence[Any]) -> list[str]:
    """Return the year of each recognition of a career, in their order, given a part of them."""
    editions = json.loads(named[0].editions) if named and named[0].of_all > PART else []
    return [year for year, number in editions for _one in range(number)]


def _own_recognitions(pairs: Iterable[Any], entries: Iterable[Submission]) -> list[Recognition]:
    """Return the recognitions in `pairs`, each with those of its works that are in `entries`, and without parties."""
    known = {entry.pk: entry for entry in entries}
    found: dict[int, Recognition] = {}
    for pair in pairs:
        recognition = found.setdefault(pair.recognition_id, pair.recognition)
        cache = vars(recognition).setdefault("_prefetched_objects_cache", {"submissions": [], "parties": []})
        cache["submissions"].append(known[pair.submission_id])
    return list(found.values())


def _made(entries: Sequence[Submission], of_works: Iterable[Recognition], **whose: int) -> list[Made]:
    """
    Return the works of `entries`, in the order of their first entries. `of_works` are the recognitions that belong to a
    person or an organisation because of their works. Needs one SQL statement, or none without entries.
    """
    if not entries:
        return []
    found: dict[int, Made] = {}
    for entry in entries:
        found.setdefault(entry.work_id, Made([], [], [])).entries.append(entry)
    credits = Credit.objects.filter(**whose, work__in=list(found)).select_related("role", "source")
    for credit in credits.order_by("role__order", "order"):
        found[credit.work_id].credits.append(credit)
    for recognition in of_works:
        for work_id in dict.fromkeys(work.work_id for work in recognition.submissions.all()):
            found[work_id].recognitions.append(recognition)
    return list(found.values())
