from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from contests.querysets import PartOfWorkQuerySet, WorkQuerySet
from record.countries import CountryField
from record.models import (
    ExternalIdentifier,
    Record,
    SourcesField,
    identifiers_in,
    rule,
    scheme_field,
    years_within,
)
from record.slugs import SlugField
from record.sort_keys import InitialField, SortKeyField
from record.synthetic import is_synthetic
from record.text_folding import FoldedField

from .fields import LanguageField, LanguagesField

YEARS = [MinValueValidator(1800), MaxValueValidator(2200)]


class Work(Record):
    """
    A film, a game, a book or another work, as it is known beyond a single contest. Its entries (`Submission`) say in
    which contests it took part. The credits belong to the work, so they are the same for all its entries.
    """

    slug = SlugField(unique=True)
    title = models.CharField(_("title"), max_length=300)
    sort_key = SortKeyField(source="title")
    letter = InitialField(source="title")
    # The search of the admin looks for words in these fields.
    folded_title = FoldedField(source="title")
    folded_original_title = FoldedField(source="original_title")
    title_language = LanguageField(_("language of the title"), blank=True)
    original_title = models.CharField(_("original title"), max_length=300, blank=True)
    original_title_language = LanguageField(_("language of the original title"), blank=True)
    disambiguation = models.CharField(
        _("disambiguation"),
        max_length=200,
        blank=True,
        help_text=_("What tells this work from another one with the same title, for example “film of 1956”."),
    )
    year_from = models.PositiveSmallIntegerField(_("year"), null=True, blank=True, validators=YEARS)
    year_to = models.PositiveSmallIntegerField(
        _("last year"),
        null=True,
        blank=True,
        validators=YEARS,
        help_text=_("Only for a work that was made or shown over several years, such as a series."),
    )
    countries = CountryField(_("countries and regions"), multiple=True, blank=True)
    languages = LanguagesField(_("languages"), blank=True)
    sources: SourcesField = SourcesField(related_name="works")

    objects: ClassVar = WorkQuerySet.as_manager()
    history = HistoricalRecords(
        m2m_fields=[sources], excluded_fields=["sort_key", "letter", "folded_title", "folded_original_title"]
    )

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name = _("work")
        verbose_name_plural = _("works")
        indexes = [
            models.Index(fields=["sort_key", "id"], name="work_by_sort_key"),
            models.Index(fields=["letter", "sort_key", "id"], name="work_by_letter"),
            models.Index(fields=["year_from", "sort_key", "id"], name="work_by_year"),
            # The sitemap looks for works that are not synthetic.
            models.Index(fields=["id"], name="work_real", condition=~is_synthetic()),
        ]
        constraints = [
            *years_within("year_from", "year_to"),
            rule(
                Q(year_to__isnull=True) | Q(year_from__isnull=False, year_to__gte=F("year_from")),
                name="work_years_in_order",
                at="year_to",
                message=_("The last year can’t be before the first one."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("work", args=[self.slug])

    @property
    def listed_identifiers(self) -> list["WorkIdentifier"]:
        """The identifiers that `entries_of` has loaded for the page of the work."""
        return identifiers_in(getattr(self, "found_identifiers", ""), WorkIdentifier)

    @property
    def years(self) -> str:
        """The years as text, such as "1994" or "1994–1998". Blank if they are unknown."""
        span = [year for year in (self.year_from, self.year_to) if year]
        return "–".join(str(year) for year in dict.fromkeys(span))


class WorkIdentifier(ExternalIdentifier):
    """An identifier that another catalogue gave to a work."""

    work = models.ForeignKey(Work, models.CASCADE, related_name="identifiers", verbose_name=_("work"))
    scheme = scheme_field("wikidata", "imdb", "isan", "eidr", "own")

    imdb_letters = "tt"
    objects: ClassVar = PartOfWorkQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta(ExternalIdentifier.Meta):
        ordering = ["work", "pk"]
