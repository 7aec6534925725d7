"""Reading a file that an editor brings, as CSV, XLSX or ODS, into a table."""

from django.utils.translation import gettext

from record.importing import csv_files, limits, workbooks
from record.importing.errors import UnreadableFile
from record.importing.headers import table_of
from record.importing.limits import MOST_BYTES, MOST_COLUMNS, MOST_ROWS
from record.importing.table import Line, Table, Value, cell_name

__all__ = [
    "MOST_BYTES",
    "MOST_COLUMNS",
    "MOST_ROWS",
    "Line",
    "Table",
    "UnreadableFile",
    "Value",
    "cell_name",
    "read_table",
]

#: The first bytes of old binary workbooks and of workbooks with a password.
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_PDF = b"%PDF-"
#: The first bytes of web pages that call themselves workbooks, and of Excel's own XML from before XLSX.
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<style")


def read_table(content: bytes, name: str, *, sheet: str = "", encoding: str = "") -> Table:
    """
    Read the table in a file. Its format is found by its content. `name` is the name of the file; it decides nothing.

    `sheet` is the name of the sheet to read; the first one with values if it is blank. `encoding` is the encoding of a
    CSV file if the editor chose one. Raise `UnreadableFile` if there is no table that can be read. Its message says why
    and what to do.
    """
    if not content.strip(b"\x00 \t\r\n"):
        raise UnreadableFile(gettext("The file is empty."))
    if len(content) > limits.MOST_BYTES:
        message = gettext("The file has %(size)s MB. The most is %(most)s MB. Split it into several files.")
        sizes = {"size": -(-len(content) // 1_000_000), "most": limits.MOST_BYTES // 1_000_000}
        raise UnreadableFile(message % sizes)
    if content.startswith(_COMPOUND):
        if _ENCRYPTED in content:
            raise UnreadableFile(gettext("The workbook has a password. Save it without one and try again."))
        raise UnreadableFile(gettext("The file is an old Excel workbook (.xls). Save it as XLSX or CSV."))
    if content.startswith(_PDF):
        raise UnreadableFile(gettext("The file is a PDF. Use a file in the format CSV, XLSX or ODS."))
    if content[:200].removeprefix(b"\xef\xbb\xbf").lstrip().lower().startswith(_MARKUP):
        message = gettext("The file is a web page or XML. Open it in a spreadsheet program and save it as XLSX or CSV.")
        raise UnreadableFile(message)
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return workbooks.read(content, sheet)
    rows, encoding_name, separator = csv_files.rows_of(content, encoding)
    return table_of(rows, format="csv", encoding=encoding_name, separator=separator)
