from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from record.visible_text import VisibleTextMixin

VALID_FOR = timedelta(days=7)


def in_a_week() -> datetime:
    """Return the time one week from now. An invitation that is sent now expires then."""
    return timezone.now() + VALID_FOR


class InvitationQuerySet(models.QuerySet):
    def open(self, at: datetime) -> "InvitationQuerySet":
        """
        Return the invitations whose link works at the time `at`: neither used, withdrawn nor expired, and sent by an
        account that is active and may use the admin.
        """
        return self.filter(
            used_at=None, withdrawn_at=None, expires_at__gt=at, invited_by__is_active=True, invited_by__is_staff=True
        )


class Invitation(VisibleTextMixin, models.Model):
    """An invitation by e-mail: its link lets one person create an account with the given roles. The link works once."""

    email = models.EmailField(_("e-mail address"))
    name = models.CharField(
        _("name"), max_length=200, blank=True, help_text=_("The invited person can correct the name later.")
    )
    roles = models.ManyToManyField(Group, verbose_name=_("roles"), related_name="invitations")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="invitations",
        verbose_name=_("invited by"),
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("last sent"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"), default=in_a_week, editable=False)
    used_at = models.DateTimeField(_("used"), null=True, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, editable=False)
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="invitation",
        verbose_name=_("account"),
    )
    #: The SHA-256 digest of the token in the invitation's URL. The token itself is not stored, so that nobody who reads
    #: the database can use the invitation.
    token_digest = models.CharField(max_length=64, unique=True, editable=False)

    objects = InvitationQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[roles], excluded_fields=["token_digest"])

    # django-simple-history reads these attributes when an invitation is saved.
    _history_user: Any
    _change_reason: str

    #: The status of the task that sends the e-mail, or "" if there is none (`accounts.invitations.mail_states`).
    mail_state: str

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        # There are no permissions to change or delete invitations. To withdraw an invitation or send it again, a user
        # needs the permission to add invitations.
        default_permissions = ("add", "view")
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="invitation_by_age"),
            models.Index(fields=["email"], name="invitation_by_email"),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def is_waiting(self) -> bool:
        """Whether the invited person can use the link."""
        is_valid = self.invited_by and self.invited_by.is_active and self.invited_by.is_staff
        return bool(is_valid and not self.used_at and not self.withdrawn_at and self.expires_at > timezone.now())

    @property
    def state(self) -> str:
        """The state of the invitation, in the current language: used, withdrawn, not valid, waiting or expired."""
        if self.used_at:
            return gettext("used")
        if self.withdrawn_at:
            return gettext("withdrawn")
        if not (self.invited_by and self.invited_by.is_active and self.invited_by.is_staff):
            return gettext("not valid: the person who sent the invitation is no longer an editor")
        return gettext("waiting") if self.expires_at > timezone.now() else gettext("expired")
