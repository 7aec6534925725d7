"""
Queries whose SQL Django builds once per process instead of once per request.

Building the SQL of a long query takes Django much longer than the database needs to run it. A prepared query is built
with placeholders (`Given`) instead of values. Its SQL is kept, and each call only fills in the values.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BigIntegerField, DateTimeField, Expression, Field, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from record.viewpoint import Viewpoint

#: The number of queries that each cache of compiled SQL keeps, in each process.
MOST_COMPILED = 500
#: The type of a primary key, for `prepared`.
KEY = BigIntegerField()
_caches: list[Any] = []


@dataclass(frozen=True)
class Slot:
    """A placeholder among the parameters of compiled SQL. Each call replaces it by the value with this name."""

    name: str
    field: Field


class Given(Expression):
    """
    An expression for a value of the type of `field` that is only known when the query runs. Python code that builds the
    query can't compare it with other values.
    """

    def __init__(self, name: str, field: Field):
        super().__init__(output_field=field)
        self.name, self.slot = name, Slot(name, field)

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        return "%s", (self.slot,)

    def get_group_by_cols(self) -> list[Any]:
        return []  # As for `Value`: PostgreSQL would take a number in GROUP BY for the position of a column.


def compiled_once(function: Callable[..., Any]) -> Any:
    """Decorate `function` so that its results are cached until `forget` is called."""
    cached = lru_cache(maxsize=MOST_COMPILED)(function)
    _caches.append(cached)
    return cached


def forget() -> None:
    """Clear the caches of compiled SQL. Needed when a rule changes while the portal runs, as in tests."""
    for cache in _caches:
        cache.cache_clear()


def filled(parameters: Sequence[Any], values: Mapping[str, Any], connection: Any) -> tuple[Any, ...]:
    """Return the parameters of compiled SQL, with the values with these names instead of the placeholders."""
    # A long rule has the time two hundred times, so convert each value once.
    fields = {each.name: each.field for each in parameters if isinstance(each, Slot)}
    found = {name: field.get_db_prep_value(values[name], connection) for name, field in fields.items()}
    return tuple([found[each.name] if isinstance(each, Slot) else each for each in parameters])


class PreparedQuery:
    """
    A query that is compiled once. `build` gets the arguments of `variant`, and a `Given` for each of `fields`, and
    returns a queryset. If the fields depend on the variant, `build` makes each `Given` itself. The SQL must depend on
    nothing else: not on the language, and not on the time.
    """

    def __init__(self, build: Callable[..., QuerySet], fields: Mapping[str, Field] | None = None):
        given = {name: Given(name, field) for name, field in (fields or {}).items()}

        def compile_once(database: str, *variant: Any) -> tuple[QuerySet, SQLCompiler, str, tuple[Any, ...]] | None:
            rows = build(*variant, **given).using(database)
            compiler = rows.query.get_compiler(database)
            try:
                sql, parameters = compiler.as_sql()
            except EmptyResultSet:  # No row can meet the conditions.
                return None
            compiler.connection = None  # It would keep the connection of this thread open.
            return rows, compiler, sql, tuple(parameters)

        self._compiled = compiled_once(compile_once)

    def rows(self, database: str, *variant: Any, **values: Any) -> list[Any]:
        """
        Run the query on the database with the alias `database` and return its rows. `variant` has hashable arguments
        for `build`; each combination is compiled once. `values` has a value for each `Given`, None for NULL. Runs one
        SQL statement, and those of `prefetch_related`.
        """
        compiled = self._compiled(database, *variant)
        if compiled is None:
            return []
        template, compiler, sql, parameters = compiled
        connection = connections[database]
        # Compilers belong to the connection of a thread, so each call has a copy.
        ready = copy.copy(compiler)
        ready.connection = connection
        found = filled(parameters, values, connection)
        ready.as_sql = lambda *args, **options: (sql, found)
        rows = template._chain()
        rows.query.get_compiler = lambda *args, **options: ready
        return list(rows)


def prepared(**fields: Field) -> Callable[[Callable[..., QuerySet]], Callable[..., list[Any]]]:
    """
    Decorate a function that takes a viewpoint and the values `fields`, and returns a queryset, so that the query is
    compiled once. Calls of the decorated function return a list. The restrictions of `PreparedQuery` apply.
    """

    def decorated(build: Callable[..., QuerySet]) -> Callable[..., list[Any]]:
        def at_viewpoint(preview: int | None, *, at: Any, **given: Given) -> QuerySet:
            return build(Viewpoint(at, preview), **given)

        query = PreparedQuery(at_viewpoint, {"at": DateTimeField(), **fields})

        @wraps(build)
        def rows(viewpoint: Viewpoint, **values: Any) -> list[Any]:
            return query.rows(DEFAULT_DB_ALIAS, viewpoint.preview, at=viewpoint.at, **values)

        return rows

    return decorated
