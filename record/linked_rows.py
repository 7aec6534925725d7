"""
The first rows to which other rows link, and their number. For example, the people whom a source is about.

A few linked rows are found through the links: all of them are read and sorted. That takes too long if there are many.
Then the rows are read in the order of the page, and each is checked for a link, until the page is full. So the number
of linked rows is needed first. It is counted through the links, up to 10,000.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from record.facets import LARGE
from record.limited_lists import LimitedList

# With more linked rows than this, it is faster to read the rows in the order of the page. Measured with 72,000 people.
MANY = 5_000


@dataclass(frozen=True)
class Links:
    """
    The links of `rows`: each row links to the row whose primary key is in its column `column`. If `are_public` is True,
    the public sees all of `rows`, and therefore also the rows that they link to.
    """

    rows: QuerySet
    column: str
    are_public: bool = False


@dataclass(frozen=True)
class LinkedRows:
    """
    Those of `rows` to which at least one of `links` leads. `rows` are the rows of a model that the public sees. At most
    `limit` of them are shown.
    """

    rows: QuerySet
    links: Sequence[Links]
    limit: int

    def number(self) -> Coalesce:
        """
        Return an expression for the number of linked rows. If it is greater than 10,000 plus `limit`, it only says that
        there are more.
        """
        every = self.rows.model._default_manager.order_by()
        # The databases stop at the limit. So the links that need no check of the rows come first.
        enough = every.filter(self._is_linked()).values("pk")[: self._most]
        counted = every.filter(pk__in=enough).annotate(one=Value(1)).values("one").annotate(number=Count("pk"))
        return Coalesce(Subquery(counted.values("number")), 0)

    def first(self, number: int) -> LimitedList:
        """Return the first `limit` rows, given the number of linked rows. Needs one SQL statement."""
        if number > MANY:
            each = (Exists(links.rows.filter(**{links.column: OuterRef("pk")})) for links in self.links)
            rows = self.rows.filter(reduce(or_, each))
        else:
            rows = self.rows.filter(self._is_linked())
        more = max(0, number - self.limit)
        return LimitedList(rows[: self.limit], min(more, LARGE), is_more=more > LARGE)

    @property
    def _most(self) -> int:
        return LARGE + self.limit + 1

    def _is_linked(self) -> Q:
        """
        Return the condition for linked rows, by their primary keys. If there are more than 10,000 plus `limit`, some do
        not meet it, but at least that many and one more do.
        """
        keys = {links: links.rows.order_by().values(links.column) for links in self.links}
        public = [keys[links].distinct() for links in self.links if links.are_public]
        others = [Q(pk__in=keys[links]) for links in self.links if not links.are_public]
        checked = [self.rows.order_by().filter(reduce(or_, others)).values("pk")] if others else []
        # If none of the parts reaches its limit, all rows are found. Otherwise, that part alone has enough of them.
        return reduce(or_, (Q(pk__in=part[: self._most]) for part in (*public, *checked)))
