"""Removal of lost second factors in the admin. The library's own pages are left out, because they show its secrets."""

import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401 (each registers what is unregistered below)
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _

from accounts import second_factor
from record.admin.change_form import ChangeFormAdmin

for model in (EmailAddress, Authenticator, UserSession):
    admin.site.unregister(model)


class SecondFactorPage(ChangeFormAdmin):
    """A mixin for the admin of accounts: a page that explains and removes somebody's second factor."""

    change_form_template = "admin/accounts/user/change_form.html"

    def get_urls(self):
        page = self.admin_site.admin_view(self.second_factor_view)
        return [path("<int:pk>/second-factor/", page, name="accounts_user_second_factor"), *super().get_urls()]

    def second_factor_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for a confirmation, then remove the second factors of the account."""
        account = self.get_object(request, str(pk))
        if account is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        if not self.has_change_permission(request, account):
            raise PermissionDenied
        if account.pk == request.user.pk:
            return redirect("mfa_index")  # that page asks for the password again
        back = reverse("admin:accounts_user_change", args=[pk])
        if request.method == "POST":
            if second_factor.remove(account, actor=request.user):
                messages.success(request, _("The second factor of %(account)s was removed.") % {"account": account})
            else:
                messages.info(request, _("%(account)s has no second factor.") % {"account": account})
            return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": _("Remove the second factor"),
            "account": account,
            "factors": Authenticator.objects.filter(user=account).order_by("pk"),
            "back": back,
        }
        return render(request, "admin/accounts/user/second_factor.html", context)
