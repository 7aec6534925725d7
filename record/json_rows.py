"""Related rows as JSON in a column, so that a page needs no SQL statement of its own for them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import F, Field, Model, OuterRef, QuerySet, Subquery, TextField
from django.utils.timezone import is_naive


class JSONRows(Subquery):
    """
    The `columns` of `rows` as the text of a JSON array with an array for each row, so that a page needs no SQL
    statement of its own for them. The queryset may use `OuterRef`. `named` has columns of related rows, by alias.
    """

    output_field = TextField()

    def __init__(self, rows: QuerySet, *columns: str, **named: F):
        self.columns = ", ".join(f"found.{column}" for column in (*columns, *named))
        super().__init__(rows.values(*columns, **named))

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        arrays = f"json_group_array(json_array({self.columns}))"
        return self.as_sql(compiler, connection, template=f"(SELECT {arrays} FROM (%(subquery)s) found)")  # noqa: S608

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        arrays = f"COALESCE(json_agg(json_build_array({self.columns}))::text, '[]')"
        return self.as_sql(compiler, connection, template=f"(SELECT {arrays} FROM (%(subquery)s) found)")  # noqa: S608


class Embedded:
    """
    A relation with many rows that a queryset loads in its own SQL statement. For relations with few rows per row: the
    database writes each of them as JSON. `paths` are the columns, such as "slug" or "person__slug". The name of a
    foreign key, such as "source", means all columns of that row. Without `paths`, all columns of the related rows are
    loaded. The rows are in the order of their model.
    """

    def __init__(self, model: type[Model], name: str, *paths: str):
        field: Any = model._meta.get_field(name)
        self.name, self.column = name, f"embedded_{name}"
        self.related: type[Model] = field.related_model
        # The name of the foreign key if the related rows have one to this row.
        self.owner = field.field.name if field.one_to_many else ""
        self.paths = tuple(chain.from_iterable(_columns(self.related, path) for path in paths or ("",)))
        self._back = self.owner or field.related_query_name()

    def annotation(self) -> JSONRows:
        rows = self.related._default_manager.filter(**{self._back: OuterRef("pk")})
        return JSONRows(rows, **{f"c{number}": F(path) for number, path in enumerate(self.paths)})

    def fill(self, rows: Iterable[Any]) -> None:
        """Give each of `rows` its related rows, as `prefetch_related` would."""
        for row in rows:
            found = self.related._default_manager.all()
            found._result_cache = [
                self._row(row, values) for values in json.loads(row.__dict__.pop(self.column, None) or "[]")
            ]
            found._prefetch_done = True  # type: ignore[attr-defined]
            vars(row).setdefault("_prefetched_objects_cache", {})[self.name] = found

    def _row(self, owner: Any, values: Sequence[Any]) -> Any:
        made = _made(self.related, dict(zip(self.paths, values, strict=True)))
        if self.owner:
            made._state.fields_cache[self.owner] = owner
        return made


def _columns(model: Any, path: str) -> list[str]:
    """Return the columns that `path` means, as `Embedded` says: all of `model` for ""."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    if not path:
        return [field.attname for field in fields.values()]
    if path in fields and fields[path].is_relation:
        return [fields[path].attname, *(f"{path}__{name}" for name in _columns(fields[path].related_model, ""))]
    return [path]


def _read(field: Field, value: Any) -> Any:
    """Return a value of `field` as Python has it, not as JSON. SQLite writes times without their zone, UTC."""
    read = field.to_python(value)
    # For example, `WebURLField` reads nothing but web links, whatever is stored.
    for convert in field.get_db_converters(connection):
        read = convert(read, None, connection)
    return read.replace(tzinfo=UTC) if isinstance(read, datetime) and is_naive(read) else read


def _made(model: type[Model], values: Mapping[str, Any]) -> Any:
    """Return a row of `model` with these values. Their names are columns of the row, or paths to a related row."""
    fields: dict[str, Field] = {each.attname: each for each in model._meta.concrete_fields}
    own = {name: _read(fields[name], value) for name, value in values.items() if name in fields}
    # `from_db` takes the values in the order of the fields.
    names = [name for name in fields if name in own]
    row: Any = model.from_db(DEFAULT_DB_ALIAS, names, [own[name] for name in names])
    for path in dict.fromkeys(name.partition("__")[0] for name in values if "__" in name):
        field: Any = model._meta.get_field(path)
        prefix = f"{path}__"
        related = {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}
        is_there = related[field.related_model._meta.pk.attname] is not None
        row._state.fields_cache[path] = _made(field.related_model, related) if is_there else None
    return row
