"""
Keyset pagination: a page is found by the sort values of the row next to it, not by its number.

Known as the seek method; see Markus Winand, "We need tool support for keyset pagination" (use-the-index-luke.com, "no
offset"). The URL of a page holds the sort values of the last row before it, or of the first row after it, and the
database finds the page by index. So the last page is as fast as the first, and a new row does not move other rows to
other pages.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import BooleanField, DateTimeField, F, Field, Func, Model, Q, QuerySet, Value
from django.utils import timezone

from record.encrypted_cursors import seal, unseal

LONGEST = 2000


class Column:
    """One column of an order, in the notation of `order_by`: "title", "-award__precedence"."""

    def __init__(self, model: type[Model], name: str):
        self.is_descending = name.startswith("-")
        self.path = name.removeprefix("-")
        self.field: Field = _field(model, self.path)

    def read(self, value: Any) -> Any:
        """Convert a value from a URL for the database. Raise ValueError if this column can't have that value."""
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise ValueError(value)
        if isinstance(self.field, DateTimeField) and not isinstance(value, str):
            raise ValueError(value)
        found = self.field.to_python(value)
        if isinstance(found, str) and b"\x00" in found.encode():  # encode() raises ValueError for half a surrogate pair
            raise ValueError(value)
        if isinstance(found, int) and abs(found) >= 2**63:
            raise ValueError(value)
        if isinstance(found, datetime):
            if timezone.is_naive(found):
                raise ValueError(value)
            found = found.astimezone(UTC)  # raises OverflowError at the ends of the calendar
        if found is None:
            raise ValueError(value)
        return found


def _field(model: type[Model], path: str) -> Field:
    *relations, name = path.split("__")
    for relation in relations:
        model = model._meta.get_field(relation).related_model
    if name == "pk":
        return model._meta.pk
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return model._meta.get_field(name.removesuffix("_id"))


class _Rows(Func):
    """SQL's row comparison, `(a, b) > (1, 2)`: the only form that an index can answer completely."""

    output_field = BooleanField()

    def as_sql(self, compiler, connection, **extra):
        parts = [compiler.compile(expression) for expression in self.get_source_expressions()]
        half = len(parts) // 2
        left, right = (", ".join(sql for sql, _params in some) for some in (parts[:half], parts[half:]))
        sign = self.extra["sign"]
        return f"({left}) {sign} ({right})", tuple(value for _sql, params in parts for value in params)


def is_after(columns: Sequence[Column], values: Sequence[Any]) -> Q:
    """Return the condition for rows after those with `values`, one per column. Directions may be mixed."""
    directions = [list(some) for _key, some in groupby(columns, lambda column: column.is_descending)]
    first, rest = directions[0], columns[len(directions[0]) :]
    here = [Value(value, output_field=column.field) for column, value in zip(first, values, strict=False)]
    sign = "<" if first[0].is_descending else ">"
    condition = Q(_Rows(*(F(column.path) for column in first), *here, sign=sign))
    if rest:
        same = Q(**{column.path: value for column, value in zip(first, values, strict=False)})
        condition |= same & is_after(rest, values[len(first) :])
    if rest or any("__" in column.path for column in first):
        # Redundant, but a condition on the first column alone lets the database use any index on it.
        condition &= Q(**{f"{first[0].path}__{'lte' if first[0].is_descending else 'gte'}": values[0]})
    return condition


class Page:
    """
    The rows of `queryset` on the page that `params`, a mapping such as `request.GET`, asks for: after the cursor
    `after`, before the cursor `before`, the last page with `page=last`, or else the first page. `order` names the sort
    columns; the last one is unique and none is null. An invalid cursor gives the first page. One statement, or two if
    the page asked for is empty.
    """

    def __init__(self, queryset: QuerySet, order: Sequence[str], params: Any, size: int):
        self.columns = [Column(queryset.model, name) for name in order]
        self.size = size
        after, before = self._read_cursor(params.get("after", "")), self._read_cursor(params.get("before", ""))
        before = None if after else before
        is_backwards = before is not None or (after is None and params.get("page") == "last")
        self.rows, more = self._fetch(queryset, after or before, is_backwards)
        if not self.rows and (after or before):
            # The rows after this cursor were deleted.
            after, before, is_backwards = None, None, False
            self.rows, more = self._fetch(queryset, None, False)
        self.is_first = not more if is_backwards else not after
        self.is_last = before is None if is_backwards else not more
        # The query parameters of this page.
        self.params: dict[str, str] = {"page": "last"} if is_backwards else {}
        if values := after or before:
            self.params = {"after" if after else "before": encode_cursor(values)}

    def _fetch(self, queryset: QuerySet, values: list[Any] | None, is_backwards: bool) -> tuple[list[Any], bool]:
        columns = [_turned(column) for column in self.columns] if is_backwards else self.columns
        if values:
            queryset = queryset.filter(is_after(columns, values))
        # Read the values that the database sorts by; attributes of the row may differ from them.
        queryset = queryset.annotate(**{f"cursor_{number}": F(column.path) for number, column in enumerate(columns)})
        ordered = queryset.order_by(*(("-" if column.is_descending else "") + column.path for column in columns))
        rows = list(ordered[: self.size + 1])
        shown = rows[: self.size]
        return (shown[::-1] if is_backwards else shown), len(rows) > self.size

    def _read_cursor(self, cursor: str) -> list[Any] | None:
        """Decode a cursor. Return None if it does not fit this order."""
        values = decode_cursor(cursor)
        if values is None or len(values) != len(self.columns):
            return None
        try:
            return [column.read(value) for column, value in zip(self.columns, values, strict=True)]
        except (ValueError, OverflowError, ValidationError):
            return None

    def preceding(self, queryset: QuerySet) -> QuerySet:
        """Return the rows of `queryset`, the whole list, that come before the first row of this page."""
        values = [getattr(self.rows[0], f"cursor_{number}") for number in range(len(self.columns))]
        return queryset.filter(is_after([_turned(column) for column in self.columns], values))

    def _cursor_of(self, row: Model) -> str:
        return encode_cursor([getattr(row, f"cursor_{number}") for number in range(len(self.columns))])

    @property
    def before(self) -> str:
        """The cursor for the previous page, made from the first row; empty on the first page."""
        return "" if self.is_first or not self.rows else self._cursor_of(self.rows[0])

    @property
    def after(self) -> str:
        """The cursor for the next page, made from the last row; empty on the last page."""
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
    Return the cursor for a position in a list, given one value for each column of its order. It is encrypted, because
    primary keys would reveal how many hidden rows there are.
    """
    written = [value if isinstance(value, int) else _text(value) for value in values]
    # Not as ASCII escapes: a long Chinese title would make the URL too long.
    text = json.dumps(written, ensure_ascii=False, separators=(",", ":"))
    return seal(text)


def decode_cursor(cursor: str) -> list[Any] | None:
    """Return the values in a cursor made by `encode_cursor`, as JSON values; None if the cursor is not ours."""
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
