"""Exports an admin list as a CSV, XLSX or JSON file: the filtered rows, in the order of the list."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from xlsxwriter import Workbook

from record.csv_safety import harmless
from record.derived_fields import DerivedField

from .lookup_guard import LookupGuardMixin, RefusedLookupError
from .picker_labels import Named

# The maximum number of rows in an export: spreadsheet programs open files of this size easily. For more rows, editors
# filter the list or use the API.
MOST = 50_000
PIECE = 500
# The maximum length of a text in a cell of an XLSX file, in characters.
CELL = 32_767

Value = str | int | bool | None


@dataclass(frozen=True)
class Column:
    """One column of an export: its name, and a function that returns its value for a row."""

    name: str
    of: Callable[[Any], Value]


def columns(model: type[models.Model], label: Callable[[models.Model], str] = str) -> list[Column]:
    """
    Return the columns for `model`: the permanent key, the name of the row (from `label`), whether the row is synthetic,
    and then one column for each field. A relation has two columns, for the name and the permanent key of the other row;
    a relation to an account has only the name. Derived fields, the sizes of images and one-to-one links to accounts are
    left out.
    """
    found = [
        Column("key", lambda row: row.key),
        Column("name", label),
        Column("synthetic", lambda row: row.is_synthetic),
    ]
    fields: Iterable[Any] = model._meta.concrete_fields
    for field in fields:
        if field.primary_key or field.name == "key" or isinstance(field, DerivedField):
            continue
        if field.name.endswith(("_width", "_height")):
            continue
        if field.one_to_one:  # skip the link to an account: not every editor may see accounts
            continue
        found += _related(field) if field.remote_field else [Column(field.name, _plain(field))]
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

    named = Column(field.name, name)
    if not hasattr(field.related_model, "key"):  # accounts have no permanent key
        return [named]
    return [named, Column(f"{field.name}_key", lambda row: getattr(getattr(row, field.name), "key", None))]


def _several(field: models.ManyToManyField) -> list[Column]:
    return [
        Column(field.name, lambda row: "; ".join(str(other) for other in getattr(row, field.name).all())),
        Column(f"{field.name}_keys", lambda row: "; ".join(other.key for other in getattr(row, field.name).all())),
    ]


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
    return harmless(value) if isinstance(value, str) else value


def as_json(shown: list[Column], rows: Iterable[models.Model]) -> Iterator[bytes]:
    """Yield the lines of a JSON array with one object per line."""
    start = "[\n"
    for row in rows:
        yield (start + json.dumps({column.name: column.of(row) for column in shown}, ensure_ascii=False)).encode()
        start = ",\n"
    yield b"[]\n" if start == "[\n" else b"\n]\n"


def as_xlsx(shown: list[Column], rows: Iterable[models.Model], title: str) -> io.BytesIO:
    """
    Return an XLSX workbook with one sheet called `title`, as a file in memory. Text stays text: it never becomes a
    formula or a link.
    """
    file = io.BytesIO()
    book = Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    # Excel limits the name of a sheet to 31 characters and forbids some characters.
    sheet = book.add_worksheet("".join(c for c in title if c not in "[]:*?/\\'")[:31])
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
            elif value:
                sheet.write_string(line, place, value if len(value) <= CELL else f"{value[: CELL - 1]}…")
    book.close()
    file.seek(0)
    return file


FORMATS = {
    "csv": ("text/csv; charset=utf-8", gettext_lazy("CSV, for any spreadsheet")),
    "xlsx": (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        gettext_lazy("XLSX, for Excel and LibreOffice"),
    ),
    "json": ("application/json; charset=utf-8", gettext_lazy("JSON, for programs")),
}


class ExportOptions(Named, LookupGuardMixin):
    """A model admin with pages that export the list. Every user who may view the list may export it."""

    change_list_template = "admin/record_list.html"

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        page, file = self.admin_site.admin_view(self.export_view), self.admin_site.admin_view(self.export_file_view)
        return [
            path("export/", page, name=name),
            path("export/<str:form>/", file, name=f"{name}_file"),
            *super().get_urls(),
        ]

    def export_view(self, request: HttpRequest) -> HttpResponse:
        """Show the export page: the number of rows, the columns and the file formats."""
        asked = self._asked(request)
        if isinstance(asked, HttpResponse):
            return asked
        number = asked.order_by().values("pk")[: MOST + 1].count()
        question = request.GET.urlencode()
        names = (self.opts.verbose_name, self.opts.verbose_name_plural)
        file = self.url_name("export_file")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Export %(kind)s") % {"kind": names[1]},
            "number": number_format(min(number, MOST), force_grouping=True),
            "kind": names[number != 1],
            "is_too_much": number > MOST,
            "is_narrowed": bool(question),
            "forms": [
                (form, label, f"{reverse(file, args=[form], current_app=self.admin_site.name)}?{question}")
                for form, (_type, label) in FORMATS.items()
            ],
            "columns": [column.name for column in columns(self.model)],
            "back": self._list_url(question),
        }
        return TemplateResponse(request, "admin/export.html", context)

    def export_file_view(self, request: HttpRequest, form: str) -> HttpResponseBase:
        """
        Return the rows that the filters in the URL select as a file in the format `form`: csv, xlsx or json. If there
        are more than `MOST` rows, redirect to the export page.
        """
        asked = self._asked(request)
        if isinstance(asked, HttpResponse):
            return asked
        if form not in FORMATS:
            raise Http404
        if asked.order_by().values("pk")[: MOST + 1].count() > MOST:
            return redirect(f"{reverse(self.url_name('export'))}?{request.GET.urlencode()}")
        related = [field.name for field in self.model._meta.concrete_fields if field.remote_field]
        several = [field.name for field in self.model._meta.many_to_many]
        joins: Any = self.list_select_related or ()
        rows = asked.select_related(*related, *joins).prefetch_related(*several)
        pieces = rows[:MOST].iterator(chunk_size=PIECE)
        shown = columns(self.model, self.row_label)
        title = str(capfirst(self.opts.verbose_name_plural))
        file = f"{self.opts.model_name}-{timezone.localdate().isoformat()}.{form}"
        if form == "xlsx":
            return FileResponse(as_xlsx(shown, pieces, title), as_attachment=True, filename=file)
        write = {"csv": as_csv, "json": as_json}[form]
        return StreamingHttpResponse(
            write(shown, pieces),
            content_type=FORMATS[form][0],
            headers={"Content-Disposition": f'attachment; filename="{file}"', "X-Content-Type-Options": "nosniff"},
        )

    def _asked(self, request: HttpRequest) -> models.QuerySet | HttpResponse:
        """Return a queryset of the rows that the filters in the URL select, or a redirect if the URL is invalid."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        try:
            return self.get_changelist_instance(request).queryset
        except RefusedLookupError:
            return self.back_to_list(request)

    def _list_url(self, question: str) -> str:
        page = reverse(self.url_name("changelist"), current_app=self.admin_site.name)
        return f"{page}?{question}" if question else page
