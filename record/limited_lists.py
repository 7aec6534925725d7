"""Lists with the first rows of a longer list and the number of the other rows."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery


class NumberOf(Subquery):
    """The number of rows of a queryset, at most `limit` + 1 if a limit is given. The queryset may use `OuterRef`."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet, limit: int | None = None):
        super().__init__(rows.order_by().values("pk")[: limit and limit + 1])


#: The rows that a list leaves out are counted up to this number: every row of a large contest may cite the same source.
MOST = 1_000


class LimitedList(list):
    """
    A list with the first rows of a longer list. Its attribute `more` is the number of rows left out. If `plus` is "+",
    there are more than that.
    """

    def __init__(self, rows: Iterable[Any], more: int, plus: str = ""):
        super().__init__(rows)
        self.more, self.plus = more, plus


def first(rows: QuerySet, limit: int) -> LimitedList:
    """
    Return the first `limit` rows of the queryset `rows`; `more` of the result is the number of the other rows, counted
    up to `MOST`. Needs one SQL statement, plus those of `prefetch_related`.
    """
    return limited(cut(rows, limit))


def cut(rows: QuerySet, limit: int) -> QuerySet:
    """Return the query for `first`. `limited` makes the list from its rows."""
    # `Window(Count("pk"))` would make the database read all columns of all rows.
    return rows.annotate(of_all=NumberOf(rows, limit + MOST))[:limit]


def limited(rows: Iterable[Any]) -> LimitedList:
    """Return the list of `rows`, which a query made by `cut` has found."""
    found = list(rows)
    more = found[0].of_all - len(found) if found else 0
    return LimitedList(found, min(more, MOST), "+" if more > MOST else "")


def first_of(rows: Sequence[Any], limit: int) -> LimitedList:
    """
    Return the first `limit` of `rows`, which are already loaded; `more` of the result is the number of the others.
    """
    return LimitedList(rows[:limit], max(0, len(rows) - limit))
