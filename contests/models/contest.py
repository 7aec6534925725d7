from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from contests import querysets
from contests.querysets import ContestQuerySet, PartOfContestQuerySet
from contests.visibility import Results
from contests.work_kinds import WorkKind, WorkPhrases
from people.models import Organisation
from record.countries import CountryField
from record.images import ImageField, UploadTo, focus_rule
from record.models import Record, SourcesField, moments_within, rule, source_of_fact, unique_in
from record.partial_dates import PartialDateField, in_order, partial_dates_within
from record.slugs import SlugField
from record.viewpoint import Viewpoint

from .edition import OfSeries
from .edition_key import EditionKeyField
from .fields import CurrencyField, TimeZoneField
from .result_steps import HistoryWithSteps
from .series import Series


class Contest(OfSeries, Record):
    """One edition of a contest: who runs it, where and when, its prizes, and when its results become public."""

    class Accent(models.TextChoices):
        """The accent colours of contest pages. `tokens.css` defines them, and a test checks their contrast."""

        VERMILION = "vermilion", _("Vermilion")
        ROSE = "rose", _("Rose")
        PLUM = "plum", _("Plum")
        VIOLET = "violet", _("Violet")
        COBALT = "cobalt", _("Cobalt")
        TEAL = "teal", _("Teal")
        MOSS = "moss", _("Moss")
        OCHRE = "ochre", _("Ochre")
        SIENNA = "sienna", _("Sienna")
        SLATE = "slate", _("Slate")

    class PublicEntries(models.TextChoices):
        """Which eligible entries the public sees once the results are public."""

        WINNERS = "winners", _("Only entries with an award")
        SELECTED = "selected", _("Entries with an award, and entries marked as selected")
        ALL = "all", _("All eligible entries")

    slug = SlugField(unique=True)
    series = models.ForeignKey(
        Series, models.PROTECT, null=True, blank=True, related_name="contests", verbose_name=_("series")
    )
    title = models.CharField(_("title"), max_length=200)
    edition_number = models.PositiveSmallIntegerField(
        _("number of the edition"), null=True, blank=True, help_text=_("1 for the first edition of the series.")
    )
    year_label = models.CharField(
        _("year"),
        max_length=40,
        blank=True,
        help_text=_("The year as people write it, for example “2026” or “1927/28”."),
    )
    held_from = PartialDateField(
        _("held on or from"),
        time=True,
        help_text=_("When it was decided, as exactly as it is known: 1929, 1929-05, 1929-05-16, or with a time."),
    )
    held_to = PartialDateField(
        _("held until"), time=True, help_text=_("If it went on for longer, in the same form as above.")
    )
    edition_key = EditionKeyField()
    tagline = models.CharField(
        _("tagline"), max_length=300, blank=True, help_text=_("One sentence, in your own words.")
    )
    about = models.TextField(_("about"), blank=True, help_text=_("The contest’s story, in your own words."))
    work_kind = models.CharField(
        _("kind of works"),
        max_length=10,
        choices=WorkKind,
        default=WorkKind.WORK,
        help_text=_("What the contest’s pages call a work, for example “film” or “game”."),
    )
    organiser = models.ForeignKey(
        Organisation, models.PROTECT, related_name="organised_contests", verbose_name=_("organiser")
    )
    host_event = models.CharField(
        _("host event"), max_length=200, blank=True, help_text=_("The festival that the contest runs alongside.")
    )
    city = models.CharField(_("city"), max_length=120, blank=True)
    country = CountryField(_("country or region"), blank=True)
    prize_pool = models.DecimalField(
        _("prize pool"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    prize_currency = CurrencyField(_("currency of the prize pool"), blank=True)
    time_zone = TimeZoneField(
        _("time zone"), blank=True, help_text=_("The time zone for all dates of the contest. Default: UTC.")
    )
    opens_at = models.DateTimeField(_("opens for entries"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes for entries"), null=True, blank=True)

    published_at = models.DateTimeField(
        _("published from"),
        null=True,
        blank=True,
        help_text=_("The contest’s page becomes public at this time. Blank: only editors see it."),
    )
    approved_at = models.DateTimeField(_("results approved at"), null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="approved_contests",
        verbose_name=_("results approved by"),
    )
    reveal_at = models.DateTimeField(_("reveal at"), null=True, blank=True, editable=False)
    public_entries = models.CharField(
        _("entries that the public sees"),
        max_length=10,
        choices=PublicEntries,
        default=PublicEntries.WINNERS,
        help_text=_("The setting takes effect at the reveal. Nominees and finalists count as entries with an award."),
    )

    accent = models.CharField(_("accent colour"), max_length=20, choices=Accent, default=Accent.VERMILION)
    hero = ImageField(_("hero image"), upload_to=UploadTo("heroes"))
    sources = SourcesField(related_name="contests")

    objects: ClassVar = ContestQuerySet.as_manager()
    history = HistoryWithSteps(m2m_fields=[sources], excluded_fields=["edition_key"])

    class Meta:
        ordering = ["-edition_key", "-pk"]
        permissions = [
            ("approve_results", "Can approve results and take an approval back"),
            ("reveal_results", "Can reveal results, now or at a moment, and show them on stage"),
            ("preview_results", "Can give out links to results that are not public yet"),
        ]
        verbose_name = _("contest")
        verbose_name_plural = _("contests")
        indexes = [
            models.Index(fields=["-edition_key", "-id"], name="contest_newest_first"),
            models.Index(fields=["series", "-edition_key", "-id"], name="contest_editions"),
            models.Index(fields=["published_at"], name="contest_by_publication"),
            models.Index(fields=["year_label", "edition_key"], name="contest_by_year"),
            models.Index(fields=["hero"], name="contest_by_hero"),
            models.Index(fields=["reveal_at"], name="contest_by_reveal"),
        ]
        constraints = [
            *moments_within("opens_at", "closes_at", "published_at", "approved_at", "reveal_at"),
            *partial_dates_within("held_from", "held_to", time=True),
            in_order("held_from", "held_to", name="contest_held_to_after_held_from"),
            unique_in(
                "series",
                "edition_number",
                name="contest_edition_number_unique",
                at="edition_number",
                message=_("Another edition of this series has this number."),
            ),
            rule(
                Q(edition_number__isnull=True) | Q(edition_number__gte=1),
                name="contest_edition_number_from_one",
                at="edition_number",
                message=_("The first edition has the number 1."),
            ),
            rule(
                Q(closes_at__isnull=True) | Q(opens_at__isnull=True) | Q(closes_at__gt=F("opens_at")),
                name="contest_closes_after_opening",
                at="closes_at",
                message=_("Entries must close after they open."),
            ),
            rule(
                Q(prize_pool__isnull=True) | Q(prize_pool__gte=0),
                name="contest_prize_pool_not_negative",
                at="prize_pool",
                message=_("The prize pool can’t be negative."),
            ),
            rule(
                Q(prize_pool__isnull=True) | ~Q(prize_currency=""),
                name="contest_prize_pool_with_currency",
                at="prize_currency",
                message=_("Choose the currency of the prize pool."),
            ),
            focus_rule("hero", name="contest_hero_focus_within"),
        ]

    def __str__(self) -> str:
        return self.title if self.edition_label in self.title else f"{self.title} {self.edition_label}"

    def get_absolute_url(self) -> str:
        return reverse("contest", args=[self.slug])

    def clean(self) -> None:
        super().clean()
        now = timezone.now()
        stored = Contest.objects.filter(pk=self.pk) if self.pk else Contest.objects.none()
        if stored.filter(approved_at__isnull=False).exclude(public_entries=self.public_entries).exists():
            raise ValidationError(
                {
                    "public_entries": _(
                        "The results are approved. To change which entries the public sees, use the buttons at the top "
                        "of the page. They show what becomes public."
                    )
                }
            )
        kept = stored.with_results_to_keep(Viewpoint(now))
        since = kept.values_list("published_at", flat=True).first()
        if since is None:
            return
        # Compare whole seconds only, because some forms drop the fractions of a second.
        if self.published_at is None or self.published_at.replace(microsecond=0) != since.replace(microsecond=0):
            raise ValidationError(
                {"published_at": _("The contest’s results are public, so this time can’t be changed any more.")}
            )

    @property
    def work_phrases(self) -> WorkPhrases:
        return WorkKind(self.work_kind).phrases

    def results(self, viewpoint: Viewpoint) -> Results:
        """Return the state of the results at `viewpoint`: not approved, approved or public."""
        if self.pk is not None and self.pk == viewpoint.preview:
            return Results.PUBLIC
        return Results.of(
            published_at=self.published_at, approved_at=self.approved_at, reveal_at=self.reveal_at, at=viewpoint.at
        )

    def shows(self, *, is_selected: bool) -> bool:
        """
        Return whether the public sees an eligible entry without an award after the reveal. `is_selected` says whether
        the entry is marked as selected.
        """
        chosen = self.public_entries == self.PublicEntries.SELECTED and is_selected
        return chosen or self.public_entries == self.PublicEntries.ALL

    @property
    def most_counted(self) -> int:
        """The largest number of submissions that `with_counts` counts."""
        return querysets.WORKS

    @property
    def has_uncounted_submissions(self) -> bool:
        """Whether there are more submissions than that. Only for contests that were loaded with `with_counts`."""
        counts: Any = self
        return counts.submission_count > querysets.WORKS

    def entry_stage(self, viewpoint: Viewpoint) -> str:
        """
        Return "upcoming", "open" or "closed": whether the contest accepts entries at `viewpoint`, by `opens_at` and
        `closes_at`. Return "" if both dates are blank, or if the results are public. The value doesn't depend on the
        approval, so it doesn't tell visitors whether the results are approved.
        """
        if self.results(viewpoint) is Results.PUBLIC:
            return ""
        if self.opens_at and viewpoint.at < self.opens_at:
            return "upcoming"
        if self.closes_at:
            return "open" if viewpoint.at < self.closes_at else "closed"
        return "open" if self.opens_at else ""


class Figure(Record):
    """A number that a source reports about a contest, such as “more than 4,600 submissions”."""

    class Qualifier(models.TextChoices):
        EXACTLY = "exactly", pgettext_lazy("number", "exactly")
        MORE_THAN = "more_than", pgettext_lazy("number", "more than")
        ABOUT = "about", pgettext_lazy("number", "about")

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="figures", verbose_name=_("contest"))
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="figures",
        verbose_name=_("about the organisation"),
        help_text=_("Leave blank if the figure is about the contest itself."),
    )
    slug = SlugField()
    label = models.CharField(
        _("label"), max_length=120, help_text=_("What the figure counts, for example “submissions”.")
    )
    qualifier = models.CharField(_("qualifier"), max_length=12, choices=Qualifier)
    value = models.DecimalField(_("value"), max_digits=20, decimal_places=2)
    unit = models.CharField(
        _("unit"), max_length=60, blank=True, help_text=_("Enter a unit only if the label doesn’t name one.")
    )
    currency = CurrencyField(_("currency"), blank=True)
    note = models.CharField(
        _("note"),
        max_length=200,
        blank=True,
        help_text=_("A remark on the figure, for example “within 10 months of launch”."),
    )
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    source = source_of_fact("figures", required=True)

    objects: ClassVar = PartOfContestQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["contest", "order"]
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        constraints = [
            unique_in(
                "contest",
                "slug",
                name="figure_slug_unique",
                at="slug",
                message=_("Another figure of this contest has this slug."),
            ),
            unique_in(
                "contest",
                "order",
                name="figure_order_unique",
                at="order",
                message=_("Another figure of this contest already has this position."),
            ),
            rule(
                Q(qualifier__in=["exactly", "more_than", "about"]),
                name="figure_has_qualifier",
                at="qualifier",
                message=_("Choose the wording of the source: “exactly”, “more than” or “about”."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_qualifier_display()} {self.value.normalize():,f} {self.label}"


class LeadingRegion(Record):
    """A country or region among those with the most entries, with its rank, as a source reports it."""

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="leading_regions", verbose_name=_("contest"))
    country = CountryField(_("country or region"))
    rank = models.PositiveSmallIntegerField(_("rank"))
    source = source_of_fact("leading_regions", required=True)

    objects: ClassVar = PartOfContestQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["contest", "rank"]
        verbose_name = _("country with the most entries")
        verbose_name_plural = _("countries with the most entries")
        constraints = [
            unique_in(
                "contest",
                "rank",
                name="leading_region_rank_unique",
                at="rank",
                message=_("Another country or region of this contest has this rank."),
            ),
            unique_in(
                "contest",
                "country",
                name="leading_region_named_once",
                at="country",
                message=_("This country or region is in the list already."),
            ),
            rule(
                Q(rank__gte=1),
                name="leading_region_rank_from_one",
                at="rank",
                message=_("Ranks start at 1."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.country.name}"  # type: ignore[attr-defined]  # The type stubs say `str`.
