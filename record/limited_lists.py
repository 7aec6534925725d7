"""Lists that show only their first rows, and say how many more there are."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count, QuerySet, Window


class LimitedList(list):
    """The first rows of a list; `more` is the number of those that are left out."""

    def __init__(self, rows: Iterable[Any], more: int):
        super().__init__(rows)
        self.more = more


def first(rows: QuerySet, limit: int) -> LimitedList:
    """The first `limit` of `rows`, and how many more there are: one statement, and those of its prefetches."""
    found = list(rows.annotate(of_all=Window(Count("pk")))[:limit])
    return LimitedList(found, found[0].of_all - len(found) if found else 0)


def first_of(rows: Sequence[Any], limit: int) -> LimitedList:
    """The same for rows in hand."""
    return LimitedList(rows[:limit], max(0, len(rows) - limit))
