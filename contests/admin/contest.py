"""Contests across their editions, what is reported of them in numbers, and the reveal of their results."""

from datetime import datetime

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django_countries.filters import CountryFilter

from contests import results
from contests.models import Appearance, Award, Contest, Figure, LeadingRegion, Quote, Recognition, Series, Submission
from contests.models.fields import zone_named
from contests.visibility import Results, results_are_public
from people.admin.base import RecordAdmin, RecordInline, RecordStackedInline, count_column, thumbnail
from people.admin.lists import LatestChoices, Need, image_needs, without_sources

from .award import TO_COME
from .steps import RevealForm, Step, StepsMixin
from .zones import InContestZone, in_words


def waiting(contest: Contest) -> list[str]:
    """What is, or will be, public with the results of `contest`, in numbers."""
    eligible = Submission.Status.ELIGIBLE
    works = Submission.objects.filter(contest=contest, status=eligible).count()
    awarded = Recognition.objects.filter(award__contest=contest).exclude(
        Q(submission__isnull=False) & ~Q(submission__status=eligible)
    )
    quoted = Quote.objects.filter(event__contest=contest).exclude(
        Q(submission__isnull=False) & ~Q(submission__status=eligible)
    )
    won, said = awarded.count(), quoted.count()
    on_stage = Appearance.objects.filter(event__contest=contest, role=Appearance.Role.WINNER).count()
    return [
        ngettext("%(number)d recognition", "%(number)d recognitions", won) % {"number": won},
        ngettext("%(number)d submission", "%(number)d submissions", works) % {"number": works},
        ngettext("%(number)d quote", "%(number)d quotes", said) % {"number": said},
        ngettext("%(number)d winner on stage", "%(number)d winners on stage", on_stage) % {"number": on_stage},
    ]


def _everything(contest: Contest) -> str:
    return ", ".join(waiting(contest))


def effects_of_approval(contest: Contest, at: datetime) -> list[str]:
    if contest.reveal_at and contest.reveal_at <= at and contest.published_at and contest.published_at <= at:
        return [
            gettext("The reveal has been set to a moment that has passed: these become public at once."),
            _everything(contest),
        ]
    return [
        gettext("You say yes to these results. Nothing becomes public yet: that is the next step."),
        _everything(contest),
    ]


def effects_of_revealing(contest: Contest, at: datetime) -> list[str]:
    return [
        gettext("These become public, on the pages, in the lists and for search engines. It can’t be taken back."),
        _everything(contest),
    ]


def effects_of_scheduling(contest: Contest, at: datetime) -> list[str]:
    return [
        gettext("These become public at the moment you choose. Until then the results can still be sealed."),
        _everything(contest),
    ]


def effects_of_sealing(contest: Contest, at: datetime) -> list[str]:
    return [
        gettext("Approval and reveal are taken back. Nothing of this becomes public until both are given again."),
        _everything(contest),
    ]


STEPS = (
    Step(
        name="approve",
        label=_("Approve results"),
        act=results.approve,
        is_open=lambda contest, at: contest.approved_at is None,
        effects=effects_of_approval,
        permission="contests.approve_results",
        done=_("The results of %(row)s are approved."),
    ),
    Step(
        name="reveal",
        label=_("Reveal now"),
        act=results.reveal,
        is_open=lambda contest, at: contest.results(at) is Results.APPROVED,
        effects=effects_of_revealing,
        permission="contests.reveal_results",
        done=_("The results of %(row)s are public."),
    ),
    Step(
        name="schedule",
        label=_("Schedule the reveal"),
        act=results.reveal,
        is_open=lambda contest, at: contest.results(at) is Results.APPROVED,
        effects=effects_of_scheduling,
        permission="contests.reveal_results",
        done=_("The reveal of the results of %(row)s is set."),
        form=RevealForm,
    ),
    Step(
        name="seal",
        label=_("Seal results"),
        act=results.seal,
        is_open=lambda contest, at: contest.approved_at is not None and contest.results(at) is not Results.PUBLIC,
        effects=effects_of_sealing,
        permission="contests.approve_results",
        done=_("The results of %(row)s are sealed."),
    ),
)


class ResultsFilter(admin.SimpleListFilter):
    title = _("results")
    parameter_name = "results"

    def lookups(self, request, model_admin):
        return Results.choices

    def queryset(self, request, queryset):
        now = timezone.now()
        approved, public = Q(approved_at__isnull=False, approved_at__lte=now), Q(results_are_public(now))
        return {
            Results.SEALED.value: queryset.exclude(approved),
            Results.APPROVED.value: queryset.filter(approved).exclude(public),
            Results.PUBLIC.value: queryset.filter(public),
        }.get(self.value(), queryset)


UNAPPROVED = Need(
    "approval",
    _("waiting for approval"),
    lambda rows: rows.filter(
        Exists(Recognition.objects.filter(award__contest=OuterRef("pk"))), approved_at__isnull=True
    ),
)


class AwardInline(RecordInline):
    model = Award
    fields = ["precedence", "name", "slug", "kind", "prize_amount", "prize_currency", "source"]
    prepopulated_fields = {"slug": ["name"]}
    ordering = ["precedence"]
    joins = ("source",)


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


@admin.register(Series)
class SeriesAdmin(RecordAdmin):
    list_display = ["name", "editions"]
    needs = (without_sources("description"),)
    search_fields = ["name", "description"]
    ordering = ["name", "pk"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (
            None,
            {
                "fields": ["name", "slug", "description", "sources"],
                "description": _("What the editions of one contest have in common."),
            },
        ),
    ]

    editions = count_column("contests", _("editions"))


