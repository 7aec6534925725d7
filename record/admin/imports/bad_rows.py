"""The file with the rows of an import that have problems, to mend and bring again."""

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from record.csv_safety import harmless
from record.importing.exports import PROBLEM
from record.importing.reading import Table, Value


def as_text(value: Value) -> str:
    """Return the value of a cell as an import reads it again."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        is_day = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if is_day else value.isoformat(" ", "minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def bad_rows(table: Table, report: dict[str, Any]) -> Iterator[bytes]:
    """
    Yield the lines of a CSV file in UTF-8 with the header of `table`, its rows with problems, and a last column with
    the messages. An import leaves the last column out.
    """
    messages: dict[int, list[str]] = {}
    for line, column, _cell, _value, message in report["problems"]:
        messages.setdefault(line, []).append(f"{column}: {message}" if column else message)
    bad = {row[0] for row in report["rows"] if row[1] == "bad"}
    yield b"\xef\xbb\xbf"
    yield _line([*table.header, str(PROBLEM)])
    for line in table.lines:
        if line.number in bad:
            told = " ".join(messages.get(line.number, ()))
            yield _line([*map(as_text, line.values), told])


def _line(cells: list[str]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerow([harmless(cell) for cell in cells])
    return file.getvalue().encode()
