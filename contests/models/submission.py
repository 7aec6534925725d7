import json
from collections.abc import Collection, Iterable
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from contests.querysets import PartOfContestQuerySet, SubmissionQuerySet
from contests.visibility import Results
from record.countries import CountryField
from record.images import ImageField, UploadTo, focus_rule
from record.models import (
    ProtectedManyToManyField,
    Record,
    SourcesField,
    moments_within,
    rule,
    unique_in,
    years_within,
)
from record.slugs import SlugField
from record.sort_keys import SortKeyField
from record.text_folding import FoldedField
from record.viewpoint import Viewpoint
from record.web_urls import WebURLField

from .contest import Contest
from .fields import LanguageField
from .result_steps import HistoryWithSteps
from .same_contest import StaysWithContest
from .work import Work


class Category(StaysWithContest, Record):
    """A group of entries that a contest judges separately."""

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="categories", verbose_name=_("contest"))
    slug = SlugField()
    name = models.CharField(_("name"), max_length=120)
    description = models.TextField(_("description"), blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=1)

    hanging = {"submissions": "contest"}
    objects: ClassVar = PartOfContestQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["contest", "order"]
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [
            unique_in(
                "contest",
                "slug",
                name="category_slug_unique",
                at="slug",
                message=_("Another category of this contest has this slug."),
            ),
            unique_in(
                "contest",
                "order",
                name="category_order_unique",
                at="order",
                message=_("Another category of this contest already has this position."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Submission(StaysWithContest, Record):
    """
    The entry of a work in a contest, as it was entered or printed there. The field `status` describes the entry (draft,
    eligible, withdrawn ...), not the result of the judging.
    """

    #: Fields that get their default again when a deleted row is restored, because they decide what the public sees.
    DECIDED_BY_STEPS = ("is_selected",)
    _work_read: int | None = None

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        ELIGIBLE = "eligible", _("Eligible")
        INELIGIBLE = "ineligible", _("Ineligible")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class LinkAudience(models.TextChoices):
        JURY = "jury", _("The jury only")
        PUBLIC = "public", _("Everybody")

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="submissions", verbose_name=_("contest"))
    work = models.ForeignKey(Work, models.PROTECT, related_name="entries", verbose_name=_("work"))
    categories: models.ManyToManyField = ProtectedManyToManyField(
        Category, blank=True, related_name="submissions", verbose_name=_("categories")
    )
    slug = SlugField()
    tracking_number = models.CharField(
        _("tracking number"),
        max_length=60,
        blank=True,
        help_text=_("The number of the entry in the system where it was entered. Only editors see it."),
    )
    title = models.CharField(_("title"), max_length=300)
    sort_key = SortKeyField(source="title")
    # The search of the admin looks for words in these fields.
    folded_title = FoldedField(source="title")
    folded_original_title = FoldedField(source="original_title")
    folded_logline = FoldedField(source="logline")
    title_language = LanguageField(_("language of the title"), blank=True)
    original_title = models.CharField(_("original title"), max_length=300, blank=True)
    original_title_language = LanguageField(_("language of the original title"), blank=True)
    logline = models.CharField(_("logline"), max_length=300, blank=True, help_text=_("The work in one sentence."))
    synopsis = models.TextField(_("synopsis"), blank=True)
    language = LanguageField(_("spoken language"), blank=True)
    countries = CountryField(_("countries and regions"), multiple=True, blank=True)
    runtime = models.PositiveIntegerField(
        _("runtime"), null=True, blank=True, validators=[MinValueValidator(1)], help_text=_("The runtime in seconds.")
    )
    year = models.PositiveSmallIntegerField(
        _("year"), null=True, blank=True, validators=[MinValueValidator(1888), MaxValueValidator(2200)]
    )
    tools = models.TextField(_("tools used"), blank=True)
    work_url = WebURLField(_("link to the work"), max_length=500, blank=True)
    work_url_audience = models.CharField(
        _("who may see the link"), max_length=10, choices=LinkAudience, default=LinkAudience.JURY
    )
    poster = ImageField(_("poster"), upload_to=UploadTo("posters"))
    status = models.CharField(_("status of the entry"), max_length=12, choices=Status, default=Status.DRAFT)
    is_selected = models.BooleanField(
        _("selected"),
        default=False,
        help_text=_("If the contest shows its selected entries, the public sees this entry after the reveal."),
    )
    sources: SourcesField = SourcesField(related_name="submissions")
    reveal_at = models.DateTimeField(
        _("public from, if earlier than the other results"), null=True, blank=True, editable=False
    )

    hanging = {"recognitions": "award__contest", "quotes": "event__contest"}
    objects: ClassVar = SubmissionQuerySet.as_manager()
    history = HistoryWithSteps(
        m2m_fields=[categories, sources],
        excluded_fields=["sort_key", "folded_title", "folded_original_title", "folded_logline"],
    )

    class Meta:
        ordering = ["contest", "sort_key", "pk"]
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        indexes = [
            models.Index(fields=["contest", "sort_key", "id"], name="submission_in_contest"),
            models.Index(fields=["contest", "status", "sort_key", "id"], name="submission_by_sort_key"),
            models.Index(fields=["sort_key", "id"], name="submission_any_by_sort_key"),
            models.Index(fields=["poster"], name="submission_by_poster"),
            # This index is small: only works that become public before the other results of their contest have a
            # `reveal_at`.
            models.Index(fields=["reveal_at"], name="submission_shown_early", condition=Q(reveal_at__isnull=False)),
            # Usually small too: few works are selected, if the jury selects works at all.
            models.Index(
                fields=["contest", "sort_key", "id"], name="submission_by_selection", condition=Q(is_selected=True)
            ),
            models.Index(fields=["status", "poster"], name="submission_by_status"),
            models.Index(fields=["poster_alt", "poster"], name="submission_by_poster_alt"),
            models.Index(fields=["poster_credit", "poster"], name="submission_by_poster_credit"),
            models.Index(fields=["language"], name="submission_by_language"),
        ]
        constraints = [
            *moments_within("reveal_at"),
            *years_within("year"),
            unique_in(
                "contest",
                "slug",
                name="submission_slug_unique",
                at="slug",
                message=_("Another submission of this contest has this slug."),
            ),
            unique_in(
                "contest",
                "tracking_number",
                name="submission_tracking_number_unique",
                at="tracking_number",
                message=_("Another submission of this contest has this tracking number."),
                condition=~Q(tracking_number=""),
            ),
            rule(
                Q(runtime__isnull=True) | Q(runtime__gt=0),
                name="submission_runtime_positive",
                at="runtime",
                message=_("A runtime is at least one second. Leave it blank if it is unknown."),
            ),
            focus_rule("poster", name="submission_poster_focus_within"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return self.work.get_absolute_url()

    @property
    def entry_path(self) -> str:
        """The path of the entry. It redirects to the work; the share card, the press kit and so on are below it."""
        return reverse("submission", args=[self.contest.slug, self.slug])

    @property
    def listed_categories(self) -> list[Category]:
        """The categories in the order of the contest. No SQL statement if `with_categories` has found them."""
        if (found := getattr(self, "found_categories", None)) is None:
            return list(self.categories.order_by("order", "pk"))
        named = ("key", "slug", "name", "description")
        return [Category(**dict(zip(named, row, strict=True))) for row in json.loads(found)]

    @property
    def credits(self) -> Any:
        """The manager of the work's credits. To load them with several entries, prefetch `work__credits`."""
        return self.work.credits

    @classmethod
    def from_db(  # type: ignore[override]  # The type stubs have a parameter of Django 6.
        cls, db: str | None, field_names: Collection[str], values: Collection[Any]
    ) -> Self:
        row = super().from_db(db, field_names, values)
        row._work_read = row.__dict__.get("work_id")
        return row

    def clean(self) -> None:
        super().clean()
        self._refuse_to_publish()
        if self._work_read not in (None, self.work_id) and self.is_public:
            raise ValidationError(
                {
                    "work": _(
                        "This entry is public, and public pages must not disappear, so its work can’t be changed. "
                        "Merge the two works instead."
                    )
                }
            )
        if self.status != self.Status.ELIGIBLE and self.won_in_public:
            raise ValidationError(
                {
                    "status": _(
                        "An award of this work is public, and public pages must not disappear. Revoke the "
                        "recognition instead: the page stays, with a notice."
                    )
                }
            )

    def _refuse_to_publish(self) -> None:
        """
        Raise `ValidationError` if the results are approved and this change would publish or hide the entry. After the
        approval, only `show_entry` and `hide_entry` in `contests.results` may publish or hide it.
        """
        if not self.contest_id or self.contest.approved_at is None:
            return
        if self.is_selected != self.was_selected:
            raise ValidationError(
                {
                    "is_selected": _(
                        "The results of this contest are approved. Save the entry without this change, then use “Show "
                        "to the public” or “Hide from the public” at the top of its page."
                    )
                }
            )
        if self.status == self.Status.ELIGIBLE and not self.is_shown and self.is_to_be_shown:
            raise ValidationError(
                {
                    "status": _(
                        "Saving this entry as eligible would make it public at once. Save it as submitted, then use "
                        "“Show to the public” at the top of its page."
                    )
                }
            )

    def check_categories(self, categories: Iterable[Category]) -> None:
        """
        Raise `ValidationError` if one of `categories` belongs to another contest. Forms use this, because `clean` does
        not know the categories that are about to be stored.
        """
        if self.contest_id and any(category.contest_id != self.contest_id for category in categories):
            raise ValidationError({"categories": _("This category belongs to another contest.")})

    @property
    def is_to_be_shown(self) -> bool:
        """
        Whether the public would see this entry, with its unsaved values, if it were eligible. Needs at most one SQL
        statement.
        """
        contest, now = self.contest, timezone.now()
        if contest.results(Viewpoint(now)) is Results.PUBLIC and contest.shows(is_selected=self.is_selected):
            return True
        return self.has_known_award

    @cached_property
    def has_known_award(self) -> bool:
        """Whether an award of this work is public. Needs one SQL statement."""
        return bool(self.pk) and self.recognitions.revealed(Viewpoint.now()).exists()

    @cached_property
    def is_shown(self) -> bool:
        """Whether the public sees the entry as it is in the database. Needs one SQL statement."""
        shown = Submission.objects.public(Viewpoint.now())
        return bool(self.pk) and shown.filter(pk=self.pk, contest=self.contest_id).exists()

    @cached_property
    def was_selected(self) -> bool:
        """Whether the entry is marked as selected in the database. Needs one SQL statement."""
        stored = Submission.objects.filter(pk=self.pk, contest=self.contest_id, is_selected=True)
        return bool(self.pk) and stored.exists()

    @property
    def is_public(self) -> bool:
        """Whether the public sees this entry, as it is in the database. Needs one SQL statement."""
        return bool(self.pk) and Submission.objects.public(Viewpoint.now()).filter(pk=self.pk).exists()

    @property
    def public_work_url(self) -> str:
        """The link to the work if everybody may see it, else ""."""
        return self.work_url if self.work_url_audience == self.LinkAudience.PUBLIC else ""

    @cached_property
    def won_in_public(self) -> bool:
        """Whether this work is eligible in the database and has a public award. Needs one SQL statement."""
        known = self.recognitions.revealed(Viewpoint.now()) if self.pk else None
        eligible = {"submissions": self.pk, "submissions__status": self.Status.ELIGIBLE}
        return known is not None and known.filter(**eligible).exists()
