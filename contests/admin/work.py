"""The admin page of works."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from contests.models import Recognition, Work, WorkIdentifier
from record.admin.base import RecordAdmin
from record.admin.counting import count_column
from record.admin.form_fields import RecordInline
from record.admin.lists import OneRow
from record.admin.long_inlines import LongInline, links_to_rows
from record.admin.merging import MergeMixin

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
