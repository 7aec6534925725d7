"""
The first rows of a model that cite a source, from A to Z, found without sorting all of them.

A row can cite a source in several ways: with its own texts, or with a fact about it. If few rows do so in one way, they
are looked up by the index of that way's `source`. If many do, as every work of a large contest, the rows of the model
are read in the order of the page until enough cite the source: because there are many, this is soon.
"""

from collections.abc import Callable, Sequence
from enum import IntEnum
from functools import reduce
from operator import or_
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import (
    BooleanField,
    DateTimeField,
    Expression,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Coalesce
from django.db.models.sql.compiler import SQLCompiler

from record.limited_lists import MOST, LimitedList, NumberOf, limited
from record.prepared_queries import KEY, Given, PreparedQuery
from record.viewpoint import Viewpoint
from record.visibility import AnyRow

#: More rows than this are many.
FEW = 3_000
#: The rows that are read in the order of the page, at most. Beyond these, all rows that cite the source are sorted.
READ = 30_000
#: No sort key comes after this text.
_LAST = Value("\U0010ffff", output_field=TextField())

#: One way to cite a source: a function that returns the rows with the column `source`, and the name of the column with
#: the row that thereby cites the source.
Way = tuple[Callable[[Viewpoint], QuerySet], str]


class _Size(IntEnum):
    """How many rows cite a source in one way."""

    NONE, FEW, MANY = range(3)


class _InAny(Expression):
    """The condition that the primary key of a row is in one of `keys`. Unlike with `union`, these may have limits."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, keys: Sequence[QuerySet]):
        super().__init__()
        self.expressions: list[Any] = [F("pk"), *(Subquery(each) for each in keys)]

    def get_source_expressions(self) -> list[Any]:
        return self.expressions

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        self.expressions = list(exprs)

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        (row, _none), *keys = (compiler.compile(each) for each in self.expressions)
        # With UNION, the database looks up each of the keys. With OR, it would check every row.
        union = " UNION ".join(f"SELECT * FROM {sql} keys_{number}" for number, (sql, _values) in enumerate(keys))  # noqa: S608
        return f"{row} IN ({union})", tuple(value for _sql, values in keys for value in values)


class CitedRows:
    """
    The first `limit` public rows of `model` that cite a source in one of `ways`, sorted by `sort_key`. The model needs
    an index of this column. The related rows `joined` are loaded too.
    """

    def __init__(self, model: Any, ways: Sequence[Way], limit: int, joined: Sequence[str] = ()):
        self.model, self.ways, self.limit, self.joined = model, ways, limit, joined
        self._prepared = PreparedQuery(self._build, {"at": DateTimeField(), "source": KEY})

    def counts(self, name: str, viewpoint: Viewpoint) -> dict[str, NumberOf]:
        """
        Return annotations of a source with the number of rows of each way, at most `FEW` + 1. They include hidden rows,
        so they may only decide how rows are looked up.
        """
        citing = (rows(viewpoint).model._default_manager.filter(source=OuterRef("pk")) for rows, _key in self.ways)
        return {f"{name}_{number}": NumberOf(each, FEW) for number, each in enumerate(citing)}

    def of(self, name: str, viewpoint: Viewpoint, source: Any) -> LimitedList:
        """
        Return the rows that cite `source`, which has the annotations of `counts`. Needs one SQL statement, none if no
        row cites it, or two if many rows do, but few of these are public or come early in the order.
        """
        counts = [getattr(source, f"{name}_{number}") for number in range(len(self.ways))]
        sizes = tuple(_Size.MANY if count > FEW else _Size.FEW if count else _Size.NONE for count in counts)
        if _Size.MANY in sizes:
            found = self._run(viewpoint, source, sizes)
            # Fewer rows: others may come after the rows that were read. A lower number: not all were counted.
            if len(found) == self.limit and found[0].of_all > self.limit + MOST:
                return limited(found)
        found = self._run(viewpoint, source, tuple(min(size, _Size.FEW) for size in sizes)) if any(sizes) else []
        return limited(found)

    def _run(self, viewpoint: Viewpoint, source: Any, sizes: tuple[_Size, ...]) -> list[Any]:
        return self._prepared.rows(DEFAULT_DB_ALIAS, viewpoint.preview, sizes, at=viewpoint.at, source=source.pk)

    def _build(self, preview: int | None, sizes: tuple[_Size, ...], *, at: Any, source: Given) -> QuerySet:
        viewpoint, everything = Viewpoint(at, preview), self.model._default_manager
        # SQLite knows nothing about the sizes of tables until somebody runs ANALYZE, and PostgreSQL takes them for an
        # average. So each condition that must not be looked up by its own index is a subquery or an expression.
        is_public = AnyRow(everything.public(viewpoint).order_by().filter(pk=OuterRef("pk")))
        public = everything.filter(is_public).order_by()
        of_size: dict[_Size, list[tuple[QuerySet, str]]] = {size: [] for size in _Size}
        for size, (way, key) in zip(sizes, self.ways, strict=True):
            of_size[size].append((way(viewpoint).order_by(), key))
        rows = public.select_related(*self.joined) if self.joined else public
        keys = counted = [citing.filter(source=source).values(key) for citing, key in of_size[_Size.FEW]]
        if many := of_size[_Size.MANY]:
            # These are enough to find out that there are more than are counted, even if half of them are hidden.
            counted = [citing.filter(source=source).values(key)[: 2 * (self.limit + MOST)] for citing, key in many[:1]]
            by_many = ((each.alias(cited=Coalesce("source", Value(0))).filter(cited=source), key) for each, key in many)
            cites = reduce(or_, (Q(AnyRow(citing.filter(**{key: OuterRef("pk")}))) for citing, key in by_many))
            ordered = everything.order_by("sort_key", "pk")
            end = Coalesce(Subquery(ordered.values("sort_key")[READ : READ + 1]), _LAST)
            # SQLite checks subqueries as they are listed, and whether a row is public takes longest.
            first = ordered.filter(cites, sort_key__lte=end).filter(is_public).values("pk")
            keys, rows = [*keys, first[: self.limit]], rows.filter(sort_key__lte=end)
        number = NumberOf(public.filter(_InAny(counted)), self.limit + MOST)
        in_order = rows.filter(_InAny(keys)).order_by(Coalesce("sort_key", Value("")), "pk")
        return in_order.annotate(of_all=number)[: self.limit]
