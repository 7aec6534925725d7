"""
Import of many pictures at once: an editor brings files or a ZIP file, checks a preview and confirms. Nothing is written
to a row before.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial, wraps
from time import monotonic
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.csrf import csrf_exempt

from record.background import has_worker, start
from record.history import LONGEST_REASON
from record.images import Licence, clean_image
from record.images.batches import Batch, BatchFile
from record.images.tasks import make_renditions
from record.importing.kinds import PICTURES
from record.importing.picture_files import MOST_BYTES, MOST_FILES, Brought, LimitedUploadHandler, brought
from record.importing.picture_matching import Index
from record.models import TableImport
from record.visible_text import is_blank

from . import picture_plans
from .image_columns import PicturesAdmin
from .picture_plans import LEFT_OUT, SAME, UNMATCHED, Line
from .primary_keys import is_key

#: The most rows that the list of choices offers. Others can be entered by slug.
MOST_CHOICES = 2_000
#: How long renditions are made before the response if there is no worker, in seconds.
PATIENCE = 20


class PicturesForm(forms.Form):
    """What holds for all pictures of an import."""

    name = forms.CharField(
        label=gettext_lazy("Name of this import"),
        max_length=60,
        help_text=gettext_lazy(
            "It appears in the history of each row. If the contest’s results are public, it also appears on the "
            "contest’s corrections page."
        ),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    credit = forms.CharField(
        label=gettext_lazy("Credit of all pictures"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("Whose pictures they are. Leave it blank if they have different owners."),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )
    licence = forms.ChoiceField(label=gettext_lazy("Licence of all pictures"), choices=Licence.choices, required=False)

    def clean_name(self) -> str:
        name = self.cleaned_data["name"]
        if is_blank(name):
            raise ValidationError(_("Enter a name, such as “Posters, May 2026”."))
        return name


class PictureImportMixin(PicturesAdmin):
    """A model admin with pages that import the pictures of many rows."""

    #: The image field, the label of the button, and the reason in the history.
    imported_picture = ""
    picture_import_label: Any = ""
    picture_import_reason: Any = "%(name)s"
    #: What the pages say about the names of files.
    picture_import_help: Any = ""
    #: The foreign key to the row whose rows get pictures, such as the contest; "" if all rows may get some.
    pictures_within = ""

    #: Returns the rows of a queryset that the names of files, or what an editor entered instead, may refer to. Each
    #: subclass defines this method.
    picture_candidates: Callable[[models.QuerySet, Iterable[str]], Index]

    def get_urls(self) -> list[Any]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        upload = to_temporary_files(self.admin_site.admin_view(self.picture_import_view))
        preview = self.admin_site.admin_view(self.picture_preview_view)
        return [
            path("import-pictures/", upload, name=f"{name}_import_pictures"),
            path("import-pictures/<slug:token>/", preview, name=f"{name}_check_pictures"),
            *super().get_urls(),
        ]

    def picture_import_tool(self, parent: Any = None) -> dict[str, Any]:
        """Return the label and the URL of the button that leads to the import."""
        address = reverse(self.url_name("import_pictures"), current_app=self.admin_site.name)
        asked = f"?{urlencode({self.pictures_within: parent})}" if parent else ""
        return {"label": self.picture_import_label, "address": f"{address}{asked}"}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        context = dict(extra_context or {})
        if self.has_change_permission(request):
            parent = request.GET.get(f"{self.pictures_within}__id__exact", "") if self.pictures_within else ""
            context["picture_import"] = self.picture_import_tool(parent if is_key(parent) else None)
        return super().changelist_view(request, context)

    # Bringing the files

    def picture_import_view(self, request: HttpRequest) -> HttpResponse:
        """
        Show the form for the files. A POST keeps the pictures and leads to the preview. With `batch`, the files are
        added to that import. A script that brings a few files at a time gets JSON.
        """
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = self._parent_form(request)
        problems: list[str] = []
        if request.method == "POST":
            handler = next(each for each in request.upload_handlers if isinstance(each, LimitedUploadHandler))
            uploads = request.FILES.getlist("files")
            if handler.is_too_much:
                told = _("These files have more than %(most)d MB in all. Bring them in several imports.")
                problems.append(told % {"most": MOST_BYTES // 1024**2})
            elif not uploads:
                problems.append(_("Choose pictures, or a ZIP file of pictures."))
            elif form.is_valid():
                return self._keep_pictures(request, form.cleaned_data.get(self.pictures_within), uploads)
            problems += [str(error) for errors in form.errors.values() for error in errors]
            if "script" in request.POST:
                return JsonResponse({"problems": problems}, status=400)
        context = {
            **self._picture_context(request),
            "form": form,
            "media": self.media + form.media,
            "problems": problems,
            "most": MOST_FILES,
            "help": self.picture_import_help,
        }
        return TemplateResponse(request, "admin/picture_import.html", context)

    def _parent_form(self, request: HttpRequest) -> forms.Form:
        fields: dict[str, Any] = {}
        if self.pictures_within:
            column: Any = self.opts.get_field(self.pictures_within)
            field: Any = self.formfield_for_dbfield(column, request)
            field.widget = getattr(field.widget, "widget", field.widget)  # without the button that adds a row
            fields[self.pictures_within] = field
        asked = request.GET.get(self.pictures_within, "")
        initial = {self.pictures_within: asked} if is_key(asked) else {}
        form_type = type("ParentForm", (forms.Form,), fields)
        return form_type(request.POST) if request.method == "POST" else form_type(initial=initial)

    def _keep_pictures(self, request: HttpRequest, parent: Any, uploads: Iterable[Any]) -> HttpResponse:
        owner, token = str(request.user.pk), request.POST.get("batch", "")
        about = {"rows": self.opts.label_lower, "within": parent.pk if parent else None}
        with suppress(ValueError):
            batch = Batch(default_storage, owner, token)
            told, kept = batch.read()
            token = token if told == about else ""
        if not token or not told:
            batch, kept = Batch.start(default_storage, owner), []
        pictures = [file for file in kept if file.kept_as]
        number, size = len(pictures), sum(file.size for file in pictures)
        new: list[BatchFile] = []
        for each in brought(uploads):
            number += each.upload is not None
            size += (each.upload.size or 0) if each.upload else 0
            new.append(_kept(batch, each, is_too_much=number > MOST_FILES or size > MOST_BYTES))
        batch.add(about, new)
        address = reverse(self.url_name("check_pictures"), args=[batch.token], current_app=self.admin_site.name)
        return JsonResponse({"batch": batch.token, "url": address}) if "script" in request.POST else redirect(address)

    # The preview and the confirmation

    def picture_preview_view(self, request: HttpRequest, token: str) -> HttpResponse:
        """Show what happens to each picture. A POST with `apply` writes what the preview has shown."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        try:
            batch = Batch(default_storage, str(request.user.pk), token)
        except ValueError:
            raise Http404 from None
        about, files = batch.read()
        if about.get("rows") != self.opts.label_lower:
            return self._pictures_are_gone(request)
        parent = about["within"]
        form = PicturesForm(
            request.POST if request.method == "POST" else None, initial={"name": timezone.localdate().isoformat()}
        )
        is_agreed = "apply" in request.POST and form.is_valid()
        lines = self._picture_lines(request, batch, files, parent)
        seen = picture_plans.fingerprint(lines)
        failing = sum(bool(line.errors) for line in lines)
        has_changed = "apply" in request.POST and request.POST.get("seen") != seen
        if is_agreed and not failing and not has_changed and any(line.is_taken for line in lines):
            try:
                self._write_pictures(request, batch, lines, parent, form.cleaned_data)
            except picture_plans.ChangedMeanwhileError:
                has_changed = True
                lines = self._picture_lines(request, batch, files, parent)
                seen = picture_plans.fingerprint(lines)
            except FileNotFoundError:
                return self._pictures_are_gone(request)
            else:
                return self.back_from_pictures(parent)
        context = {
            **self._picture_context(request, parent),
            "form": form,
            "media": self.media + form.media,
            "lines": sorted(lines, key=lambda line: (not line.errors, line.state != UNMATCHED)),
            "problems": [file for file in files if file.problem and not file.is_by_system],
            "by_systems": [file.name for file in files if file.is_by_system],
            "taken": sum(line.is_taken for line in lines),
            "same": sum(line.state == SAME for line in lines),
            "unmatched": sum(line.state == UNMATCHED for line in lines),
            "left_out": sum(line.state == LEFT_OUT for line in lines),
            "failing": failing,
            "has_changed": has_changed,
            "seen": seen,
            "choices": self._picture_rows(request, parent).order_by("sort_key", "pk")[:MOST_CHOICES] if parent else (),
        }
        return TemplateResponse(request, "admin/picture_preview.html", context)

    def _pictures_are_gone(self, request: HttpRequest) -> HttpResponse:
        told = _("These pictures are no longer kept. Bring the files again.")
        self.message_user(request, told, "warning")
        return redirect(self.url_name("import_pictures"))

    def _picture_lines(self, request: HttpRequest, batch: Batch, files: list[BatchFile], parent: Any) -> list[Line]:
        rows = self._picture_rows(request, parent)
        lines = picture_plans.read_lines(files, request.POST)
        index = self.picture_candidates(rows, [line.choice or line.file.name for line in lines])
        may_change = partial(self.has_change_permission, request)
        picture_plans.plan(lines, index, self._picture_column, rows, batch, may_change)
        return lines

    def _write_pictures(
        self, request: HttpRequest, batch: Batch, lines: list[Line], parent: Any, told: dict[str, str]
    ) -> None:
        reason = str(self.picture_import_reason) % {"name": told["name"]}
        actor: Any = request.user
        rows = picture_plans.write(
            lines,
            self._picture_column,
            self._picture_rows(request, parent),
            batch,
            actor=actor,
            reason=reason[:LONGEST_REASON],
            credit=told["credit"],
            licence=told["licence"],
            may_change=partial(self.has_change_permission, request),
            log=lambda row: self.log_change(request, row, reason),
        )
        self._note_import(actor, told["name"], [line for line in lines if line.is_taken], rows)
        names = [getattr(row, self.imported_picture).stored_name for row in rows]
        transaction.on_commit(partial(self._make_renditions, request, names), robust=True)
        transaction.on_commit(batch.forget, robust=True)
        text = ngettext("%(number)d picture imported.", "%(number)d pictures imported.", len(rows))
        self.message_user(request, text % {"number": len(rows)}, "success")
        without_alt = sum(not line.alt for line in lines if line.is_taken)
        if without_alt:
            text = ngettext(
                "%(number)d picture has no alternative text yet.",
                "%(number)d pictures have no alternative text yet.",
                without_alt,
            )
            url = f"{self._list_of_pictures(parent)}{'&' if parent else '?'}{urlencode({'needs': 'alt'})}"
            link = format_html('<a href="{}">{}</a>', url, _("Show those without alternative text"))
            self.message_user(request, format_html("{} {}", text % {"number": without_alt}, link), "warning")

    def _note_import(self, actor: Any, name: str, taken: list[Line], rows: list[Any]) -> None:
        """Add the import to the list of imports. It has no file, and can't be undone there."""
        now = timezone.now()
        TableImport.objects.create(
            kind=PICTURES,
            name=name,
            file_name=(taken[0].file.name + (", …" if len(taken) > 1 else ""))[:200],
            state=TableImport.State.DONE,
            options={"counts": {"new": 0, "changed": len(rows)}},
            written={"changed": {self.opts.label_lower: {str(row.pk): {} for row in rows}}},
            created_by=actor,
            created_at=now,
            finished_at=now,
        )

    def _make_renditions(self, request: HttpRequest, names: list[str]) -> None:
        """Start making the renditions. Without a worker, stop after a while: pages show the images themselves."""
        begun = monotonic()
        for place, name in enumerate(names):
            if not has_worker() and monotonic() - begun > PATIENCE:
                told = _("The smaller copies of %(number)d pictures are missing: run “manage.py make_renditions”.")
                self.message_user(request, told % {"number": len(names) - place}, "warning")
                return
            start(make_renditions, image=name)

    @property
    def _picture_column(self) -> Any:
        """The image field. The type is Any, because Django's stubs take a field for its value."""
        return self.opts.get_field(self.imported_picture)

    def _picture_rows(self, request: HttpRequest, parent: Any) -> models.QuerySet:
        rows = self.model._default_manager.all()
        return rows.filter(**{self.pictures_within: parent}) if self.pictures_within else rows

    def _list_of_pictures(self, parent: Any) -> str:
        address = reverse(self.url_name("changelist"), current_app=self.admin_site.name)
        return f"{address}?{urlencode({f'{self.pictures_within}__id__exact': parent})}" if parent else address

    def back_from_pictures(self, parent: Any) -> HttpResponse:
        return redirect(self._list_of_pictures(parent))

    def _picture_context(self, request: HttpRequest, parent: Any = None) -> dict[str, Any]:
        related: Any = self.opts.get_field(self.pictures_within).related_model if parent else None
        return {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": self.picture_import_label,
            "within": related._base_manager.filter(pk=parent).first() if related else None,
            "back": self._list_of_pictures(parent),
            "back_of_row": self.url_name("change"),
            "again": self.picture_import_tool(parent)["address"],
        }


def to_temporary_files(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """
    Return `view` with uploads that are written to temporary files. The check against forged requests reads the body, so
    it must come after this: `admin_view` does it.
    """

    @csrf_exempt
    @wraps(view)
    def outer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.upload_handlers = [LimitedUploadHandler(request)]
        return view(request, *args, **kwargs)

    return outer


def _kept(batch: Batch, each: Brought, *, is_too_much: bool) -> BatchFile:
    """Keep what an editor brought, or the reason why it is no picture."""
    problem = each.problem
    if each.upload is not None and is_too_much:
        told = _("More than %(files)d pictures or %(size)d MB. Bring this one in another import.")
        problem = told % {"files": MOST_FILES, "size": MOST_BYTES // 1024**2}
    elif each.upload is not None:
        try:
            if not each.upload.size:
                raise ValidationError(_("This file is empty. Export the picture again and upload the new file."))
            return batch.keep(each.name, clean_image(each.upload))
        except ValidationError as error:
            problem = " ".join(error.messages)
    return BatchFile(id="", name=each.name, problem=problem, is_by_system=each.is_by_system)
