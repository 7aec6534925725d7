"""
The parts of the search index. With them, a search never reads hidden entries.

An entry is in exactly one part: the open part if it is public, a part for everything that becomes public at the same
future time, or the hidden part if no such time is known. The tokens and words of an entry start with the mark of its
part (none for the open part), so that a search of public parts never meets a hidden token. From a reveal on, searches
include one more part; nothing has to be written. An entry that isn't public also has its tokens with the mark of the
hidden part. Only previews search for this mark.
"""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from record.viewpoint import Viewpoint
from search.models import HIDDEN, OPEN, Part

_MARKED = re.compile(r"(?:\.\.(\d+)\.|(\.)|)(.*)", re.DOTALL)


def mark_of(part: int) -> str:
    """
    Return the prefix that marks the tokens of part number `part` of the index: "..7." for part 7. A token without such
    a prefix never starts with a full stop.
    """
    if part == OPEN:
        return ""
    return "." if part == HIDDEN else f"..{part}."


def marked(tokens: list[str], part: int) -> list[str]:
    """Return the tokens of an entry in `part` as they are stored."""
    if part == OPEN:
        return tokens
    return [mark_of(each) + token for each in sorted({HIDDEN, part}) for token in tokens]


def unmarked(token: str) -> tuple[int, str]:
    """
    Return the part and the word of a stored token.

    >>> unmarked("lantern"), unmarked(".lantern"), unmarked("..7.lantern")
    ((0, 'lantern'), (-1, 'lantern'), (7, 'lantern'))
    """
    part, hidden, word = _MARKED.fullmatch(token).groups()  # type: ignore[union-attr]
    return int(part) if part else HIDDEN if hidden else OPEN, word


def searched(viewpoint: Viewpoint) -> list[int]:
    """Return the parts that a search at `viewpoint` reads. Needs at most one SQL statement."""
    if viewpoint.preview is not None:
        return [OPEN, HIDDEN]
    past = Part.objects.filter(public_from__lte=viewpoint.at).order_by("pk")
    return [OPEN, *past.values_list("pk", flat=True)]


def parts_of(
    rows: QuerySet[Any], object_ids: Iterable[int], now: datetime, still_to_come: Callable[[], list[datetime]]
) -> dict[int, int]:
    """
    Return a dict from each of `object_ids` to the part for that row of `rows`. The visibility rule is applied at `now`,
    and for hidden rows also at the future times that `still_to_come` returns. A hidden row becomes public at one of
    these times, if at all, and stays public from then on. So a binary search finds the time.
    """
    ids = list(object_ids)

    def public(at: datetime, among: Iterable[int]) -> set[int]:
        shown = rows.public(Viewpoint(at)).filter(pk__in=list(among))  # type: ignore[attr-defined]
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
