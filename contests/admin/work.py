"""The admin page of works."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from contests.models import Recognition, Submission, Work, WorkIdentifier
from contests.works import keep_entry_in_step
from record.admin.base import RecordAdmin
from record.admin.counting import count_column
from record.admin.form_fields import RecordInline
from record.admin.lists import OneRow
from record.admin.long_inlines import LongInline, links_to_rows
from record.admin.merging import MergeMixin
from record.admin.primary_keys import is_key

from .credit import CreditInline


class IdentifierInline(RecordInline):
    model = WorkIdentifier
    fields = ["scheme", "value"]


@admin.register(Work)
class WorkAdmin(MergeMixin, RecordAdmin):
    list_display = ["title", "disambiguation", "years", "entries", "credits"]
    search_fields = ["folded_title", "folded_original_title", "credits__person__name_key"]
    searched_relations = ("credits__person",)
    search_help_text = _("Searches titles and the names of those who made the work.")
    told_by = ("disambiguation", "years")
    known_by = {"entered": ("entries", "contest__title", "pk")}
    ordering = ["sort_key", "pk"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [CreditInline, IdentifierInline]
    fieldsets = [
        (
            None,
            {
                "fields": ["title", "title_language", "slug", "disambiguation"],
                "description": _(
                    "A work as it is known beyond one contest. Its entries in contests have pages of their own here; "
                    "the public sees one page for all of them."
                ),
            },
        ),
        (
            _("The work"),
            {
                "fields": [
                    *("original_title", "original_title_language", "year_from", "year_to"),
                    *("countries", "languages", "sources"),
                ],
                "description": _("Write only what a source says, and leave the rest blank."),
            },
        ),
    ]

    def long_inlines(self, request: HttpRequest, obj: Any) -> list[LongInline]:
        """Also lead to the entries of the work and to their recognitions, which have a page each."""
        parts = super().long_inlines(request, obj)
        if obj is None or obj.pk is None:
            return parts
        won = Recognition.objects.filter(submissions__work=obj.pk).distinct()
        related = [
            (obj.entries.all(), {"work__id__exact": obj.pk}, {"work": obj.pk}),
            (won, {"submissions__work__id__exact": obj.pk}, {}),
        ]
        return [*parts, *links_to_rows(request, related)]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        if request.method == "POST" and is_key(object_id) and transaction.get_connection().in_atomic_block:
            # Saving may change its only entry. An approval and the page of an entry lock entries before works too.
            entries = Submission._base_manager.select_for_update().filter(work=int(object_id))
            list(entries.order_by("pk").values_list("pk")[:2])
        return super().get_object(request, object_id, from_field)

    def after_save(self, request: HttpRequest, obj: Any, form: ModelForm, stored: Any) -> None:
        super().after_save(request, obj, form, stored)
        if stored is not None:
            actor: Any = request.user
            keep_entry_in_step(obj, stored, actor=actor, reason=form.cleaned_data.get("change_reason", ""))

    entries = count_column("entries", _("entries"))
    credits = count_column("credits", _("credits"))

    @admin.display(description=_("years"), ordering="year_from")
    def years(self, obj: Any) -> str:
        return obj.years


@admin.register(WorkIdentifier)
class WorkIdentifierAdmin(RecordAdmin):
    list_display = ["value", "scheme", "work"]
    list_filter = [("work", OneRow)]
    search_fields = ["value", "work__folded_title"]
    searched_relations = ("work",)
    list_select_related = ["work"]
    ordering = ["work_id", "pk"]
    fieldsets = [
        (
            None,
            {
                "fields": ["work", "scheme", "value"],
                "description": _("The identifier of a work in another catalogue, such as Wikidata."),
            },
        ),
    ]
