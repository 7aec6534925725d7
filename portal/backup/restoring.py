"""Restore a backup. The database is as before or complete, whenever this is interrupted."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction

from record.database_triggers import paused, run
from search import triggers

from . import media, schema
from .container import Reader
from .errors import BackupError, FilesNotReplacedError, in_one_line
from .making import wait_as_long_as_needed
from .tables import OF_MIGRATIONS, Table, quoted, tables

Say = Callable[[str], object]


@dataclass(frozen=True)
class Restored:
    """What was restored: rows, tables, files that were written, and files that were there already."""

    rows: int
    tables: int
    written: int
    present: int


def check(backup: Reader, say: Say) -> None:
    """
    Check everything that can be checked without a database: each member, and that this version of Laurel knows the
    schema. Raise `BackupError`.
    """
    schema.check_known(backup.manifest["migrations"], "The backup")
    _tables_of(backup)
    backup.check_members()
    say(f"The backup of {backup.manifest['made_at']} is whole: {len(backup.manifest['members']):,} members")


def is_empty() -> bool:
    """Return whether the database has no rows besides those that `migrate` creates."""
    present = schema.applied()
    if not present:
        return True
    with connection.cursor() as cursor:
        for table in tables(schema.apps_at(present)):
            if table.name not in OF_MIGRATIONS:
                cursor.execute(f"SELECT 1 FROM {quoted(table.name)} LIMIT 1")  # noqa: S608
                if cursor.fetchone():
                    return False
    return True


def restore(backup: Reader, say: Say, *, with_media: bool = True) -> Restored:
    """
    Restore a backup that was checked, in place of what the database has. Raise `BackupError` if this is not possible;
    then the database and the media are as before. If the process is killed, the database is as before too, and the
    files that were written so far are stray.
    """
    used: Any = connection
    if used.vendor == "sqlite" and not used.is_in_memory_db():
        size = sum(backup.size(f"rows/{table}.jsonl") for table in backup.manifest["tables"])
        # The rows are first in the log beside the database, then in both.
        media.check_space(Path(used.settings_dict["NAME"]).parent, 3 * size, "the database")
    plan = media.compare(backup) if with_media else media.Plan()
    with media.written(backup, plan):
        if with_media:
            say(f"{len(plan.new):,} stored files")
        with _without_foreign_keys(), _explained():
            rows = _restore_rows(backup, say)
    ContentType.objects.clear_cache()
    try:
        media.replace_different(backup, plan)
    except (BackupError, OSError) as error:
        raise FilesNotReplacedError(
            f"The database is restored, but not all stored files: {error} Run the same command again, with --replace."
        ) from error
    if with_media:
        media.remove_press_kits()
    cache.clear()
    written = len(plan.new) + len(plan.different)
    present = len(backup.media) - written if with_media else 0
    return Restored(rows, len(backup.manifest["tables"]), written, present)


def _restore_rows(backup: Reader, say: Say) -> int:
    wanted = backup.manifest["migrations"]
    is_current = wanted == schema.newest()
    with transaction.atomic():
        wait_as_long_as_needed()
        if is_current:
            schema.migrate()
            with paused():
                rows = _fill(backup, say)
        else:
            say("The backup is of an older version: its tables are made first, and updated at the end")
            schema.start_anew(wanted)
            rows = _fill(backup, say)
            schema.migrate()
        connection.check_constraints()
    return rows


def _fill(backup: Reader, say: Say) -> int:
    """Replace the rows of all tables by those of the backup, and compare them."""
    ours = _tables_of(backup)
    apps = schema.apps_at(backup.manifest["migrations"])
    _empty([*ours, *tables(apps, left_out=True)])
    total = sum(told["rows"] for told in backup.manifest["tables"].values())
    done = 0
    for table in ours:
        told = backup.manifest["tables"][table.name]
        count = table.insert(told["columns"], backup.lines(table.member))
        if count != told["rows"]:
            raise BackupError(f"The backup has {count} rows of {table.name}, but its manifest says {told['rows']}.")
        if table.has_sequence:
            table.count_on_from(told["last_key"])
        if 10 * done // max(total, 1) < 10 * (done + count) // max(total, 1):
            say(f"{done + count:,} of {total:,} rows")
        done += count
    connection.check_constraints()
    for table in ours:
        _compare(backup, table)
    say(f"All {total:,} rows are in the database as they are in the backup")
    return done


def _tables_of(backup: Reader) -> list[Table]:
    """Return the tables of a backup. Raise `BackupError` if they don't match its migrations."""
    told: dict[str, Any] = backup.manifest["tables"]
    ours = tables(schema.apps_at(backup.manifest["migrations"]))
    # The primary key is first; a migration may have the others in another order than the models.
    same = {table.name: [table.columns[0], *sorted(table.columns[1:])] for table in ours}
    found = {name: [*table["columns"][:1], *sorted(table["columns"][1:])] for name, table in told.items()}
    if same != found:
        different = min(name for name in same.keys() | found.keys() if same.get(name) != found.get(name))
        raise BackupError(f"The backup doesn't fit this version of Laurel: the table {different} is different.")
    return ours


def _empty(those: list[Table]) -> None:
    names = [quoted(table.name) for table in those]
    connection.check_constraints()  # PostgreSQL can't empty a table with foreign keys that it has not checked yet.
    if connection.vendor == "postgresql":
        run([f"TRUNCATE {', '.join(names)}"])
    else:
        run(f"DELETE FROM {name}" for name in names)  # noqa: S608
    run(triggers.form().REBUILD)


def _compare(backup: Reader, table: Table) -> None:
    digest = hashlib.sha256()
    for line, _row in table.in_order(backup.manifest["tables"][table.name]["columns"]).lines():
        digest.update(line)
    if digest.hexdigest() != backup.sha256(table.member):
        raise BackupError(f"The rows of {table.name} are not the same in the database as in the backup.")


@contextmanager
def _without_foreign_keys() -> Iterator[None]:
    """Don't check foreign keys row by row on SQLite. `check_constraints` checks all of them at the end."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.disable_constraint_checking()
    try:
        yield
    finally:
        connection.enable_constraint_checking()


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        raise BackupError(f"The database refused: {in_one_line(error)}. It is as before.") from error
