"""Restore a deleted row from the page of one of its versions."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.templatetags.admin_urls import admin_urlname
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from record.restoring import begin_anew, hanging_on, in_the_way, is_gone, lost_pictures, put_back_hanging

#: How many of the rows deleted together the message links to.
OFFERED = 5


class RestoreMixin:
    """A model admin that offers to restore a deleted row to users who may add one."""

    object_history_form_template = "admin/record_version.html"

    def why_not_put_back(self, request: HttpRequest, row: Model) -> str:
        if not self.has_add_permission(request):
            return _("It was deleted. Only an editor with permission to add one can put it back.")
        return in_the_way(row)

    def revert_disabled(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if obj is not None and hasattr(obj, "_history") and self._is_gone(request, obj):
            return bool(self.why_not_put_back(request, obj))
        return super().revert_disabled(request, obj)

    @staticmethod
    def _is_gone(request: HttpRequest, row: Model) -> bool:
        if not hasattr(request, "row_is_gone"):  # called several times per page
            request.row_is_gone = is_gone(type(row), row.pk)
        return request.row_is_gone

    def history_form_view_title(self, request: HttpRequest, obj: Model) -> str:
        if self._is_gone(request, obj):
            return _("Put back “%(row)s”") % {"row": obj} if not self.revert_disabled(request, obj) else str(obj)
        return _("Old version of “%(row)s”") % {"row": obj}

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        version = self.model.history.filter(**{self.opts.pk.attname: object_id, "history_id": version_id}).first()
        if version is None or not is_gone(self.model, object_id):
            return super().history_form_view(request, object_id, version_id, extra_context)
        row = version.instance
        refused = self.why_not_put_back(request, row)
        if request.method == "POST" and refused:
            raise PermissionDenied(refused)
        told = {
            "is_gone": True,
            "why_not": refused,
            "pictures": lost_pictures(row),
            "hanging": _by_kind(row, hanging_on(row)),
        }
        return super().history_form_view(request, object_id, version_id, {**told, **(extra_context or {})})

    def offer_to_put_back(self, request: HttpRequest, keys: Iterable[Any]) -> None:
        """Show a message that links to restoring each of the deleted rows `keys`, if the user may do so."""
        name = self.opts.pk.attname
        records = self.model.history.filter(**{f"{name}__in": list(keys)}, history_type="-")
        found = {getattr(record, name): record for record in records.order_by("history_id")[: OFFERED + 1]}
        if not found or not self.has_view_or_change_permission(request):
            return
        rows = {pk: record.instance for pk, record in list(found.items())[:OFFERED]}
        page = admin_urlname(self.opts, "simple_history")
        links = [
            (reverse(page, args=[pk, found[pk].pk]), _("Put back “%(row)s”") % {"row": row})
            for pk, row in rows.items()
            if not self.why_not_put_back(request, row)
        ]
        if links:
            told = format_html_join(", ", '<a href="{}">{}</a>', links)
            more = "" if len(found) <= OFFERED else ", …"
            self.message_user(request, format_html("{} {}{}", _("Deleted by mistake?"), told, more), messages.INFO)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        response = super().response_delete(request, obj_display, obj_id)
        if IS_POPUP_VAR not in request.POST:
            self.offer_to_put_back(request, [obj_id])
        return response

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        keys = list(queryset.order_by("pk").values_list("pk", flat=True)[: OFFERED + 1])
        super().delete_queryset(request, queryset)
        self.offer_to_put_back(request, keys)

    def save_formset(self, request: HttpRequest, form, formset, change: bool) -> None:
        gone = [below.instance.pk for below in formset.initial_forms if formset._should_delete_form(below)]
        super().save_formset(request, form, formset, change)
        desk = self.admin_site._registry.get(formset.model)
        if gone and hasattr(desk, "offer_to_put_back"):
            desk.offer_to_put_back(request, gone)

    def put_back(self, request: HttpRequest, obj: Model, form) -> None:
        """Restore a deleted row from the form, together with the rows that were deleted with it."""
        request.put_back = True
        records = hanging_on(obj)
        begin_anew(obj, held=form.cleaned_data)
        reason = form.cleaned_data.get("change_reason", "")
        obj._history_user, obj._change_reason = request.user, reason
        obj.save()
        made = put_back_hanging(obj, records, actor=request.user, reason=reason)
        for lost in made.lost:
            words = _("Not put back: %(what)s") % {"what": lost}
            self.message_user(request, words, messages.WARNING)

    def response_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        if not getattr(request, "put_back", False):
            return super().response_change(request, obj)
        self.message_user(request, _("“%(row)s” is back.") % {"row": obj}, messages.SUCCESS)
        return redirect(admin_urlname(self.opts, "change"), obj.pk)


def _by_kind(row: Model, records: list[Any]) -> list[tuple[str, list[str]]]:
    """Return the names of the historical `records` that belong to `row`, by kind."""
    kinds: dict[str, list[str]] = {}
    for record in records:
        below = record.instance
        for field in below._meta.fields:
            if field.related_model is type(row) and getattr(below, field.attname) == row.pk:
                setattr(below, field.name, row)
        try:
            name = str(below)
        except ObjectDoesNotExist:  # a row that the name is made of was deleted since
            name = str(below.pk)
        kinds.setdefault(str(capfirst(below._meta.verbose_name_plural)), []).append(name)
    return list(kinds.items())
