from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length, Trim
from django.db.models.lookups import GreaterThan
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from contests.querysets import AppearanceQuerySet, EventQuerySet, QuoteQuerySet
from people.models import Organisation, Person
from record.excerpts import beginning
from record.models import Record, SourcesField, moments_within, rule, source_of_fact, unique_in
from record.slugs import SlugField

from .contest import Contest
from .fields import LanguageField, SpokenField
from .same_contest import StaysWithContest
from .submission import Submission


class Event(StaysWithContest, Record):
    """An event of a contest: a ceremony, a panel, a screening."""

    class Kind(models.TextChoices):
        CEREMONY = "ceremony", _("Ceremony")
        PANEL = "panel", _("Panel")
        SCREENING = "screening", _("Screening")
        OTHER = "other", _("Event")

    contest = models.ForeignKey(Contest, models.PROTECT, related_name="events", verbose_name=_("contest"))
    part_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("part of"),
        help_text=_("The larger event, such as an evening or a day, that includes this one."),
    )
    slug = SlugField()
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.CEREMONY)
    host = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="hosted_events", verbose_name=_("hosted by")
    )
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    venue = models.CharField(_("venue"), max_length=200, blank=True)
    city = models.CharField(_("city"), max_length=120, blank=True)
    description = models.TextField(_("description"), blank=True)
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    sources: SourcesField = SourcesField(related_name="events")

    hanging = {"parts": "contest", "quotes": "submission__contest"}
    objects: ClassVar = EventQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[sources])

    class Meta:
        ordering = ["contest", "order"]
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            *moments_within("starts_at", "ends_at"),
            unique_in(
                "contest",
                "slug",
                name="event_slug_unique",
                at="slug",
                message=_("Another event of this contest has this slug."),
            ),
            unique_in(
                "contest",
                "order",
                name="event_order_unique",
                at="order",
                message=_("Another event of this contest already has this position."),
            ),
            rule(
                Q(ends_at__isnull=True) | Q(starts_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="event_ends_after_start",
                at="ends_at",
                message=_("The end must be after the start."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("event", args=[self.contest.slug, self.slug])

    def clean(self) -> None:
        super().clean()
        if whole := self.part_of if self.part_of_id else None:
            if self.part_of_id == self.pk or whole.part_of_id:
                raise ValidationError({"part_of": _("Choose an event that is not part of another event.")})
            if whole.contest_id != self.contest_id:
                raise ValidationError({"part_of": _("That event belongs to another contest.")})


class Appearance(Record):
    """The role of a person at an event: host, presenter, winner ..."""

    class Role(models.TextChoices):
        HOST = "host", _("Host")
        HOST_REPRESENTATIVE = "host_representative", _("Representative of the host")
        MODERATOR = "moderator", _("Moderator")
        PANELLIST = "panellist", _("Panellist")
        PRESENTER = "presenter", _("Presenter")
        WINNER = "winner", _("Winner")

    event = models.ForeignKey(Event, models.CASCADE, related_name="appearances", verbose_name=_("event"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="appearances", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=20, choices=Role, db_index=True)
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    source = source_of_fact("appearances")

    objects: ClassVar = AppearanceQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["event", "order"]
        verbose_name = _("appearance")
        verbose_name_plural = _("appearances")
        constraints = [
            unique_in(
                "event",
                "person",
                "role",
                name="appearance_once_per_role",
                at="role",
                message=_("This person has that role at this event already."),
            ),
            unique_in(
                "event",
                "order",
                name="appearance_order_unique",
                at="order",
                message=_("Another appearance at this event already has this position."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display()}"


class Quote(Record):
    """The exact words that somebody said at an event."""

    slug = SlugField(unique=True)
    text = SpokenField(_("words"), help_text=_("The exact words as in the source, without the outer quotation marks."))
    speaker = models.ForeignKey(Person, models.PROTECT, related_name="quotes", verbose_name=_("speaker"))
    event = models.ForeignKey(Event, models.PROTECT, related_name="quotes", verbose_name=_("event"))
    submission = models.ForeignKey(
        Submission,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="quotes",
        verbose_name=_("about the submission"),
    )
    context = models.TextField(
        _("context"), blank=True, help_text=_("What the quote answers or refers to, in your own words.")
    )
    language = LanguageField(_("language"), default="en")
    order = models.PositiveSmallIntegerField(
        _("order"), default=1, help_text=_("Position among the quotes of the event. 1 is the first.")
    )
    source = source_of_fact("quotes", required=True)

    objects: ClassVar = QuoteQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["event", "order"]
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        indexes = [models.Index(fields=["language"], name="quote_by_language")]
        constraints = [
            rule(
                Q(GreaterThan(Length(Trim("text")), 0)),
                name="quote_not_empty",
                at="text",
                message=_("Enter the words of the quote."),
            ),
            unique_in(
                "event",
                "order",
                name="quote_order_unique",
                at="order",
                message=_("Another quote of this event already has this position."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.speaker}: {beginning(self.text, 60)}"

    def get_absolute_url(self) -> str:
        return reverse("quote", args=[self.slug])

    def clean(self) -> None:
        super().clean()
        # Don't rely on `event_id` alone: a new event from the same admin form has no primary key yet.
        has_event = self.event_id or Quote.event.is_cached(self)
        work = self.submission if self.submission_id else None
        if work and has_event and self.event.contest_id not in (None, work.contest_id):
            raise ValidationError({"submission": _("This submission and the event belong to different contests.")})
