"""
Second factors for the admin: who needs one, and who has one. An authenticator app or a passkey counts. Recovery codes
replace a lost factor, but don't count as one.
"""

import logging

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.models import User

logger = logging.getLogger(__name__)

#: Permissions that make results public or revoke them, show hidden results, or manage accounts.
PERMISSIONS = (
    "contests.approve_results",
    "contests.reveal_results",
    "contests.revoke_recognition",
    "contests.preview_results",
    "accounts.change_user",
    "accounts.assign_roles",
)
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def must_have(user: User) -> bool:
    """Return whether the permissions of `user` call for a second factor (if the portal requires one)."""
    return user.is_active and (user.is_superuser or any(user.has_perm(permission) for permission in PERMISSIONS))


def has(user: User) -> bool:
    """Return whether `user` has to give a second factor when signing in."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def is_missing(user: User) -> bool:
    """
    Return whether `user` must set up a second factor before doing anything else. One statement, plus those that read
    the permissions; none if the portal doesn't require second factors.
    """
    return settings.REQUIRE_SECOND_FACTOR and user.is_authenticated and must_have(user) and not has(user)


def remove(user: User, *, actor: User | None, reason: str = "") -> bool:
    """
    Remove all second factors and recovery codes of `user`, who has lost them. Record it in the history of the account
    and send an e-mail to `user`. From then on the password is enough, until a new factor is set up. `actor` is None if
    an operator does this on the server. Return whether there was anything to remove.
    """
    with transaction.atomic():
        removed, _rows = Authenticator.objects.filter(user=user).delete()
        if not removed:
            return False
        user._history_user = actor
        user._change_reason = reason or _("Second factor removed")
        user.save(update_fields=["is_active"])  # only to write a history entry; nothing changes
    context = {"user": user, "actor": actor}
    subject = render_to_string("emails/second_factor_removed/subject.txt", context).strip()
    message = render_to_string("emails/second_factor_removed/message.txt", context)
    try:
        send_mail(subject, message, None, [user.email])
    except OSError:  # includes SMTP errors; the removal is done and is in the history
        logger.exception("No letter about a removed second factor got out.")
    return True
