"""
The parts of the index, so that a search reads nothing hidden, whatever it is asked.

An entry stands in one part: the open one, if it is public; with all others that become public at the same moment; or
with those for which no such moment is known. Its tokens and words begin with the mark of its part, so that a search of
the public parts never meets a hidden token. At the moment of a reveal a part becomes one of those that are searched:
nothing has to be written for that. What is hidden stands a second time under one mark for all of it, which only
previews search.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from contests.visibility import previewed
from search.models import HIDDEN, OPEN, Part

_MARKED = re.compile(r"(?:\.\.(\d+)\.|(\.)|)(.*)", re.DOTALL)


def mark_of(part: int) -> str:
    """What the tokens of a part begin with. No other token begins with a full stop."""
    if part == OPEN:
        return ""
    return "." if part == HIDDEN else f"..{part}."


def marked(tokens: list[str], part: int) -> list[str]:
    """The tokens of an entry in `part`, as they are kept."""
    if part == OPEN:
        return tokens
    return [mark_of(each) + token for each in sorted({HIDDEN, part}) for token in tokens]


def unmarked(token: str) -> tuple[int, str]:
    """
    >>> unmarked("lantern"), unmarked(".lantern"), unmarked("..7.lantern")
    ((0, 'lantern'), (-1, 'lantern'), (7, 'lantern'))
    """
    part, hidden, word = _MARKED.fullmatch(token).groups()  # type: ignore[union-attr]
    return int(part) if part else HIDDEN if hidden else OPEN, word


def searched(past: Iterable[int], at: datetime) -> list[int]:
    """The parts that a search at the moment `at` reads, where the parts `past` have become public by then."""
    return [OPEN, HIDDEN] if previewed(at) else [OPEN, *sorted(past)]


def parts_of(
    rows: QuerySet[Any], object_ids: Iterable[int], now: datetime, still_to_come: Callable[[], list[datetime]]
) -> dict[int, int]:
    """
    In which part each of the `rows` with these ids belongs: the rule of what is public is asked about the moment `now`,
    and of what it hides about the moments still to come. A row is hidden before one of them, and public from it on.
    """
    ids = list(object_ids)

    def public(at: datetime, among: Iterable[int]) -> set[int]:
        shown = rows.public(at).filter(pk__in=list(among))  # type: ignore[attr-defined]
        return set(shown.order_by().values_list("pk", flat=True))

    found = dict.fromkeys(ids, HIDDEN) | dict.fromkeys(public(now, ids), OPEN)
    waiting = {row for row, part in found.items() if part == HIDDEN}
    moments = still_to_come() if waiting else []
    if moments:
        sought = [(public(moments[-1], waiting), 0, len(moments) - 1)]
        while sought:
            some, first, last = sought.pop()
            if not some:
                continue
            if first == last:
                part, _made = Part.objects.get_or_create(public_from=moments[first])
                found |= dict.fromkeys(some, part.pk)
                continue
            middle = (first + last) // 2
            early = public(moments[middle], some)
            sought += [(early, first, middle), (some - early, middle + 1, last)]
    return found
