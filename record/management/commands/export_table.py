"""
Export rows as a table that `import_table` and the admin take back: CSV or XLSX.

    manage.py export_table submissions --contest specimen-2026 --output films.csv
"""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError

from record.importing.exports import TooLongError, as_csv, as_xlsx, columns, with_relations
from record.importing.kinds import kind_named, kinds

PIECE = 500


class Command(BaseCommand):
    help = "Export a table (CSV or XLSX). import_table takes it back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=[kind.name for kind in kinds()], help="what the rows are")
        parser.add_argument("--contest", default="", help="slug or permanent key of a contest: only its rows")
        parser.add_argument("--series", default="", help="slug or permanent key of a series: only its rows")
        parser.add_argument("--output", type=Path, help="a .csv or .xlsx file; by default CSV on the standard output")
        parser.add_argument("--plain-names", action="store_true", help="names without permanent keys, for readers")

    def handle(self, *args: Any, **options: Any) -> None:
        kind: Any = kind_named(options["kind"])
        output: Path | None = options["output"]
        form = output.suffix.lower() if output else ".csv"
        if form not in (".csv", ".xlsx"):
            raise CommandError(f"{output}: the name must end with .csv or .xlsx.")
        rows = kind.model.objects.order_by("pk")
        for target in ("contest", "series"):
            if name := options[target]:
                rows = rows.filter(self._condition(kind, target, name))
        shown = [column for column in columns(kind.model, with_keys=not options["plain_names"]) if not column.is_extra]
        pieces = with_relations(rows, shown).iterator(chunk_size=PIECE)
        try:
            with _written_to(output) as file:
                if form == ".xlsx":
                    file.write(as_xlsx(shown, pieces, str(kind.label)).getbuffer())
                else:
                    file.writelines(as_csv(shown, pieces))
        except TooLongError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{output}: {error.strerror}") from error

    @staticmethod
    def _condition(kind: Any, target: str, name: str) -> Any:
        condition = kind.of_target(target, name)
        if condition is None:
            raise CommandError(f"There is no {target} “{name}”, or {kind.name} do not belong to one.")
        return condition


@contextmanager
def _written_to(output: Path | None) -> Iterator[BinaryIO]:
    """Yield the file to write. A file that could not be written whole does not replace an earlier one."""
    if output is None:
        yield sys.stdout.buffer
        return
    part = output.with_name(f"{output.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(output)
    finally:
        part.unlink(missing_ok=True)
