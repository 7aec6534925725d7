"""The admin pages of submissions and categories."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, Field, OuterRef, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contests import results
from contests.models import Category, Contest, Recognition, Submission
from contests.works import SHARED, blanks_of_entry, keep_in_step, refuse_other_titles, say_the_same, work_for
from record.admin.base import RecordAdmin
from record.admin.bulk import BulkChange
from record.admin.counting import count_column
from record.admin.image_columns import pictured, thumbnail
from record.admin.lists import LanguageFilter, LatestChoices, Need, OneRow, image_needs, without_sources
from record.admin.long_inlines import LongInline, links_to_rows
from record.admin.number_inputs import RunningTimeField
from record.admin.picture_import import PictureImportMixin
from record.admin.primary_keys import is_key
from record.forms import RecordPageForm, ViaFormSet
from record.importing.picture_matching import Candidate, Index
from record.viewpoint import Viewpoint

from .award import TO_COME
from .credit import CreditInline
from .pickers import ContestPickersMixin, KeepContestMixin
from .result_state import of_credits, of_submission
from .steps import Step, StepsMixin

STEPS = (
    Step(
        name="show",
        label=_("Show to the public"),
        act=results.show_entry,
        is_open=lambda row, at: (
            row.contest.approved_at is not None
            and (
                row.status == Submission.Status.SUBMITTED
                or row.status == Submission.Status.ELIGIBLE
                and not row.is_selected
                and row.contest.public_entries == Contest.PublicEntries.SELECTED
            )
        ),
        meaning=_(
            "The entry becomes eligible and selected. The public sees it after the reveal, or at "
            "once if the results are public already."
        ),
        permission="contests.reveal_results",
        done=_("“%(row)s” is shown to the public."),
        until_reveal=True,
    ),
    Step(
        name="hide",
        label=_("Hide from the public"),
        act=results.hide_entry,
        is_open=lambda row, at: (
            row.contest.approved_at is not None
            and row.is_selected
            and row.contest.public_entries == Contest.PublicEntries.SELECTED
        ),
        meaning=_("The entry is no longer selected, and its page disappears. If it has an award, it stays public."),
        permission="contests.reveal_results",
        done=_("“%(row)s” is no longer marked as selected."),
        until_reveal=True,
    ),
)
WITHOUT_POSTER = Need(
    "poster",
    _("without a poster"),
    # Only eligible works can have a public page, so only they are listed as works without a poster.
    lambda rows: rows.filter(status=Submission.Status.ELIGIBLE, poster=""),
)
OPTIONS = 50


class CategoryFilter(admin.SimpleListFilter):
    """
    A list filter by category. If the list is filtered by a contest, the options are the categories of this contest.
    Otherwise there are no options, because there may be very many categories.
    """

    title = _("category")
    parameter_name = "category"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> Iterable[tuple[Any, str]]:
        contest = request.GET.get("contest__id__exact", "")
        if not is_key(contest):
            return []
        return Category.objects.filter(contest_id=contest).values_list("pk", "name")[:OPTIONS]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(categories=self.value()) if is_key(self.value()) else queryset


class CreditOfWorkInline(CreditInline):
    """The credits of the work of an entry, on the page of the entry."""

    via = "work"
    formset = ViaFormSet  # type: ignore[assignment]


@admin.register(Category)
class CategoryAdmin(KeepContestMixin, ContestPickersMixin, RecordAdmin):
    list_display = ["name", "contest", "order", "number_of_submissions"]
    list_filter = [("contest", LatestChoices)]
    search_fields = ["name", "contest__title"]
    list_select_related = ["contest"]
    ordering = ["contest_id", "order"]
    prepopulated_fields = {"slug": ["name"]}
    fieldsets = [
        (
            None,
            {
                "fields": ["contest", "name", "slug", "description", "order"],
                "description": _("A group of entries that the contest judges separately. Many contests have none."),
            },
        ),
    ]

    number_of_submissions = count_column("submissions", _("submissions"))

    def row_label(self, obj: Any) -> str:
        return f"{obj} · {obj.contest}"


class SubmissionForm(RecordPageForm):
    """
    The form of a submission. Its categories must belong to its contest. A new submission takes what is left blank from
    the chosen work.
    """

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        work: Any = self.fields.get("work")
        if self.instance.pk is not None or work is None:
            return
        work.help_text = _(
            "Leave blank for a work that is new here. Choose it if it was entered before: title, slug and languages "
            "that you leave blank are then taken from it."
        )
        if self.is_bound:
            self._take_from(work)

    def _take_from(self, field: Any) -> None:
        """Fill in what the editor left blank, before the form is validated, because a title is required."""
        with suppress(ValidationError):
            work = field.clean(field.widget.value_from_datadict(self.data, self.files, self.add_prefix("work")))
            typed = {name: self.data.get(self.add_prefix(name), "").strip() for name in SHARED.values()}
            if work and (taken := blanks_of_entry(work, typed)):
                posted: Any = self.data  # `request.POST`, which is immutable
                self.data = data = posted.copy()
                for name, value in taken.items():
                    data[self.add_prefix(name)] = value

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        contest, categories = cleaned.get("contest"), cleaned.get("categories")
        if contest and categories is not None:
            Submission(contest=contest).check_categories(categories)
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            try:
                refuse_other_titles(self.instance)
            except ValidationError as error:
                self.add_error(None, error)


@admin.register(Submission)
class SubmissionAdmin(KeepContestMixin, StepsMixin, ContestPickersMixin, PictureImportMixin, RecordAdmin):
    imported_picture, pictures_within = "poster", "contest"
    picture_import_label = _("Import posters")
    picture_import_reason = _("Posters: %(name)s")
    picture_import_help = _(
        "A poster finds its entry by the name of its file: the tracking number, the slug or the title of the entry, "
        "such as “SP0001.jpg” or “Specimen Street_poster.png”."
    )
    within = {"categories": "contest"}
    form = SubmissionForm
    list_display = ["poster_view", "title", "contest", "category", "status", "number_of_recognitions"]
    list_display_links = ["title"]
    list_filter = [
        ("work", OneRow),
        ("contest", LatestChoices),
        "status",
        "is_selected",
        CategoryFilter,
        LanguageFilter,
    ]
    bulk = (
        BulkChange("status", _("Set the status of the entry")),
        BulkChange("categories", _("Set the categories"), may_be_blank=True, replaces=True),
        BulkChange("is_selected", _("Show to the public, or hide"), may_be_blank=True),
        BulkChange("work_url_audience", _("Set who may see the link")),
    )
    needs = (WITHOUT_POSTER, *image_needs("poster"), without_sources(Submission, "synopsis", "logline"), TO_COME)
    search_fields = ["folded_title", "folded_original_title", "folded_logline", "work__credits__person__name_key"]
    searched_relations = ("work__credits__person",)
    search_help_text = _("Searches titles, loglines and the names of those who made the work.")
    list_select_related = ["contest"]
    ordering = ["contest_id", "sort_key", "pk"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [CreditOfWorkInline]
    steps = STEPS
    why_read_only = {
        "is_selected": _(
            "The results are approved, so you can’t change “selected” in the form. If the contest shows its selected "
            "entries, use “Show to the public” or “Hide from the public” at the top of this page."
        )
    }
    fieldsets = [
        (
            None,
            {
                "fields": [
                    *("contest", "work", "categories", "title", "title_language", "slug", "tracking_number"),
                    *("status", "is_selected"),
                ],
                "description": _(
                    "The status says whether the entry meets the rules, not what the jury decided. The public sees an "
                    "entry after the reveal if it is eligible and the contest’s settings include it."
                ),
            },
        ),
        (
            _("The work"),
            {
                "fields": [
                    *("original_title", "original_title_language", "logline", "synopsis", "language", "countries"),
                    *("runtime", "year", "tools", "work_url", "work_url_audience", "sources"),
                ],
                "description": _(
                    "Write logline and synopsis in your own words, and only what a source says. Add these "
                    "sources below."
                ),
            },
        ),
        (
            _("Poster"),
            {
                "fields": [*pictured("poster")],
                "description": _(
                    "JPEG, PNG or WebP, up to 12 MB. Without a file, the page shows a poster that the portal drew. The "
                    "focal point is never cropped. The alternative text describes the poster for people who can’t see "
                    "it. Name the owner under “credit”; the licence says how others may use the poster."
                ),
            },
        ),
    ]

    def long_inlines(self, request: HttpRequest, obj: Any) -> list[LongInline]:
        """Also lead to the recognitions of the work, which have a page each."""
        parts = super().long_inlines(request, obj)
        if obj is None or obj.pk is None:
            return parts
        asked = {"submissions__id__exact": obj.pk}
        return [*parts, *links_to_rows(request, [(obj.recognitions.all(), asked, {"submissions": obj.pk})])]

    def formfield_for_dbfield(self, db_field: Field, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "runtime":
            words = _("Minutes and seconds: 6:45. With hours: 1:32:05.")
            kwargs |= {"form_class": RunningTimeField, "widget": RunningTimeField.widget, "help_text": words}
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and db_field.name == "work":
            field.required = False
            field.help_text = _("Leave blank for a work that is new here. Choose it if it was entered before.")
        return field

    def before_save(self, request: HttpRequest, obj: Any, form: ModelForm, stored: Any) -> None:
        super().before_save(request, obj, form, stored)
        actor: Any = request.user
        if obj.work_id is None:
            obj.work = work_for(obj, actor=actor)
        elif stored is not None and stored.work_id == obj.work_id:
            keep_in_step(obj, stored, actor=actor, reason=form.cleaned_data.get("change_reason", ""))
        else:
            say_the_same(obj, actor=actor)

    def after_save(self, request: HttpRequest, obj: Any, form: ModelForm, stored: Any) -> None:
        super().after_save(request, obj, form, stored)
        if (stored is None or {"title", "work"} & set(form.changed_data)) and obj.title != obj.work.title:
            told = _("The title of the entry differs from that of its work, “%(title)s”. Both are kept.")
            self.message_user(request, told % {"title": obj.work.title}, messages.WARNING)

    number_of_recognitions = count_column("recognitions", _("recognitions"))

    @admin.display(description=_("poster"))
    def poster_view(self, obj: Submission) -> str:
        return thumbnail(obj.poster)

    @admin.display(description=_("category"))
    def category(self, obj: Submission) -> str:
        return ", ".join(map(str, obj.listed_categories))

    def link_errors(self, row: Any, change: BulkChange, value: Iterable[Any]) -> list[str]:
        try:
            if change.field == "categories":
                row.check_categories(value)
        except ValidationError as error:
            return error.messages
        return []

    def bulk_rows(self, request: HttpRequest, change: BulkChange, keys: Sequence[Any]) -> Any:
        rows: Any = super().bulk_rows(request, change, keys)
        # Compute the cached properties of all rows in one query. Otherwise validation would query the database for each
        # row.
        now = timezone.now()
        known = Exists(Recognition.objects.revealed(Viewpoint(now)).filter(submissions=OuterRef("pk")))
        shown = Exists(Submission.objects.public(Viewpoint(now)).filter(pk=OuterRef("pk")))
        asked = Submission.objects.filter(pk__in=keys).values_list("pk", known, shown)
        answers = {pk: answer for pk, *answer in asked}
        for row in rows:
            row.has_known_award, row.is_shown = answers[row.pk]
            row.was_selected = row.is_selected
            row.won_in_public = row.has_known_award and row.status == Submission.Status.ELIGIBLE
        return rows

    def picture_candidates(self, rows: QuerySet, files: Iterable[str]) -> Index:
        names = ("pk", "title", "original_title", "slug", "tracking_number", "key")
        return Index(
            Candidate(pk, title, slug, (title, original), number, key)
            for pk, title, original, slug, number, key in rows.values_list(*names)
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows: Any = super().get_queryset(request)
        return rows.select_related("contest").with_categories()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        return [*fields, "is_selected"] if obj is not None and obj.contest.approved_at else fields

    def add_to_page(self, request: HttpRequest, context: dict[str, Any], obj: Any) -> None:
        super().add_to_page(request, context, obj)
        context["above_rows"] = of_credits(obj) if obj is not None and obj.work_id else ""

    def where_results_stand(self, obj: Submission) -> str:
        return of_submission(obj)

    def contest_of_row(self, row: Submission) -> Contest:
        return row.contest

    def row_label(self, obj: Any) -> str:
        return f"{obj} · {obj.contest}"
