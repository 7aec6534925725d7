import argparse
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management import BaseCommand, CommandError, CommandParser, call_command
from django.db import DatabaseError, connection

from portal.backup import restoring
from portal.backup.container import Reader
from portal.backup.errors import BackupError, FilesNotReplacedError, explained
from portal.backup.folder import alone

from . import backup as backup_command


class Command(BaseCommand):
    help = (
        "Restore the database and the media from a backup, onto SQLite or PostgreSQL. The backup is checked before "
        "anything is changed. Stop the server and the workers first."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a file made by `backup`")
        parser.add_argument(
            "--replace", action="store_true", help="replace what the database has, after a backup of it beside FILE"
        )
        parser.add_argument("--without-backup", action="store_true", help="with --replace: make no backup before it")
        parser.add_argument("--without-renditions", action="store_true", help="don't run make_renditions at the end")
        # For `check_backup`, which restores into a database that is then deleted.
        parser.add_argument("--rows-only", action="store_true", help=argparse.SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        is_in_use = _is_in_use()
        try:
            with options["file"].open("rb") as file, _alone():
                found = Reader(file)
                restoring.check(found, self.say)
                if not restoring.is_empty():
                    self._make_way(options)
                if is_in_use:
                    self.stderr.write("Another process has this database open. If it is the server, stop it.")
                self.say("Restoring. If this is interrupted, the database stays as it is: run the same command again.")
                done = restoring.restore(found, self.say, with_media=not options["rows_only"])
        except FilesNotReplacedError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{options['file']} can't be restored. {explained(error)}.") from error
        except BackupError as error:
            raise CommandError(f"{error} Nothing was changed.") from error
        except DatabaseError as error:
            raise CommandError(f"The database can't be used: {str(error).strip()}") from error
        self.say(
            f"Restored {done.rows:,} rows of {done.tables} tables, and {done.written:,} stored files; "
            f"{done.present:,} were there already."
        )
        if options["rows_only"]:
            return
        call_command("refresh_search", stdout=self.stdout, stderr=self.stderr)
        if not options["without_renditions"]:
            call_command("make_renditions", stdout=self.stdout, stderr=self.stderr)
        self.say("Restart the server and the workers. Users must sign in again.")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def _make_way(self, options: dict[str, Any]) -> None:
        if not options["replace"]:
            raise BackupError("The database is not empty: add --replace to replace everything in it.")
        if options["without_backup"]:
            return
        self.say("First, a backup of what is there now, so that you can restore that:")
        command = backup_command.Command()
        command.stdout, command.stderr = self.stdout, self.stderr
        try:
            command.to_folder(options["file"].resolve().parent, prefix="laurel-before-restore")
        except (BackupError, DatabaseError, OSError) as error:
            raise BackupError(f"{error} This was the backup of what is there now (see --without-backup).") from error


@contextmanager
def _alone() -> Iterator[None]:
    """
    Raise `BackupError` if another process restores a backup onto the same folder of uploads: the one that fails would
    delete files that the other one has written.
    """
    try:
        folder = Path(default_storage.path(""))
    except NotImplementedError:  # A bucket can't be locked.
        yield
        return
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise BackupError(f"MEDIA_ROOT is no folder that this user can use. {explained(error)}.") from error
    with alone(handle, "Another process is restoring a backup at the moment."):
        yield


def _is_in_use() -> bool:
    """Return whether another process seems to have the database open. Call this before it is opened here."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            return cursor.fetchone()[0] > 0
    # The last process that closes a database deletes its log.
    path = Path(f"{settings.DATABASES['default']['NAME']}-wal")
    return connection.connection is None and path.exists()