@admin.register(Contest)
class ContestAdmin(InContestZone, StepsMixin, RecordAdmin):
    list_display = [
        *("hero_view", "__str__", "organiser", "city", "published_at", "results_state"),
        *("submissions", "awards", "events", "categories"),
    ]
    list_display_links = ["__str__"]
    list_filter = [ResultsFilter, ("series", LatestChoices), ("country", CountryFilter)]
    needs = (UNAPPROVED, TO_COME, *image_needs("hero"), without_sources("about", "tagline"))
    search_fields = ["title", "edition", "organiser__name", "city", "host_event"]
    list_select_related = ["series", "organiser", "approved_by"]
    date_hierarchy = "published_at"
    ordering = ["-published_at", "-pk"]
    prepopulated_fields = {"slug": ["title", "edition"]}
    readonly_fields = ["key", "results_line", "contents"]
    inlines = [AwardInline, FigureInline, LeadingRegionInline]
    steps = STEPS
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "title",
                    "edition",
                    "slug",
                    "series",
                    "organiser",
                    "tagline",
                    "about",
                    "sources",
                    "contents",
                ],
                "description": _(
                    "One edition of a contest. Tagline and story are in our own words; the sources stand behind them."
                ),
            },
        ),
        (
            _("Where and when"),
            {
                "fields": ["host_event", "city", "country", "time_zone", "opens_at", "closes_at"],
                "description": _(
                    "Whatever no source says stays blank. The time zone is that of every date on this page: the dates "
                    "are shown in it, and read in it when you save."
                ),
            },
        ),
        (
            _("Prizes"),
            {
                "fields": ["prize_pool", "prize_currency"],
                "description": _("The whole pool, with its currency. What a single award gives stands at the award."),
            },
        ),
        (
            _("Publication and results"),
            {
                "fields": ["published_at", "results_line"],
                "description": _(
                    "The contest has its page from the moment in “published from”. Its winners, works and quotes stay "
                    "hidden until the results are approved and revealed: use the buttons above."
                ),
            },
        ),
        (
            _("Look"),
            {
                "fields": ["accent", "hero", "hero_alt", "hero_credit"],
                "description": _(
                    "One colour and, if there is one, one large image: JPEG, PNG or WebP, up to 12 MB. The "
                    "alternative text says what the image shows, for those who can’t see it."
                ),
            },
        ),
    ]

    submissions = count_column("submissions", _("submissions"))
    awards = count_column("awards", _("awards"))
    events = count_column("events", _("events"))
    categories = count_column("categories", _("categories"))

    def contest_of(self, request, object_id):
        return object_id

    def zone_of(self, request, object_id):
        posted = request.POST.get("time_zone")
        return super().zone_of(request, object_id) if posted is None else zone_named(posted)

    def step_zone(self, rows):
        names = {row.time_zone for row in rows}
        return zone_named(names.pop() if len(names) == 1 else None)

    @admin.display(description=_("image"))
    def hero_view(self, obj: Contest):
        return thumbnail(obj.hero)

    @admin.display(description=_("results"))
    def results_state(self, obj: Contest) -> str:
        return obj.results(timezone.now()).label

    @admin.display(description=_("results"))
    def results_line(self, obj: Contest) -> str:
        state = obj.results(timezone.now())
        if state is Results.SEALED:
            return _("Sealed: nobody but editors sees them.")
        when = in_words(obj.approved_at, obj.time_zone)
        said = _("Approved on %(when)s.") % {"when": when}
        if obj.approved_by:
            said = _("Approved by %(who)s on %(when)s.") % {"who": obj.approved_by, "when": when}
        if state is Results.PUBLIC:
            since = max(obj.approved_at, obj.reveal_at, obj.published_at)
            return _("Public since %(when)s.") % {"when": in_words(since, obj.time_zone)} + f" {said}"
        if obj.reveal_at is None:
            return f"{said} " + _("No reveal is set.")
        return f"{said} " + _("The reveal is set to %(when)s.") % {"when": in_words(obj.reveal_at, obj.time_zone)}

    @admin.display(description=_("contents"))
    def contents(self, obj: Contest):
        if obj.pk is None:
            return ""
        links = [
            (
                "submission",
                ngettext("%(n)d submission", "%(n)d submissions", obj.submissions_counted),
                obj.submissions_counted,
            ),
            ("event", ngettext("%(n)d event", "%(n)d events", obj.events_counted), obj.events_counted),
            (
                "category",
                ngettext("%(n)d category", "%(n)d categories", obj.categories_counted),
                obj.categories_counted,
            ),
        ]
        rows = [
            (reverse(f"admin:contests_{model}_changelist"), obj.pk, label % {"n": number})
            for model, label, number in links
        ]
        return format_html_join(" · ", '<a href="{}?contest__id__exact={}">{}</a>', rows)


@admin.register(Figure)
class FigureAdmin(RecordAdmin):
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
                    "One number that a source reports. What the portal can count itself is not typed here."
                ),
            },
        ),
        (
            _("The number"),
            {
                "fields": ["qualifier", "value", "label", "slug", "unit", "currency", "note", "source"],
                "description": _(
                    "As the source puts it: “more than 4,600 submissions” is qualifier, value and label. A figure "
                    "without its source can’t be saved."
                ),
            },
        ),
    ]


@admin.register(LeadingRegion)
class LeadingRegionAdmin(RecordAdmin):
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
                "description": _("A country or region that sent the most entries, in the order that a source gives."),
            },
        ),
    ]
