"""
Pages of a list that are found by where they start instead of by their number.

The seek method, as Markus Winand describes it in "We need tool support for keyset pagination" (use-the-index-luke.com,
"no offset"): the address of a page holds what its neighbour's last row sorts by, and an index leads there at once. The
last page costs what the first one does, and a row that comes in between moves no other row to another page.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import BooleanField, DateTimeField, F, Field, Func, Model, Q, QuerySet, Value
from django.utils import timezone

from record.sealed_cursors import seal, unseal

LONGEST = 2000


class Column:
    """One part of an order as `order_by` writes it: "title", "-award__precedence"."""

    def __init__(self, model: type[Model], name: str):
        self.is_descending = name.startswith("-")
        self.path = name.removeprefix("-")
        self.field: Field = _field(model, self.path)

    def read(self, value: Any) -> Any:
        """A value from an address as the database takes it; ValueError where it can be none of this column."""
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise ValueError(value)
        if isinstance(self.field, DateTimeField) and not isinstance(value, str):
            raise ValueError(value)
        found = self.field.to_python(value)
        if isinstance(found, str) and b"\x00" in found.encode():  # half a surrogate pair has no encoding: a ValueError
            raise ValueError(value)
        if isinstance(found, int) and abs(found) >= 2**63:
            raise ValueError(value)
        if isinstance(found, datetime):
            if timezone.is_naive(found):
                raise ValueError(value)
            found = found.astimezone(UTC)  # the first and the last hours of time are in no other zone
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
    """SQL's comparison of rows, `(a, b) > (1, 2)`: the one form of the condition that an index answers whole."""

    output_field = BooleanField()

    def as_sql(self, compiler, connection, **extra):
        parts = [compiler.compile(expression) for expression in self.get_source_expressions()]
        half = len(parts) // 2
        left, right = (", ".join(sql for sql, _params in some) for some in (parts[:half], parts[half:]))
        sign = self.extra["sign"]
        return f"({left}) {sign} ({right})", tuple(value for _sql, params in parts for value in params)


def beyond(columns: Sequence[Column], place: Sequence[Any]) -> Q:
    """The condition that a row comes after `place`, one value for each of `columns`, which may differ in direction."""
    directions = [list(some) for _key, some in groupby(columns, lambda column: column.is_descending)]
    first, rest = directions[0], columns[len(directions[0]) :]
    here = [Value(value, output_field=column.field) for column, value in zip(first, place, strict=False)]
    sign = "<" if first[0].is_descending else ">"
    condition = Q(_Rows(*(F(column.path) for column in first), *here, sign=sign))
    if rest:
        same = Q(**{column.path: value for column, value in zip(first, place, strict=False)})
        condition |= same & beyond(rest, place[len(first) :])
    if rest or any("__" in column.path for column in first):
        # Says again of the first column alone what follows from the rest: that much any index can use.
        condition &= Q(**{f"{first[0].path}__{'lte' if first[0].is_descending else 'gte'}": place[0]})
    return condition


class Page:
    """
    The rows of `queryset` that `question`, a mapping such as `request.GET`, asks for: those after or before the place
    that `after` or `before` holds, the last with `page=last`, else the first. `order` names the columns; the last one
    is unique, and none is null. A place that nobody can have been given leads to the first page. One statement; one
    more where nothing is there any more.
    """

    def __init__(self, queryset: QuerySet, order: Sequence[str], question: Any, size: int):
        self.columns = [Column(queryset.model, name) for name in order]
        self.size = size
        after, before = self._place(question.get("after", "")), self._place(question.get("before", ""))
        before = None if after else before
        is_backwards = before is not None or (after is None and question.get("page") == "last")
        self.rows, more = self._ask(queryset, after or before, is_backwards)
        if not self.rows and (after or before):
            # What stood here is gone.
            after, before, is_backwards = None, None, False
            self.rows, more = self._ask(queryset, None, False)
        self.is_first = not more if is_backwards else not after
        self.is_last = before is None if is_backwards else not more
        # The part of a question that leads to this page.
        self.asked: dict[str, str] = {"page": "last"} if is_backwards else {}
        if place := after or before:
            self.asked = {"after" if after else "before": token_of(place)}

    def _ask(self, queryset: QuerySet, place: list[Any] | None, is_backwards: bool) -> tuple[list[Any], bool]:
        columns = [_turned(column) for column in self.columns] if is_backwards else self.columns
        if place:
            queryset = queryset.filter(beyond(columns, place))
        # As the database has them, which may be otherwise than a row says of itself.
        queryset = queryset.annotate(**{f"place_{number}": F(column.path) for number, column in enumerate(columns)})
        ordered = queryset.order_by(*(("-" if column.is_descending else "") + column.path for column in columns))
        rows = list(ordered[: self.size + 1])
        shown = rows[: self.size]
        return (shown[::-1] if is_backwards else shown), len(rows) > self.size

    def _place(self, token: str) -> list[Any] | None:
        """What a token of an address says; None where it says nothing that this order could have said."""
        values = values_of(token)
        if values is None or len(values) != len(self.columns):
            return None
        try:
            return [column.read(value) for column, value in zip(self.columns, values, strict=True)]
        except (ValueError, OverflowError, ValidationError):
            return None

    def preceding(self, queryset: QuerySet) -> QuerySet:
        """Those of `queryset`, the whole list, that stand before the first row of this page."""
        place = [getattr(self.rows[0], f"place_{number}") for number in range(len(self.columns))]
        return queryset.filter(beyond([_turned(column) for column in self.columns], place))

    def _token_of(self, row: Model) -> str:
        return token_of([getattr(row, f"place_{number}") for number in range(len(self.columns))])

    @property
    def before(self) -> str:
        """The token of the first row, for the page before this one; empty where there is none."""
        return "" if self.is_first or not self.rows else self._token_of(self.rows[0])

    @property
    def after(self) -> str:
        """The token of the last row, for the page after this one; empty where there is none."""
        return "" if self.is_last or not self.rows else self._token_of(self.rows[-1])

    def __iter__(self) -> Iterator[Any]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def _turned(column: Column) -> Column:
    turned = object.__new__(Column)
    turned.path, turned.field, turned.is_descending = column.path, column.field, not column.is_descending
    return turned


def token_of(place: Sequence[Any]) -> str:
    """
    What an address holds to name a place in a list: one value for each column of its order. Sealed, since the numbers
    of rows would tell how many there are that nobody sees.
    """
    written = [value if isinstance(value, int) else _text(value) for value in place]
    # As it is written: spelled out in ASCII, a long title in Chinese would be too long for an address.
    text = json.dumps(written, ensure_ascii=False, separators=(",", ":"))
    return seal(text)


def values_of(token: str) -> list[Any] | None:
    """The values that `token_of` sealed, as JSON has them; None where a token is not one of ours."""
    text = unseal(token) if token and len(token) <= LONGEST else None
    if text is None:
        return None
    try:
        values = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, list) else None


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
