from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from simple_history.models import HistoricalRecords

from accounts.models import User
from contests.querysets import PartOfContestQuerySet, RecognitionQuerySet
from contests.verification_codes import CodeField
from people.models import Person
from record.models import Record, days_within, moments_within, rule, source_of_fact, unique_in
from record.slugs import SlugField

from .contest import Contest
from .fields import CurrencyField, SpokenField
from .result_steps import HistoryWithSteps
from .series import AwardLine
from .submission import Submission


class Award(Record):
    """An award of a contest, such as a grand prize or an official selection."""

    class Kind(models.TextChoices):
        GRAND_PRIZE = "grand_prize", _("Grand prize")
        PRIZE = "prize", pgettext_lazy("kind of award", "Prize")
        SELECTION = "selection", _("Selection")
        MENTION = "mention", _("Mention")
        AUDIENCE = "audience", _("Audience award")
        HONORARY = "honorary", _("Honorary award")

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


class Recognition(Record):
    """An award given to a submission or to a person. A revoked recognition keeps its page, which shows a notice."""

    # The verification code. It is printed on the laurel, so that anyone can check whether the award is still valid.
    code = CodeField(source="key", unique=True)

    class Standing(models.TextChoices):
        WINNER = "winner", _("Winner")
        RUNNER_UP = "runner_up", _("Runner-up")
        FINALIST = "finalist", _("Finalist")
        NOMINEE = "nominee", _("Nominee")
        MENTION = "mention", _("Mention")

    award = models.ForeignKey(Award, models.PROTECT, related_name="recognitions", verbose_name=_("award"))
    submission = models.ForeignKey(
        Submission, models.PROTECT, null=True, blank=True, related_name="recognitions", verbose_name=_("submission")
    )
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="recognitions", verbose_name=_("person")
    )
    standing = models.CharField(_("standing"), max_length=12, choices=Standing, default=Standing.WINNER)
    citation = SpokenField(_("citation"), blank=True, help_text=_("The jury’s words, exactly."))
    presenters = models.ManyToManyField(
        Person, blank=True, related_name="presented_recognitions", verbose_name=_("presented by")
    )
    order = models.PositiveSmallIntegerField(
        _("order"), default=1, help_text=_("Position among the recognitions with the same award. 1 is the first.")
    )
    source = source_of_fact("recognitions")
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True, editable=False)
    approved_by = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, editable=False, related_name="+", verbose_name=_("approved by")
    )
    approved_as = models.JSONField(
        _("approved content"),
        null=True,
        blank=True,
        editable=False,
        help_text=_(
            "The content at the time of the approval. It is kept for comparison, even if the approval is withdrawn."
        ),
    )
    reveal_at = models.DateTimeField(
        _("public from, if earlier than the other results"), null=True, blank=True, editable=False
    )
    revoked_on = models.DateField(_("revoked on"), null=True, blank=True, editable=False)
    revocation_reason = models.TextField(_("public reason of the revocation"), blank=True, editable=False)

    #: Columns that only `contests.results` and the database triggers of `contests.triggers` change.
    OF_STEPS = ("approved_at", "approved_by_id", "approved_as", "reveal_at", "revoked_on", "revocation_reason")

    objects: ClassVar = RecognitionQuerySet.as_manager()
    history = HistoryWithSteps(m2m_fields=[presenters], excluded_fields=["code", "approved_as"])

    class Meta:
        ordering = ["award__precedence", "order", "pk"]
        verbose_name = _("recognition")
        verbose_name_plural = _("recognitions")
        permissions = [("revoke_recognition", "Can revoke and restore a public recognition")]
        indexes = [
            models.Index(fields=["award"], name="recognition_waiting", condition=Q(approved_at__isnull=True)),
            models.Index(fields=["reveal_at"], name="recognition_by_reveal"),
            models.Index(fields=["approved_at"], name="recognition_by_approval"),
        ]
        constraints = [
            *moments_within("approved_at", "reveal_at"),
            *days_within("revoked_on"),
            rule(
                Q(submission__isnull=False, person__isnull=True) | Q(submission__isnull=True, person__isnull=False),
                name="recognition_of_submission_or_person",
                at="submission",
                message=_("Choose either a submission or a person: one of the two, not both."),
            ),
            rule(
                Q(revoked_on__isnull=True, revocation_reason="")
                | Q(revoked_on__isnull=False) & ~Q(revocation_reason=""),
                name="recognition_revoked_with_date_and_reason",
                at="revocation_reason",
                message=_("A revocation needs both a date and a public reason."),
            ),
            unique_in(
                "award",
                "submission",
                name="recognition_submission_once",
                at="submission",
                message=_("This submission has that award already."),
            ),
            unique_in(
                "award",
                "person",
                name="recognition_person_once",
                at="person",
                message=_("This person has that award already."),
            ),
            unique_in(
                "award",
                "order",
                name="recognition_order_unique",
                at="order",
                message=_("Another recognition with this award already has this position."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award}: {self.honouree}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and not hasattr(self, "_step"):
            # Read these columns again, so that saving an object that was loaded before an approval (or another change
            # of state) doesn't overwrite that change.
            now = Recognition.objects.filter(pk=self.pk).values(*self.OF_STEPS).first() or {}
            for name, value in now.items():
                setattr(self, name, value)
        super().save(*args, **kwargs)

    @property
    def honouree(self) -> Submission | Person | None:
        """The submission or person that received the award."""
        return self.submission or self.person

    @property
    def is_revoked(self) -> bool:
        return self.revoked_on is not None

    @property
    def approval_is_withdrawn(self) -> bool:
        """
        Whether this recognition lost its approval, because something that the approval covers was changed before the
        reveal.
        """
        return self.approved_at is None and self.approved_as is not None

    @property
    def is_won(self) -> bool:
        """
        Whether the work or person won the award. False for every other standing, such as nominee, and for a revoked
        award.
        """
        return self.standing == self.Standing.WINNER and not self.is_revoked

    def clean(self) -> None:
        super().clean()
        # Use the object, not `submission_id`: a new submission from the same admin form has no primary key yet.
        work = self.submission
        if work and work.contest_id and self.award_id and work.contest_id != self.award.contest_id:
            raise ValidationError({"award": _("This submission and the award belong to different contests.")})
        approved = Recognition.objects.filter(pk=self.pk, approved_at__isnull=False) if self.pk else None
        said = approved and approved.values("award_id", "submission_id", "person_id", "standing").first()
        if said and any(getattr(self, name) != value for name, value in said.items()):
            raise ValidationError(
                _(
                    "The result is approved, so its winner can’t be changed. Take back the approval first. "
                    "If the result is public, revoke it and enter the right one."
                )
            )

    @property
    def why_it_stays(self) -> str:
        """
        A message that says why this row can't be deleted and why its award can't be given to another work or person. It
        is "" if both are possible.
        """
        if self.approved_at is None:
            return ""
        text = _("“%(recognition)s” is approved: take back the approval first. If it is public, revoke it.")
        return str(text) % {"recognition": self}
