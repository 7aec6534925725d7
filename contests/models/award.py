from typing import ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from contests.querysets import PartOfContestQuerySet
from record.models import Record, rule, source_of_fact, unique_in
from record.slugs import SlugField

from .contest import Contest
from .fields import CurrencyField
from .series import AwardLine


class Award(Record):
    """An award of a contest, such as a grand prize or an official selection."""

    class Kind(models.TextChoices):
        GRAND_PRIZE = "grand_prize", _("Grand prize")
        PRIZE = "prize", pgettext_lazy("kind of award", "Prize")
        SELECTION = "selection", _("Selection")
        MENTION = "mention", _("Mention")
        AUDIENCE = "audience", _("Audience award")
        HONORARY = "honorary", _("Honorary award")

    class Honours(models.TextChoices):
        WORKS = "works", _("Works")
        PEOPLE = "people", _("People and organisations")

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="awards", verbose_name=_("contest"))
    slug = SlugField()
    name = models.CharField(_("name"), max_length=300)
    line = models.ForeignKey(
        AwardLine,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="awards",
        verbose_name=_("continuing award"),
        help_text=_("The award of the series that goes on under this name, if it was given in other years too."),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.PRIZE)
    honours = models.CharField(
        _("honours"),
        max_length=8,
        choices=Honours,
        default=Honours.WORKS,
        help_text=_(
            "Lists name these first. For example, an award for acting honours people, named before their works."
        ),
    )
    precedence = models.PositiveSmallIntegerField(_("rank"), help_text=_("1 is the highest award and is listed first."))
    description = models.TextField(_("description"), blank=True)
    prize_amount = models.DecimalField(
        _("prize money"), max_digits=12, decimal_places=2, null=True, blank=True, validators=[MinValueValidator(0)]
    )
    prize_currency = CurrencyField(_("currency of the prize money"), blank=True)
    source = source_of_fact("awards")

    objects: ClassVar = PartOfContestQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["contest", "precedence"]
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        constraints = [
            unique_in(
                "contest",
                "slug",
                name="award_slug_unique",
                at="slug",
                message=_("Another award of this contest has this slug."),
            ),
            unique_in(
                "contest",
                "precedence",
                name="award_precedence_unique",
                at="precedence",
                message=_("Another award of this contest has this rank."),
            ),
            rule(
                Q(prize_amount__isnull=True) | Q(prize_amount__gte=0),
                name="award_prize_not_negative",
                at="prize_amount",
                message=_("Prize money can’t be negative."),
            ),
            rule(
                Q(prize_amount__isnull=True) | ~Q(prize_currency=""),
                name="award_prize_with_currency",
                at="prize_currency",
                message=_("Choose the currency of the prize money."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        super().clean()
        moved = self.pk and Award.objects.filter(pk=self.pk).exclude(contest=self.contest_id).exists()
        if moved and self.recognitions.exists():
            raise ValidationError({"contest": _("This award was already given, so it can’t move to another contest.")})
        # Use the object, not `contest_id`: a new contest from the same admin form has no primary key yet.
        if self.line and self.line.series_id != self.contest.series_id:
            raise ValidationError(
                {"line": _("This continuing award belongs to another series than the contest.")}, code="line_of_series"
            )
