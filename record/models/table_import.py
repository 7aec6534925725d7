from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class TableImport(models.Model):
    """
    The import of a table: the file, what the editor chose, what the preview found, and what was written, for the undo.
    """

    class State(models.TextChoices):
        NEW = "new", _("columns to be chosen")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("waiting for your decision")
        RUNNING = "running", _("being imported")
        DONE = "done", _("imported")
        FAILED = "failed", _("failed")
        UNDONE = "undone", _("undone")

    #: While an import has one of these states, a worker or a request is busy with it.
    BUSY = (State.CHECKING, State.RUNNING)
    #: The file is kept as long as the import is in one of these states, and for a while if rows were left out.
    OPEN = (State.NEW, State.CHECKING, State.CHECKED, State.RUNNING, State.FAILED)

    kind = models.CharField(_("kind"), max_length=40)
    name = models.CharField(
        _("name of this import"),
        max_length=80,
        help_text=_("It appears in the history of each row, and with corrections of public results."),
    )
    file_name = models.CharField(_("file"), max_length=200)
    content = models.BinaryField(editable=False, default=bytes)
    options: Any = models.JSONField(default=dict, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.NEW, editable=False)
    phase = models.CharField(max_length=12, blank=True, editable=False)
    done = models.PositiveIntegerField(default=0, editable=False)
    total = models.PositiveIntegerField(default=0, editable=False)
    report: Any = models.JSONField(default=dict, editable=False)
    written: Any = models.JSONField(default=dict, editable=False)
    created_at = models.DateTimeField(_("started"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("imported by"),
    )
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)
    undone_at = models.DateTimeField(_("undone at"), null=True, editable=False)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("undone by"),
    )

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        indexes = [models.Index(fields=["kind", "-id"], name="table_import_by_kind")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_busy(self) -> bool:
        return self.state in self.BUSY
