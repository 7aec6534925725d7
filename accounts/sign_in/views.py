"""The views of the account pages that differ from those of django-allauth."""

from functools import partial
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.views import EmailView, PasswordResetView
from allauth.core import context
from allauth.mfa.base.views import IndexView
from allauth.usersessions.internal.flows.sessions import end_sessions
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts import invitations, second_factor
from accounts.current_user import current_user

from .adapters import keep_address
from .forms import InvitationForm, ResetPasswordForm


class FactorsView(IndexView):
    """The page with the user's second factors. If the user needs one for the admin and has none, the page says so."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        missing = second_factor.is_missing(self.request.user)
        return {**super().get_context_data(**kwargs), "second_factor_missing": missing}


class AddressView(EmailView):
    """
    The page on which users see and change their e-mail address. A new address must be confirmed before it is used.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        keep_address(current_user(request))
        return super().dispatch(request, *args, **kwargs)

    def _action_send(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | None:
        response = super()._action_send(request, *args, **kwargs)
        if not self._did_send_verification_email:
            messages.info(request, _("An e-mail was sent a moment ago. Wait a few minutes before you try again."))
        return response


class ResetView(PasswordResetView):
    """
    The page for users who have forgotten their password. It sends an e-mail with a link that resets the password. The
    e-mail is sent after the response, so that the response time does not reveal who has an account.
    """

    def form_valid(self, form: ResetPasswordForm) -> HttpResponse:
        response = super().form_valid(form)
        if response.status_code == 302:
            response._resource_closers.append(partial(_deliver, form, self.request, get_language()))
        return response


def _deliver(form: ResetPasswordForm, request: HttpRequest, language: str) -> None:
    with override(language), context.request_context(request):
        form.deliver(request)


class SessionsView(ListUserSessionsView):
    """The page with the user's sessions. The user can end one of them, or all but the current one."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        wanted = request.POST.get("session")
        if wanted is None:
            return super().post(request, *args, **kwargs)
        if wanted.isascii() and wanted.isdecimal() and len(wanted) < 19:
            end_sessions(request, list(UserSession.objects.filter(user=request.user, pk=wanted)))
            messages.info(request, _("Signed out on that device."))
        return redirect("usersessions_list")


@sensitive_post_parameters("password1", "password2")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """
    Show the page that accepts an invitation. The account is created on POST only, because some mail programs request
    the links in e-mails.
    """
    open_invitation = invitations.find(token)
    if open_invitation is None:
        return _closed(request)
    form = InvitationForm(request.POST or None, email=open_invitation.email, initial={"name": open_invitation.name})
    if request.method != "POST" or not form.is_valid():
        return render(request, "account/invitation.html", {"form": form, "invitation": open_invitation})
    values = form.cleaned_data
    user = invitations.accept(token, name=values["name"], password=values["password1"])
    if user is None:
        return _closed(request)
    # The user has just chosen the password, so allauth need not ask for it again before they set up a second factor.
    record_authentication(request, user, method="password", reauthenticated=True)
    return perform_login(request, Login(user=user, email=user.email))


def _closed(request: HttpRequest) -> HttpResponse:
    return render(request, "account/invitation_closed.html", status=404)
