"""
Who needs more than a password to get to the desk, and whether they have it: an authenticator app or a passkey. Recovery
codes stand in for one that is lost; they are no factor by themselves.
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

#: What makes results public or takes them back, shows what is hidden, or decides on accounts.
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
    """Whether what `user` may do asks for a second factor, where the portal is set to require one."""
    return user.is_active and (user.is_superuser or any(user.has_perm(permission) for permission in PERMISSIONS))


def has(user: User) -> bool:
    """Whether signing in asks `user` for a second factor."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def is_missing(user: User) -> bool:
    """
    Whether `user` has to set up a second factor before they may do anything here. One statement, besides those that
    read their permissions; none where the portal requires no second factor.
    """
    return settings.REQUIRE_SECOND_FACTOR and user.is_authenticated and must_have(user) and not has(user)


def remove(user: User, *, actor: User | None, reason: str = "") -> bool:
    """
    Takes every second factor and recovery code from `user`, who has lost them, and says so in the history of the
    account and to its address. From then on the password is enough, until a new factor is set up. `actor` is None where
    an operator does it on the server. Whether there was anything to remove.
    """
    with transaction.atomic():
        removed, _rows = Authenticator.objects.filter(user=user).delete()
        if not removed:
            return False
        user._history_user = actor
        user._change_reason = reason or _("Second factor removed")
        user.save(update_fields=["is_active"])  # a row of the history, in which nothing else differs
    context = {"user": user, "actor": actor}
    subject = render_to_string("emails/second_factor_removed/subject.txt", context).strip()
    message = render_to_string("emails/second_factor_removed/message.txt", context)
    try:
        send_mail(subject, message, None, [user.email])
    except OSError:  # an error of SMTP is one, too; what was done stays done, and is in the history
        logger.exception("No letter about a removed second factor got out.")
    return True
