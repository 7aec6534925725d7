import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from portal.backup import folder, restoring
from portal.backup.container import Reader
from portal.backup.errors import BackupError, explained


class Command(BaseCommand):
    help = (
        "Check that a backup is whole and can be restored: restore its rows into a temporary SQLite database, and "
        "compare them. The portal's own database is not used."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("file", type=Path, nargs="?", help="a file made by `backup`")
        which.add_argument("--latest", type=Path, metavar="DIR", help="the newest backup in this folder")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            path = options["file"] or _latest(options["latest"])
            with path.open("rb") as file:
                found = Reader(file)
                restoring.check(found, lambda _text: None)
        except BackupError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"The backup can't be read: {explained(error)}.") from error
        with tempfile.TemporaryDirectory(prefix="laurel-check-") as scratch:
            self._restore(path.resolve(), Path(scratch))
        told = found.manifest
        rows = sum(table["rows"] for table in told["tables"].values())
        self.stdout.write(
            f"{path} restores: {rows:,} rows of {len(told['tables'])} tables and {len(found.media):,} stored files, "
            f"as they were at {told['made_at']}"
        )

    def _restore(self, path: Path, scratch: Path) -> None:
        own = {
            "DATABASE_URL": f"sqlite:///{scratch / 'check.sqlite3'}",
            # What else belongs to the portal's own database and storage must not apply to this one.
            **dict.fromkeys(("DATABASE_REPLICA_URL", "DATABASE_POOL", "MEDIA_STORAGE"), ""),
            "MEDIA_ROOT": str(scratch / "media"),
            "CACHE_URL": "locmemcache://",
            "TASKS": "",
        }
        command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "restore", str(path), "--rows-only"]
        done = subprocess.run(  # noqa: S603
            command, env=os.environ | own, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False
        )
        if done.returncode:
            why = (done.stderr.strip() or done.stdout.strip()).splitlines()
            told = why[-1].removeprefix("CommandError: ") if why else "the process was ended"
            raise CommandError(f"{path} can't be restored: {told}")


def _latest(where: Path) -> Path:
    found = folder.backups(where)
    if not found:
        raise BackupError(f"There is no backup in {where}.")
    return found[-1]
