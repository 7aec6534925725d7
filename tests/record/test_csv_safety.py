"""CSV files for spreadsheets in all countries: no cell is a formula, and every text can be read back."""

import csv
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from record.csv_safety import DROPPED, SIGNS, harmless, restored

SEPARATING = [",", ";", "\t", "|"]
# An apostrophe at the start makes the cell a text.
IGNORED = DROPPED.replace("'", "")
FORMULA = re.compile(f"[{IGNORED}]*[{SIGNS}]")
CELLS = st.text(alphabet="=+-@＝＋－＠,;\t|\r\n\"' \ufeff\u200b\xa0\u3000aB1", max_size=14)


def as_file(rows) -> str:
    file = io.StringIO()
    csv.writer(file).writerows([[harmless(cell) for cell in row] for row in rows])
    return file.getvalue()


def cells(file: str, separator: str):
    """Yield the cells of a CSV file as programs read them: with and without support for quotation marks."""
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        for line in csv.reader(io.StringIO(file, newline=""), delimiter=separator, quoting=quoting):
            yield from line
    for line in file.splitlines():
        yield from line.split(separator)


@pytest.mark.parametrize("separator", SEPARATING)
@given(rows=st.lists(st.lists(CELLS, min_size=1, max_size=3), min_size=1, max_size=3))
@settings(max_examples=300, deadline=None)
def test_no_cell_is_a_formula_whatever_separates_them(separator, rows):
    file = as_file([["key", *row] for row in rows])
    assert [cell for cell in cells(file, separator) if FORMULA.match(cell)] == []


@given(CELLS | st.text())
@settings(max_examples=500, deadline=None)
def test_text_can_be_read_back(text):
    assert restored(harmless(text)) == text


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("A;=1+1;B", "A;'=1+1;B"),
        ("=1+1", "'=1+1"),
        ('A;"=1+1"', 'A;\'"=1+1"'),
        ("A\t＝1", "A\t'＝1"),
        ("A|@x", "A|'@x"),
        ("one\n- two", "one\n'- two"),
        (" \ufeff=1", "' \ufeff=1"),
        ("'=1", "''=1"),
        ("Ada Lovelace, born 1815; 2 + 2 = 4", "Ada Lovelace, born 1815; 2 + 2 = 4"),
        ("a-b", "a-b"),
        ("", ""),
    ],
)
def test_text_gets_an_apostrophe_only_where_a_formula_could_begin(text, cell):
    assert harmless(text) == cell


def test_long_runs_take_no_longer_than_their_length():
    assert harmless("\n" * 300_000) == "\n" * 300_000


@pytest.mark.parametrize("text", ["'68", "rock 'n' roll", "it's", "", "=1", "a, b"])
def test_text_without_guarded_places_stays(text):
    assert restored(text) == text
