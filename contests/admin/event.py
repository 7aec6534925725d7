"""The admin pages of events, appearances and quotes."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from contests.models import Appearance, Event, Quote
from record.admin.base import RecordAdmin
from record.admin.counting import count_column
from record.admin.form_fields import RecordInline, RecordStackedInline
from record.admin.lists import LanguageFilter, LatestChoices, OneRow, moment_column, without_source, without_sources
from record.content_languages import named

from .datetime_fields import ContestZoneMixin
from .pickers import ContestFirstMixin, ContestPickersMixin, KeepContestMixin, WithinContestMixin

WORDS_IN_SLUG = 6


class QuoteOptions:
    """A mixin for the admin of quotes: a blank slug is made from the speaker and the first words of the quote."""

    def slug_words(self, cleaned: dict[str, Any]) -> str:
        speaker, text = cleaned.get("speaker"), cleaned.get("text")
        return f"{speaker} {' '.join(text.split()[:WORDS_IN_SLUG])}" if speaker and text else ""


class AppearanceInline(RecordInline):
    model = Appearance
    fields = ["order", "person", "role", "source"]
    ordering = ["order"]
    joins = ("person", "source")


class QuoteInline(QuoteOptions, WithinContestMixin, RecordStackedInline):
    model = Quote
    fields = [("order", "language"), "text", "speaker", "submission", "context", "source", "slug"]
    ordering = ["order"]
    joins = ("speaker", "submission__contest", "source")
    within = {"submission": "contest"}


@admin.register(Event)
class EventAdmin(KeepContestMixin, ContestPickersMixin, ContestZoneMixin, RecordAdmin):
    within = {"part_of": "contest"}
    list_display = ["title", "kind", "contest", "part_of", "starts", "city", "appearances"]
    list_filter = [("contest", LatestChoices), "kind"]
    needs = (without_sources(Event, "description"),)
    search_fields = ["title", "venue", "city", "contest__title"]
    list_select_related = ["contest", "part_of__contest", "host"]
    date_hierarchy = "starts_at"
    ordering = ["contest_id", "order"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [AppearanceInline, QuoteInline]
    fieldsets = [
        (
            None,
            {
                "fields": ["contest", "title", "slug", "kind", "part_of", "order", "description", "sources"],
                "description": _(
                    "An event of a contest. It becomes public with the contest; its winners and quotes "
                    "become public with the results."
                ),
            },
        ),
        (
            _("Where and when"),
            {
                "fields": ["host", "venue", "city", "starts_at", "ends_at"],
                "description": _("Dates are in the contest’s time zone. Leave blank what no source says."),
            },
        ),
    ]

    starts = moment_column(Event, "starts_at", lambda row: row.contest.time_zone)
    ends = moment_column(Event, "ends_at", lambda row: row.contest.time_zone)
    moments = {"starts_at": "starts", "ends_at": "ends"}
    appearances = count_column("appearances", _("appearances"))

    def contest_of(self, request: HttpRequest, object_id: str | None) -> str | int | None:
        if object_id is None and request.method != "POST":
            return self.get_changeform_initial_data(request).get("contest")
        contests = Event.objects.filter(pk__in=[object_id] if object_id else []).values_list("contest", flat=True)
        return request.POST.get("contest") or contests.first()

    def row_label(self, obj: Any) -> str:
        return f"{obj} · {obj.contest}"

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        if request.GET.get("field_name") == "part_of":
            queryset = queryset.filter(part_of=None)
        return super().get_search_results(request, queryset, search_term)


@admin.register(Appearance)
class AppearanceAdmin(ContestFirstMixin, KeepContestMixin, RecordAdmin):
    within, kept = {"event": "contest"}, ("event",)
    list_display = ["person", "role", "event", "order", "source"]
    list_filter = [("event", OneRow), "role", ("event__contest", LatestChoices)]
    needs = (without_source(),)
    search_fields = ["person__name_key", "event__title"]
    searched_relations = ("person", "event")
    list_select_related = ["person", "event__contest", "source"]
    ordering = ["event_id", "order"]
    fieldsets = [
        (
            None,
            {
                "fields": ["event", "person", "role", "order", "source"],
                "description": _("A person’s role at an event, for example host or panellist. Name the source."),
            },
        ),
    ]

    def row_label(self, obj: Any) -> str:
        return f"{obj} · {obj.event}"


@admin.register(Quote)
class QuoteAdmin(QuoteOptions, ContestFirstMixin, KeepContestMixin, RecordAdmin):
    within, kept = {"event": "contest", "submission": "contest"}, ("event",)
    list_display = ["words", "speaker", "event", "submission", "language_name", "order"]
    list_filter = [("event", OneRow), ("event__contest", LatestChoices), LanguageFilter]
    search_fields = ["text", "speaker__name_key", "event__title", "submission__folded_title"]
    searched_relations = ("speaker", "event", "submission")
    search_help_text = _("Searches the words, speakers, events and works.")
    list_select_related = ["speaker", "event__contest", "submission__contest", "source"]
    ordering = ["event_id", "order"]
    fieldsets = [
        (
            None,
            {
                "fields": ["text", "speaker", "event", "submission", "language"],
                "description": _(
                    "The exact words: curly quotes and dashes as in the source, without the outer quotation "
                    "marks. One quote for each uninterrupted statement."
                ),
            },
        ),
        (
            _("Context and source"),
            {
                "fields": ["context", "order", "source", "slug"],
                "description": _(
                    "Write the context in your own words. A slug left blank is made from the speaker and the "
                    "first words."
                ),
            },
        ),
    ]

    @admin.display(description=_("language"), ordering="language")
    def language_name(self, obj: Quote) -> str:
        return named(obj.language)

    @admin.display(description=_("words"), ordering="text")
    def words(self, obj: Quote) -> str:
        return obj.text if len(obj.text) <= 90 else f"{obj.text[:89]}…"
