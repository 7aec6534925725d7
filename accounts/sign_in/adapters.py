"""Where the portal's rules for accounts differ from django-allauth's own."""

import logging
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from record.web import client_address, site_url

logger = logging.getLogger(__name__)

#: What an encrypted secret begins with.
ENCRYPTED = "fernet:"


class AccountAdapter(DefaultAccountAdapter):
    """Accounts that come by invitation, and whose e-mail address is the one that `User` holds."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        # Whoever may not use the desk has an account all the same, which can be looked after and left.
        return super().get_login_redirect_url(request) if request.user.is_staff else reverse("usersessions_list")

    def login(self, request: HttpRequest, user: User) -> None:
        # That somebody came is no change of their account: its history is not told.
        user.skip_history_when_saving = True
        super().login(request, user)
        del user.skip_history_when_saving

    def set_password(self, user: User, password: str) -> None:
        user._change_reason = _("New password")
        super().set_password(user, password)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        # Reached with a passkey only. What is said is what a stranger's key gets.
        self.add_message(request, messages.ERROR, message=str(self.error_messages["invalid_login"]))
        return redirect("account_login")

    def reauthenticate(self, user: User, password: str) -> bool:
        # The library asks for a row of its own table, which accounts made in other ways don't have.
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        # Whoever has the address already may never have been to the page that gives them such a row.
        if User.objects.filter(email=email_address.email).exclude(pk=email_address.user_id).exists():
            return self._refused(request)
        try:
            with transaction.atomic():
                return super().confirm_email(request, email_address)
        except IntegrityError:  # the address got an account in this moment
            return self._refused(request)

    def _refused(self, request: HttpRequest) -> bool:
        self.add_message(request, messages.ERROR, message=_("This e-mail address can’t be used. Try another one."))
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def get_client_ip(self, request: HttpRequest) -> str:
        # Never none: the library would refuse to sign anybody in, and its table of sessions wants one.
        return str(client_address.of(request) or "0.0.0.0")  # noqa: S104 (nobody listens there)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # Wrong passwords are counted by account and client address: a stranger locks out only themselves.
        # Not by the host, as in the library, which a visitor may write with any port.
        return f"{client_address.group_of(request)}:{credentials.get('email', '').lower()}"

    def get_reset_password_from_key_url(self, key: str) -> str:
        return site_url.absolute(urlsplit(super().get_reset_password_from_key_url(key)).path)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: EmailConfirmation) -> str:
        return site_url.absolute(urlsplit(super().get_email_confirmation_url(request, emailconfirmation)).path)

    def render_mail(self, template_prefix: str, email: Any, context: dict[str, Any], headers: Any = None) -> Any:
        return super().render_mail(template_prefix, email, {**context, "site": site_url.host()}, headers)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        super().send_notification_mail(template_prefix, user, context, email or user.email)


class SecondFactorAdapter(DefaultMFAAdapter):
    """
    Names for what people see in their authenticator app and in their browser; and secrets that a copy of the database
    doesn't give away, since they are encrypted with a key made of `SECRET_KEY`.
    """

    def generate_authenticator_name(self, user: User, type: Any) -> str:
        number = user.authenticator_set.filter(type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}

    def encrypt(self, text: str) -> str:
        return f"{ENCRYPTED}{_boxes().encrypt(text.encode()).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        """
        The secret; a new one that no app and no list of codes goes with, where the key is gone: nobody gets in by it,
        and whoever has lost their factor knows what to do.
        """
        if not encrypted_text.startswith(ENCRYPTED):
            return encrypted_text  # kept by a portal that did not encrypt yet
        try:
            return _boxes().decrypt(encrypted_text.removeprefix(ENCRYPTED)).decode()
        except InvalidToken:
            logger.warning("The secret of a second factor was encrypted with another SECRET_KEY.")
            return generate_totp_secret()


def _boxes() -> MultiFernet:
    """What encrypts with today's `SECRET_KEY`, and decrypts with those before it, too."""
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = (salted_hmac("accounts.sign_in.factors", "", secret=key, algorithm="sha256").digest() for key in keys)
    return MultiFernet([Fernet(urlsafe_b64encode(digest)) for digest in digests])


def keep_address(user: User) -> None:
    """
    Makes the address of `user` the one that allauth knows as confirmed: an invitation or an administrator vouched for
    it. A new one that waits for its confirmation stays as it is. At most four statements.
    """
    rows = EmailAddress.objects.filter(user=user)
    if not rows.filter(email=user.email, verified=True, primary=True).exists():
        rows.filter(verified=True).delete()
        EmailAddress.objects.filter(email=user.email, verified=True).delete()
        EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
