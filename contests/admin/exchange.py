"""The admin pages that export a contest or a series as one file, and import such a file."""

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from contests.exchange.checking import named
from contests.exchange.columns import Column
from contests.exchange.comparison import Comparison, approves
from contests.exchange.errors import ArchiveRefusedError
from contests.exchange.exporting import export
from contests.exchange.importing import import_archive, may_approve
from contests.exchange.kinds import KINDS
from contests.exchange.reading import Archive
from contests.exchange.schema import CONTEST
from contests.exchange.selection import sealed_rows, select
from contests.exchange.snapshot import snapshot
from contests.models import Party
from record.admin.base import RecordAdmin
from record.images import pending_uploads

#: What a user must be allowed to do to take results with them that are not public.
WITH_SEALED = "contests.reveal_results"
#: The largest archive that can be uploaded, in bytes. `manage.py import_archive` takes larger ones.
MOST_BYTES = 512 * 1024**2
#: The most changed rows, and the most new rows of each kind, that the preview lists.
_LISTED, _NAMED = 200, 3
_SALT = "contests.admin.exchange"
_LONGEST = 300


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
            ("import/", require_http_methods(["GET", "HEAD", "POST"])(self.import_view), "import"),
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
        """
        Ask for an archive. A POST with a file tries the import, undoes it, and shows what it would change. A POST with
        the token of this preview imports the file.
        """
        if not may_import(request):
            raise PermissionDenied
        if request.method == "POST" and "token" in request.POST:
            return self._import(request)
        form = ArchiveForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                with _checked(upload, str(upload.name), request) as (archive, found):
                    return self._preview(request, archive, found, _keep(request, upload), str(upload.name))
            except ArchiveRefusedError as error:
                form.add_error("file", error.messages)
        return self._upload_page(request, form)

    def _import(self, request: HttpRequest) -> HttpResponse:
        """Import the file of a preview. If the portal has changed since then, show the new preview."""
        stored, name = _kept(request)
        if stored is None:
            form = ArchiveForm()
            self.message_user(request, _("This preview has expired. Upload the file again."), messages.ERROR)
            return self._upload_page(request, form)
        actor: Any = request.user
        with default_storage.open(stored) as file:
            try:
                archive = Archive(file)
                found = import_archive(archive, file_name=name, actor=actor, seen=request.POST.get("seen", ""))
            except ArchiveRefusedError as error:
                for message in error.messages:
                    self.message_user(request, message, messages.ERROR)
                return redirect(request.path)
        default_storage.delete(stored)
        told = {"file": name, "new": found.new_count, "changed": len(found.changes)}
        text = _("%(file)s was imported. New rows: %(new)s. Changed rows: %(changed)s.") % told
        self.message_user(request, text, messages.SUCCESS)
        return redirect(_url_of(archive))

    def _upload_page(self, request: HttpRequest, form: ArchiveForm) -> HttpResponse:
        context = {
            **self._context(request, _("Import a contest or a series")),
            "form": form,
            "back": self._page("changelist"),
            "file_limit": MOST_BYTES,
        }
        return TemplateResponse(request, "admin/archive_import.html", context)

    def _preview(
        self, request: HttpRequest, archive: Archive, found: Comparison, token: str, name: str
    ) -> HttpResponse:
        actor: Any = request.user
        context = {
            **self._context(request, _("Import %(file)s") % {"file": name}),
            "archive": archive,
            "found": found,
            "kinds": [
                (
                    capfirst(str(of.kind.model._meta.verbose_name_plural)),
                    of,
                    [named(of.kind, row) for row in of.new[:_NAMED]],
                )
                for of in found.kinds.values()
                if of.new or of.changed or of.same
            ],
            "changes": [_shown(change) for change in found.changes[:_LISTED]],
            "more_changes": max(len(found.changes) - _LISTED, 0),
            "approves": approves(found),
            "may_approve": may_approve(actor),
            "token": token,
            "seen": found.fingerprint(),
            "back": self._page("import"),
        }
        return TemplateResponse(request, "admin/archive_preview.html", context)

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


@contextmanager
def _checked(file: Any, name: str, request: HttpRequest) -> Iterator[tuple[Archive, Comparison]]:
    actor: Any = request.user
    archive = Archive(file)
    yield archive, import_archive(archive, file_name=name, actor=actor, is_trial=True)


def _folder(request: HttpRequest) -> str:
    return f"{pending_uploads.FOLDER}/archive-{request.user.pk}"


def _keep(request: HttpRequest, upload: Any) -> str:
    """Keep an upload until its import is confirmed, for a day at most, and return a token for it. It is not public."""
    folder = _folder(request)
    try:
        for old in default_storage.listdir(folder)[1]:
            default_storage.delete(f"{folder}/{old}")
    except FileNotFoundError:
        pass
    upload.seek(0)
    stored = default_storage.save(f"{folder}/{secrets.token_hex(16)}", File(upload.file))
    return signing.dumps([stored, str(upload.name)], salt=_SALT)


def _kept(request: HttpRequest) -> tuple[str | None, str]:
    """Return the stored name and the file name of the upload for the token of the form, or None if it has expired."""
    try:
        stored, name = signing.loads(request.POST["token"], salt=_SALT, max_age=pending_uploads.KEPT_FOR)
    except signing.BadSignature:
        return None, ""
    is_there = stored.startswith(f"{_folder(request)}/") and default_storage.exists(stored)
    return stored if is_there else None, name


def _url_of(archive: Archive) -> str:
    """Return the URL of the admin page of the contest or the series that the archive is about."""
    name = "contest" if archive.manifest["kind"] == CONTEST else "series"
    row = KINDS[name].model._default_manager.get(slug=archive.manifest["slug"])
    return reverse(f"admin:contests_{name}_change", args=[row.pk])


def _shown(change: Any) -> tuple[str, list[tuple[str, str, str]]]:
    fields = []
    for column in change.fields:
        old, new = change.values(column)
        fields.append((capfirst(str(column.field.verbose_name)), _text(column, old), _text(column, new)))
    return str(change), fields


def _text(column: Column, value: Any) -> str:
    if column.is_image and value:
        return _("an image (%(checksum)s)") % {"checksum": value[6:14]}
    if isinstance(value, list):
        value = ", ".join(value)
    if column.field.choices and not column.is_many:
        value = dict(column.field.flatchoices).get(value, value)
    text = "" if value is None else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
