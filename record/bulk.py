"""
Insert many new rows fast, without a model instance for each row: with COPY on PostgreSQL, with one prepared statement
on SQLite. Nothing is validated, no signal is sent and no history is written. Database triggers run.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from itertools import count, repeat
from typing import Any

from django.db import connection
from django.db.models import CharField, Field, Model, TextField

from record.derived_fields import DerivedField

# The number of primary keys that are taken from a sequence at a time.
_KEYS = 1_000
# The fields whose texts the database stores as they are.
_AS_GIVEN = (CharField, TextField)


def insert(model: type[Model], rows: Sequence[Mapping[str, Any]], **common: Any) -> None:
    """
    Insert `rows` into the table of `model`. Each row maps the same names of fields (`attname`) to the values of the
    row. `common` has the values that all rows share. Derived fields are computed, other fields get their defaults.
    """
    if not rows:
        return
    blank = model(**common)
    names = rows[0].keys()
    given = {name: [row[name] for row in rows] for name in names}
    fields = [field for field in model._meta.concrete_fields if not field.primary_key or field.attname in names]
    columns: list[Iterable[Any]] = []
    for field in fields:
        if field.attname in names:
            values = given[field.attname]
            columns.append(values if type(field) in _AS_GIVEN else map(_stored(field), values))
        elif isinstance(field, DerivedField) and field.value_in({**vars(blank), **rows[0]}) is not None:
            columns.append(_derived(field, vars(blank), rows))
        else:
            columns.append(repeat(field.get_db_prep_save(field.pre_save(blank, True), connection), len(rows)))
    insert_values(model._meta.db_table, [str(field.column) for field in fields], zip(*columns, strict=True))


def insert_values(table: str, columns: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert rows of values, as the database stores them, into the `columns` of `table`."""
    names = [connection.ops.quote_name(column) for column in columns]
    into = f"{connection.ops.quote_name(table)} ({', '.join(names)})"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # `copy` does not turn the errors of the driver into those of Django.
            with connection.wrap_database_errors, cursor.copy(f"COPY {into} FROM STDIN") as copy:
                write = copy.write_row
                for row in rows:
                    write(row)
        else:
            cursor.executemany(f"INSERT INTO {into} VALUES ({', '.join(['%s'] * len(names))})", list(rows))  # noqa: S608


def new_primary_keys(model: type[Model]) -> Iterator[int]:
    """
    Yield primary keys for new rows of `model`. On SQLite, other code must not create rows of `model` until all rows
    with these keys are inserted.
    """
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT MAX(seq) FROM sqlite_sequence WHERE name = %s", [table])
            yield from count((cursor.fetchone()[0] or 0) + 1)
        while True:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, _KEYS]
            )
            yield from [key for (key,) in cursor.fetchall()]


@cache
def _stored(field: Field) -> Callable[[Any], Any]:
    """Return a function from a value of `field` to the value that the database stores."""
    return lru_cache(1_000)(lambda value: field.get_db_prep_save(value, connection))


def _derived(field: DerivedField, common: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Iterator[str | None]:
    if type(field).value_in is DerivedField.value_in:
        return map(_of_one_source(field), [row.get(field.source, common[field.source]) for row in rows])
    return (field.value_in({**common, **row}) for row in rows)


@cache
def _of_one_source(field: DerivedField) -> Callable[[str], str]:
    return lru_cache(1_000)(field.value_of)
