"""
The ranks of search entries: of works, people and organisations that match equally well, those with more recognitions
come first.

Only recognitions count that are public, so the rank of an entry says nothing about hidden ones. The rank is stored in
the entry. When more recognitions become public, the next update of the index changes it: a database trigger notes the
changed rows (`triggers`), and a `Part` waits for each future time (`wait_for_recognitions`).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q

from contests.models import Award, Credit, Party, Recognition
from record.viewpoint import Viewpoint
from search.models import NO_AWARD, OPEN, Kind, Part

#: The field of credits and parties for each kind with recognitions of its own.
_FIELDS = {Kind.PERSON: "person", Kind.ORGANISATION: "organisation"}
# What a recognition adds to the rank. Works with equally many recognitions are ordered by the best of them.
_ONE, _GRAND_PRIZE, _WIN = 4, 3, 2
_TIMES = ("reveal_at", "award__contest__reveal_at", "award__contest__published_at")
Pair = tuple[int, int]


def weights(kind: Kind, parts: dict[int, int], now: datetime) -> dict[int, int]:
    """
    Return a dict that maps row ids to the weights of their entries, without rows that have no recognition. `parts` maps
    row ids to parts of the search index. In a part for a future time, recognitions count that are public at that time.
    Needs two or three SQL statements for each part.
    """
    if kind != Kind.WORK and kind not in _FIELDS:
        return {}
    times = dict(Part.objects.values_list("pk", "public_from")) if any(part > OPEN for part in parts.values()) else {}
    rows: dict[int, list[int]] = defaultdict(list)
    for row, part in parts.items():
        rows[part].append(row)
    found: dict[int, int] = {}
    for part, ids in rows.items():
        found |= _weights(kind, ids, Viewpoint(max(now, times.get(part, now))))
    return found


def _weights(kind: Kind, ids: list[int], viewpoint: Viewpoint) -> dict[int, int]:
    pairs = set(_pairs(kind, ids))
    if not pairs:
        return {}
    counted = Recognition.objects.public(viewpoint).counted().filter(pk__among={key for _row, key in pairs}).order_by()
    best: dict[int, int] = {}
    for key, standing, award in counted.values_list("pk", "standing", "award__kind"):
        is_win = standing == Recognition.Standing.WINNER
        best[key] = is_win and (_GRAND_PRIZE if award == Award.Kind.GRAND_PRIZE else _WIN)
    of_row: dict[int, list[int]] = defaultdict(list)
    for row, key in pairs:
        if key in best:
            of_row[row].append(best[key])
    return {
        row: NO_AWARD - min(NO_AWARD, _ONE * len(each) + (max(each) if kind == Kind.WORK else 0))
        for row, each in of_row.items()
    }


def _pairs(kind: Kind, ids: Iterable[int]) -> Iterator[Pair]:
    """
    Yield pairs (row id, recognition id): the recognitions, public or not, that belong to each row (compare
    `RecognitionQuerySet.belonging_to`).
    """
    if kind == Kind.WORK:
        # Leave out awards of other contests, as the entry of a work does.
        links: Any = Recognition.submissions.through._default_manager.filter(submission__among=list(ids))
        own = links.filter(submission__contest=F("recognition__award__contest"))
        yield from own.values_list("submission_id", "recognition_id")
        return
    of_row = {f"{_FIELDS[kind]}__among": list(ids)}
    column = f"{_FIELDS[kind]}_id"
    yield from Party.objects.filter(**of_row).order_by().values_list(column, "recognition_id")
    through = "work__entries__recognitions"
    named = Party.objects.filter(recognition=OuterRef(through))
    credits = Credit.objects.filter(~Exists(named), role__is_author=True, **{f"{through}__isnull": False}, **of_row)
    yield from credits.order_by().values_list(column, through).distinct()


def wait_for_recognitions(kind: Kind, ids: Iterable[int], now: datetime) -> None:
    """
    Create a `Part` for each future time at which another recognition of one of the people or organisations becomes
    public. The first update of the index after this time changes their ranks (see `rows_at`).
    """
    if kind not in _FIELDS:
        return
    later = Q()
    for column in _TIMES:
        later |= Q(**{f"{column}__gt": now})
    pairs = _pairs(kind, ids)
    approved = Recognition.objects.filter(later, approved_at__isnull=False, pk__among={key for _row, key in pairs})
    for moment in {moment for row in approved.order_by().values_list(*_TIMES).distinct() for moment in row}:
        if moment and moment > now:
            Part.objects.get_or_create(public_from=moment)


def rows_at(moment: datetime) -> Iterator[tuple[Kind, set[int]]]:
    """Yield people and organisations with a recognition that becomes public at `moment`: pairs of a kind and ids."""
    at = Q()
    for column in _TIMES:
        at |= Q(**{column: moment})
    approved = Recognition.objects.filter(at, approved_at__isnull=False).order_by()
    for kind, field in _FIELDS.items():
        authors = approved.filter(submissions__work__credits__role__is_author=True)
        credited = authors.values_list(f"submissions__work__credits__{field}")
        found = approved.values_list(f"parties__{field}").union(credited)
        yield kind, {row for (row,) in found if row}
