"""
The SQL statements of filtered lists, compiled once for each list and each combination of filters.

A list is a function that returns its rows, and a set of filters. The values of the filters and the place of the page
are placeholders (`Given`), so the number of compiled statements does not depend on what visitors choose.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import django_filters
from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import DateTimeField, QuerySet, TextField
from django.utils.translation import get_language

from record.facets import Facet, IsAmong, array
from record.keyset import Column, Page, beside, is_before
from record.prepared_queries import KEY, Given, PreparedQuery, compiled_once, filled
from record.viewpoint import Viewpoint

#: A function that takes a viewpoint and primary keys, and returns a queryset. The restrictions of `PreparedQuery`
#: apply, and nothing that it prefetches may depend on the viewpoint.
Rows = Callable[..., QuerySet]
#: The names of filters.
Names = tuple[str, ...]


@dataclass(frozen=True)
class _Asked:
    """What the filters need of a request."""

    viewpoint: Viewpoint


@dataclass(frozen=True)
class Template:
    """The rows of a list and its filters, with placeholders instead of values. Not to be run."""

    rows: QuerySet
    facets: dict[str, Facet]
    viewpoint: Viewpoint

    def narrowed(self, names: Names) -> QuerySet:
        """Return the rows that match the filters `names`."""
        rows = self.rows
        for name in names:
            rows = self.facets[name].filter(rows, value_of(name))
        return rows

    def keys(self, names: Names) -> QuerySet:
        """Return the primary keys of the rows that match the filters `names`."""
        keys = self.rows.order_by().values("pk")
        for name in names:
            keys = self.facets[name].filter_keys(keys, value_of(name))
        return keys

    def most_keys(self, names: Names, limit: int, are_distinct: bool) -> int:
        """Return how many keys to read, so that `limit` are left even if some of them are repeated."""
        can_repeat = not are_distinct and any(self.facets[name].path for name in names)
        return limit + limit // 4 if can_repeat else limit


def value_of(name: str) -> Any:
    """Return the placeholder for the value of the filter `name`."""
    return Given(f"only_{name}", TextField())


@dataclass(frozen=True)
class ListQuery:
    """
    A list: the function `rows`, the names of the primary keys that it takes, the filters, and the contest in preview.
    The arguments `values` of its methods have a value for each placeholder.
    """

    rows: Rows
    keys: Names
    filterset: type[django_filters.FilterSet]
    preview: int | None

    @property
    def template(self) -> Template:
        return _template(self)

    def labels(self, names: Names, values: Mapping[str, Any]) -> Sequence[str | None]:
        """Return the labels of the values of the filters `names`. A label is None if no row has the value."""
        found = _LABELS.rows(DEFAULT_DB_ALIAS, self, names, get_language(), **values)
        return found[0] if found else [None] * len(names)

    def matching(
        self, wanted: tuple[Names, ...], limit: int, values: Mapping[str, Any], *, are_distinct: bool = False
    ) -> dict[Names, list[int]]:
        """
        Return the primary keys of the rows that match each of the combinations of filters in `wanted`, at most `limit`
        of each. Needs one SQL statement, sometimes two.

        `filter_keys` may repeat a key, such as once for each creator from a country. To leave repeated keys out,
        PostgreSQL would read and sort all. So more are read than are needed. If many are repeated, too few are left,
        and a second statement leaves them out (`are_distinct`).
        """
        read: dict[Names, list[int]] = {names: [] for names in wanted}
        for number, key in _fetched(_keys(self, wanted, limit, are_distinct), values):
            read[wanted[number]].append(key)
        found = {names: list(dict.fromkeys(keys))[:limit] for names, keys in read.items()}
        limits = {names: self.template.most_keys(names, limit, are_distinct) for names in wanted}
        again = tuple(names for names in wanted if len(read[names]) == limits[names] and len(found[names]) < limit)
        return found | self.matching(again, limit, values, are_distinct=True) if again else found

    def number(self, names: Names, limit: int, values: Mapping[str, Any]) -> int:
        """Return the number of rows that match the filters `names`, at most `limit`. Needs one SQL statement."""
        return _fetched(_number(self, names, limit), values)[0][0]

    def number_before(
        self, place: Sequence[Any], names: Names, order: Names, limit: int, values: Mapping[str, Any]
    ) -> int:
        """Return the same as `number`, of the rows before the row with the sort values `place`."""
        return _fetched(_number(self, names, limit, order), {**values, **_placed(place)})[0][0]


def _fetched(compiled: tuple[str, list[Any]], values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    sql, parameters = compiled
    connection = connections[DEFAULT_DB_ALIAS]
    with connection.cursor() as cursor:
        cursor.execute(sql, filled(parameters, values, connection))
        return cursor.fetchall()


@compiled_once
def _template(of: ListQuery) -> Template:
    viewpoint = Viewpoint(cast(Any, Given("at", DateTimeField())), of.preview)
    rows = of.rows(viewpoint, **{name: Given(name, KEY) for name in of.keys})
    filterset = of.filterset({}, queryset=rows, request=_Asked(viewpoint))
    return Template(rows, filterset.filters, viewpoint)


def _labels(of: ListQuery, names: Names, language: str) -> QuerySet:
    template = of.template
    labels = [template.facets[name].known(template.rows, template.viewpoint, value_of(name)) for name in names]
    return template.rows.order_by().values_list(*labels)[:1]


_LABELS = PreparedQuery(_labels)


@compiled_once
def _keys(of: ListQuery, wanted: tuple[Names, ...], limit: int, are_distinct: bool) -> tuple[str, list[Any]]:
    parts = []
    for names in wanted:
        keys = of.template.keys(names)
        most = of.template.most_keys(names, limit, are_distinct)
        parts.append(_sql_of_keys((keys.distinct() if are_distinct else keys)[:most]))
    # Django can't combine queries with limits on SQLite.
    selects = [f"SELECT {number}, pk FROM ({sql}) part" for number, (sql, _some) in enumerate(parts)]  # noqa: S608
    return " UNION ALL ".join(selects), [parameter for _sql, some in parts for parameter in some]


@compiled_once
def _number(of: ListQuery, names: Names, limit: int, before: Names = ()) -> tuple[str, list[Any]]:
    rows = of.template.narrowed(names)
    if before:
        columns = _columns(of, before)
        rows = rows.filter(is_before(columns, _places(columns)))
    sql, parameters = _sql_of_keys(rows.order_by().values("pk")[:limit])
    return f"SELECT COUNT(*) FROM ({sql}) part", parameters  # noqa: S608


def _sql_of_keys(keys: QuerySet) -> tuple[str, list[Any]]:
    try:
        sql, parameters = keys.query.sql_with_params()
    except EmptyResultSet:  # No row can meet the conditions.
        return "SELECT 0 AS pk WHERE 1 = 0", []
    return sql, list(parameters)


def _columns(of: ListQuery, order: Names) -> list[Column]:
    return [Column(of.template.rows.model, name) for name in order]


def _places(columns: Sequence[Column]) -> list[Given]:
    """Return placeholders for the sort values of a row."""
    return [Given(f"place_{number}", column.field) for number, column in enumerate(columns)]


def _placed(values: Sequence[Any]) -> dict[str, Any]:
    return {f"place_{number}": value for number, value in enumerate(values)}


def _page(of: ListQuery, names: Names | None, order: Names, is_backwards: bool, has_place: bool, limit: int) -> Any:
    template = of.template
    rows = template.rows.filter(IsAmong(_AMONG)) if names is None else template.narrowed(names)
    columns = _columns(of, order)
    return beside(rows, columns, _places(columns) if has_place else None, is_backwards, limit)


_PAGE = PreparedQuery(_page)
_AMONG = Given("among", TextField())


class ListPage(Page):
    """
    A page of the list `of`: of the rows that match the filters `names`, or of the rows with the primary keys `among`.
    """

    def __init__(
        self, of: ListQuery, names: Names, values: Mapping[str, Any], order: Names, params: Any, size: int, among: Any
    ):
        self._of, self._names, self._order = of, names if among is None else None, order
        self._values = values if among is None else {**values, "among": array(among)}
        super().__init__(of.template.rows, order, params, size)

    def _read(self, queryset: QuerySet, values: list[Any] | None, is_backwards: bool) -> list[Any]:
        variant = (self._of, self._names, self._order, is_backwards, bool(values), self.size + 1)
        return _PAGE.rows(DEFAULT_DB_ALIAS, *variant, **self._values, **_placed(values or []))
