"""Adapters that change the behaviour of django-allauth for this portal."""

import logging
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
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

#: The prefix of encrypted secrets in the database. Secrets without it are stored in plain text.
ENCRYPTED = "fernet:"


class AccountAdapter(DefaultAccountAdapter):
    """
    The allauth adapter for accounts. Accounts are created by invitation only. `User.email` has the e-mail address of an
    account; the `EmailAddress` rows of allauth may be missing.
    """

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        # After signing in, users without access to the admin go to the list of their sessions, where they can also sign
        # out.
        return super().get_login_redirect_url(request) if request.user.is_staff else reverse("usersessions_list")

    def login(self, request: HttpRequest, user: User) -> None:
        # allauth saves the account when a user signs in. This must not add an entry to the history of the account.
        user.skip_history_when_saving = True
        super().login(request, user)
        del user.skip_history_when_saving

    def set_password(self, user: User, password: str) -> None:
        user._change_reason = _("New password")
        super().set_password(user, password)

    def respond_user_inactive(self, request: HttpRequest, user: User) -> HttpResponse:
        # allauth calls this method only if somebody signs in to an inactive account with a passkey. Show the same
        # message as for an unknown passkey, because another message would reveal that the account exists.
        self.add_message(request, messages.ERROR, message=str(self.error_messages["invalid_login"]))
        return redirect("account_login")

    def reauthenticate(self, user: User, password: str) -> bool:
        # allauth's own check needs an EmailAddress row, which some accounts don't have.
        found = self.authenticate(context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        # allauth looks only in `EmailAddress` for another account with this e-mail address, but some accounts have no
        # `EmailAddress` row. So also look in `User`.
        if User.objects.filter(email=email_address.email).exclude(pk=email_address.user_id).exists():
            return self._refused(request)
        try:
            with transaction.atomic():
                return super().confirm_email(request, email_address)
        except IntegrityError:  # another request has just given this e-mail address to another account
            return self._refused(request)

    def _refused(self, request: HttpRequest) -> bool:
        self.add_message(request, messages.ERROR, message=_("This e-mail address can’t be used. Try another one."))
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def get_client_ip(self, request: HttpRequest) -> str:
        # If the IP address is unknown, return a placeholder: without a value, allauth refuses every sign-in, and its
        # table of sessions does not accept NULL.
        return str(client_address.of(request) or "0.0.0.0")  # noqa: S104 (a placeholder, no server is bound to it)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # Count wrong passwords per e-mail address and client IP address, so that a stranger can't lock out the owner of
        # an account. allauth's own key also contains the Host header. It is left out here, because an attacker could
        # change the port in the header to get a new counter.
        return f"{client_address.group_of(request)}:{credentials.get('email', '').lower()}"

    def get_reset_password_from_key_url(self, key: str) -> str:
        return site_url.absolute(urlsplit(super().get_reset_password_from_key_url(key)).path)

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: EmailConfirmation) -> str:
        return site_url.absolute(urlsplit(super().get_email_confirmation_url(request, emailconfirmation)).path)

    def render_mail(self, template_prefix: str, email: Any, context: dict[str, Any], headers: Any = None) -> Any:
        return super().render_mail(template_prefix, email, {**context, "site": site_url.host()}, headers)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """
        Send an e-mail. If the mail server does not take it, the log says so, and a signed-in user gets a message. A
        stranger gets the same response as always: an error would tell who has an account.
        """
        try:
            super().send_mail(template_prefix, email, context)
        except OSError as error:  # includes SMTP errors
            logger.error("An e-mail (%s) could not be sent: %s", template_prefix, type(error).__name__)
            if self.request and self.request.user.is_authenticated:
                messages.error(self.request, _("The e-mail could not be sent. Try again later."))

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        super().send_notification_mail(template_prefix, user, context, email or user.email)


class SecondFactorAdapter(DefaultMFAAdapter):
    """
    The allauth adapter for second factors. It numbers the names of new passkeys. It encrypts the secrets of second
    factors with a key derived from `SECRET_KEY`, so that a copy of the database does not reveal them.
    """

    def generate_authenticator_name(self, user: User, type: Any) -> str:
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}

    def encrypt(self, text: str) -> str:
        return f"{ENCRYPTED}{_cipher().encrypt(text.encode()).decode()}"

    def decrypt(self, encrypted_text: str) -> str:
        """
        Return the decrypted secret of a second factor. If it was encrypted with an unknown key, return a random secret
        instead. Then no code from the authenticator app is accepted, and the owner needs a recovery code or an
        administrator, as after losing the device.
        """
        if not encrypted_text.startswith(ENCRYPTED):
            return encrypted_text  # a secret that was stored without encryption
        try:
            return _cipher().decrypt(encrypted_text.removeprefix(ENCRYPTED)).decode()
        except InvalidToken:
            logger.warning("The secret of a second factor was encrypted with another SECRET_KEY.")
            return generate_totp_secret()


def _cipher() -> MultiFernet:
    """
    Return a cipher that encrypts with a key derived from `SECRET_KEY`. It can also decrypt with keys derived from
    `SECRET_KEY_FALLBACKS`.
    """
    keys = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    digests = (salted_hmac("accounts.sign_in.factors", "", secret=key, algorithm="sha256").digest() for key in keys)
    return MultiFernet([Fernet(urlsafe_b64encode(digest)) for digest in digests])


def keep_address(user: User) -> None:
    """
    Make `user.email` the verified, primary `EmailAddress` of the account for allauth. If this changes anything, delete
    the other verified rows of the account, and verified rows of other accounts with the same e-mail address. Keep
    unverified rows: they are new e-mail addresses that are not confirmed yet.
    """
    rows = EmailAddress.objects.filter(user=user)
    if not rows.filter(email=user.email, verified=True, primary=True).exists():
        rows.filter(verified=True).delete()
        EmailAddress.objects.filter(email=user.email, verified=True).delete()
        EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})
