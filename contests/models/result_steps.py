"""
The column `step` of history records. It names the change of state (approval, reveal, revocation ...) that created the
record. Only `contests.results` and database triggers set it; editors can't.
"""

from typing import Any

from django.db import models
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords
from simple_history.signals import pre_create_historical_record


class Step(models.TextChoices):
    """
    The values of the column `step` of history records: changes of the state of results, such as an approval. An
    ordinary edit of a row is not a change of state.
    """

    APPROVED = "approved", _("Approved")
    WITHDRAWN = "withdrawn", _("Approval withdrawn")
    SEALED = "sealed", _("Approval taken back")
    REVEAL_SET = "reveal_set", _("Reveal set")
    REVOKED = "revoked", _("Revoked")
    RESTORED = "restored", _("Restored")
    ENTRIES_SET = "entries_set", _("Public entries chosen")


class HistoryWithSteps(HistoricalRecords):
    """
    Adds the column `step` to history records: the change of state that created the record, or "" for an ordinary edit.
    """

    def get_extra_fields(self, model: type[models.Model], fields: dict[str, Any]) -> dict[str, Any]:
        step = models.CharField(max_length=12, choices=Step, blank=True, default="", editable=False)
        return {**super().get_extra_fields(model, fields), "step": step}


@receiver(pre_create_historical_record)
def keep_step(instance: models.Model, history_instance: models.Model, **signal: Any) -> None:
    """
    Copy the attribute `_step` of the saved row to the column `step` of its new history record. Only
    `contests.step_saving` sets `_step`.
    """
    if hasattr(history_instance, "step"):
        history_instance.step = getattr(instance, "_step", "")
