"""The changes of state of results, stored in a column of the history that only code writes."""

from typing import Any

from django.db import models
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record


class Step(models.TextChoices):
    """The steps that `contests.results` takes. An edit is not a step."""

    APPROVED = "approved", _("Approved")
    WITHDRAWN = "withdrawn", _("Approval withdrawn")
    SEALED = "sealed", _("Approval taken back")
    REVEAL_SET = "reveal_set", _("Reveal set")
    REVOKED = "revoked", _("Revoked")
    RESTORED = "restored", _("Restored")
    ENTRIES_SET = "entries_set", _("Public entries chosen")


class HistoryWithSteps(HistoricalRecords):
    """A history with the step in each record; blank for an edit."""

    def get_extra_fields(self, model: type[models.Model], fields: dict[str, Any]) -> dict[str, Any]:
        step = models.CharField(max_length=12, choices=Step, blank=True, default="", editable=False)
        return {**super().get_extra_fields(model, fields), "step": step}


@receiver(pre_create_historical_record)
def keep_step(instance: models.Model, history_instance: models.Model, **signal: Any) -> None:
    """Copy the step to the history record. Only `contests.results` saves a row with a step."""
    if hasattr(history_instance, "step"):
        history_instance.step = getattr(instance, "_step", "")
