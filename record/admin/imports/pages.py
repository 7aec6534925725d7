"""The list of imports in the admin, and the pages of an import: columns, preview, result and undo."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.text import capfirst, get_valid_filename
from django.utils.translation import get_language, get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from record.admin.lists import moment_column
from record.admin.lookup_guard import LookupGuardMixin
from record.admin.merging import is_merge_key
from record.admin.pagination import BoundedPaginator
from record.importing import permissions
from record.importing.errors import UnreadableFile
from record.importing.kinds import PICTURES, Kind, kind_named, kinds
from record.importing.reading import Table
from record.importing.running import columns_of, table_of, take_back
from record.importing.undoing import reasons_against
from record.importing.writing import Written
from record.models import Source, TableImport

from . import steps
from .bad_rows import bad_rows
from .forms import ColumnsForm, SheetForm, UploadForm
from .preview import preview_of, problems_of, written_by
from .questions import answers_in, questions_of

State = TableImport.State
PHASES = {
    "comparing": gettext_lazy("Comparing the rows with the record"),
    "trying": gettext_lazy("Trying out the changes"),
    "writing": gettext_lazy("Writing the rows"),
}


class KindOfTableFilter(admin.SimpleListFilter):
    title = gettext_lazy("kind")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return [*((kind.name, capfirst(kind.label)) for kind in kinds()), (PICTURES, _("Pictures"))]

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(TableImport)
class ImportAdmin(LookupGuardMixin):
    """The list of imports, and the pages of an import. Only the pages of the steps, by POST, change anything."""

    list_display = ["name", "kind_name", "state", "new_rows", "changed_rows", "created_by", "started"]
    list_filter = [KindOfTableFilter, "state"]
    search_fields = ["name", "file_name"]
    list_select_related = ["created_by"]
    ordering = ["-pk"]
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    paginator = BoundedPaginator
    delete_confirmation_template = "admin/imports/delete.html"

    started = moment_column(TableImport, "created_at")

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).defer("content", "report", "written")

    @admin.display(description=gettext_lazy("kind"), ordering="kind")
    def kind_name(self, obj: TableImport) -> str:
        return _kind_name(obj)

    @admin.display(description=gettext_lazy("new"))
    def new_rows(self, obj: TableImport) -> Any:
        return obj.options.get("counts", {}).get("new")

    @admin.display(description=gettext_lazy("changed"))
    def changed_rows(self, obj: TableImport) -> Any:
        return obj.options.get("counts", {}).get("changed")

    # Permissions

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return permissions.may_view(request, kind_named(obj.kind) if obj else None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or permissions.may_delete(request, obj))

    # URLs

    def get_urls(self):
        pages: list[tuple[str, Callable[..., HttpResponseBase]]] = [
            ("columns", self.columns_view),
            ("answers", self.answers_view),
            ("run", self.run_view),
            ("again", self.again_view),
            ("stop", self.stop_view),
            ("undo", self.undo_view),
            ("bad-rows", self.bad_rows_view),
        ]
        return [
            *(
                path(
                    f"<path:object_id>/{name}/",
                    self.admin_site.admin_view(view),
                    name=f"record_tableimport_{name.replace('-', '_')}",
                )
                for name, view in pages
            ),
            *super().get_urls(),
        ]

    def _stored(self, request: HttpRequest, object_id: str) -> tuple[TableImport, Kind | None]:
        # The large fields are read by the pages that show them.
        rows = TableImport.objects.select_related("created_by", "undone_by").defer("content", "report", "written")
        stored = rows.filter(pk=int(object_id)).first() if is_merge_key(object_id) else None
        if stored is None:
            raise Http404
        kind = kind_named(stored.kind)
        if not permissions.may_view(request, kind):
            raise PermissionDenied
        return stored, kind

    def _to_import(self, request: HttpRequest, object_id: str) -> tuple[TableImport, Kind]:
        """Return the import and its kind if the user may import such tables."""
        stored, kind = self._stored(request, object_id)
        if kind is None or not permissions.may_import(request, kind):
            raise PermissionDenied
        return stored, kind

    def _page(
        self, request: HttpRequest, template: str, stored: TableImport | None = None, **more: Any
    ) -> HttpResponse:
        title = str(stored) if stored else _("Import a table")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "stored": stored,
            "kind_name": _kind_name(stored) if stored else "",
            **more,
        }
        return render(request, f"admin/imports/{template}.html", context)

    def _show(self, stored: TableImport) -> HttpResponse:
        return redirect(reverse("admin:record_tableimport_change", args=[stored.pk]))

    def _too_late(self, request: HttpRequest, stored: TableImport) -> HttpResponse:
        told = _("The import has changed in the meantime. This is how it is now. Check it and decide again.")
        self.message_user(request, told, messages.WARNING)
        return self._show(stored)

    # The steps of an import

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Show the form for uploading a file. On POST, store the file and go on to its columns."""
        allowed = permissions.allowed_kinds(request)
        if not self.has_add_permission(request) or not allowed:
            raise PermissionDenied
        data = (request.POST, request.FILES) if request.method == "POST" else ()
        form = UploadForm(*data, kinds=allowed, initial={"kind": request.GET.get("kind", "")})
        if form.is_bound and form.is_valid():
            stored = form.stored()
            stored.created_by, stored.options = request.user, {"language": get_language()}  # type: ignore[assignment]
            stored.save()
            steps.remove_forgotten()
            self.log_addition(request, stored, "Uploaded")
            return redirect(reverse("admin:record_tableimport_columns", args=[stored.pk]))
        kind = next((each for each in allowed if each.name == form["kind"].value()), None)
        return self._page(request, "upload", form=form, template_url=_template_url(kind))

    def columns_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the columns of the file. On POST, keep what was chosen and check the table."""
        stored, kind = self._to_import(request, object_id)
        if stored.state not in (State.NEW, State.CHECKED, State.FAILED):
            return self._show(stored)
        sent = request.POST if request.method == "POST" else request.GET
        reading = {
            name: sent.get(name, stored.options.get(name, ""))[:300].replace("\x00", "")
            for name in ("sheet", "encoding")
        }
        before, stored.options = stored.options, {**stored.options, **reading}
        table, error = _read(stored)
        shown = {"sheet_form": SheetForm(table, initial=reading), "reading": reading, "error": error, "table": table}
        if table is None:
            return self._page(request, "columns", stored, **shown)
        names = columns_of(kind, table, stored.options.get("columns"))
        form = ColumnsForm(
            request.POST if request.method == "POST" else None,
            kind=kind,
            table=table,
            names=names,
            site=self.admin_site,
            initial=_initial(stored, kind),
        )
        if form.is_bound and form.is_valid():
            chosen = {**before, **reading, **form.options(), "language": get_language()}
            stored.options = before
            if not steps.begin_check(stored, chosen):
                return self._too_late(request, stored)
            return self._show(stored)
        return self._page(request, "columns", stored, form=form, media=self.media + form.media, **shown)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show the import as it is now: its progress, its preview, or its result."""
        if request.method == "POST":
            raise PermissionDenied
        try:
            stored, kind = self._stored(request, object_id)
        except Http404:
            return self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined]
                request, self.opts, object_id
            )
        shown: dict[str, Any] = {
            "may_import": permissions.may_import(request, kind),
            "may_delete": permissions.may_delete(request, stored),
        }
        if stored.is_busy:
            phase = PHASES.get(stored.phase, _("Waiting for its turn"))
            return self._page(request, "progress", stored, phase=phase, is_overdue=steps.is_overdue(stored), **shown)
        if kind and stored.options.get("target"):
            shown["target"] = kind.target_named(stored.options["target"])
        if stored.state == State.CHECKED:
            found = preview_of(stored.report, request.GET.get("show", ""), request.GET.get("page"))
            found["questions"] = questions_of(stored.report, self.admin_site, request)
            return self._page(request, "preview", stored, language=_other_language(stored), **shown, **found)
        may_undo = stored.state == State.DONE and permissions.may_undo(request, kind)
        written = written_by(stored, self.admin_site, kind)
        shown |= {"may_undo": may_undo, "written": written, "has_file": _has_left_out(stored)}
        return self._page(request, "result", stored, **shown, **problems_of(stored.report))

    def answers_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Keep the answers to the questions of the preview, and check the table again."""
        stored, _kind = self._posted(request, object_id)
        if stored.state != State.CHECKED or request.POST.get("digest") != stored.report.get("digest"):
            return self._too_late(request, stored)
        answers = answers_in(stored.report, request.POST)
        if not answers:
            self.message_user(request, _("Choose an answer to at least one question."), messages.ERROR)
            return self._show(stored)
        chosen = {**stored.options, "answers": {**stored.options.get("answers", {}), **answers}}
        if not steps.begin_check(stored, chosen):
            return self._too_late(request, stored)
        return self._show(stored)

    def run_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Write the rows of the preview that the editor has seen."""
        stored, _kind = self._posted(request, object_id)
        digest, only_good = request.POST.get("digest", ""), request.POST.get("only_good") == "1"
        is_seen = stored.state == State.CHECKED and digest == stored.report.get("digest")
        if not is_seen or (stored.report["counts"]["bad"] and not only_good):
            return self._too_late(request, stored)
        if not steps.begin_run(stored, actor=request.user, digest=digest, only_good=only_good):
            return self._too_late(request, stored)
        self.log_change(request, stored, "Import started")
        return self._show(stored)

    def again_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Check the table again, with the messages in the language of the page."""
        stored, _kind = self._posted(request, object_id)
        is_begun = stored.state == State.CHECKED and steps.begin_check(
            stored, {**stored.options, "language": get_language()}
        )
        return self._show(stored) if is_begun else self._too_late(request, stored)

    def stop_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give up an import whose process was killed."""
        stored, _kind = self._posted(request, object_id)
        return self._show(stored) if steps.stop(stored) else self._too_late(request, stored)

    def _posted(self, request: HttpRequest, object_id: str) -> tuple[TableImport, Kind]:
        stored, kind = self._to_import(request, object_id)
        if request.method != "POST":
            raise Http404
        return stored, kind

    def undo_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what undoing the import would delete and change back, or why it can't be undone. On POST, undo it."""
        stored, kind = self._stored(request, object_id)
        if not permissions.may_undo(request, kind):
            raise PermissionDenied
        if stored.state != State.DONE:
            return self._too_late(request, stored)
        if request.method != "POST":
            reasons = reasons_against(Written(**stored.written))
        else:
            try:
                actor: Any = request.user
                take_back(stored, actor=actor)
            except ValidationError as error:
                reasons = error.messages
            else:
                self.log_change(request, stored, "Undone")
                self.message_user(request, _("The import was undone."), messages.SUCCESS)
                return self._show(stored)
        return self._page(request, "undo", stored, reasons=reasons, written=written_by(stored, self.admin_site, kind))

    def bad_rows_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Return the rows with problems, or those that were left out because of problems, as a CSV file."""
        stored, _kind = self._stored(request, object_id)
        table = _read(stored)[0] if stored.state == State.CHECKED or _has_left_out(stored) else None
        if table is None:
            raise Http404
        name = get_valid_filename(f"{stored.file_name.rpartition('.')[0] or 'import'}-problems.csv")
        attached = content_disposition_header(as_attachment=True, filename=name) or "attachment"
        return StreamingHttpResponse(
            bad_rows(table, stored.report),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": attached, "X-Content-Type-Options": "nosniff"},
        )


def _kind_name(stored: TableImport) -> str:
    kind = kind_named(stored.kind)
    return str(capfirst(kind.label)) if kind else _("Pictures") if stored.kind == PICTURES else stored.kind


def _template_url(kind: Kind | None) -> str:
    """Return the URL of the template for tables of this kind."""
    opts = kind and kind.model._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_import_template") if opts else ""


def _read(stored: TableImport) -> tuple[Table | None, str]:
    """Return the table of an import, or None and why it can't be read."""
    try:
        return table_of(stored), ""
    except UnreadableFile as error:
        return None, " ".join(error.messages)


def _has_left_out(stored: TableImport) -> bool:
    """Return whether a finished import has left out rows, and still has the file with them."""
    if stored.state in TableImport.OPEN or not stored.report.get("counts", {}).get("bad"):
        return False
    return TableImport.objects.filter(pk=stored.pk).exclude(content=b"").exists()


def _other_language(stored: TableImport) -> str:
    """Return the name of the language of the messages in the report, "" if it is the one of the page."""
    code = stored.options.get("language") or get_language()
    return "" if code == get_language() else str(get_language_info(code)["name_translated"])


def _initial(stored: TableImport, kind: Kind) -> dict[str, Any]:
    """Return what was chosen before, for the form of the columns."""
    chosen = stored.options
    target = kind.target_named(chosen["target"]) if chosen.get("target") else None
    source = Source.objects.filter(key=chosen["source"]).first() if chosen.get("source") else None
    return {
        "target": target and target.pk,
        "source": source and source.pk,
        **{name: chosen[name] for name in ("date_order", "same_names", "blanks_clear") if name in chosen},
    }
