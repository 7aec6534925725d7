"""The tables in a backup, and their rows."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps.registry import Apps
from django.db import DatabaseError, connection
from django.db.models import AutoField, Field, FileField, Model

from . import values
from .errors import BackupError, in_one_line

#: Apps whose tables are empty after a restore: sessions end, the search index is built again, and background tasks are
#: started again by what needs them.
LEFT_OUT = {"search", "sessions", "usersessions", "django_tasks_database"}
#: Tables with the rows that `migrate` creates. A database with rows only in these is empty.
OF_MIGRATIONS = {
    *("django_content_type", "auth_permission", "auth_group", "auth_group_permissions", "contests_creditrole"),
    *("accounts_historicalgroup", "accounts_historicalgroup_permissions", "contests_historicalcreditrole"),
}
_AT_ONCE = 500
#: What the conversion of a value raises if the value is not one that the column can have.
_UNFIT = (TypeError, ValueError, AttributeError, ArithmeticError, RecursionError)


@dataclass(frozen=True)
class Table:
    """A table of the database: its name, and the fields of its columns. The first one is the primary key."""

    name: str
    fields: list[Field]

    @property
    def columns(self) -> list[str]:
        return [str(field.column) for field in self.fields]

    @property
    def member(self) -> str:
        return f"rows/{self.name}.jsonl"

    @property
    def has_sequence(self) -> bool:
        return isinstance(self.fields[0], AutoField)

    def in_order(self, columns: list[str]) -> "Table":
        """Return the same table with its columns in this order."""
        return Table(self.name, sorted(self.fields, key=lambda field: columns.index(str(field.column))))

    def lines(self) -> Iterator[tuple[bytes, tuple[Any, ...]]]:
        """Yield each row as a line of a backup, and as the database returns it."""
        readers = [(position, read) for position, field in enumerate(self.fields) if (read := values.reader(field))]
        columns = ", ".join(map(quoted, self.columns))
        sql = f"SELECT {columns} FROM {quoted(self.name)} ORDER BY {quoted(self.columns[0])}"  # noqa: S608
        with connection.chunked_cursor() as cursor:
            cursor.execute(sql)
            while rows := self._fetched(cursor):
                for row in rows:
                    try:
                        line = json.dumps(values.converted(row, readers), ensure_ascii=False, separators=(",", ":"))
                    except _UNFIT as error:
                        raise _unfit(f"The row {row[0]} of {self.name}", error) from error
                    yield f"{line}\n".encode(), row

    def _fetched(self, cursor: Any) -> list[tuple[Any, ...]]:
        """Return the next rows. For SQLite, Django turns texts into dates and times here."""
        try:
            return cursor.fetchmany(_AT_ONCE)
        except _UNFIT as error:
            raise _unfit(f"A row of {self.name}", error) from error

    def insert(self, columns: list[str], lines: Iterable[bytes]) -> int:
        """Insert rows, as lines of a backup with values for `columns`. Return their number."""
        of_column = {str(field.column): field for field in self.fields}
        writers = [
            (position, write) for position, column in enumerate(columns) if (write := values.writer(of_column[column]))
        ]
        rows = _Counted(values.converted(_parsed(line, len(columns), self.name), writers) for line in lines)
        try:
            (_copy if connection.vendor == "postgresql" else _execute)(self.name, columns, rows)
        except (DatabaseError, *_UNFIT) as error:
            if isinstance(error, DatabaseError) and "disk is full" in str(error):
                raise
            where = f"A row of {self.name} can't be stored in this database (about row {rows.count:,})"
            raise BackupError(f"{where}: {in_one_line(error)}.") from error
        return rows.count

    @property
    def last_key(self) -> int:
        """The highest primary key that the table has given to a row so far, also to one that is deleted; 0 if none."""
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [self.name])
                found = cursor.fetchone()
                return int(found[0]) if found else 0
            sequence = self._sequence(cursor)
            cursor.execute(f"SELECT last_value, is_called FROM {sequence}")  # noqa: S608
            value, is_called = cursor.fetchone()
            return value if is_called else value - 1

    def count_on_from(self, last: int) -> None:
        """Give new rows primary keys above `last` and above those of all rows. This is undone with the transaction."""
        key, table = quoted(self.columns[0]), quoted(self.name)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT MAX({key}) FROM {table}")  # noqa: S608
            last = max(last, cursor.fetchone()[0] or 0)
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [self.name])
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [self.name, last])
            else:
                # `setval` would not be undone.
                cursor.execute(f"ALTER SEQUENCE {self._sequence(cursor)} RESTART WITH {last + 1:d}")

    def _sequence(self, cursor: Any) -> str:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [quoted(self.name), self.columns[0]])
        return str(cursor.fetchone()[0])


class _Counted:
    """Passes rows on and counts them."""

    def __init__(self, rows: Iterable[list[Any]]):
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[list[Any]]:
        for row in self._rows:
            self.count += 1
            yield row


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def tables(apps: Apps, *, left_out: bool = False) -> list[Table]:
    """Return the tables of `apps` that are in a backup or, with `left_out`, those of `LEFT_OUT`."""
    models: dict[str, type[Model]] = {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and (model._meta.app_label in LEFT_OUT) == left_out
    }
    return [Table(name, _fields(models[name])) for name in sorted(models)]


def _fields(model: type[Model]) -> list[Field]:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    return [model._meta.pk, *fields]


def files_of(table: Table) -> list[int]:
    """Return the positions of the columns with names of stored files: images, and their originals."""
    images = {field.name for field in table.fields if isinstance(field, FileField)}
    originals = {f"{image}_original" for image in images}
    return [position for position, field in enumerate(table.fields) if field.name in images | originals]


def _unfit(where: str, error: Exception) -> BackupError:
    return BackupError(f"{where} has a value that doesn't fit its column: {in_one_line(error)}.")


def _parsed(line: bytes, width: int, table: str) -> list[Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    if not isinstance(row, list) or len(row) != width:
        raise BackupError(f"The backup has a line of {table} that is no row.")
    return row


def _execute(table: str, columns: list[str], rows: Iterable[list[Any]]) -> None:
    places = ", ".join("?" * len(columns))
    sql = f"INSERT INTO {quoted(table)} ({', '.join(map(quoted, columns))}) VALUES ({places})"  # noqa: S608
    # The cursor of `sqlite3` itself takes rows one by one; Django's makes a list of them.
    with connection.wrap_database_errors:
        connection.connection.executemany(sql, rows)


def _copy(table: str, columns: list[str], rows: Iterable[list[Any]]) -> None:
    sql = f"COPY {quoted(table)} ({', '.join(map(quoted, columns))}) FROM STDIN"
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(sql) as copy:
        for row in rows:
            copy.write_row(row)
