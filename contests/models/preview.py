import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from record.models import Record, moments_within

from .contest import Contest


def new_secret() -> str:
    """Return 128 random bits as text. They make the URL of a preview link impossible to guess."""
    return secrets.token_urlsafe(16)


class PreviewLink(Record):
    """
    A link with which people without an account see a contest as if its results were public. It works until it expires
    or is withdrawn.
    """

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="preview_links", verbose_name=_("contest"))
    secret = models.CharField(max_length=22, unique=True, default=new_secret, editable=False)
    note = models.CharField(_("for whom"), max_length=200)
    expires_at = models.DateTimeField(_("valid until"))
    made_at = models.DateTimeField(_("created"), auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,  # Deleting a user deletes their links, because each link needs a responsible person.
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)

    history = HistoricalRecords(excluded_fields=["secret"])

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("preview link")
        verbose_name_plural = _("preview links")
        constraints = [*moments_within("expires_at")]

    def __str__(self) -> str:
        return f"{self.contest}, {self.note}"
