"""Lists that show only their first rows and the number of the others."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, QuerySet, Window


class LimitedList(list):
    """The first rows of a list; `more` is the number of rows left out."""

    def __init__(self, rows: Iterable[Any], more: int):
        super().__init__(rows)
        self.more = more


def first(rows: QuerySet, limit: int) -> LimitedList:
    """Return the first `limit` of `rows` and the number of the others, in one statement plus prefetches."""
    found = list(rows.annotate(of_all=Window(Count("pk")))[:limit])
    return LimitedList(found, found[0].of_all - len(found) if found else 0)


def first_of(rows: Sequence[Any], limit: int) -> LimitedList:
    """Return the same for rows that are already loaded."""
    return LimitedList(rows[:limit], max(0, len(rows) - limit))
