"""The list of past merges in the admin, and the page for undoing a merge."""

from typing import Any

from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from record.merging import undo
from record.models import Merge

from .lists import KindFilter, moment_column, presence
from .lookup_guard import LookupGuardMixin
from .merging import is_merge_key, url_of_row


@admin.register(Merge)
class MergeAdmin(LookupGuardMixin):
    """The list of past merges, the page of a merge, and the page for undoing it."""

    list_display = ["gone_name", "kept_link", "kind", "merged", "merged_by", "undone"]
    list_display_links = ["gone_name"]
    list_filter = [
        ("content_type", KindFilter),
        ("undone_at", presence(gettext_lazy("state"), gettext_lazy("Undone"), gettext_lazy("Not undone"))),
    ]
    search_fields = ["kept_name", "gone_name", "reason"]
    list_select_related = ["content_type", "merged_by"]
    ordering = ["-pk"]
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        return super().get_queryset(request).defer("journal", "gone").prefetch_related("kept")

    merged = moment_column(Merge, "merged_at")
    undone = moment_column(Merge, "undone_at")

    @admin.display(description=_("kind"), ordering="content_type")
    def kind(self, obj: Merge) -> str:
        return obj.content_type.name

    @admin.display(description=_("kept record"), ordering="kept_name")
    def kept_link(self, obj: Merge) -> str:
        return format_html('<a href="{}">{}</a>', url_of_row(obj.kept), obj.kept) if obj.kept else obj.kept_name

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self):
        page = self.admin_site.admin_view(self.undo_view)
        return [path("<path:object_id>/undo/", page, name="record_merge_undo"), *super().get_urls()]

    def may_undo(self, request: HttpRequest, done: Merge) -> bool:
        """
        Return whether the user may undo the merge `done`. This needs the permissions to change and to delete rows of
        the model.
        """
        model: Any = done.content_type.model_class()
        opts = model._meta
        needed = [f"{opts.app_label}.{what}_{opts.model_name}" for what in ("change", "delete")]
        return request.user.has_perms(needed)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method == "POST":
            raise PermissionDenied
        done = Merge.objects.select_related("content_type", "merged_by", "undone_by").filter(
            pk__in=[int(object_id)] if is_merge_key(object_id) else []
        )
        found = done.first()
        if found is None:
            return self._get_obj_does_not_exist_redirect(  # type: ignore[attr-defined]
                request, self.opts, object_id
            )
        if not self.has_view_permission(request, found):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(found),
            "subtitle": capfirst(self.opts.verbose_name),
            "merge": found,
            "kept_address": url_of_row(found.kept) if found.kept else "",
            "numbers": _numbers(found),
            "undo_address": reverse("admin:record_merge_undo", args=[found.pk])
            if found.undone_at is None and self.may_undo(request, found)
            else "",
        }
        return render(request, "admin/merge_done.html", context)

    def undo_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what undoing the merge `object_id` would change. On POST, undo the merge."""
        done = (
            Merge.objects.select_related("content_type")
            .filter(pk__in=[int(object_id)] if is_merge_key(object_id) else [])
            .first()
        )
        if done is None:
            raise Http404
        if not self.may_undo(request, done):
            raise PermissionDenied
        back = reverse("admin:record_merge_change", args=[done.pk])
        try:
            actor: Any = request.user
            undone = undo(done, actor=actor, rehearse=request.method != "POST")
        except ValidationError as error:
            for text in error.messages:
                self.message_user(request, text, messages.ERROR)
            return redirect(back)
        if request.method == "POST":
            self.message_user(request, _("“%(name)s” is back.") % {"name": done.gone_name}, messages.SUCCESS)
            for text in undone.left:
                self.message_user(request, text, messages.WARNING)
            return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Undo: %(merge)s") % {"merge": done},
            "merge": done,
            "back_again": [(capfirst(model._meta.verbose_name_plural), n) for model, n in _of_the_record(undone.back)],
            "left": undone.left,
            "back": back,
        }
        return render(request, "admin/merge_undo.html", context)


def _of_the_record(numbers: dict[type[Model], int]) -> list[tuple[type[Model], int]]:
    return sorted(numbers.items(), key=lambda pair: str(pair[0]._meta.verbose_name_plural))


def _numbers(done: Merge) -> list[tuple[str, int, int]]:
    """
    Return what the merge `done` changed, as tuples (plural name of the model, number of moved rows, number of deleted
    rows). The two merged rows are not counted.
    """
    numbers: dict[str, list[int]] = {}
    for kind, label, pk, _values in done.journal:
        meta = apps.get_model(label)._meta
        if meta.model == done.content_type.model_class() and pk in (done.kept_id, done.gone_id):
            continue
        name = str(capfirst(meta.verbose_name_plural))
        numbers.setdefault(name, [0, 0])[kind == "delete"] += kind != "insert"
    return sorted((name, moved, dropped) for name, (moved, dropped) in numbers.items() if moved or dropped)
