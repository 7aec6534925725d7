import sys
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from portal.backup import folder, media
from portal.backup.container import Reader
from portal.backup.errors import BackupError, explained
from portal.backup.making import FilesGoneError, Made, estimated_size, make

_ATTEMPTS = 3


class Command(BaseCommand):
    help = (
        "Write the database and the media to one file, while the portal is serving. The file has unpublished results, "
        "e-mail addresses and password hashes: keep it as safe as the server."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--to", default=str(settings.VAR_DIR / "backups"), metavar="DIR", help="folder, or - for stdout"
        )
        parser.add_argument(
            "--keep", type=int, metavar="N", help="then delete all backups in DIR but the N newest ones"
        )
        parser.add_argument(
            "--allow-missing", action="store_true", help="succeed also if stored files are missing that rows name"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        keep = options["keep"]
        if keep is not None and (keep < 1 or options["to"] == "-"):
            raise CommandError("--keep takes a number from 1, and a folder in --to.")
        try:
            missing = self._to_stdout() if options["to"] == "-" else self.to_folder(Path(options["to"]), keep)
        except BackupError as error:
            raise CommandError(str(error)) from error
        except DatabaseError as error:
            raise CommandError(f"The database can't be read: {str(error).strip()}") from error
        except OSError as error:
            raise CommandError(f"A file can't be read or written: {explained(error)}.") from error
        if missing and not options["allow_missing"]:
            raise CommandError(
                "The backup has everything else. Restore these files, or upload the images again. No older backup was "
                "deleted. The next backup succeeds if no further file is missing."
            )

    def to_folder(self, where: Path, keep: int | None = None, prefix: str = "laurel") -> list[str]:
        """
        Write a backup to a folder, and read it again. Return the names of stored files that are missing, except those
        that the previous backup also lacks.
        """
        with folder.locked(where):
            former = folder.backups(where)
            media.check_space(where, estimated_size(), "the backup")
            for attempt in range(1, _ATTEMPTS + 1):
                with folder.unfinished(where) as file:
                    try:
                        made = self._make(file)
                    except FilesGoneError as error:
                        if attempt == _ATTEMPTS:
                            raise
                        self.stderr.write(f"{error} Trying again.")
                        continue
                    Reader(file).check_members()
                    path = folder.finish(where, file, prefix)
                    break
            self.stdout.write(f"{path} ({path.stat().st_size / 1024**2:,.1f} MB)")
            missing = sorted(set(made.missing) - _known_missing(former))
            if keep is not None and not missing:
                for old in folder.prune(where, keep, path):
                    self.stdout.write(f"Deleted {old}")
        return missing

    def _to_stdout(self) -> list[str]:
        if sys.stdout.isatty():
            raise CommandError("A backup is no text: redirect the output to a file or to another command.")
        self.stdout = self.stderr
        return self._make(sys.stdout.buffer).missing

    def _make(self, file: IO[bytes]) -> Made:
        made = make(file, lambda text: self.stdout.write(text))
        for name in made.missing[:20]:
            self.stderr.write(f"{name} is missing, but a row names it")
        if len(made.missing) > 20:
            self.stderr.write(f"{len(made.missing):,} files are missing")
        return made


def _known_missing(former: list[Path]) -> set[str]:
    if not former:
        return set()
    try:
        with former[-1].open("rb") as file:
            return set(Reader(file).manifest["missing_media"])
    except (BackupError, OSError):
        return set()
