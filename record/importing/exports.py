"""
Tables for files: the columns of a model, and their values as CSV, XLSX or JSON. For models that have a kind of import,
the columns are those that the import understands, so that a CSV or XLSX file can be imported again.
"""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from xlsxwriter import Workbook

from record.csv_safety import harmless
from record.derived_fields import DerivedField
from record.importing.columns import in_all_languages
from record.importing.kinds import Kind, kind_of
from record.importing.matching import without_keys

# The maximum length of a text in a cell of an XLSX file, in characters.
CELL = 32_767
#: The names of columns that an import leaves out begin with this.
READ_ONLY = "read_only_"

Value = str | int | bool | None


@dataclass(frozen=True)
class Column:
    """
    One column of an export: its name in the file, a function that returns its value for a row, and its name on the
    page. `is_extra` says that it is for readers only: an import leaves it out.
    """

    name: str
    of: Callable[[Any], Value]
    label: Any = ""
    is_extra: bool = False


class TooLongError(Exception):
    """A text is too long for a cell of an XLSX file. The message names its row and its column."""


def columns(
    model: type[models.Model], label: Callable[[Any], str] = str, *, with_keys: bool = True, user: Any = None
) -> list[Column]:
    """
    Return the columns for `model`. With a kind of import, they are its columns; `with_keys` says whether the names of
    people, works and so on have their permanent keys. Then come those for readers only: what else `user` may see (all
    for None), and the other columns of `plain_columns`. Without a kind, they are `plain_columns`.
    """
    kind = kind_of(model)
    if kind is None:
        return plain_columns(model, label)
    found = [
        Column(column.name, _without_keys(column.of) if column.has_names and not with_keys else column.of, column.label)
        for column in kind.columns()
        if column.of
    ]
    extra = [Column(column.name, column.of, column.label) for column in kind.extra_columns(user) if column.of]
    names = {column.name for column in found}
    extra += [column for column in plain_columns(model, label) if column.name not in names]
    return found + [Column(READ_ONLY + column.name, column.of, column.label, is_extra=True) for column in extra]


def _without_keys(of: Callable[[Any], Any]) -> Callable[[Any], Value]:
    return lambda row: without_keys(of(row) or "")


#: The header of the column with the messages in a file of rows with problems.
PROBLEM = gettext_lazy("Problem")


def is_own(header: Iterable[str], kind: Kind) -> bool:
    """
    Return whether `header` is that of a file of this portal: of an export with columns of `kind`, or of the rows of an
    import with problems. Their texts have apostrophes that make them harmless.
    """
    names = {column.name for column in kind.columns()}
    filled = [text for text in header if text]
    is_export = "key" in filled and all(text in names or text.startswith(READ_ONLY) for text in filled)
    return is_export or filled[-1:] in [[label] for label in in_all_languages(PROBLEM)]


def plain_columns(model: type[models.Model], label: Callable[[Any], str] = str) -> list[Column]:
    """
    Return columns for `model`: the permanent key, the name of the row (from `label`), whether the row is synthetic, and
    then one column for each field. A relation has two columns, for the name and the permanent key of the other row; a
    relation to an account has only the name. Derived fields, the sizes of images and one-to-one links to accounts are
    left out.
    """
    found = [
        Column("key", lambda row: row.key, _("permanent key")),
        Column("name", label, _("name")),
        Column("synthetic", lambda row: row.is_synthetic, _("synthetic")),
    ]
    fields: Iterable[Any] = model._meta.concrete_fields
    for field in fields:
        if field.primary_key or field.name == "key" or isinstance(field, DerivedField):
            continue
        if field.name.endswith(("_width", "_height")):
            continue
        if field.one_to_one:  # skip the link to an account: not every editor may see accounts
            continue
        found += _related(field) if field.remote_field else [Column(field.name, _plain(field), field.verbose_name)]
    for field in model._meta.many_to_many:
        found += _several(field)
    return found


def _plain(field: models.Field) -> Callable[[models.Model], Value]:
    def value(row: models.Model) -> Value:
        found = getattr(row, field.attname)
        if found is None or isinstance(found, bool | int):
            return found
        if getattr(field, "multiple", False):  # a CountryField for several countries
            return ",".join(country.code for country in found)
        if hasattr(found, "isoformat"):
            return found.isoformat()
        return str(getattr(found, "code", found))

    return value


