from pathlib import Path
from time import perf_counter
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError, CommandParser, call_command, get_commands

from contests.exchange.comparison import Comparison
from contests.exchange.importing import import_archive
from contests.exchange.reading import Archive

#: How many changed rows are listed.
_LISTED = 50


class Command(BaseCommand):
    help = (
        "Import a contest or a series from a file of `export_contest`. It first says what is new, what would change "
        "and what is the same, and asks. All rows are written, or none. Approved and public results arrive as they "
        "are, so import only files that you trust."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="the archive")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and write nothing")
        parser.add_argument("--yes", action="store_true", help="don’t ask")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            file = path.open("rb")
        except OSError as error:
            raise CommandError(f"Can’t read {path}: {error.strerror}") from error
        with file:
            try:
                self._import(file, path.name, is_trial=options["dry_run"], asks=not options["yes"])
            except ValidationError as error:
                raise CommandError("\n".join(["Nothing was imported.", *error.messages])) from error

    def _import(self, file: Any, name: str, *, is_trial: bool, asks: bool) -> None:
        start = perf_counter()
        archive = Archive(file)
        if is_trial or asks:
            found = import_archive(archive, file_name=name, actor=None, is_trial=True)
            self._say(found, is_sealed=archive.is_sealed)
            if is_trial:
                self.stdout.write(f"Nothing was written ({perf_counter() - start:.1f} s)")
                return
            if not found.does_nothing and input("Import this? [y/N] ").strip().lower() not in ("y", "yes"):
                raise CommandError("Nothing was imported.")
            start = perf_counter()
            import_archive(archive, file_name=name, actor=None, seen=found.fingerprint())
        else:
            found = import_archive(archive, file_name=name, actor=None)
            self._say(found, is_sealed=archive.is_sealed)
        self.stdout.write(f"Imported {name} in {perf_counter() - start:.1f} s")
        # Call the command by its name, because this app must not import the app `search`.
        if not found.does_nothing and "refresh_search" in get_commands():
            call_command("refresh_search", stdout=self.stdout)

    def _say(self, found: Comparison, *, is_sealed: bool) -> None:
        for of in found.kinds.values():
            if of.new or of.changed or of.same:
                told = f"{len(of.new):,} new, {len(of.changed):,} changed, {of.same:,} the same"
                self.stdout.write(f"{of.kind.model._meta.verbose_name_plural}: {told}")
        for change in found.changes[:_LISTED]:
            self.stdout.write(str(change))
            for column in change.fields:
                old, new = change.values(column)
                self.stdout.write(f"  {column.name}: {old!r} → {new!r}")
        if len(found.changes) > _LISTED:
            self.stdout.write(f"… and {len(found.changes) - _LISTED:,} more changes")
        if found.kept_states:
            self.stdout.write(
                f"The approval, reveal or revocation of {found.kept_states:,} rows differs. It stays as it is here."
            )
        if is_sealed:
            self.stdout.write("The file contains something that was not public when it was written.")
