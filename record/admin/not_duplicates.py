"""Marks similar rows as different, and lists the marked pairs. Editors can delete a pair from this list."""

from typing import Any, cast

from django.contrib import admin, messages
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from record.models import Distinct

from .base import RecordAdmin
from .change_form import ChangeFormAdmin
from .lists import moment_column

DISTINCT = gettext_lazy("These records are different: don’t ask again")
MOST_DIFFERENT = 10


class DistinctMixin(RecordAdmin):
    """A model admin whose rows can be marked as different from each other."""

    def note_distinct(self, request: HttpRequest, rows: list[Any]) -> None:
        """Mark `rows` as different, so that the dashboard stops listing them as possible duplicates."""
        with transaction.atomic():
            Distinct.note(rows, actor=cast(Any, request.user))
        names = ", ".join(f"“{self.choice_label(row)}”" for row in rows)
        told = _("Saved: %(names)s are different. You won’t be asked about them again.") % {"names": names}
        notes = reverse("admin:record_distinct_changelist")
        self.message_user(
            request,
            format_html('{} <a href="{}">{}</a>', told, notes, _("All pairs marked as “not duplicates”")),
            messages.SUCCESS,
        )


@admin.action(description=DISTINCT)
def distinct_action(modeladmin: DistinctMixin, request: HttpRequest, queryset: Any) -> None:
    """Mark every pair of the chosen rows as different. Show an error if fewer than two or too many rows are chosen."""
    rows = list(queryset[: MOST_DIFFERENT + 1])
    if 2 <= len(rows) <= MOST_DIFFERENT:
        modeladmin.note_distinct(request, rows)
        return
    told = _("Choose at least two, and at most %(most)d.") % {"most": MOST_DIFFERENT}
    modeladmin.message_user(request, told, messages.ERROR)


@admin.register(Distinct)
class DistinctAdmin(ChangeFormAdmin):
    """
    The list of pairs of similar rows that editors have marked as different. If a pair is deleted, the dashboard lists
    its rows as possible duplicates again.
    """

    list_display = ["names", "kind", "noted", "noted_by"]
    list_display_links = None
    fields = readonly_fields = ("names", "kind", "one", "other", "noted", "noted_by")
    search_fields = ["names"]
    list_select_related = ["content_type", "noted_by"]
    ordering = ["-pk"]
    list_per_page = 50
    show_full_result_count = False

    noted = moment_column(Distinct, "noted_at")

    @admin.display(description=gettext_lazy("kind"), ordering="content_type")
    def kind(self, obj: Distinct) -> str:
        return obj.content_type.name

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
