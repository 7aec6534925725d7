"""Exports an admin list as a CSV, XLSX or JSON file: the filtered rows, in the order of the list."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
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

from record.importing.exports import Column, TooLongError, as_csv, as_json, as_xlsx, columns, with_relations
from record.importing.kinds import kind_of

from .lookup_guard import LookupGuardMixin, RefusedLookupError
from .picker_labels import Named

# The maximum number of rows in an export: spreadsheet programs open files of this size easily. For more rows, editors
# filter the list or use the API.
MOST = 50_000
PIECE = 500
# The names of the parameters in the URL that choose the columns, and names without permanent keys.
COLUMN, PLAIN = "_column", "_plain"

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
        """Show the export page: the number of rows, the columns to choose and the file formats."""
        chosen, plain = _take_choice(request)
        asked = self._asked(request)
        if isinstance(asked, HttpResponse):
            return asked
        number = asked.order_by().values("pk")[: MOST + 1].count()
        kind = kind_of(self.model)
        blank = kind.blank_columns(asked) if kind and not chosen and number <= MOST else ()
        choices = [
            (column, _is_chosen(column, chosen) and column.name not in blank)
            for column in columns(self.model, self.row_label, user=request.user)
        ]
        file = self.url_name("export_file")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Export %(kind)s") % {"kind": self.opts.verbose_name_plural},
            "number": number_format(min(number, MOST), force_grouping=True),
            "kind": capfirst(self.opts.verbose_name_plural),
            "is_too_much": number > MOST,
            "is_narrowed": bool(request.GET),
            "forms": [
                (form, label, reverse(file, args=[form], current_app=self.admin_site.name))
                for form, (_type, label) in FORMATS.items()
            ],
            "question": [(name, value) for name, values in request.GET.lists() for value in values],
            "columns": [each for each in choices if not each[0].is_extra],
            "extra_columns": [each for each in choices if each[0].is_extra],
            "goes_back_in": kind is not None,
            "is_plain": plain,
            "template_url": reverse(self.url_name("import_template"), current_app=self.admin_site.name),
            "back": self._list_url(request.GET.urlencode()),
        }
        return TemplateResponse(request, "admin/export.html", context)

    def export_file_view(self, request: HttpRequest, form: str) -> HttpResponseBase:
        """
        Return the rows that the filters in the URL select as a file in the format `form`: csv, xlsx or json. If there
        are more than `MOST` rows, or a text is too long for the format, redirect to the export page.
        """
        question = request.GET.urlencode()
        chosen, plain = _take_choice(request)
        asked = self._asked(request)
        if isinstance(asked, HttpResponse):
            return asked
        if form not in FORMATS:
            raise Http404
        if asked.order_by().values("pk")[: MOST + 1].count() > MOST:
            return self._back_to_page(question)
        known = columns(self.model, self.row_label, with_keys=not plain, user=request.user)
        shown = [column for column in known if _is_chosen(column, chosen)]
        joins: Any = self.list_select_related or ()
        rows = with_relations(asked.select_related(*joins) if joins else asked, shown, user=request.user)
        pieces = rows[:MOST].iterator(chunk_size=PIECE)
        title = str(capfirst(self.opts.verbose_name_plural))
        file = f"{self.opts.model_name}-{timezone.localdate().isoformat()}.{form}"
        if form == "xlsx":
            try:
                book = as_xlsx(shown, pieces, title, self.row_label)
            except TooLongError as error:
                messages.error(request, str(error))
                return self._back_to_page(question)
            return FileResponse(book, as_attachment=True, filename=file)
        write = {"csv": as_csv, "json": as_json}[form]
        return StreamingHttpResponse(
            write(shown, pieces),
            content_type=FORMATS[form][0],
            headers={"Content-Disposition": f'attachment; filename="{file}"', "X-Content-Type-Options": "nosniff"},
        )

    def _back_to_page(self, question: str) -> HttpResponse:
        page = reverse(self.url_name("export"), current_app=self.admin_site.name)
        return redirect(f"{page}?{question}" if question else page)

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


def _take_choice(request: HttpRequest) -> tuple[Collection[str], bool]:
    """
    Return the names of the chosen columns, none for the usual ones, and whether names are plain. Take both out of the
    parameters in the URL, so that the others are those of the list.
    """
    asked = request.GET.copy()
    chosen, plain = set(asked.pop(COLUMN, [])), bool(asked.pop(PLAIN, []))
    request.GET = asked  # type: ignore[assignment]
    return chosen, plain


def _is_chosen(column: Column, chosen: Collection[str]) -> bool:
    """Return whether a column is in the file. The permanent key always is: by it, an import finds the rows again."""
    return column.name == "key" or (column.name in chosen if chosen else not column.is_extra)
