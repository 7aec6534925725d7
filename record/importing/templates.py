"""Templates of tables to import: a workbook with the columns of a kind, and a sheet that explains each of them."""

import io
from collections.abc import Sequence
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from xlsxwriter import Workbook

from record.importing.columns import Column, header_key, matched
from record.importing.exports import sheet_name
from record.importing.kinds import Kind

#: The widths of the columns of the second sheet, in characters.
WIDTHS = (28, 24, 12, 60, 50, 28, 50)
#: The most characters of the list of further headers.
MOST_HEADERS = 400


def headers_of(columns: Sequence[Column]) -> list[str]:
    """
    Return a header for each column: its label in the current language, with "*" if it is required, or its name if an
    import would take the label for another column.
    """
    headers = [str(capfirst(str(column.label))) for column in columns]
    while True:
        taken = matched(headers, columns, {})
        wrong = [place for place, column in enumerate(columns) if taken[place] != column.name]
        if all(headers[place] == columns[place].name for place in wrong):
            break
        for place in wrong:
            headers[place] = columns[place].name
    return [f"{header} *" if column.required else header for header, column in zip(headers, columns, strict=True)]


def template_of(kind: Kind) -> io.BytesIO:
    """
    Return an XLSX workbook for tables of this kind, as a file in memory: a sheet with the headers only, and the sheet
    “Columns”, which explains them in the current language.
    """
    columns = list(kind.columns())
    headers = headers_of(columns)
    file = io.BytesIO()
    book = Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    head = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
    required = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#f3e3b3"})
    plain = book.add_format({"text_wrap": True, "valign": "top"})
    text = book.add_format({"num_format": "@"})
    sheet = book.add_worksheet(sheet_name(str(capfirst(str(kind.label)))))
    sheet.freeze_panes(1, 0)
    for place, (header, column) in enumerate(zip(headers, columns, strict=True)):
        # Cells are texts, so that a spreadsheet program does not make a date of 1/2 or a number of 007.
        sheet.set_column(place, place, max(14, min(40, len(header) + 4)), text)
        sheet.write_string(0, place, header, required if column.required else head)
    explained = book.add_worksheet(sheet_name(_("Columns")))
    explained.freeze_panes(1, 1)
    titles = (
        _("Column"),
        _("Name in exported files"),
        _("Required"),
        _("Meaning"),
        _("Allowed values"),
        _("Example"),
        _("Other headers that are understood"),
    )
    for place, (title, width) in enumerate(zip(titles, WIDTHS, strict=True)):
        explained.set_column(place, place, width)
        explained.write_string(0, place, title, head)
    for line, (header, column) in enumerate(zip(headers, columns, strict=True), 1):
        for place, value in enumerate(_explained(header, column)):
            explained.write_string(line, place, value, plain)
    book.close()
    file.seek(0)
    return file


def _explained(header: str, column: Column) -> tuple[str, ...]:
    choices = "\n".join(f"{code}: {label}" for code, label in column.choices if code)
    others = sorted(column.headers - {header_key(header), header_key(column.name)})
    listed = ""
    for each in others:
        if len(listed) + len(each) > MOST_HEADERS:
            break
        listed += f"; {each}" if listed else each
    is_required = _("yes") if column.required else ""
    return header, column.name, is_required, str(column.help), choices, column.example, listed


def file_name(kind: Any) -> str:
    return f"{kind.name}-template.xlsx"
