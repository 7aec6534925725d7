from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from contests.recognition_querysets import PartyQuerySet
from people.models import Organisation, Person
from record.models import Record, rule, unique_in

from .recognition import Recognition


class Party(Record):
    """A person or an organisation that shares a recognition, for example as its lead actress or as a producer."""

    recognition = models.ForeignKey(Recognition, models.CASCADE, related_name="parties", verbose_name=_("recognition"))
    person = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="parties", verbose_name=_("person")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="parties", verbose_name=_("organisation")
    )
    part = models.CharField(
        _("part"), max_length=200, blank=True, help_text=_("For example “Lead Actress” or “Producer”, as printed.")
    )
    credited_as = models.CharField(
        _("credited as"), max_length=200, blank=True, help_text=_("Only if the name was printed differently.")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=1)

    objects: ClassVar = PartyQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["recognition", "order"]
        verbose_name = _("recipient")
        verbose_name_plural = _("recipients")
        constraints = [
            rule(
                Q(person__isnull=False, organisation__isnull=True) | Q(person__isnull=True, organisation__isnull=False),
                name="party_person_or_organisation",
                at="person",
                message=_("Choose either a person or an organisation: one of the two, not both."),
            ),
            unique_in(
                "recognition",
                "order",
                name="party_order_unique",
                at="order",
                message=_("Another recipient of this recognition already has this position."),
            ),
            unique_in(
                "recognition",
                "person",
                "part",
                name="party_person_once_per_part",
                at="person",
                message=_("This person has that part in this recognition already."),
            ),
            unique_in(
                "recognition",
                "organisation",
                "part",
                name="party_organisation_once_per_part",
                at="organisation",
                message=_("This organisation has that part in this recognition already."),
            ),
        ]

    def __str__(self) -> str:
        name = self.credited_as or str(self.recipient or "")
        return f"{name}, {self.part}" if self.part else name

    @property
    def recipient(self) -> Person | Organisation | None:
        """The person or organisation. None only if it was left out of a list because the public does not see it."""
        return self.person or self.organisation
