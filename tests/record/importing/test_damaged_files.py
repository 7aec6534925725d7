"""Damaged and hostile files: each is read as a table, or refused with a message. No other error may happen."""

import io
import zipfile
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from record.importing.reading import Table, UnreadableFile, read_table

from . import made_up_files as files


@cache
def _whole():
    """Return small whole files of each format."""
    rows = [["Title", "Year", "Länder"], ["Specimen", 1994, "日本"], ["Two, three", 6.5, "a;b"]]
    return [
        files.csv_file(rows),
        files.csv_file(rows[:1], separator=";", encoding="cp1252"),
        files.csv_file(rows, separator="\t", encoding="utf-16"),
        _without_what_is_not_read(files.xlsx_file(rows)),
        _without_what_is_not_read(files.merged_header_rows()),
        files.ods_by_hand(),
    ]


def _without_what_is_not_read(content):
    """Return a smaller workbook: damage to the theme and the like tells nothing."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return _zipped({n: archive.read(n) for n in archive.namelist() if "theme" not in n and "docProps" not in n})


@cache
def _parts(which):
    with zipfile.ZipFile(io.BytesIO(_whole()[which])) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zipped(parts):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def _flipped(content, changes):
    changed = bytearray(content)
    for place, byte in changes:
        changed[place % len(changed)] = byte
    return bytes(changed)


_CHANGES = st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 255)), min_size=1, max_size=4)
#: Pieces of the XML of workbooks that can change what a sheet means.
_XML = st.sampled_from(
    [
        b'r="XFD1048576"', b't="s"', b't="e"', b't="d"', b"<v>99999999999</v>", b"<v>-1</v>", b"<is><t>x</t></is>",
        b'<c r="B9"><v>1</v></c>', b'<mergeCell ref="A1:ZZ9"/>', b"<!DOCTYPE a>", b"&lt;", b"&#0;", b"&x;", b"</c>",
        b'table:number-columns-repeated="99999"', b'table:number-rows-repeated="0"', b'office:value-type="date"',
        b'office:date-value="2026-99-99"', b'office:value="nan"', b'office:time-value="PT9H"', b"\xff", b"]]>", b"<!--",
        b"<row/>", b"<c>",
    ]
)  # fmt: skip


@st.composite
def damaged(draw):
    which = draw(st.sampled_from([3, 5, 4, 3, 5, 0, 1, 2]))
    content = _whole()[which]
    way = draw(st.sampled_from([3, 3, 3, 4, 5, 0, 1, 2] if which > 2 else [0, 1, 2]))
    if way == 0:
        return content[: draw(st.integers(0, len(content)))]
    if way == 1:
        return _flipped(content, draw(_CHANGES))
    if way == 2:
        other = draw(st.sampled_from(_whole()))
        return content[: draw(st.integers(0, len(content)))] + other[draw(st.integers(0, len(other))) :]
    parts = dict(_parts(which))
    name = draw(st.sampled_from(sorted(parts)))
    if way == 3:
        place = draw(st.integers(0, len(parts[name])))
        more = draw(_XML | st.binary(max_size=40))
        parts[name] = parts[name][:place] + more + parts[name][place + draw(st.sampled_from([0, 0, len(more), 40])) :]
    elif way == 4:
        parts[name] = _flipped(parts[name], draw(_CHANGES))
    elif draw(st.booleans()):
        del parts[name]
    else:
        parts[name] = draw(st.binary(max_size=60) | st.sampled_from(list(_parts(which).values())))
    return _zipped(parts)


def _read_or_refused(content, **options):
    """Return the table, or None if the file is refused with a message. Any other error fails the test."""
    try:
        return read_table(content, "damaged", **options)
    except UnreadableFile as refused:
        reason = str(refused)
    assert reason
    return None


@settings(max_examples=2_000, deadline=None, database=None)
@given(damaged())
def test_damaged_file_is_read_or_refused(content):
    if table := _read_or_refused(content):
        assert isinstance(table, Table)
        assert all(len(line.values) == len(table.header) for line in table.lines)
        assert table.told


@settings(max_examples=500, deadline=None, database=None)
@given(st.binary(max_size=300), st.sampled_from(["", "utf-8", "Shift_JIS", "utf-7", "nothing"]))
def test_any_bytes_are_read_or_refused(content, encoding):
    _read_or_refused(content, encoding=encoding)


@pytest.mark.parametrize("which", [3, 5])
def test_assertion_that_fails_in_the_library_is_a_damaged_file(which, monkeypatch):
    class PanicException(BaseException):  # noqa: N818 (the name that the library has)
        pass

    def fail(*args):
        raise PanicException("index out of bounds")

    monkeypatch.setattr("record.importing.workbooks.CalamineWorkbook.from_filelike", fail, raising=False)
    with pytest.raises(UnreadableFile, match="The workbook is damaged"):
        read_table(_whole()[which], "a")


def test_interruption_by_the_keyboard_is_no_damaged_file(monkeypatch):
    def stop(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr("record.importing.workbooks._read_xlsx", stop)
    with pytest.raises(KeyboardInterrupt):
        read_table(_whole()[3], "a")
