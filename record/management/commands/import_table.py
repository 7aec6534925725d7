"""
Import a table from a CSV, XLSX or ODS file, as the admin does: check all rows, then write all of them or none.

    manage.py import_table submissions films.csv --contest specimen-2026 --dry-run

Use --dry-run first. It says which columns were taken, what is new and changed, and what is wrong, by cell.
"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from record.importing.columns import header_key
from record.importing.kinds import kind_named, kinds
from record.importing.running import check, columns_of, record_changed, run, table_of
from record.models import Source, TableImport

#: The most problems, and lines of a preview, that the command prints.
MOST = 50
State = TableImport.State


class Command(BaseCommand):
    help = "Import a table (CSV, XLSX or ODS). Nothing is written unless all rows are good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=[kind.name for kind in kinds()], help="what the rows are")
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and write nothing")
        parser.add_argument("--contest", default="", help="slug or permanent key of the contest of all rows")
        parser.add_argument("--series", default="", help="slug or permanent key of the series of all rows")
        parser.add_argument("--source", default="", help="slug or permanent key of the source of all rows")
        parser.add_argument(
            "--sheet", default="", help="the sheet of a workbook; by default the first one with a table"
        )
        parser.add_argument("--encoding", default="", help="the encoding of a CSV file; by default it is found out")
        parser.add_argument("--date-order", choices=["dmy", "mdy"], default="", help="how to read 3/4/2026")
        parser.add_argument("--column", action="append", default=[], metavar="HEADER=COLUMN", help="match a column")
        parser.add_argument(
            "--same-names",
            choices=["ask", "same", "new"],
            default="ask",
            help="if a person or organisation here has just the same name: refuse, take it, or make a new one",
        )
        parser.add_argument("--blanks-clear", action="store_true", help="blank cells clear the value of a known row")
        parser.add_argument("--only-good", action="store_true", help="leave out the rows with problems")
        parser.add_argument(
            "--name", default="", help="the name of the import in the history; by default the file name"
        )
        parser.add_argument("--user", default="", help="the e-mail address of the account that is named in the history")
        parser.add_argument("--report", type=Path, help="write the whole preview to this JSON file")

    def handle(self, *args: Any, **options: Any) -> None:
        kind: Any = kind_named(options["kind"])
        path: Path = options["file"]
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        stored = TableImport(
            kind=kind.name,
            name=(options["name"] or path.name)[:80],
            file_name=path.name[:200],
            content=content,
            created_by=self._user(options["user"]),
            options=self._chosen(kind, options),
        )
        try:
            table = table_of(stored)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        known = [tuple(each.split("=", 1)) for each in options["column"]]
        names = {column.name for column in kind.columns()}
        if wrong := [each for each in known if len(each) != 2 or each[1] not in names | {""}]:
            raise CommandError(f"--column {'='.join(wrong[0])}: use HEADER=COLUMN. Columns: {', '.join(sorted(names))}")
        if known:
            stored.options["columns"] = {header_key(header): name for header, name in known}
        self.stdout.write(f"{table.told}; {len(table.lines):,} rows.")
        for header, name in zip(table.header, columns_of(kind, table, stored.options.get("columns")), strict=True):
            if header:
                self.stdout.write(f"  {header} -> {name or '(left out)'}")
        stored.save()
        try:
            self._go(stored, options)
        finally:
            if stored.state not in (State.DONE, State.UNDONE):
                stored.delete()

    def _go(self, stored: TableImport, options: dict[str, Any]) -> None:
        check(stored) if options["dry_run"] else run(stored, only_good=options["only_good"])
        stored.refresh_from_db()
        report = stored.report
        if options["report"]:
            options["report"].write_text(json.dumps(report, ensure_ascii=False, indent=1))
        if stored.state == State.FAILED:
            raise CommandError(report["failure"])
        self._tell(report)
        if stored.state == State.DONE:
            record_changed.send(TableImport)
            self.stdout.write(
                self.style.SUCCESS(f"Imported as number {stored.pk}. Undo it in the admin under “Imports”.")
            )
        elif report["counts"]["bad"] and not (options["dry_run"] and options["only_good"]):
            raise CommandError(f"{report['counts']['bad']:,} rows have problems. Nothing was written.")
        else:
            self.stdout.write("Nothing was written.")

    def _tell(self, report: dict[str, Any]) -> None:
        counts = report["counts"]
        said = {"new": "new", "changed": "changed", "same": "the same", "bad": "with problems"}
        self.stdout.write(", ".join(f"{counts[name]:,} {word}" for name, word in said.items()))
        for name, number in report["new"].items():
            self.stdout.write(f"  new {name}: {number:,}")
        for line, column, cell, value, message in report["problems"][:MOST]:
            where = ", ".join(filter(None, (f"row {line}", str(column), cell, value and f"“{value}”")))
            self.stderr.write(f"{where}: {message}")
        for _id, name, candidates, _lines, number in report["questions"][:MOST]:
            self.stderr.write(f"Who is “{name}” ({number:,} rows)? {'; '.join(text for _key, text in candidates)}")

    @staticmethod
    def _user(email: str) -> Any:
        if not email:
            return None
        user = get_user_model().objects.filter(email__iexact=email).first()
        if user is None:
            raise CommandError(f"There is no account {email}.")
        return user

    @staticmethod
    def _chosen(kind: Any, options: dict[str, Any]) -> dict[str, Any]:
        target = options[kind.target] if kind.target else ""
        row = kind.target_named(target) if target else None
        if target and row is None:
            raise CommandError(f"There is no {kind.target} “{target}”.")
        source = None
        if options["source"]:
            rows = Source.objects.all()
            source = rows.filter(key=options["source"]).first() or rows.filter(slug=options["source"]).first()
            if source is None:
                raise CommandError(f"There is no source “{options['source']}”.")
        return {
            "target": row.key if row else "",
            "source": source.key if source else "",
            "sheet": options["sheet"],
            "encoding": options["encoding"],
            "date_order": options["date_order"],
            "same_names": options["same_names"],
            "blanks_clear": options["blanks_clear"],
        }
