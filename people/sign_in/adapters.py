"""Where the portal's rules for accounts differ from django-allauth's own."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from people.models import User


class AccountAdapter(DefaultAccountAdapter):
    """Accounts that come by invitation, and whose e-mail address is the one that `User` holds."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

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
            self.add_message(request, messages.ERROR, message=_("This address can’t be used. Try another one."))
            return False
        return super().confirm_email(request, email_address)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def send_notification_mail(
        self, template_prefix: str, user: User, context: dict[str, Any] | None = None, email: str | None = None
    ) -> None:
        super().send_notification_mail(template_prefix, user, context, email or user.email)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Names for what people see in their authenticator app and in their browser."""

    def generate_authenticator_name(self, user: User, type: Any) -> str:
        number = user.authenticator_set.filter(type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}


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
