"""A table as it was read from a file: its header, its lines and what the file is."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext

Value = str | int | float | bool | date | datetime | time | timedelta | None

#: The names of separators, for sentences such as "CSV, Windows-1252, separated by semicolons".
_SEPARATORS = {
    ",": lambda: gettext("separated by commas"),
    ";": lambda: gettext("separated by semicolons"),
    "\t": lambda: gettext("separated by tabs"),
    "|": lambda: gettext("separated by vertical bars"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A row with values. `number` is the number of the row, from 1, as the spreadsheet program shows it."""

    number: int
    values: tuple[Value, ...]


@dataclass(frozen=True)
class Table:
    """
    The rows of a file below their header. Each line has as many values as the header, so the index of a column is its
    place in the file: index 2 is column C. A column without a name has the name "". A column with a group of columns
    above it is named "Group: Name", such as "Director: Country".
    """

    header: tuple[str, ...]
    lines: list[Line]
    #: "csv", "xlsx" or "ods".
    format: str
    #: The name of the encoding and the separator of a CSV file, else "". The separator of a single column is "".
    encoding: str = ""
    separator: str = ""
    #: The name of the sheet that was read, and the names of all sheets.
    sheet: str = ""
    sheets: tuple[str, ...] = field(default=())
    #: The number of the row with the names of the columns; the last one if there are two.
    header_number: int = 1

    @property
    def told(self) -> str:
        """What the file is, in words: "CSV, Windows-1252, separated by semicolons" or "XLSX, sheet “Films”"."""
        if self.format != "csv":
            return gettext("%(format)s, sheet “%(sheet)s”") % {"format": self.format.upper(), "sheet": self.sheet}
        separated = _SEPARATORS[self.separator]() if self.separator else gettext("a single column")
        return gettext("CSV, %(encoding)s, %(separated)s") % {"encoding": self.encoding, "separated": separated}


def cell_name(column: int, row: int) -> str:
    """
    Return the name of a cell as spreadsheet programs show it. `column` counts from 0 and `row` from 1.

    >>> cell_name(2, 7), cell_name(25, 1), cell_name(26, 1), cell_name(701, 3), cell_name(702, 3)
    ('C7', 'Z1', 'AA1', 'ZZ3', 'AAA3')
    """
    letters, rest = "", column + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"
