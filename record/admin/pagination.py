"""The pages of the admin lists. A list has a maximum length."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

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

    @cached_property
    def _keys(self) -> list[Any] | None:
        if not self.object_list.query.where:
            return None
        return list(self.object_list.order_by().values_list("pk", flat=True)[: LISTED + 1])

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
        rows = self.object_list.all()
        rows.query.clear_where()
        return rows.filter(pk__in=self._keys)

    def page(self, number: int | str) -> Page:
        number = self.validate_number(number)
        first = (number - 1) * self.per_page
        shown = self.rows[first : min(first + self.per_page, self.count)]
        if first or len(self._keys or ()) > self.per_page:
            # The database joins, counts and sorts other columns also for the rows that are not on the page, so find the
            # keys first.
            keys = list(shown.values_list("pk", flat=True))
            shown = self.rows.all()
            shown.query.clear_where()
            shown = shown.filter(pk__in=keys)
        return Page(shown, number, self)

    @property
    def goes_on(self) -> bool:
        return self._found > LISTED
