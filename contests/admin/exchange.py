"""The admin pages that export a contest or a series as one file, and import such a file."""

import tempfile
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from contests.exchange.errors import ArchiveRefusedError
from contests.exchange.exporting import export
from contests.exchange.importing import COMPARING, READING, TRYING, WRITING
from contests.exchange.kinds import KINDS
from contests.exchange.pending import CHECKED, DONE, PendingImport, Told, remove_expired
from contests.exchange.schema import CONTEST
from contests.exchange.selection import sealed_rows, select
from contests.exchange.snapshot import snapshot
from contests.exchange.tasks import begin_check, begin_run
from contests.models import Party
from record.admin.base import RecordAdmin

#: What a user must be allowed to do to take results with them that are not public.
WITH_SEALED = "contests.reveal_results"
#: The largest archive that can be uploaded, in bytes. `manage.py import_archive` takes larger ones.
MOST_BYTES = 512 * 1024**2
PHASES = {
    READING: gettext_lazy("Reading the file"),
    COMPARING: gettext_lazy("Comparing the rows with the record"),
    TRYING: gettext_lazy("Trying out the changes"),
    WRITING: gettext_lazy("Writing the rows"),
}
_with_form = require_http_methods(["GET", "HEAD", "POST"])


def may_import(request: HttpRequest) -> bool:
    """Return whether the user may add and change every kind of row that an archive can contain."""
    return _may_all(request, "add", "change")


def may_export(request: HttpRequest) -> bool:
    """Return whether the user may view every kind of row that an archive can contain."""
    return _may_all(request, "view")


def _may_all(request: HttpRequest, *verbs: str) -> bool:
    # Recipients are edited on the page of their recognition, so no role has permissions for them.
    names = [(kind.model._meta.app_label, kind.name) for kind in KINDS.values() if kind.model is not Party]
    return request.user.has_perms([f"{app}.{verb}_{name}" for app, name in names for verb in verbs])


