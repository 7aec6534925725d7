"""
The history of a row in the admin: who changed it, when, why, and which fields. Old versions and deleted rows can be
restored.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.utils import unquote
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin

from record.restoring import hanging_on, in_the_way, is_gone, lost_pictures

from .lookup_guard import LookupGuardMixin
from .primary_keys import key_or_404
from .version_diff import set_changes, set_names

PARTS_SHOWN = 50
#: The maximum number of deleted rows that the message after a deletion offers to restore.
OFFERED = 5


class HistoryPages(LookupGuardMixin, SimpleHistoryAdmin):
    """
    The history page of a row and the pages of its old versions. Restoring a version sets only the fields of the form;
    other values, such as the permanent key, stay as they are. Users who may add a row can restore a deleted one.
    """

    object_history_template = "admin/audit_log.html"
    object_history_form_template = "admin/record_version.html"
    object_history_list_template = "admin/audit_log_row.html"
    history_list_per_page = 25

    def history_view(self, request, object_id, extra_context=None):
        key_or_404(self.model, unquote(object_id))
        parts = {"parts": self._history_of_parts(request, object_id), "parts_shown": PARTS_SHOWN}
        return super().history_view(request, object_id, {**parts, **(extra_context or {})})

    def set_history_delta_changes(
        self, request: HttpRequest, historical_records: Any, foreign_keys_are_objs: Any = True
    ) -> None:
        records = list(historical_records)
        if not records:
            return
        last = records[-1]
        pk_name = self.model._meta.pk.attname
        rows = self.get_history_queryset(request, self.model.history, pk_name, getattr(last, pk_name))
        set_changes(records, rows.filter(history_id__lt=last.history_id).order_by("-history_id")[:1])

    def _history_of_parts(self, request: HttpRequest, object_id: str) -> list[tuple[str, list[Model]]]:
        """
        Return the history of the inline rows on the page, as pairs (plural name of the model, historical records). Each
        model has at most 50 records, newest first.
        """
        parts = []
        for inline in self.get_inline_instances(request):
            parent: Any = inline.get_formset(request).fk
            via = getattr(inline, "via", "")
            owners = self.model._base_manager.filter(pk=object_id).values(via) if via else [object_id]
            rows = inline.model.history.filter(**{f"{parent.attname}__in": owners})
            rows = rows._select_related_history_tracked_objs().select_related("history_user")
            rows = rows.order_by("-history_date", "-history_id")
            records = list(rows[: PARTS_SHOWN * 2])
            set_changes(records)
            set_names(records)
            if records:
                parts.append((capfirst(inline.model._meta.verbose_name_plural), records[:PARTS_SHOWN]))
        return parts

    @transaction.atomic
    def history_form_view(self, request, object_id, version_id, extra_context=None):
        """Show an old version of the row in its form. On POST, restore this version."""
        key_or_404(self.model, object_id)
        key_or_404(self.model.history.model, version_id)
        if request.method == "POST":
            row = self.get_object(request, object_id)
            # django-simple-history would let everyone who may view a version restore it.
            if row is not None and not self.has_change_permission(request, row):
                raise PermissionDenied
        context = {**self._deleted_row(request, object_id, version_id), **(extra_context or {})}
        return super().history_form_view(request, object_id, version_id, context)

    def _deleted_row(self, request: HttpRequest, object_id: str, version_id: str) -> dict[str, Any]:
        """
        Return the template context for a version of a deleted row: why the row can't be restored, which images are
        lost, and which other rows would be restored too. Return {} if the row still exists. Raise `PermissionDenied` on
        POST if the row can't be restored.
        """
        version = self.model.history.filter(**{self.opts.pk.attname: object_id, "history_id": version_id}).first()
        if version is None or not is_gone(self.model, object_id):
            return {}
        row = version.instance
        refused = self.why_not_put_back(request, row)
        if request.method == "POST" and refused:
            raise PermissionDenied(refused)
        hanging = _by_kind(row, hanging_on(row))
        return {"is_gone": True, "why_not": refused, "pictures": lost_pictures(row), "hanging": hanging}

    def why_not_put_back(self, request: HttpRequest, row: Model) -> str:
        """
        Return why the user can't restore the deleted `row`, as text for the user. Return an empty string if they can.
        """
        if not self.has_add_permission(request):
            return _("This record was deleted. Only an editor with permission to add such records can put it back.")
        return in_the_way(row)

    def revert_disabled(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if obj is not None and hasattr(obj, "_history") and self._is_gone(request, obj):
            return bool(self.why_not_put_back(request, obj))
        return super().revert_disabled(request, obj)

    @staticmethod
    def _is_gone(request: HttpRequest, row: Model) -> bool:
        known = getattr(request, "row_is_gone", None)  # cached, because a page calls this several times
        if known is None:
            request.row_is_gone = known = is_gone(type(row), row.pk)  # type: ignore[attr-defined]
        return known

    def history_form_view_title(self, request: HttpRequest, obj: Model) -> str:
        if self._is_gone(request, obj):
            return _("Put back “%(row)s”") % {"row": obj} if not self.revert_disabled(request, obj) else str(obj)
        return _("Old version of “%(row)s”") % {"row": obj}

    def offer_to_put_back(self, request: HttpRequest, keys: Iterable[Any]) -> None:
        """
        Show a message with links to restore the deleted rows with the primary keys `keys`. It has at most `OFFERED`
        links, only to rows that the user may restore.
        """
        name = self.opts.pk.attname
        records = self.model.history.filter(**{f"{name}__in": list(keys)}, history_type="-")
        found = {getattr(record, name): record for record in records.order_by("history_id")[: OFFERED + 1]}
        if not found or not self.has_view_or_change_permission(request):
            return
        rows = {pk: record.instance for pk, record in list(found.items())[:OFFERED]}
        page = self.url_name("simple_history")
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

    def response_change(self, request: HttpRequest, obj: Model) -> HttpResponse:
        if not getattr(request, "put_back", False):
            return super().response_change(request, obj)
        self.message_user(request, _("“%(row)s” is back.") % {"row": obj}, messages.SUCCESS)
        return redirect(self.url_name("change"), obj.pk)


def _by_kind(row: Model, records: list[Any]) -> list[tuple[str, list[str]]]:
    """
    Return the names of the rows in the historical `records`, as pairs (plural name of the model, names of its rows).
    These rows belonged to the deleted `row`.
    """
    kinds: dict[str, list[str]] = {}
    for record in records:
        below = record.instance
        for field in below._meta.fields:
            if field.related_model is type(row) and getattr(below, field.attname) == row.pk:
                setattr(below, field.name, row)
        try:
            name = str(below)
        except ObjectDoesNotExist:  # the name includes the name of a row that has been deleted
            name = str(below.pk)
        kinds.setdefault(str(capfirst(below._meta.verbose_name_plural)), []).append(name)
    return list(kinds.items())
