from collections.abc import Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import User
from contests.querysets import works_and_parties
from contests.recognition_querysets import RecognitionQuerySet
from contests.verification_codes import CodeField
from people.models import Organisation, Person
from record.list_format import enumerated
from record.models import (
    ProtectedManyToManyField,
    Record,
    days_within,
    moments_within,
    rule,
    source_of_fact,
    unique_in,
)
from record.viewpoint import Viewpoint

from .award import Award
from .fields import SpokenField
from .result_steps import HistoryWithSteps
from .submission import Submission


class Recognition(Record):
    """
    One nomination or award: for any number of works, and any number of people and organisations (its parties). A
    revoked recognition keeps its page, which shows a notice.
    """

    # The verification code. It is printed on the laurel, so that anyone can check whether the award is still valid.
    code = CodeField(source="key", unique=True)

    class Standing(models.TextChoices):
        WINNER = "winner", _("Winner")
        RUNNER_UP = "runner_up", _("Runner-up")
        FINALIST = "finalist", _("Finalist")
        NOMINEE = "nominee", _("Nominee")
        MENTION = "mention", _("Mention")

    class Outcome(models.TextChoices):
        GIVEN = "given", _("Given")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        UNOFFICIAL = "unofficial", _("Not official")

    #: The outcomes that count. Lists also show the others, with their word, but numbers leave them out.
    COUNTED = (Outcome.GIVEN, Outcome.DECLINED)
    #: The most works, or people and organisations, that `named` names.
    MOST_NAMED = 3

    award = models.ForeignKey(Award, models.PROTECT, related_name="recognitions", verbose_name=_("award"))
    submissions: models.ManyToManyField = ProtectedManyToManyField(
        Submission,
        blank=True,
        related_name="recognitions",
        verbose_name=_("works"),
        help_text=_("Leave this blank if the award isn’t for a work. Choose several works only if they share it."),
    )
    standing = models.CharField(_("standing"), max_length=12, choices=Standing, default=Standing.WINNER)
    outcome = models.CharField(
        _("outcome"),
        max_length=12,
        choices=Outcome,
        default=Outcome.GIVEN,
        help_text=_("A declined award counts. One that was withdrawn or not official is shown, but not counted."),
    )
    rank = models.PositiveSmallIntegerField(
        _("place"), null=True, blank=True, validators=[MinValueValidator(1)], help_text=_("For example 2 for second.")
    )
    is_tied = models.BooleanField(_("tied"), default=False, help_text=_("Others have the same place."))
    is_shared = models.BooleanField(_("shared prize"), default=False, help_text=_("The prize was divided."))
    detail = models.CharField(
        _("what was recognised"),
        max_length=300,
        blank=True,
        help_text=_("For example a song, a character or a field of technology, as the source names it."),
    )
    note = models.TextField(_("note"), blank=True, help_text=_("A remark for readers, in your own words."))
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

    #: The columns that define what was won. The works and the parties define who won it. An approval covers both.
    WON = ("award_id", "standing", "outcome", "detail", "rank", "is_tied", "is_shared")
    #: Columns that only `contests.results` and the database triggers of `contests.triggers` change.
    OF_STEPS = ("approved_at", "approved_by_id", "approved_as", "reveal_at", "revoked_on", "revocation_reason")

    #: Whether a form that is about to store other works has checked them, so that `clean` need not check the present.
    gets_other_works = False

    objects: ClassVar = RecognitionQuerySet.as_manager()
    history = HistoryWithSteps(m2m_fields=[submissions, presenters], excluded_fields=["code", "approved_as"])

    class Meta:
        ordering = ["award__precedence", "order", "pk"]
        verbose_name = _("recognition")
        verbose_name_plural = _("recognitions")
        permissions = [("revoke_recognition", "Can revoke and restore a public recognition")]
        indexes = [
            models.Index(fields=["award"], name="recognition_waiting", condition=Q(approved_at__isnull=True)),
            models.Index(fields=["reveal_at"], name="recognition_by_reveal"),
            models.Index(fields=["approved_at"], name="recognition_by_approval"),
            models.Index(fields=["standing", "award", "order"], name="recognition_by_standing"),
        ]
        constraints = [
            *moments_within("approved_at", "reveal_at"),
            *days_within("revoked_on"),
            rule(
                Q(rank__isnull=True) | Q(rank__gte=1),
                name="recognition_rank_from_one",
                at="rank",
                message=_("Places start at 1. Leave it blank if it is unknown."),
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
                "order",
                name="recognition_order_unique",
                at="order",
                message=_("Another recognition with this award already has this position."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award}: {self.honouree or self.detail}" if self.honouree or self.detail else str(self.award)

    @staticmethod
    def parts_of_name() -> list[models.Prefetch]:
        """Return what lists prefetch that show the names of recognitions, such as the history of the admin."""
        return works_and_parties()

    def get_absolute_url(self) -> str:
        """Return the URL of the page of the work or person, or of the winners of the contest if there is none."""
        page = getattr(self.honouree, "get_absolute_url", None)
        return page() if page else reverse("contest_winners", args=[self.award.contest.slug])

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and not hasattr(self, "_step"):
            # Read these columns again, so that saving an object that was loaded before an approval (or another change
            # of state) doesn't overwrite that change.
            now = Recognition.objects.filter(pk=self.pk).values(*self.OF_STEPS).first() or {}
            for name, value in now.items():
                setattr(self, name, value)
        super().save(*args, **kwargs)

    @property
    def works(self) -> list[Submission]:
        """The works that share this recognition, by title. Needs no SQL statement if they were prefetched."""
        return sorted(self.submissions.all(), key=lambda work: (work.sort_key, work.pk))

    @property
    def submission(self) -> Submission | None:
        """The work that lists show for this recognition: the first one."""
        return self.works[0] if self.works else None

    @property
    def recipients(self) -> list[Person | Organisation]:
        """The people and organisations that share this recognition, in order. No SQL statement if prefetched."""
        parties = sorted(self.parties.all(), key=lambda party: (party.order, party.pk))
        return [party.recipient for party in parties if party.recipient is not None]

    @property
    def person(self) -> Person | Organisation | None:
        """The person or organisation that lists show for this recognition, if they show no work."""
        return self.recipients[0] if self.recipients else None

    @property
    def honouree(self) -> Submission | Person | Organisation | None:
        """The work, person or organisation that lists name first, by what the award honours. None if there is none."""
        found: list[Any] = [self.submission, self.person]
        if self.award.honours == Award.Honours.PEOPLE:
            found.reverse()
        return next((row for row in found if row is not None), None)

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
        Whether this is a win that counts. False for every other standing, such as nominee, and for an award that was
        revoked or withdrawn or is not official.
        """
        return self.standing == self.Standing.WINNER and self.counts

    @property
    def counts(self) -> bool:
        """Whether this recognition is counted: it is not revoked, withdrawn or unofficial."""
        return self.outcome in self.COUNTED and not self.is_revoked

    @property
    def has_laurel(self) -> bool:
        """Whether its recipients may show a laurel: it was given, and it is neither declined nor revoked."""
        return self.outcome == self.Outcome.GIVEN and not self.is_revoked

    @property
    def works_beside(self) -> str:
        """For the template `recipients.html` on the page of a work: "works", unless other works share the award."""
        return "works" if len(self.works) == 1 else ""

    @property
    def named_alone(self) -> str:
        """
        For the template `recipients.html` below the names of works or people: "works" or "people", unless there is more
        to say about them.
        """
        if self.leading_work:
            return "" if self.unnamed else "works"
        has_more = self.unnamed or any(party.part or party.credited_as for party in self.parties.all())
        return "" if has_more else "people"

    @property
    def leading_work(self) -> Submission | None:
        """The first work, if lists name the works first. None if they name a person or an organisation first."""
        works = self.works
        names_people = self.award.honours == Award.Honours.PEOPLE and self.recipients
        return works[0] if works and not names_people else None

    @property
    def honourees(self) -> list[Submission | Person | Organisation]:
        """The works, or the people and organisations, that share the award. `honouree` is the first of them."""
        return [*self.works] if self.leading_work else [*self.recipients]

    @property
    def named_first(self) -> list[Submission | Person | Organisation]:
        """The `honourees` that `named` names: of more than three, the first two."""
        found = self.honourees
        return found if len(found) <= self.MOST_NAMED else found[:2]

    @property
    def unnamed(self) -> list[Submission | Person | Organisation]:
        """The `honourees` that `named` only counts."""
        return self.honourees[len(self.named_first) :]

    @property
    def named(self) -> str:
        """
        The names of the works, or of the people and organisations, that share the award, or, if there are none, what
        was recognised or the award. Of more than three names, the first two and the number of the others.
        """
        return self._shortened(self.honourees) if self.honourees else str(self.detail or self.award)

    @property
    def named_recipients(self) -> str:
        """The names of the recipients, shortened as in `named`. "" if the recognition names none."""
        return self._shortened(self.recipients) if self.recipients else ""

    def _shortened(self, rows: Sequence[Any]) -> str:
        names = list(map(str, rows))
        if len(names) > self.MOST_NAMED:
            names[2:] = [self.counted_more(len(names) - 2)]
        return enumerated(names)

    @staticmethod
    def counted_more(number: int) -> str:
        """Return the number of those whom a list does not name, such as "4 more"."""
        return ngettext("%(number)s more", "%(number)s more", number) % {"number": number}

    @property
    def works_with_makers(self) -> list[Submission]:
        """
        The works whose makers lists name below the names of the works. None if the recognition names its recipients,
        because then it belongs to nobody else who worked on them.
        """
        return [row for row in self.named_first if isinstance(row, Submission)] if not self.recipients else []

    @property
    def pictured(self) -> Person | None:
        """The person whose portrait lists show, if they show no poster."""
        return next((row for row in self.recipients if isinstance(row, Person)), None)

    @property
    def has_detail(self) -> bool:
        """Whether there is more to say: what was recognised, a place, a tie, a shared prize or a note."""
        return bool(self.detail or self.told_rank or self.is_tied or self.is_shared or self.note)

    @property
    def told_rank(self) -> int | None:
        """The place, unless it is the first place of a winner, which says nothing new."""
        return None if self.rank == 1 and self.standing == self.Standing.WINNER else self.rank

    @property
    def standing_words(self) -> str:
        """The standing and the outcome, such as "Nominee, withdrawn". Blank for a win that was given."""
        standing = "" if self.standing == self.Standing.WINNER else str(self.get_standing_display())
        outcome = "" if self.outcome == self.Outcome.GIVEN else str(self.get_outcome_display())
        return ", ".join(filter(None, (standing, outcome)))

    def clean(self) -> None:
        super().clean()
        if not self.pk:
            return
        known = Recognition.objects.filter(pk=self.pk)
        said = known.values("approved_at", *self.WON).first()
        if said is None:
            return
        is_approved = said.pop("approved_at") is not None
        changed = [name for name, value in said.items() if getattr(self, name) != value]
        # The wording of what was recognised can be corrected in public, as titles and names can.
        is_correction = changed == ["detail"] and known.revealed(Viewpoint.now()).exists()
        if is_approved and changed and not is_correction:
            raise ValidationError(
                _(
                    "The result is approved, so what was won can’t be changed: the award, standing, outcome, place and "
                    "what was recognised. Take back the approval first. If the result is public, revoke it and enter "
                    "the right one."
                )
            )
        is_moved = self.award_id is not None and self.award_id != said["award_id"]
        if is_moved and not self.gets_other_works and self.submissions.exclude(contest=self.award.contest_id).exists():
            raise ValidationError({"award": _("A work and the award belong to different contests.")})

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
