"""
The header of a table: the row with the names of the columns, below titles and blank rows, and the table below it.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date

from django.utils.translation import gettext

from record.importing import limits
from record.importing.errors import UnreadableFile
from record.importing.table import Line, Table, Value
from record.sort_keys import folded

#: A merged range of cells: first row, first column, last row, last column. Rows count from 1, columns from 0.
Range = tuple[int, int, int, int]
Row = tuple[int, list[Value]]

#: The rows with values at the beginning of the file where the header can be.
_SEARCHED = 30
_MOST_MERGED = 1_000
#: The longest text that can be the name of a column in the lower one of two header rows.
_LONGEST_NAME = 60
#: White space and other characters that are removed at the beginning and the end of texts.
AT_ENDS = " \t\r\n\x0b\x0c\x1a\xa0\u3000\u200b\u2060\ufeff"
#: Names of columns that show that a row is the second row of a header, not the first row of values.
_WORDS_BELOW = (
    "title name names first last first name last name given name family name surname year country countries city email "
    "e-mail phone role note notes minutes seconds runtime duration date language languages website url link original "
    "english local type category status id number bio biography gender 名 姓 名前 氏名 国 題名 年 名称 姓名 "
    "国家 年份 标题 이름 성명 국가 제목 연도 imie nazwisko kraj rok tytul jezyk"
)
_NAMES_BELOW = frozenset(_WORDS_BELOW.split()) | {
    "first name",
    "last name",
    "given name",
    "family name",
    "original title",
    "english title",
    "imie i nazwisko",
}


def clean(value: Value) -> Value:
    """
    Return a value as a table has it: texts without white space around them, in normal form C, with "\\n" as line end;
    a whole number as an integer; a blank cell as None.
    """
    if isinstance(value, str):
        text = value if value.isascii() else unicodedata.normalize("NFC", value)
        text = text.strip(AT_ENDS)
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text or None
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value


def table_of(
    rows: Iterable[tuple[int, Sequence[Value]]], *, merged: Sequence[Range] | None = None, **facts: object
) -> Table:
    """
    Return the table in `rows`, pairs (number of the row, values). `merged` is the merged ranges if the format has them.
    `facts` are the other fields of `Table`. Raise `UnreadableFile` if there is no header with values, or too much.
    """
    kept = _filled(rows)
    if not kept:
        raise UnreadableFile(gettext("There are no values in the file."))
    place = _place_of_header(kept[:_SEARCHED])
    number, names = kept[place]
    if merged is not None:  # only those near the header, as a workbook can have a million
        merged = [found for found in merged if found[0] <= number + 1 and found[2] >= number - 1][:_MOST_MERGED]
    above, number, lower = _two_rows(kept, place, merged)
    if lower is not None:
        place += 1
    lines = kept[place + 1 :]
    if len(lines) > limits.MOST_ROWS:
        _refuse_rows()
    width = max(len(values) for _number, values in kept[place:])
    width = max(width, len(names))
    header = _joined(above, lower if lower is not None else names, width, number, merged)
    for _number, values in lines:
        values.extend([None] * (width - len(values)))
    table = [Line(number, tuple(values)) for number, values in lines]
    return Table(header=header, lines=table, header_number=number, **facts)  # type: ignore[arg-type]


def _filled(rows: Iterable[tuple[int, Sequence[Value]]]) -> list[Row]:
    """Return the rows that have values, cleaned and without the blank cells after the last value."""
    kept: list[Row] = []
    cells = characters = 0
    for number, row in rows:
        values = [clean(value) for value in row]
        while values and values[-1] is None:
            values.pop()
        if not values:
            continue
        if len(values) > limits.MOST_COLUMNS:
            message = gettext("Row %(row)s has values in %(count)s columns. The most is %(most)s.")
            raise UnreadableFile(message % {"row": number, "count": len(values), "most": limits.MOST_COLUMNS})
        cells += len(values)
        characters += sum(len(value) for value in values if isinstance(value, str))
        if cells > limits.MOST_CELLS or characters > limits.MOST_CHARACTERS:
            raise UnreadableFile(gettext("The file has too many cells or too much text. Split it into several files."))
        kept.append((number, values))
        if len(kept) > limits.MOST_ROWS + _SEARCHED:
            _refuse_rows()
    return kept


def _refuse_rows() -> None:
    message = gettext("The file has more than %(most)s rows. Split it into several files.")
    raise UnreadableFile(message % {"most": limits.MOST_ROWS})


def _place_of_header(rows: Sequence[Row]) -> int:
    """
    Return the index of the row with the names of the columns. It is the first row where at least half of the columns
    have texts; a title has one or two.
    """
    width = max(sum(value is not None for value in values) for _number, values in rows)
    enough = max(min(2, width), (width + 1) // 2)
    for place, (_number, values) in enumerate(rows):
        texts = [value for value in values if isinstance(value, str)]
        if len(texts) >= enough and (len(set(texts)) > 1 or width < 3):
            return place if all(map(_is_name, texts)) else _place_below(rows, place, len(texts))
    return 0


def _place_below(rows: Sequence[Row], place: int, filled: int) -> int:
    """
    Return the index of the row with the names of the columns, if the row at `place` may be a title with a year, such as
    "Festival", "2026". Then the row below it has more cells, and all are names.
    """
    for below, (_number, values) in enumerate(rows[place + 1 : place + 4], place + 1):
        texts = [value for value in values if value is not None]
        if len(texts) > filled and all(map(_is_name, texts)):
            return below
    return place


def _two_rows(
    kept: list[Row], place: int, merged: Sequence[Range] | None
) -> tuple[list[Value], int, list[Value] | None]:
    """
    Find a header of two rows. Return (values of the row with the groups, number of the header's last row, values of the
    lower row if it is not the row at `place`).
    """
    number, names = kept[place]
    if place + 1 < len(kept) and kept[place + 1][0] == number + 1:
        below = kept[place + 1][1]
        if _is_lower_row(names, below, number, merged):
            return names, number + 1, below
    if place and kept[place - 1][0] == number - 1:
        above = kept[place - 1][1]
        if _is_upper_row(above, names, number - 1, merged):
            return above, number, None
    return [], number, None


def _is_lower_row(upper: list[Value], lower: list[Value], number: int, merged: Sequence[Range] | None) -> bool:
    """Return whether the row below the names of the columns has names too: the columns of merged groups."""
    texts = [value for value in lower if value is not None]
    if not texts or not all(_is_name(value) for value in texts):
        return False
    under = [column for column, value in enumerate(lower) if value is not None]
    gaps = [column for column in under if column >= len(upper) or upper[column] is None]
    known = sum(folded(str(value)) in _NAMES_BELOW for value in texts)
    groups = [r for r in merged or () if r[0] == r[2] == number and r[3] > r[1]]
    tall = [r for r in merged or () if r[0] == number and r[2] == number + 1]
    if tall and groups:
        return True
    return bool(gaps or groups) and known * 2 >= len(texts) and len(texts) > 1


def _is_upper_row(upper: list[Value], names: list[Value], number: int, merged: Sequence[Range] | None) -> bool:
    """Return whether the row above the names of the columns names groups of columns, and is no title."""
    texts = [value for value in upper if value is not None]
    if not all(_is_name(value) for value in texts):
        return False
    groups = [r for r in merged or () if r[0] == r[2] == number and r[3] > r[1]]
    if merged:
        return any(r[3] - r[1] + 1 < len(names) for r in groups) and (len(groups) > 1 or len(texts) > 1)
    return len(texts) > 1 and len(set(names)) < len(names)


def _is_name(value: Value) -> bool:
    if not isinstance(value, str) or len(value) > _LONGEST_NAME:
        return False
    return not re.search(r"\d{3}|://|@", value)


def _joined(
    above: list[Value], names: list[Value], width: int, number: int, merged: Sequence[Range] | None
) -> tuple[str, ...]:
    """Return the names of the columns, with the group above each one: "Director: Country"."""
    header: list[str] = []
    group = ""
    for column in range(width):
        upper = _text(above[column]) if column < len(above) else ""
        lower = _text(names[column]) if column < len(names) else ""
        if upper or not _is_in_group(column, number - 1, merged):
            group = upper
        if not lower:
            header.append(upper)
            group = ""
        else:
            header.append(f"{group}: {lower}" if group and group != lower else lower)
    return tuple(header)


def _is_in_group(column: int, number: int, merged: Sequence[Range] | None) -> bool:
    """Return whether the group to the left goes on in a column. Without merged ranges, it goes up to the next."""
    if not merged:
        return True
    return any(r[0] <= number <= r[2] and r[1] <= column <= r[3] for r in merged)


def _text(value: Value) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else " ".join(str(value).split())
