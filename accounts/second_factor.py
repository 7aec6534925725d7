"""
Decides which users need a second factor for the admin, and which users have one. Also removes second factors. An
authenticator app and a passkey are second factors. Recovery codes are not: they only replace a lost one.
"""

from contextlib import suppress

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.models import User

#: The permissions that require a second factor: they publish or revoke results, show hidden ones, or manage accounts.
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
    """
    Return whether `user` is active and has a permission that requires a second factor. The setting
    `REQUIRE_SECOND_FACTOR` is not checked here.
    """
    return user.is_active and (user.is_superuser or any(user.has_perm(permission) for permission in PERMISSIONS))


def has(user: User) -> bool:
    """Return whether `user` has set up a second factor: an authenticator app or a passkey."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def is_missing(user: User) -> bool:
    """
    Return whether `user` needs a second factor and has none. If the setting `REQUIRE_SECOND_FACTOR` is off, return
    False without an SQL statement. Otherwise, at most one SQL statement is needed, in addition to those that read the
    permissions of `user`.
    """
    return settings.REQUIRE_SECOND_FACTOR and user.is_authenticated and must_have(user) and not has(user)


def remove(user: User, *, actor: User | None, reason: str = "") -> bool:
    """
    Remove all second factors and recovery codes of `user`, so that the password is enough to sign in. Add an entry to
    the history of the account and send an e-mail to its owner. `actor` is the account that removes them, or None for a
    command on the server. Return False if `user` had neither, otherwise True.
    """
    with transaction.atomic():
        removed, _rows = Authenticator.objects.filter(user=user).delete()
        if not removed:
            return False
        user._history_user = actor
        user._change_reason = reason or _("Second factor removed")
        user.save(update_fields=["is_active"])  # no value changes, but saving writes a history entry
    context = {"user": user, "actor": actor}
    subject = render_to_string("emails/second_factor_removed/subject.txt", context).strip()
    message = render_to_string("emails/second_factor_removed/message.txt", context)
    with suppress(OSError):  # `record.mail` logs it.
        send_mail(subject, message, None, [user.email])
    return True