def _related(field: models.ForeignKey) -> list[Column]:
    def name(row: models.Model) -> Value:
        other = getattr(row, field.name)
        return None if other is None else str(other)

    named = Column(field.name, name, field.verbose_name)
    if not hasattr(field.related_model, "key"):  # accounts have no permanent key
        return [named]
    told = _("%(name)s: permanent key") % {"name": field.verbose_name}
    return [named, Column(f"{field.name}_key", lambda row: getattr(getattr(row, field.name), "key", None), told)]


def _several(field: models.ManyToManyField) -> list[Column]:
    def names(row: Any) -> str:
        return "; ".join(str(other) for other in getattr(row, field.name).all())

    def keys(row: Any) -> str:
        return "; ".join(other.key for other in getattr(row, field.name).all())

    told = _("%(name)s: permanent keys") % {"name": field.verbose_name}
    return [Column(field.name, names, field.verbose_name), Column(f"{field.name}_keys", keys, told)]


def with_relations(rows: Any, shown: Iterable[Column], *, user: Any = None) -> Any:
    """Return the queryset `rows` with all that the columns `shown` need: as many statements for any number of rows."""
    model = rows.model
    kind = kind_of(model)
    if kind is not None:
        # The list in the admin may have prefetched the same relations otherwise.
        rows = kind.for_export(rows.prefetch_related(None))
    extra = {column.name.removeprefix(READ_ONLY) for column in shown if column.is_extra or kind is None}
    if not extra:
        return rows
    if kind is not None:
        rows = kind.for_extra_columns(rows, extra, user)
    related = [field.name for field in model._meta.concrete_fields if field.remote_field]
    several = [field.name for field in model._meta.many_to_many]
    return rows.select_related(*related).prefetch_related(*several)


# The file formats.


class _Echo:
    """A file object for csv.writer that returns each line instead of storing it."""

    def write(self, text: str) -> str:
        return text


def as_csv(shown: list[Column], rows: Iterable[models.Model]) -> Iterator[bytes]:
    """
    Yield the lines of a CSV file in UTF-8. It starts with a byte order mark, so that spreadsheet programs recognise the
    encoding.
    """
    writer = csv.writer(_Echo())
    yield b"\xef\xbb\xbf"
    yield writer.writerow([column.name for column in shown]).encode()
    for row in rows:
        yield writer.writerow([_in_csv(column.of(row)) for column in shown]).encode()


def _in_csv(value: Value) -> Value:
    if isinstance(value, bool):
        return str(value).lower()
    return harmless(value.replace("\r\n", "\n").replace("\r", "\n")) if isinstance(value, str) else value


def as_json(shown: list[Column], rows: Iterable[models.Model]) -> Iterator[bytes]:
    """Yield the lines of a JSON array with one object per line."""
    start = "[\n"
    for row in rows:
        yield (start + json.dumps({column.name: column.of(row) for column in shown}, ensure_ascii=False)).encode()
        start = ",\n"
    yield b"[]\n" if start == "[\n" else b"\n]\n"


def as_xlsx(
    shown: list[Column], rows: Iterable[models.Model], title: str, label: Callable[[Any], str] = str
) -> io.BytesIO:
    """
    Return an XLSX workbook with one sheet called `title`, as a file in memory. Text stays text: it never becomes a
    formula or a link. Raise `TooLongError` if a text is too long for a cell: it is never cut.
    """
    file = io.BytesIO()
    book = Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(sheet_name(title))
    sheet.freeze_panes(1, 1)
    bold = book.add_format({"bold": True})
    for place, column in enumerate(shown):
        sheet.write_string(0, place, column.name, bold)
    for line, row in enumerate(rows, 1):
        for place, column in enumerate(shown):
            value = column.of(row)
            if isinstance(value, bool):
                sheet.write_boolean(line, place, value)
            elif isinstance(value, int):
                sheet.write_number(line, place, value)
            elif value and len(value) > CELL:
                said = {"name": label(row), "column": column.name, "count": len(value), "most": CELL}
                message = _(
                    "“%(name)s” has %(count)s characters in the column “%(column)s”. A cell of an XLSX file has at "
                    "most %(most)s. Export as CSV, or leave the column out."
                )
                book.close()
                raise TooLongError(message % said)
            elif value:
                sheet.write_string(line, place, value)
    book.close()
    file.seek(0)
    return file


def sheet_name(title: str) -> str:
    """Return a name for a sheet. Excel limits it to 31 characters and forbids some characters."""
    return "".join(c for c in title if c not in "[]:*?/\\'")[:31]
