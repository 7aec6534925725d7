"""Make a backup of the database and the media, while the portal is serving."""

import os
import platform
import sqlite3
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import IO, Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection

from contests.exchange.snapshot import snapshot
from record.models import Merge

from . import schema
from .container import MEDIA, Writer, is_safe
from .errors import BackupError
from .tables import Table, files_of, tables

_PIECE = 256 * 1024


class FilesGoneError(BackupError):
    """Files were deleted while the backup was made. The next attempt doesn't need them."""


@dataclass
class Made:
    """A finished backup: its rows, its stored files, and the names of files that rows name but that don't exist."""

    rows: int = 0
    files: int = 0
    missing: list[str] = field(default_factory=list)


def make(file: IO[bytes], say: Callable[[str], object]) -> Made:
    """
    Write a backup to `file`. The rows are those of one moment. The files are copied after that, so `FilesGoneError` is
    raised if a file was deleted meanwhile because no row names it any more.
    """
    with Writer(file) as writer:
        rows = _Rows(writer)
        with snapshot():
            wait_as_long_as_needed()
            migrations = schema.applied()
            if not migrations:
                raise BackupError("The database is empty: there is nothing to back up.")
            began = datetime.now(UTC)
            for table in tables(schema.apps_at(migrations)):
                rows.add(table)
        made = Made(sum(told["rows"] for told in rows.told.values()))
        say(f"{made.rows:,} rows of {len(rows.told)} tables")
        for name in sorted(rows.files | rows.may_be_missing):
            if _add_file(writer, name):
                made.files += 1
            elif name in rows.files:
                made.missing.append(name)
        if made.missing and (gone := set(made.missing).difference(named_files(schema.apps_at(migrations)))):
            raise FilesGoneError(f"{len(gone)} files were deleted during the backup, such as {min(gone)}.")
        say(f"{made.files:,} stored files")
        writer.finish(
            {
                "laurel": version(),
                "made_at": began.isoformat(timespec="seconds"),
                "engine": _engine(),
                "migrations": migrations,
                "tables": rows.told,
                "missing_media": made.missing,
            }
        )
    return made


def _add_file(writer: Writer, name: str) -> bool:
    """Add the stored file `name`. Return False if it does not exist."""
    if not is_safe(name):
        raise BackupError(f"A row names a file outside of the folder for media: {name!r}.")
    try:
        stored = default_storage.open(name)
    except FileNotFoundError:
        return False
    with stored:
        writer.add(f"{MEDIA}{name}", stored.chunks(_PIECE), compress=False)
    return True


def estimated_size() -> int:
    """
    Return how many bytes a backup takes at most: a third of the database, and the media. Asking other storages than a
    folder for the size of each file would take too long, so they count as nothing.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        else:
            cursor.execute("SELECT pg_database_size(current_database())")
        size = int(cursor.fetchone()[0]) // 3
    with suppress(NotImplementedError):  # Other storages have no paths.
        for name in named_files(schema.apps_at(schema.applied())):
            with suppress(OSError):
                size += os.stat(default_storage.path(name)).st_size
    return size


def named_files(apps: Any) -> Iterator[str]:
    """Yield the names of all stored files that rows name at this moment."""
    for table in tables(apps):
        model = table.fields[0].model
        for position in files_of(table):
            column = table.fields[position].attname
            rows = model._base_manager.using(connection.alias).exclude(**{column: ""}).order_by()
            yield from rows.values_list(column, flat=True).distinct().iterator()


class _Rows:
    """Writes tables to a backup, and collects what the manifest tells about them, and the names of stored files."""

    def __init__(self, writer: Writer):
        self._writer = writer
        self.told: dict[str, dict[str, Any]] = {}
        self.files: set[str] = set()
        #: Files that the undo of a merge may need. They are deleted when it can't be undone any more.
        self.may_be_missing: set[str] = set()
        self._count = 0

    def add(self, table: Table) -> None:
        self._count = 0
        self._writer.add(table.member, self._lines(table), compress=True)
        last = table.last_key if table.has_sequence else 0
        self.told[table.name] = {"columns": table.columns, "rows": self._count, "last_key": last}

    def _lines(self, table: Table) -> Iterator[bytes]:
        names = files_of(table)
        kept = table.columns.index("files") if table.name == Merge._meta.db_table else None
        for line, row in table.lines():
            self._count += 1
            self.files.update(row[position] for position in names if row[position])
            if kept is not None:
                self.may_be_missing.update(row[kept].split())
            yield line
        self.may_be_missing -= self.files


def wait_as_long_as_needed() -> None:
    """Lift the limits on the time of statements for this transaction."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for limit in ("statement_timeout", "idle_in_transaction_session_timeout", "lock_timeout"):
                cursor.execute(f"SET LOCAL {limit} = 0")


def version() -> str:
    """Return the version of Laurel."""
    try:
        return str(tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"])
    except FileNotFoundError:
        return "unknown"


def _engine() -> str:
    if connection.vendor == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}, Python {platform.python_version()}"
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0]}, Python {platform.python_version()}"
