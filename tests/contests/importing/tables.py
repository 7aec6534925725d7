"""Imports of small tables, for tests."""

import csv
import io

from record.importing.kinds import kind_named
from record.importing.running import check, run
from record.models import TableImport


def table(header, *rows):
    """Return a CSV file with these rows."""
    file = io.StringIO()
    csv.writer(file).writerows([header.split(","), *rows])
    return file.getvalue().encode()


def stored(kind, content, *, target=None, source=None, user=None, **options):
    """Return a stored import of this file."""
    assert kind_named(kind)
    chosen = {"target": target.key if target else "", "source": source.key if source else "", **options}
    return TableImport.objects.create(
        kind=kind, name="table.csv", file_name="table.csv", content=content, options=chosen, created_by=user
    )


def imported(kind, content, *, only_good=False, **options):
    """Import a file, and return the import."""
    row = stored(kind, content, **options)
    run(row, only_good=only_good)
    row.refresh_from_db()
    return row


def previewed(kind, content, **options):
    """Check a file without importing it, and return the report."""
    row = stored(kind, content, **options)
    check(row)
    row.refresh_from_db()
    return row.report


def problems(report):
    """Return the problems as (cell, message)."""
    return [(cell, message) for _line, _column, cell, _value, message in report["problems"]]
