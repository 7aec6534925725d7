"""
The parts of the search index. Thanks to them, a search never reads hidden entries.

An entry is in exactly one part: the open part if it is public, a part for all entries that become public at the same
future time, or the hidden part if no such time is known. Each stored token of an entry starts with a prefix, the mark
of the entry's part; only tokens in the open part have no mark. A search looks only for tokens with the marks of public
parts, so it never meets a hidden token. When the time of a part has come, searches also look for its mark, without any
change to the entries. All entries that aren't public have each token a second time, with the mark of the hidden part.
Only previews search for this mark.
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
    Return the mark of a part, with which its stored tokens start: "" for the open part, "." for the hidden part, "..7."
    for part 7. A token without a mark never starts with a full stop.
    """
    if part == OPEN:
        return ""
    return "." if part == HIDDEN else f"..{part}."


def marked(tokens: list[str], part: int) -> list[str]:
    """
    Return the tokens of an entry in `part` as they are stored: with the mark of the part and, unless it is the open
    part, a second time with the mark of the hidden part.
    """
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
    """
    Return the numbers of the parts of the index that a search at `viewpoint` reads. Needs at most one SQL statement.
    """
    if viewpoint.preview is not None:
        return [OPEN, HIDDEN]
    past = Part.objects.filter(public_from__lte=viewpoint.at).order_by("pk")
    return [OPEN, *past.values_list("pk", flat=True)]


def parts_of(
    rows: QuerySet[Any], object_ids: Iterable[int], now: datetime, still_to_come: Callable[[], list[datetime]]
) -> dict[int, int]:
    """
    Return a dict that maps each of `object_ids`, which are ids of rows in `rows`, to the part of the index for that
    row.

    Rows that are public at `now` are in the open part. `still_to_come` returns the future times at which something
    becomes public, in order. A hidden row becomes public at one of these times, or never, and stays public from then
    on. So a binary search finds the time for each row.
    """
    ids = list(object_ids)

    def public(at: datetime, among: Iterable[int]) -> set[int]:
        shown = rows.public(Viewpoint(at)).filter(pk__among=list(among))  # type: ignore[attr-defined]
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
