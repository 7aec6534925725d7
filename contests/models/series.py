from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from contests.series_querysets import AwardLineQuerySet, SeriesOrganiserQuerySet, SeriesQuerySet
from people.models import Organisation
from record.models import Record, SourcesField, source_of_fact, unique_in
from record.partial_dates import PartialDateField, in_order, partial_dates_within
from record.slugs import SlugField
from record.sort_keys import SortKeyField


class Series(Record):
    """A series of contests: all editions of the same competition."""

    slug = SlugField(unique=True)
    name = models.CharField(_("name"), max_length=200)
    sort_key = SortKeyField(source="name")
    description = models.TextField(_("description"), blank=True)
    sources: SourcesField = SourcesField(related_name="series")

    objects: ClassVar = SeriesQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[sources], excluded_fields=["sort_key"])

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name = _("series")
        verbose_name_plural = _("series")
        indexes = [models.Index(fields=["sort_key", "id"], name="series_by_name")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("series", args=[self.slug])


class SeriesOrganiser(Record):
    """An organisation that has organised a series, and from when until when."""

    series = models.ForeignKey(Series, models.PROTECT, related_name="organisers", verbose_name=_("series"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="organised_series", verbose_name=_("organisation")
    )
    since = PartialDateField(_("from"))
    until = PartialDateField(_("until"))
    source = source_of_fact("series_organisers")

    objects: ClassVar = SeriesOrganiserQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["series", "since", "pk"]
        verbose_name = _("organiser of a series")
        verbose_name_plural = _("organisers of series")
        constraints = [
            *partial_dates_within("since", "until"),
            in_order("since", "until", name="series_organiser_ends_after_beginning"),
            unique_in(
                "series",
                "organisation",
                "since",
                name="series_organiser_named_once",
                at="organisation",
                message=_("This organisation is in the list already, from the same date."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.series}"


class AwardLine(Record):
    """
    An award of a series that goes on through the years, often under changing names. The awards of the contests refer to
    it.
    """

    series = models.ForeignKey(Series, models.PROTECT, related_name="lines", verbose_name=_("series"))
    slug = SlugField()
    name = models.CharField(_("name"), max_length=300, help_text=_("The name that people know it by, often the last."))
    description = models.TextField(_("description"), blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=1, help_text=_("Position in its series."))
    continues = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="continued_by",
        verbose_name=_("continues"),
        help_text=_("The award of the same series that this one has replaced, if it is not the same award."),
    )
    source = source_of_fact("award_lines")

    objects: ClassVar = AwardLineQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["series", "order"]
        verbose_name = _("continuing award")
        verbose_name_plural = _("continuing awards")
        constraints = [
            unique_in(
                "series",
                "slug",
                name="award_line_slug_unique",
                at="slug",
                message=_("Another award of this series has this slug."),
            ),
            unique_in(
                "series",
                "order",
                name="award_line_order_unique",
                at="order",
                message=_("Another award of this series already has this position."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("award_line", args=[self.series.slug, self.slug])

    def clean(self) -> None:
        super().clean()
        if not self.series_id:
            return
        before = self.continues
        if before and before.series_id != self.series_id:
            raise ValidationError({"continues": _("Choose an award of the same series.")})
        if self.pk and self._follows_itself():
            raise ValidationError({"continues": _("An award can’t continue itself, or an award that came after it.")})
        if self.pk and (
            self.awards.exclude(contest__series=self.series_id).exists()
            or self.continued_by.exclude(series=self.series_id).exists()
        ):
            raise ValidationError(
                {"series": _("Awards of the series refer to this record, so it can’t move to another series.")},
                code="line_stays_in_series",
            )

    def _follows_itself(self) -> bool:
        """Return whether the award continues itself, or an award that came after it."""
        links: dict[Any, Any] = dict(AwardLine.objects.filter(series=self.series_id).values_list("pk", "continues"))
        links[self.pk] = self.continues_id
        seen, at = set(), self.continues_id
        while at is not None and at not in seen:
            seen.add(at)
            at = links.get(at)
        return self.pk in seen
