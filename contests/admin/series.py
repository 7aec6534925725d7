"""The admin pages of series, of their organisers and of the awards that go on through the years."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from contests.models import AwardLine, Contest, Series, SeriesOrganiser
from record.admin.base import RecordAdmin
from record.admin.counting import count_column
from record.admin.form_fields import RecordInline
from record.admin.lists import LatestChoices, without_source, without_sources
from record.admin.primary_keys import is_key

from .exchange import ExchangeMixin
from .pickers import WithinContestMixin, contest_of

#: For each model, by its lower-case name, the lookup path from a row to its series.
SERIES_OF = {"series": "pk", "awardline": "series", "seriesorganiser": "series"}


def series_of(text: str) -> QuerySet:
    """
    Return a query for the primary key of the series of a row. `text` names the row by its model and primary key, such
    as "series:2", "awardline:7", or "contest:3" for the series of the contest. The query finds nothing if `text` has
    another form.
    """
    kind, _colon, key = text.partition(":")
    if kind in SERIES_OF and is_key(key):
        return apps.get_model("contests", kind)._base_manager.filter(pk=key).order_by().values(SERIES_OF[kind])
    contest = contest_of(text)
    if contest is None:
        return Series.objects.none().values("pk")
    return Contest.objects.filter(pk__in=contest, series__isnull=False).order_by().values("series")


class SeriesOrganiserInline(RecordInline):
    model = SeriesOrganiser
    fields = ["organisation", "since", "until", "source"]
    ordering = ["since", "pk"]
    joins = ("organisation", "source")


class AwardLineInline(WithinContestMixin, RecordInline):
    model = AwardLine
    fields = ["order", "name", "slug", "continues", "source"]
    prepopulated_fields = {"slug": ["name"]}
    ordering = ["order"]
    joins = ("continues__series", "source")
    within = {"continues": "series"}


@admin.register(Series)
class SeriesAdmin(ExchangeMixin, RecordAdmin):
    list_display = ["name", "editions", "lines"]
    needs = (without_sources(Series, "description"),)
    search_fields = ["name", "description"]
    ordering = ["sort_key", "pk"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [SeriesOrganiserInline, AwardLineInline]
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "slug", "description", "sources"],
                "description": _("A series of contests. Enter what its editions have in common."),
            },
        ),
    ]

    editions = count_column("contests", _("editions"))
    lines = count_column("lines", _("continuing awards"))


@admin.register(SeriesOrganiser)
class SeriesOrganiserAdmin(RecordAdmin):
    list_display = ["organisation", "series", "since", "until", "source"]
    list_filter = [("series", LatestChoices)]
    needs = (without_source(),)
    search_fields = ["organisation__name", "series__name"]
    list_select_related = ["organisation", "series", "source"]
    ordering = ["series_id", "since", "pk"]
    fieldsets = [
        (
            None,
            {
                "fields": ["series", "organisation", "since", "until", "source"],
                "description": _(
                    "An organisation that has organised the series. The organiser of one edition is on the contest’s "
                    "page."
                ),
            },
        ),
    ]


@admin.register(AwardLine)
class AwardLineAdmin(WithinContestMixin, RecordAdmin):
    within = {"continues": "series"}
    list_display = ["name", "series", "order", "continues", "awards", "source"]
    list_filter = [("series", LatestChoices)]
    needs = (without_source(),)
    search_fields = ["name", "series__name"]
    list_select_related = ["series", "continues__series", "source"]
    ordering = ["series_id", "order"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (
            None,
            {
                "fields": ["series", "name", "slug", "order", "continues", "description", "source"],
                "description": _(
                    "An award that goes on through the years. On the page of each contest’s award, choose this one as "
                    "its continuing award; there, the award keeps the name that it had in that year."
                ),
            },
        ),
    ]

    awards = count_column("awards", _("awards"))

    def row_label(self, obj: Any) -> str:
        return f"{obj} · {obj.series}"

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        is_choice = request.resolver_match is not None and request.resolver_match.url_name == "autocomplete"
        if is_choice and (asked := request.GET.get("within", "")):
            queryset = queryset.filter(series__in=series_of(asked))
        return super().get_search_results(request, queryset, search_term)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial: dict[str, Any] = super().get_changeform_initial_data(request)
        if "series" not in initial and (asked := request.GET.get("within", "")):
            found = series_of(asked)
            initial["series"] = found.values_list(*found.query.values_select, flat=True).first()
        return initial
