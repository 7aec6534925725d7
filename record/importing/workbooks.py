"""
Reading XLSX and ODS files. Their parts are unpacked and checked first, and the library that reads them gets only what
was checked, so a small file can't take all memory.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from posixpath import join, normpath

from django.utils.translation import gettext
from python_calamine import CalamineWorkbook

from record.importing import limits
from record.importing.errors import UnreadableFile
from record.importing.headers import table_of
from record.importing.sheet_scan import Elements, ExcelSheet, Extent, OpenDocument, Scan, SharedTexts
from record.importing.table import Table, Value, cell_name

_PIECE = 1 << 20
_MOST_PARTS = 10_000
_DURATION = re.compile(r"PT(\d{1,6})H(\d{1,2})M(\d{1,2}(?:\.\d{1,9})?)S")
_MANIFEST = b'<manifest xmlns="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
#: The most bytes of a part that only describes the workbook.
_MOST_IN_PART = 20_000_000
#: The parts of an XLSX file that are needed beside its sheets, by their names in lower case.
_OF_XLSX = {
    "[content_types].xml": "[Content_Types].xml",
    "_rels/.rels": "_rels/.rels",
    "xl/workbook.xml": "xl/workbook.xml",
    "xl/_rels/workbook.xml.rels": "xl/_rels/workbook.xml.rels",
    "xl/styles.xml": "xl/styles.xml",
}


def read(content: bytes, sheet: str) -> Table:
    """
    Read the table in an XLSX or ODS file. `sheet` is the name of the sheet; the first one with values if it is blank.
    Raise `UnreadableFile` if it can't be read.
    """
    try:
        with _Archive(content) as archive:
            return _read(archive, sheet)
    except UnreadableFile:
        raise
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except Exception as error:
        raise _damaged() from error
    except BaseException as error:
        # An assertion that failed in the library, which is written in Rust. It is not an `Exception`.
        if type(error).__name__ != "PanicException":
            raise
        raise _damaged() from error


def _read(archive: "_Archive", sheet: str) -> Table:
    names = archive.names()
    if "xl/workbook.bin" in names:
        raise UnreadableFile(gettext("The file is a binary Excel workbook (.xlsb). Save it as XLSX or CSV."))
    if "xl/workbook.xml" in names:
        return _read_xlsx(archive, sheet)
    if "content.xml" in names:
        return _read_ods(archive, sheet)
    raise UnreadableFile(gettext("The ZIP file has no workbook in it. Use a file in the format CSV, XLSX or ODS."))


def _damaged() -> UnreadableFile:
    return UnreadableFile(
        gettext("The workbook is damaged. Open it in a spreadsheet program and save it as XLSX or CSV.")
    )


def _has_password() -> UnreadableFile:
    return UnreadableFile(gettext("The workbook has a password. Save it without one and try again."))


class _Archive:
    """A ZIP file that was brought, and a new one in memory with the parts that were checked."""

    def __init__(self, content: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(content))
        parts = self._archive.infolist()
        self._parts = {part.filename.replace("\\", "/").lstrip("/").lower(): part for part in parts}
        if len(parts) > _MOST_PARTS or len(self._parts) < len(parts):
            raise _damaged()
        if any(part.flag_bits & 1 for part in parts):
            raise _has_password()
        if sum(part.file_size for part in parts) > limits.MOST_UNPACKED:
            message = gettext("The workbook has more than %(most)s MB when it is unpacked. Save the sheet as CSV.")
            raise UnreadableFile(message % {"most": limits.MOST_UNPACKED // 1_000_000})

        self._checked = io.BytesIO()
        self._new = zipfile.ZipFile(self._checked, "w", zipfile.ZIP_DEFLATED, compresslevel=1)

    def __enter__(self) -> "_Archive":
        return self

    def __exit__(self, *error: object) -> None:
        self._archive.close()
        self._new.close()

    def names(self) -> set[str]:
        return set(self._parts)

    def scan(self, name: str, scan: Scan, *, kept_as: str = "", most: int = limits.MOST_UNPACKED) -> None:
        """Unpack a part piece by piece through `scan`, and add it to the new archive under the name `kept_as`."""
        part = self._parts[name.lower()]
        # Python unpacks the other methods without a limit. It stops at the size that the part says it has.
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or part.file_size > most:
            raise _damaged()
        with self._archive.open(part) as packed, self._new.open(kept_as or name, "w") as kept:
            while piece := packed.read(_PIECE):
                scan.feed(piece)
                kept.write(piece)
            scan.feed(b"", last=True)

    def elements(self, name: str, kept_as: str = "") -> list[tuple[str, dict[str, str]]]:
        """Return the elements of a small part, and add it to the new archive."""
        scan = Elements()
        self.scan(name, scan, kept_as=kept_as, most=_MOST_IN_PART)
        return scan.found

    def add(self, name: str, content: bytes) -> None:
        self._new.writestr(name, content)

    def rows(self, extent: Extent) -> Iterator[tuple[int, list[Value]]]:
        """Read the sheet of an extent from the parts that were checked. Rows count from 1."""
        self._new.close()
        self._archive.close()
        self._checked.seek(0)
        with CalamineWorkbook.from_filelike(self._checked) as workbook:
            found = workbook.get_sheet_by_name(extent.name)
            # The library begins in the first row, but in the first column with a value.
            left = [None] * found.start[1] if found.start else []
            for number, values in enumerate(found.iter_rows(), 1):
                yield number, [*left, *map(_value, values)]


def _value(value: Value) -> Value:
    """Return a value as a table has it. ODS files have durations of a day or more as texts such as "PT30H00M00S"."""
    if isinstance(value, str):
        if value.startswith("PT") and (found := _DURATION.fullmatch(value)):
            hours, minutes, seconds = (float(part or 0) for part in found.groups())
            return timedelta(hours=hours, minutes=minutes, seconds=seconds)
        return value or None
    return value


def _read_xlsx(archive: _Archive, sheet: str) -> Table:
    by_id: dict[str, str] = {}
    listed: list[dict[str, str]] = []
    for name, kept_as in _OF_XLSX.items():
        if name not in archive.names():
            continue
        elements = archive.elements(name, kept_as)
        if name == "xl/workbook.xml":
            listed = [found for kind, found in elements if kind == "sheet"]
        if name == "xl/_rels/workbook.xml.rels":
            for kind, found in elements:
                if kind == "Relationship":
                    by_id[found.get("Id", "")] = _path(found.get("Target", ""))
    lengths = SharedTexts()
    if "xl/sharedstrings.xml" in archive.names():
        archive.scan("xl/sharedstrings.xml", lengths, kept_as="xl/sharedStrings.xml")
    sheets = {
        found.get("name", ""): found for found in listed if "/chartsheets/" not in by_id.get(found.get("id", ""), "")
    }
    extents = _chosen(sheets, sheet)
    for name in extents:
        path = by_id.get(sheets[name].get("id", ""), "")
        if path.lower() not in archive.names():
            raise _damaged()
        scan = ExcelSheet(name, lengths.lengths)
        archive.scan(path, scan)
        if scan.extent.rows:
            return _table(archive, scan.extent, "xlsx", tuple(sheets))
    raise UnreadableFile(gettext("There are no values in the workbook."))


def _chosen(sheets: dict[str, dict[str, str]], sheet: str) -> list[str]:
    """Return the names of the sheets to look at: the one that was chosen, or all, hidden ones last."""
    if not sheet:
        return sorted(sheets, key=lambda name: sheets[name].get("state", "visible") != "visible")
    if sheet not in sheets:
        message = gettext("The workbook has no sheet “%(sheet)s”. Its sheets are: %(sheets)s.")
        raise UnreadableFile(message % {"sheet": sheet[:100], "sheets": ", ".join(sheets)[:500]})
    return [sheet]


def _path(target: str) -> str:
    """Return the name of a part of an XLSX file by the target of its relationship."""
    return target.lstrip("/") if target.startswith("/") else normpath(join("xl", target))


def _read_ods(archive: _Archive, sheet: str) -> Table:
    if "meta-inf/manifest.xml" in archive.names():
        manifest = archive.elements("meta-inf/manifest.xml", "META-INF/manifest.xml")
        if any(kind == "encryption-data" for kind, _found in manifest):
            raise _has_password()
    else:
        archive.add("META-INF/manifest.xml", _MANIFEST)
    archive.add("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")
    scan = OpenDocument()
    archive.scan("content.xml", scan)
    extents = {extent.name: extent for extent in scan.extents}
    # The library reads all sheets at once.
    for extent in extents.values():
        _check(extent)
    if sum(extent.rows * extent.columns for extent in extents.values()) > 2 * limits.MOST_CELLS:
        raise UnreadableFile(gettext("The sheets of the workbook have too many cells. Save the one you need as CSV."))
    for name in _chosen({name: {} for name in extents}, sheet):
        if extents[name].rows:
            return _table(archive, extents[name], "ods", tuple(extents))
    raise UnreadableFile(gettext("There are no values in the workbook."))


def _check(extent: Extent) -> None:
    """Refuse a sheet whose cells go too far, or have too much text."""
    if extent.rows * extent.columns > limits.MOST_CELLS or extent.rows > limits.MOST_ROWS * 2:
        message = gettext("The values of the sheet “%(sheet)s” reach %(cell)s. Delete what is far from the table.")
        last = cell_name(extent.columns - 1, extent.rows)
        raise UnreadableFile(message % {"sheet": extent.name[:100], "cell": last})
    if extent.characters > limits.MOST_CHARACTERS:
        message = gettext("The sheet “%(sheet)s” has too much text. Split it into several files.")
        raise UnreadableFile(message % {"sheet": extent.name[:100]})


def _table(archive: _Archive, extent: Extent, kind: str, sheets: tuple[str, ...]) -> Table:
    _check(extent)
    rows = _with_errors(archive.rows(extent), extent.errors)
    return table_of(rows, merged=extent.merged, format=kind, sheet=extent.name, sheets=sheets)


def _with_errors(
    rows: Iterator[tuple[int, list[Value]]], errors: dict[tuple[int, int], str]
) -> Iterator[tuple[int, list[Value]]]:
    """Put the texts of error values, such as "#REF!", where the library leaves cells blank."""
    columns: dict[int, list[int]] = {}
    for row, column in errors:
        columns.setdefault(row, []).append(column)
    for number, values in rows:
        for column in columns.get(number, ()):
            values.extend([None] * (column + 1 - len(values)))
            values[column] = values[column] if values[column] is not None else errors[number, column]
        yield number, values
