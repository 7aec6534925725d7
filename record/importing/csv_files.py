"""Reading CSV files: their separator and their records."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from django.utils.translation import gettext

from record.importing import limits
from record.importing.encodings import decoded
from record.importing.errors import UnreadableFile

SEPARATORS = ",;\t|"
#: The first line of a CSV file for Excel that says what the separator is.
_SAYS = re.compile(r'"?sep=(?P<separator>[^\r\n"])"?[^\S\r\n]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
_SAMPLED = 200
_LINE = re.compile(r"[^\r\n]*(?:\r\n|[\r\n])|[^\r\n]+")
#: A text that some programs write as a formula, so that Excel keeps its zeros: ="007".
_FORMULA = re.compile(r'="([^"]*)"')
#: Separates no columns: a control character that no text has.
_NEVER = "\x1f"


def rows_of(content: bytes, encoding: str) -> tuple[Iterator[tuple[int, list[str]]], str, str]:
    """
    Return the records of a CSV file as pairs (number, cells), the name of the encoding and the separator. The separator
    of a file with a single column is "". Raise `UnreadableFile` if the content is no text.
    """
    text, name = decoded(content, encoding)
    if said := _SAYS.match(text):
        separator = said["separator"]
        if separator not in SEPARATORS:
            message = gettext("The first line of the file names “%(separator)s” as the separator. Use a comma.")
            raise UnreadableFile(message % {"separator": separator})
        text = text[said.end() :]
    else:
        separator = _separator(text)
    if _is_binary(text):
        raise UnreadableFile(gettext("The file is not a table. Use a file in the format CSV, XLSX or ODS."))
    return _records(text, separator or _NEVER), name, separator


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader((found[0] for found in _LINE.finditer(text)), delimiter=separator)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            message = gettext(
                "Row %(row)s has a cell with more than %(most)s characters. Check the quotation marks before it."
            )
            raise UnreadableFile(message % {"row": number, "most": limits.MOST_IN_CELL}) from None
        yield number, [_FORMULA.sub(r"\1", cell) if cell.startswith('="') else cell for cell in cells]


def _is_binary(text: str) -> bool:
    """Return whether the text has so many control characters that it is no text."""
    sample = text[:20_000]
    strange = sum(1 for c in sample if c < " " and c not in "\t\n\r\x0b\x0c\x1a")
    return strange * 50 > len(sample)


def _separator(text: str) -> str:
    """
    Return the character that separates the columns, or "" if there is a single column. It is the one that gives most
    records the same number of cells.
    """
    best, most = "", 0.0
    if not any(c.isalnum() for c in text):
        return ","
    for separator in SEPARATORS:
        try:
            records = [cells for _n, cells in islice(_records(text[:500_000], separator), _SAMPLED) if any(cells)]
        except UnreadableFile:
            continue
        lengths = Counter(len(cells) for cells in records if len(cells) > 1)
        if not lengths:
            continue
        length, same = max(lengths.items(), key=lambda pair: (pair[1], pair[0]))
        # In a single column of names, each comma has a space after it, and the name of the column has no comma.
        follows = [cell for cells in records for cell in cells[1:]]
        if len(records[0]) == 1 and all(cell.startswith(" ") for cell in follows):
            continue
        score = same / len(records) * (1 + min(length, 20) / 100)
        if score > most:
            best, most = separator, score
    return best
