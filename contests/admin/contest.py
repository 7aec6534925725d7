"""The admin pages of contests, figures and the countries with the most entries."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from contests.models import (
    Award,
    Category,
    Contest,
    Event,
    Figure,
    LeadingRegion,
    Recognition,
    Submission,
)
from contests.models.fields import zone_named
from contests.visibility import Results, results_are_public
from record.admin.base import RecordAdmin
from record.admin.counting import COUNTED, count_column, counted, number_text
from record.admin.form_fields import RecordInline, RecordStackedInline
from record.admin.image_columns import PicturesAdmin, pictured, thumbnail
from record.admin.lists import CountryFilter, LatestChoices, Need, image_needs, moment_column, without_sources
from record.viewpoint import Viewpoint

from .award import TO_COME
from .ceremony import CeremonyMixin
from .contest_steps import STEPS, changed_in, waiting_for_approval
from .datetime_fields import ContestZoneMixin, in_words
from .duplicate import DuplicateMixin
from .exchange import ExchangeMixin
from .pickers import CurrencySuggestionsMixin, KeepContestMixin
from .result_state import but_for, of_contest
from .steps import StepsMixin


class ResultsFilter(admin.SimpleListFilter):
    title = _("results")
    parameter_name = "results"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, Any]]:
        return Results.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        now = timezone.now()
        approved, public = Q(approved_at__isnull=False, approved_at__lte=now), Q(results_are_public(Viewpoint(now)))
        return {
            Results.SEALED.value: queryset.exclude(approved),
            Results.APPROVED.value: queryset.filter(approved).exclude(public),
            Results.PUBLIC.value: queryset.filter(public),
        }.get(self.value() or "", queryset)


UNAPPROVED = Need(
    "approval",
    _("waiting for approval"),
    lambda rows: rows.filter(
        Exists(Recognition.objects.filter(award__contest=OuterRef("pk"))), approved_at__isnull=True
    ),
)

UNDATED = Need(
    "undated",
    _("approved, without a reveal date"),
    lambda rows: rows.filter(
        Exists(
            Recognition.objects.filter(
                award__contest=OuterRef("pk"), approved_at__isnull=False, reveal_at=None
            ).in_force()
        ),
        approved_at__isnull=False,
        reveal_at=None,
    ),
)


class AwardInline(RecordInline):
    model = Award
    fields = ["precedence", "name", "slug", "kind", "prize_amount", "prize_currency", "source"]
    prepopulated_fields = {"slug": ["name"]}
    ordering = ["precedence"]
    joins = ("line__series", "source")


class FigureInline(RecordStackedInline):
    model = Figure
    fields = [
        ("order", "qualifier", "value", "label"),
        ("unit", "currency", "organisation"),
        ("note", "source", "slug"),
    ]
    prepopulated_fields = {"slug": ["label"]}
    ordering = ["order"]
    joins = ("organisation", "source")


class LeadingRegionInline(RecordInline):
    model = LeadingRegion
    fields = ["rank", "country", "source"]
    ordering = ["rank"]
    joins = ("source",)


@admin.register(Contest)
class ContestAdmin(
    CurrencySuggestionsMixin,
    ContestZoneMixin,
    CeremonyMixin,
    StepsMixin,
    PicturesAdmin,
    DuplicateMixin,
    ExchangeMixin,
    RecordAdmin,
):
    list_display = [
        *("hero_view", "__str__", "organiser", "city", "published", "results_state"),
        *("submissions", "awards"),
    ]
    list_display_links = ["__str__"]
    list_filter = [ResultsFilter, ("series", LatestChoices), ("country", CountryFilter)]
    needs = (UNAPPROVED, UNDATED, TO_COME, *image_needs("hero"), without_sources(Contest, "about", "tagline"))
    search_fields = ["title", "year_label", "organiser__name", "city", "host_event"]
    list_select_related = ["series", "organiser", "approved_by"]
    date_hierarchy = "published_at"
    ordering = ["-edition_key", "-pk"]
    prepopulated_fields = {"slug": ["title", "year_label"]}
    readonly_fields = ["key", "results_line", "contents"]
    inlines = [AwardInline, FigureInline, LeadingRegionInline]
    steps = STEPS
    why_read_only = {
        "public_entries": _(
            "The results are approved. To change which entries the public sees, use the buttons at the top of this "
            "page."
        )
    }
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "title",
                    "slug",
                    "series",
                    "edition_number",
                    "year_label",
                    "organiser",
                    "tagline",
                    "about",
                    "work_kind",
                    "sources",
                    "contents",
                ],
                "description": _(
                    "One edition of a contest. Write tagline and story in your own words, and name the sources."
                ),
            },
        ),
        (
            _("Where and when"),
            {
                "fields": [
                    *("host_event", "city", "country", "held_from", "held_to"),
                    *("time_zone", "opens_at", "closes_at"),
                ],
                "description": _(
                    "Leave blank what no source says. All dates on this page are shown and saved in this time zone."
                ),
            },
        ),
        (
            _("Prizes"),
            {
                "fields": ["prize_pool", "prize_currency"],
                "description": _(
                    "The contest’s whole prize pool, with its currency. Each award has its own prize money."
                ),
            },
        ),
        (
            _("Publication and results"),
            {
                "fields": ["published_at", "public_entries", "results_line"],
                "description": _(
                    "The contest’s page is public from the time in “published from”. Its winners, works and "
                    "quotes stay hidden until its results are approved and revealed. The buttons for both "
                    "appear at the top of this page once the contest is saved."
                ),
            },
        ),
        (
            _("Colour and image"),
            {
                "fields": ["accent", *pictured("hero")],
                "description": _(
                    "Choose an accent colour. You can add one large image: JPEG, PNG or WebP, up to 12 MB. The focal "
                    "point is never cropped. The alternative text describes the image for people who can’t see it. "
                    "Name the owner under “credit”; the licence says how others may use the image."
                ),
            },
        ),
    ]

    published = moment_column(Contest, "published_at", lambda row: row.time_zone)
    opens = moment_column(Contest, "opens_at", lambda row: row.time_zone)
    closes = moment_column(Contest, "closes_at", lambda row: row.time_zone)
    moments = {"published_at": "published", "opens_at": "opens", "closes_at": "closes"}
    submissions = count_column("submissions", _("submissions"))
    awards = count_column("awards", _("awards"))

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        waiting = Recognition.objects.filter(award__contest=OuterRef("pk"), approved_at=None).order_by()
        number = waiting.values("award__contest").annotate(number=Count("pk")).values("number")
        beside_columns = {f"{relation}_counted": counted(Contest, relation) for relation in ("events", "categories")}
        return super().get_queryset(request).annotate(waiting_counted=Coalesce(Subquery(number), 0), **beside_columns)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "public_entries"] if obj is not None and obj.approved_at else fields

    def contest_of(self, request: HttpRequest, object_id: str | None) -> str | None:
        return object_id

    def zone_of(self, request: HttpRequest, object_id: str | None) -> tzinfo:
        posted = request.POST.get("time_zone")
        return super().zone_of(request, object_id) if posted is None else zone_named(posted)

    def after_save(self, request: HttpRequest, obj: Any, form: Any, stored: Any) -> None:
        super().after_save(request, obj, form, stored)
        is_new = stored is None and not hasattr(obj, "_history")
        if "time_zone" in form.changed_data and not is_new:
            self._say_moments(request, obj)

    def _say_moments(self, request: HttpRequest, obj: Contest) -> None:
        """
        Show the editor a warning with the dates of the contest `obj` after a change of its time zone, because the local
        times in the form now mean other times in UTC.
        """
        told: list[Any] = [_("The time zone is now %(zone)s.") % {"zone": obj.time_zone or "UTC"}]
        for name in self.moments:
            if moment := getattr(obj, name):
                field: Any = self.opts.get_field(name)
                told.append(f"{capfirst(field.verbose_name)}: {in_words(moment, obj.time_zone)}.")
        if obj.events.exclude(starts_at=None, ends_at=None).exists():
            told.append(
                _(
                    "The contest’s events still take place at the same moment, so their local times have changed: "
                    "check them on their pages."
                )
            )
        self.message_user(request, " ".join(map(str, told)), messages.WARNING)

    def add_to_page(self, request: HttpRequest, context: dict[str, Any], obj: Any) -> None:
        super().add_to_page(request, context, obj)
        submissions: Any = self.admin_site._registry.get(Submission)
        if obj is not None and submissions.has_change_permission(request):
            context["picture_import"] = submissions.picture_import_tool(obj.pk)

    def where_results_stand(self, obj: Any) -> str:
        return " ".join([of_contest(obj), *self._but_for(obj)])

    def contest_of_row(self, row: Contest) -> Contest:
        return row

    def step_zone(self, rows: Sequence[Any]) -> tzinfo:
        names = {row.time_zone for row in rows}
        return zone_named(names.pop() if len(names) == 1 else "")

    @admin.display(description=_("image"))
    def hero_view(self, obj: Contest) -> str:
        return thumbnail(obj.hero)

    @admin.display(description=_("results"))
    def results_state(self, obj: Contest) -> str:
        return str(obj.results(Viewpoint.now()).label)

    @admin.display(description=_("results"))
    def results_line(self, obj: Contest) -> str:
        parts = self._but_for(obj) if obj.approved_at else []
        return " ".join(map(str, [self._where_results_stand(obj), *parts, *changed_in(obj)]))

    @staticmethod
    def _where_results_stand(obj: Contest) -> str:
        state = obj.results(Viewpoint.now())
        if state is Results.SEALED or obj.approved_at is None:
            return str(_("The results are not approved: only editors see them."))
        when = in_words(obj.approved_at, obj.time_zone)
        said = _("Approved on %(when)s.") % {"when": when}
        if obj.approved_by:
            said = _("Approved by %(who)s on %(when)s.") % {"who": obj.approved_by, "when": when}
        if state is Results.PUBLIC:
            return f"{of_contest(obj)} {said}"
        if obj.reveal_at is None:
            return f"{said} " + _("No reveal is set.")
        return f"{said} " + _("The reveal is set to %(when)s.") % {"when": in_words(obj.reveal_at, obj.time_zone)}

    @staticmethod
    def _but_for(obj: Any) -> list[str]:
        """
        Return a list with one sentence: how many recognitions of the contest `obj` are not approved. Return an empty
        list if there are none. `get_queryset` has annotated `obj` with their number.
        """
        if not obj.waiting_counted:
            return []
        return [but_for(obj.waiting_counted)] if obj.approved_at else waiting_for_approval(obj)

    @admin.display(description=_("contents"))
    def contents(self, obj: Any) -> str:
        if obj.pk is None:
            return ""
        works, events, categories = obj.submissions_counted, obj.events_counted, obj.categories_counted
        links = [
            (Submission, works, ngettext("%(n)d submission", "%(n)d submissions", works)),
            (Event, events, ngettext("%(n)d event", "%(n)d events", events)),
            (Category, categories, ngettext("%(n)d category", "%(n)d categories", categories)),
        ]
        rows = []
        for model, number, label in links:
            opts: Any = model._meta
            several = f"{number_text(number)} {opts.verbose_name_plural}"
            page = reverse(f"admin:contests_{opts.model_name}_changelist")
            rows.append((page, obj.pk, several if number > COUNTED else label % {"n": number}))
        return format_html_join(" · ", '<a href="{}?contest__id__exact={}">{}</a>', rows)


@admin.register(Figure)
class FigureAdmin(KeepContestMixin, RecordAdmin):
    list_display = ["__str__", "contest", "organisation", "order", "source"]
    list_filter = [("contest", LatestChoices), "qualifier"]
    search_fields = ["label", "note", "contest__title", "organisation__name"]
    list_select_related = ["contest", "organisation", "source"]
    ordering = ["contest_id", "order"]
    prepopulated_fields = {"slug": ["label"]}
    fieldsets = [
        (
            None,
            {
                "fields": ["contest", "organisation", "order"],
                "description": _(
                    "One number that a source reports. Don’t enter numbers that the portal can count itself."
                ),
            },
        ),
        (
            _("The number"),
            {
                "fields": ["qualifier", "value", "label", "slug", "unit", "currency", "note", "source"],
                "description": _(
                    "Use the wording of the source. For “more than 4,600 submissions”, enter the qualifier “more "
                    "than”, the value 4600 and the label “submissions”. Every figure needs a source."
                ),
            },
        ),
    ]


@admin.register(LeadingRegion)
class LeadingRegionAdmin(KeepContestMixin, RecordAdmin):
    list_display = ["country", "rank", "contest", "source"]
    list_filter = [("contest", LatestChoices), ("country", CountryFilter)]
    search_fields = ["country", "contest__title"]
    list_select_related = ["contest", "source"]
    ordering = ["contest_id", "rank"]
    fieldsets = [
        (
            None,
            {
                "fields": ["contest", "country", "rank", "source"],
                "description": _(
                    "One of the countries or regions with the most entries, in the order given by a source."
                ),
            },
        ),
    ]
