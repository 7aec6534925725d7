"""
A first look at the XML of a sheet, before the library reads it: how far its cells go, how much text they have, its
merged ranges and its error values. A small file can name a cell in the last row of the last column, or repeat a long
text in a million cells; the library would take memory for all of them.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from record.importing.headers import Range

_CELL = re.compile(r"([A-Za-z]{1,3})([0-9]{1,7})")
_LAST_ROW, _LAST_COLUMN = 1 << 20, 1 << 14


class HostileXMLError(Exception):
    """The XML is not well-formed, or has parts that no spreadsheet program writes."""


@dataclass
class Extent:
    """How far the filled cells of a sheet go. Rows and columns are counted, so 0 means that there are none."""

    name: str = ""
    rows: int = 0
    columns: int = 0
    characters: int = 0
    merged: list[Range] = field(default_factory=list)
    #: The texts of error values, such as "#REF!", by row from 1 and column from 0.
    errors: dict[tuple[int, int], str] = field(default_factory=dict)

    def reach(self, rows: int, columns: int) -> None:
        self.rows, self.columns = max(self.rows, rows), max(self.columns, columns)


class Scan:
    """A parser of XML that takes the content in pieces. Subclasses handle the elements by their local names."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartElementHandler = self.start
        self._parser.EndElementHandler = self.end
        self.text = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Handle the beginning of an element."""

    def end(self, name: str) -> None:
        """Handle the end of an element."""

    def collect(self, on: bool) -> None:
        """Begin or end to gather text in `self.text`."""
        self._parser.CharacterDataHandler = self._add if on else None

    def feed(self, piece: bytes, last: bool = False) -> None:
        """Parse a piece of the content. Raise `HostileXMLError` if it is not well-formed or strange."""
        try:
            self._parser.Parse(piece, last)
        except (expat.ExpatError, ValueError, OverflowError, LookupError, UnicodeError) as error:
            raise HostileXMLError from error

    def _add(self, text: str) -> None:
        self.text += text

    def _refuse(self, *args: Any) -> None:
        raise HostileXMLError


class Elements(Scan):
    """Gathers all elements of a small part as pairs (local name, attributes by local name)."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.found.append((_local(name), {_local(key): value for key, value in attributes.items()}))


class SharedTexts(Scan):
    """Gathers the lengths of the shared texts of an XLSX workbook."""

    def __init__(self) -> None:
        super().__init__()
        self.lengths: list[int] = []
        self.collect(True)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if _local(name) == "si":
            self.text = ""

    def end(self, name: str) -> None:
        if _local(name) == "si":
            self.lengths.append(len(self.text))
            self.text = ""


class ExcelSheet(Scan):
    """Finds the extent of a sheet of an XLSX workbook. `lengths` is the lengths of the shared texts."""

    def __init__(self, name: str, lengths: list[int]) -> None:
        super().__init__()
        self.extent = Extent(name)
        self._lengths = lengths
        self._row = self._column = 0  # from 1, those of the cell that was read last
        self._type = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name if ":" not in name else _local(name)
        if local == "c":
            self._type = attributes.get("t", "")
            self._column += 1
            if place := attributes.get("r"):
                self._row, self._column = _place(place)
        elif local in ("v", "is"):
            self.extent.reach(self._row, self._column)
            if self._type in ("s", "e"):
                self.text = ""
                self.collect(True)
        elif local == "row":
            number = attributes.get("r")
            self._row = self._row + 1 if number is None else _number(number, _LAST_ROW)
            self._column = 0
        elif local == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def end(self, name: str) -> None:
        if self._type in ("s", "e") and _local(name) == "v":
            self.collect(False)
            if self._type == "e":
                self.extent.errors[self._row, self._column - 1] = self.text.strip()[:20]
            else:
                index = int(self.text.strip() or 0)
                self.extent.characters += self._lengths[index] if 0 <= index < len(self._lengths) else 0

    def _merge(self, ref: str) -> None:
        first, _colon, last = ref.partition(":")
        (top, left), (bottom, right) = _place(first), _place(last or first)
        self.extent.merged.append((top, left - 1, bottom, right - 1))


class OpenDocument(Scan):
    """
    Finds the extents of the sheets of an ODS file. Rows, cells and spaces can be repeated there. The library knows the
    elements by their usual prefixes only, so this does too.
    """

    def __init__(self) -> None:
        super().__init__()
        self.extents: list[Extent] = []
        self._row = self._column = 0  # those that end before the row and the cell
        self._repeated = self._across = 1
        self._filled = self._length = 0
        self._is_filled = self._is_error = False
        self.collect(True)
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {
            "table:table": self._table,
            "table:table-row": self._begin_row,
            "table:table-cell": self._begin_cell,
            "table:covered-table-cell": self._begin_cell,
            "text:s": self._spaces,
        }

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if begin := self._starts.get(name):
            begin(attributes)

    def end(self, name: str) -> None:
        if name in ("table:table-cell", "table:covered-table-cell"):
            self._end_cell()
        elif name == "table:table-row":
            self._end_row()

    def _table(self, attributes: dict[str, str]) -> None:
        self.extents.append(Extent(attributes.get("table:name", "")))
        self._row = self._column = 0

    def _begin_row(self, attributes: dict[str, str]) -> None:
        self._repeated = _number(attributes.get("table:number-rows-repeated"), _LAST_ROW)
        self._column = self._filled = self._length = 0

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._across = _number(attributes.get("table:number-columns-repeated"), _LAST_COLUMN)
        self._is_filled = "office:value-type" in attributes
        self._is_error = attributes.get("calcext:value-type") == "error"
        self.text = ""
        self._length += len(attributes.get("office:string-value", "")) * self._across
        across = _number(attributes.get("table:number-columns-spanned"), _LAST_COLUMN)
        down = _number(attributes.get("table:number-rows-spanned"), _LAST_ROW)
        if (across > 1 or down > 1) and self.extents:
            last = (self._row + down, self._column + across - 1)
            self.extents[-1].merged.append((self._row + 1, self._column, *last))

    def _spaces(self, attributes: dict[str, str]) -> None:
        self._length += _number(attributes.get("text:c"), 100_000) * self._across

    def _end_cell(self) -> None:
        self._column += self._across
        if self._is_filled or self.text.strip():
            self._filled = self._column
            self._length += len(self.text) * self._across
            if self._is_error and self.extents:
                self.extents[-1].errors[self._row + 1, self._column - 1] = self.text.strip()[:20]
        self.text = ""

    def _end_row(self) -> None:
        self._row += self._repeated
        if self._filled and self.extents:
            self.extents[-1].reach(self._row, self._filled)
            self.extents[-1].characters += self._length * self._repeated


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _number(text: str | None, most: int) -> int:
    """Return a number of repetitions or a row number from 1 to `most`; 1 if there is none."""
    if text is None:
        return 1
    if not text.isascii() or not text.isdigit() or len(text) > 9 or not 0 < int(text) <= most:
        raise HostileXMLError
    return int(text)


def _place(name: str) -> tuple[int, int]:
    """Return the row and the column of a cell by its name, both from 1."""
    found = _CELL.fullmatch(name)
    if not found:
        raise HostileXMLError
    column = 0
    for letter in found[1].upper():
        column = column * 26 + ord(letter) - 64
    row = int(found[2])
    if not 0 < row <= _LAST_ROW or column > _LAST_COLUMN:
        raise HostileXMLError
    return row, column
