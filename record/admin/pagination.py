"""The pages of the admin lists. A list has a maximum length."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.utils.functional import cached_property

from .search import Reach

# The maximum number of rows in a list; editors narrow longer lists with filters.
LISTED = 10_000
# If a list has at most this number of rows, they are loaded by their primary keys.
FEW = 2_000


class BoundedPaginator(Paginator):
    """
    A paginator for the first `LISTED` rows. It does not count further rows. Instead of counting the rows that match a
    condition, it loads their primary keys. If they are few, the rows of a page are loaded by these keys. Otherwise the
    database would look for the few rows in the whole table twice: for the number, and for the page. The conditions may
    not join several rows to one, unless duplicates are removed: the second query has the joins without the conditions.
    """

    object_list: QuerySet
    #: What the search reads, if the rows are those of a search. They are never many, so all keys are loaded in the
    #: order of the list.
    reach: Reach | None = None

    @cached_property
    def _keys(self) -> list[Any] | None:
        if not self.object_list.query.where:
            return None
        rows = _sorted(self.object_list) if self.reach else self.object_list.order_by()
        return list(rows.values_list("pk", flat=True)[: LISTED + 1])

    @cached_property
    def _found(self) -> int:
        if self._keys is None:
            return self.object_list.order_by().values("pk")[: LISTED + 1].count()
        return len(self._keys)

    @cached_property
    def count(self) -> int:
        return min(self._found, LISTED)

    @property
    def rows(self) -> QuerySet:
        """Return the rows of all pages, by their primary keys if they are few."""
        if self._keys is None or len(self._keys) > FEW:
            return self.object_list
        return self._by_keys(self._keys)

    def page(self, number: int | str) -> Page:
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        last = min(first + self.per_page, self.count)
        if self.reach and self._keys is not None:
            return Page(self._by_keys(self._keys[first:last]), number, self)
        shown = self.rows[first:last]
        if first or len(self._keys or ()) > self.per_page:
            # The database joins, counts and sorts other columns also for the rows that are not on the page, so find the
            # keys first.
            shown = self._by_keys(list(shown.values_list("pk", flat=True)))
        return Page(shown, number, self)

    def _by_keys(self, keys: list[Any]) -> QuerySet:
        rows = self.object_list.all()
        rows.query.clear_where()
        return rows.filter(pk__in=keys)

    @property
    def goes_on(self) -> bool:
        """Return whether there are more rows than those of all pages."""
        return self._found > LISTED or (self.reach is not None and self.reach.is_cut)


def _sorted(rows: QuerySet) -> QuerySet:
    """
    Return `rows` in the same order, so that the database finds all of them before it sorts. Otherwise it might look for
    the few rows among all rows of the table, in the order of an index. The first sort value is 0 for each row.
    """
    return rows.order_by(F("pk") * 0, *(rows.query.order_by or rows.model._meta.ordering))