class ArchiveForm(forms.Form):
    """The form for the file of an import."""

    file = forms.FileField(
        label=gettext_lazy("Archive"),
        help_text=gettext_lazy("A ZIP that a portal like this one has exported, up to 512 MB."),
        widget=forms.FileInput(attrs={"accept": ".zip,application/zip"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise ValidationError(_("This file is larger than 512 MB. Ask an operator to run import_archive with it."))
        return file


class ExchangeMixin(RecordAdmin):
    """Adds the pages for exporting the row as one file, and for importing such a file, to a model admin."""

    change_list_template = "admin/exchange_list.html"

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        pages: list[tuple[str, Any, str]] = [
            ("<int:pk>/archive/", require_safe(self.archive_view), "archive"),
            ("<int:pk>/archive/file/", require_safe(self.archive_file_view), "archive_file"),
            ("import/", _with_form(self.import_view), "import"),
            ("import/<str:token>/", _with_form(self.pending_view), "pending"),
        ]
        made = [path(route, self.admin_site.admin_view(view), name=f"{name}_{end}") for route, view, end in pages]
        return [*made, *super().get_urls()]

    def add_to_page(self, request: HttpRequest, context: dict[str, Any], obj: Any) -> None:
        super().add_to_page(request, context, obj)
        if obj is not None and may_export(request):
            context.setdefault("tools", []).append((_("Export as one file"), self._page("archive", obj.pk)))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        added = {"archive_import_url": self._page("import")} if may_import(request) else {}
        return super().changelist_view(request, {**added, **(extra_context or {})})

    def archive_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show what the file of a contest or a series contains, with the links that download it."""
        row = self._row(request, pk)
        with snapshot():
            selection = select(row, with_sealed=False)
        context = {
            **self._context(request, _("Export %(row)s as one file") % {"row": row}),
            "row": row,
            "counts": [
                (capfirst(str(kind.model._meta.verbose_name_plural)), len(selection.keys[kind.name]))
                for kind in KINDS.values()
                if selection.keys[kind.name]
            ],
            "sealed": sealed_rows(selection),
            "unpublished": selection.unpublished,
            "file_url": self._page("archive_file", row.pk),
            "may_have_sealed": any(selection.sealed.values()) and request.user.has_perm(WITH_SEALED),
            "back": self._page("change", row.pk),
        }
        return TemplateResponse(request, "admin/archive_export.html", context)

    def archive_file_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Download the file. With `sealed=1`, it contains the results that are not public. Only publishers may ask."""
        row, with_sealed = self._row(request, pk), request.GET.get("sealed") == "1"
        if with_sealed and not request.user.has_perm(WITH_SEALED):
            raise PermissionDenied
        file = tempfile.TemporaryFile()  # noqa: SIM115 (the response closes it)
        try:
            made = export(row, file, with_sealed=with_sealed)
        except ArchiveRefusedError as error:
            file.close()
            self.message_user(request, " ".join(error.messages), messages.ERROR)
            return redirect(self._page("archive", row.pk))
        file.seek(0)
        name = f"{row.slug}-sealed.zip" if made.manifest["sealed"] else f"{row.slug}.zip"
        response = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
        response.headers["Cache-Control"] = "no-store"
        return response

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """Ask for an archive. A POST with a file keeps the file and starts its preview, which writes nothing."""
        form = ArchiveForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
        if not may_import(request):
            raise PermissionDenied
        if not form.is_valid():
            return self._upload_page(request, form)
        remove_expired()
        pending = PendingImport.start(_owner(request), form.cleaned_data["file"], get_language() or "")
        begin_check(pending)
        return redirect(self._page("pending", pending.token))

    def pending_view(self, request: HttpRequest, token: str) -> HttpResponse:
        """
        Show an uploaded archive as it is now: its progress, its preview, or why it is refused. A POST imports it as the
        preview has shown, or forgets it.
        """
        pending, told = self._pending(request, token)
        if told is None:
            return self._expired(request)
        if request.method == "POST":
            if "forget" in request.POST and (not told.is_busy or told.is_overdue):
                pending.forget()
                return redirect(self._page("import"))
            if not begin_run(pending, told, seen=request.POST.get("seen", "")):
                text = _("The import has changed in the meantime. This is how it is now. Check it and decide again.")
                self.message_user(request, text, messages.WARNING)
            return redirect(self._page("pending", token))
        if told.state == DONE:
            return self._done(request, pending, told)
        if told.state == CHECKED:
            return self._state_page(request, "preview", told, found=told.report)
        if told.is_busy:
            phase = PHASES.get(told.phase, _("Waiting for its turn"))
            return self._state_page(request, "progress", told, phase=phase)
        return self._upload_page(request, ArchiveForm(), told.messages)

    def _pending(self, request: HttpRequest, token: str) -> tuple[PendingImport, Told | None]:
        if not may_import(request):
            raise PermissionDenied
        try:
            pending = PendingImport(_owner(request), token)
        except ValueError as error:
            raise Http404 from error
        return pending, pending.read()

    def _expired(self, request: HttpRequest) -> HttpResponse:
        self.message_user(request, _("This preview has expired. Upload the file again."), messages.ERROR)
        return redirect(self._page("import"))

    def _done(self, request: HttpRequest, pending: PendingImport, told: Told) -> HttpResponse:
        """Go to the contest or the series that was imported. The import is then forgotten."""
        said = {"file": told.name, "new": told.report["new"], "changed": told.report["changed"]}
        text = _("Imported from %(file)s. New rows: %(new)s. Changed rows: %(changed)s.") % said
        self.message_user(request, text, messages.SUCCESS)
        pending.forget()
        name = "contest" if told.report["kind"] == CONTEST else "series"
        row = KINDS[name].model._default_manager.filter(slug=told.report["slug"]).first()
        return redirect(reverse(f"admin:contests_{name}_change", args=[row.pk]) if row else self._page("changelist"))

    def _upload_page(self, request: HttpRequest, form: ArchiveForm, refusals: Sequence[str] = ()) -> HttpResponse:
        context = {
            **self._context(request, _("Import a contest or a series")),
            "form": form,
            "refusals": refusals,
            "import_url": self._page("import"),
            "back": self._page("changelist"),
            "file_limit": MOST_BYTES,
        }
        return TemplateResponse(request, "admin/archive_import.html", context)

    def _state_page(self, request: HttpRequest, template: str, told: Told, **more: Any) -> HttpResponse:
        title = _("Import %(file)s") % {"file": told.name}
        context = {**self._context(request, title), "told": told, "back": self._page("import"), **more}
        return TemplateResponse(request, f"admin/archive_{template}.html", context)

    def _row(self, request: HttpRequest, pk: int) -> Any:
        row = self.model._default_manager.filter(pk=pk).first()
        if row is None:
            raise Http404
        if not self.has_view_permission(request, row) or not may_export(request):
            raise PermissionDenied
        return row

    def _page(self, name: str, *arguments: Any) -> str:
        route = f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}"
        return reverse(route, args=arguments, current_app=self.admin_site.name)

    def _context(self, request: HttpRequest, title: str) -> dict[str, Any]:
        return {**self.admin_site.each_context(request), "opts": self.opts, "title": title}


def _owner(request: HttpRequest) -> int:
    owner: Any = request.user.pk
    return owner
