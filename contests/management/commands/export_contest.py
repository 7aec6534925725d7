import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError, CommandParser

from contests.exchange.exporting import Exported, export
from contests.exchange.selection import sealed_rows
from contests.models import Contest, Series


class Command(BaseCommand):
    help = (
        "Write a contest as one file: all its rows, with the people, works and sources that they refer to, and the "
        "images. `import_archive` reads it. The same rows give the same bytes. Results that are not public are left "
        "out, unless you add --with-sealed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="slug of the contest, or of the series with --series")
        parser.add_argument("--series", action="store_true", help="write a series, with all its contests")
        parser.add_argument("--output", metavar="FILE", help="the file to write (<slug>.zip)")
        parser.add_argument(
            "--with-sealed", action="store_true", help="include results that are not public; the file is marked"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        model: Any = Series if options["series"] else Contest
        slug, path = options["slug"], Path(options["output"] or f"{options['slug']}.zip")
        row = model.objects.filter(slug=slug).first()
        if row is None:
            raise CommandError(f"There is no {model._meta.verbose_name} with the slug “{slug}”.")
        try:
            made = self._write(row, path, with_sealed=options["with_sealed"])
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        self.stdout.write(f"Wrote {made.count:,} rows to {path}")
        if number := made.selection.unpublished:
            self.stdout.write(f"The file contains {number:,} contests that are not published yet; it is marked.")
        if made.selection.has_sealed:
            self.stdout.write("The file contains results that are not public yet. Give it only to people who may know.")
        elif left_out := sealed_rows(made.selection):
            said = ", ".join(f"{number:,} {name}" for name, number in left_out)
            self.stdout.write(f"Left out, because they are not public yet: {said}. --with-sealed includes them.")

    @staticmethod
    def _write(row: Any, path: Path, *, with_sealed: bool) -> Exported:
        """Write the file under another name first, so that `path` never has half an archive."""
        try:
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.")
        except OSError as error:
            raise CommandError(f"Can’t write to {path.parent}: {error.strerror}") from error
        try:
            with os.fdopen(handle, "w+b") as file:
                made = export(row, file, with_sealed=with_sealed)
            shutil.move(name, path)
        finally:
            Path(name).unlink(missing_ok=True)
        return made
