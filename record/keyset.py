"""
Keyset pagination: the URL of a page contains the sort values of a row next to the page, instead of a page number.

This is also called the seek method; see Markus Winand, "We need tool support for keyset pagination"
(https://use-the-index-luke.com/no-offset). The URL contains a cursor with the sort values of the last row before the
page, or of the first row after it. The database finds the page by an index, so the last page is as fast as the first. A
new row does not move other rows to other pages.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, DateTimeField, F, Field, Func, Model, Q, QuerySet, Value
from django.db.models.sql.compiler import SQLCompiler
from django.utils import timezone

from record.encrypted_cursors import seal, unseal
from record.model_fields import field_named, target_of
from record.prepared_queries import Given

LONGEST = 2000


class Column:
    """A column to sort by, from a name as in `order_by`: "title", or "-award__precedence" for descending order."""

    def __init__(self, model: type[Model], name: str):
        self.is_descending = name.startswith("-")
        self.path = name.removeprefix("-")
        self.field: Field = _field(model, self.path)

    def read(self, value: Any) -> Any:
        """
        Convert a value from a cursor to the Python type of this column. Raise `ValueError`, `OverflowError` or
        `ValidationError` if the column can't have that value.
        """
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise ValueError(value)
        if isinstance(self.field, DateTimeField) and not isinstance(value, str):
            raise ValueError(value)
        found = self.field.to_python(value)
        if isinstance(found, str) and b"\x00" in found.encode():  # encode() raises ValueError for a lone surrogate
            raise ValueError(value)
        if isinstance(found, int) and abs(found) >= 2**63:
            raise ValueError(value)
        if isinstance(found, datetime):
            if timezone.is_naive(found):
                raise ValueError(value)
            found = found.astimezone(UTC)  # raises OverflowError near the limits of `datetime`
        if found is None:
            raise ValueError(value)
        return found


def _field(model: type[Model], path: str) -> Field:
    *relations, name = path.split("__")
    for relation in relations:
        model = target_of(model._meta.get_field(relation))
    if name == "pk":
        return model._meta.pk
    try:
        return field_named(model, name)
    except FieldDoesNotExist:
        return field_named(model, name.removesuffix("_id"))


class _Rows(Func):
    """
    An SQL row comparison, such as `(a, b) > (1, 2)`. For a row comparison, a database uses all columns of an index. For
    the equivalent condition with OR, it does not.
    """

    output_field = BooleanField()

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, *args: Any, **extra: Any) -> Any:
        parts = [compiler.compile(expression) for expression in self.get_source_expressions()]
        half = len(parts) // 2
        left, right = (", ".join(sql for sql, _params in some) for some in (parts[:half], parts[half:]))
        sign = self.extra["sign"]
        return f"({left}) {sign} ({right})", tuple(value for _sql, params in parts for value in params)


def is_after(columns: Sequence[Column], values: Sequence[Any]) -> Q:
    """
    Return the condition that a row comes after the row with the sort values `values`, which has one value for each of
    `columns`. Ascending and descending columns may be mixed.
    """
    directions = [list(some) for _key, some in groupby(columns, lambda column: column.is_descending)]
    first, rest = directions[0], columns[len(directions[0]) :]
    here = [
        value if isinstance(value, Given) else Value(value, output_field=column.field)
        for column, value in zip(first, values, strict=False)
    ]
    sign = "<" if first[0].is_descending else ">"
    condition = Q(_Rows(*(F(column.path) for column in first), *here, sign=sign))
    if rest:
        same = Q(**{column.path: value for column, value in zip(first, values, strict=False)})
        condition |= same & is_after(rest, values[len(first) :])
    if rest or any("__" in column.path for column in first):
        # This condition is redundant, but it helps the database to use an index on the first column.
        condition &= Q(**{f"{first[0].path}__{'lte' if first[0].is_descending else 'gte'}": values[0]})
    return condition


def is_before(columns: Sequence[Column], values: Sequence[Any]) -> Q:
    """Return the condition that a row comes before the row with the sort values `values`, as in `is_after`."""
    return is_after([_turned(column) for column in columns], values)


def beside(
    queryset: QuerySet, columns: Sequence[Column], values: Sequence[Any] | None, is_backwards: bool, limit: int
) -> QuerySet:
    """
    Return the first `limit` rows of `queryset` that come after the row with the sort values `values`, or before it if
    `is_backwards`. If `values` is None, the rows begin at the end of the list.
    """
    if is_backwards:
        columns = [_turned(column) for column in columns]
    names = [("-" if column.is_descending else "") + column.path for column in columns]
    found = queryset.filter(is_after(columns, values)) if values else queryset
    # If no index has the order, the database sorts. It sorts keys faster than whole rows with their relations.
    keys = found.order_by(*names).values("pk")[:limit]
    # Make cursors from annotations, because they have the values that the database sorts by. The attributes of a row
    # may differ from them.
    cursors = {f"cursor_{number}": F(column.path) for number, column in enumerate(columns)}
    return queryset.filter(pk__in=keys).annotate(**cursors).order_by(*names)


class Page:
    """
    One page of `queryset`, at most `size` rows. `params` is a mapping of query parameters, such as `request.GET`, which
    select the page: the rows after the cursor `after`, the rows before the cursor `before`, the last page for
    `page=last`, or otherwise the first page. `order` has the names of the sort columns; none of them may be null, and
    the last one must be unique. An invalid cursor is ignored. Needs one SQL statement, or two if the selected page is
    empty.
    """

    def __init__(self, queryset: QuerySet, order: Sequence[str], params: Any, size: int):
        self.columns = [Column(queryset.model, name) for name in order]
        self.size = size
        after, before = self._read_cursor(params.get("after", "")), self._read_cursor(params.get("before", ""))
        before = None if after else before
        is_backwards = before is not None or (after is None and params.get("page") == "last")
        self.rows, more = self._fetch(queryset, after or before, is_backwards)
        if not self.rows and (after or before):
            # No rows are left before or after the cursor, so show the first page.
            after, before, is_backwards = None, None, False
            self.rows, more = self._fetch(queryset, None, False)
        self.is_first = not more if is_backwards else not after
        self.is_last = before is None if is_backwards else not more
        # The query parameters of the URL that selects this page.
        self.params: dict[str, str] = {"page": "last"} if is_backwards else {}
        if values := after or before:
            self.params = {"after" if after else "before": encode_cursor(values)}

    def _fetch(self, queryset: QuerySet, values: list[Any] | None, is_backwards: bool) -> tuple[list[Any], bool]:
        rows = self._read(queryset, values, is_backwards)
        shown = rows[: self.size]
        return (shown[::-1] if is_backwards else shown), len(rows) > self.size

    def _read(self, queryset: QuerySet, values: list[Any] | None, is_backwards: bool) -> list[Any]:
        return list(beside(queryset, self.columns, values, is_backwards, self.size + 1))

    def _read_cursor(self, cursor: str) -> list[Any] | None:
        """
        Return the sort values in `cursor`. Return None if the cursor is invalid or was made for another sort order.
        """
        values = decode_cursor(cursor)
        if values is None or len(values) != len(self.columns):
            return None
        try:
            return [column.read(value) for column, value in zip(self.columns, values, strict=True)]
        except (ValueError, OverflowError, ValidationError):
            return None

    def place_of(self, row: Model) -> list[Any]:
        """Return the sort values of a row of this page."""
        return [getattr(row, f"cursor_{number}") for number in range(len(self.columns))]

    def _cursor_of(self, row: Model) -> str:
        return encode_cursor(self.place_of(row))

    @property
    def before(self) -> str:
        """The cursor of the previous page, made from the first row of this page; empty on the first page."""
        return "" if self.is_first or not self.rows else self._cursor_of(self.rows[0])

    @property
    def after(self) -> str:
        """The cursor of the next page, made from the last row of this page; empty on the last page."""
        return "" if self.is_last or not self.rows else self._cursor_of(self.rows[-1])

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def _turned(column: Column) -> Column:
    turned = object.__new__(Column)
    turned.path, turned.field, turned.is_descending = column.path, column.field, not column.is_descending
    return turned


def encode_cursor(values: Sequence[Any]) -> str:
    """
    Return the cursor for the row with the sort values `values`. The cursor is encrypted, because it contains a primary
    key, which could reveal how many hidden rows there are.
    """
    written = [value if isinstance(value, int) else _text(value) for value in values]
    # Don't escape non-ASCII characters: the cursor of a long Chinese title would be too long for a URL.
    text = json.dumps(written, ensure_ascii=False, separators=(",", ":"))
    return seal(text)


def decode_cursor(cursor: str) -> list[Any] | None:
    """
    Return the sort values in `cursor`, as a list of JSON values. Return None if `encode_cursor` did not make `cursor`.
    """
    text = unseal(cursor) if cursor and len(cursor) <= LONGEST else None
    if text is None:
        return None
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, list) else None


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
