"""
The admin page that removes the second factors of an account whose owner has lost them. The admin pages of
django-allauth are unregistered, because they show the secrets of second factors.
"""

import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401 (these imports register the models that are unregistered below)
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from accounts import second_factor
from accounts.current_user import current_user
from record.admin.change_form import ChangeFormAdmin

for model in (EmailAddress, Authenticator, UserSession):
    admin.site.unregister(model)


class SecondFactorPage(ChangeFormAdmin):
    """A mixin for the ModelAdmin of accounts. It adds the page that removes the second factors of an account."""

    change_form_template = "admin/accounts/user/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.second_factor_view)
        return [path("<int:pk>/second-factor/", page, name="accounts_user_second_factor"), *super().get_urls()]

    def second_factor_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for a confirmation; on POST, remove all second factors of the account with the primary key `pk`."""
        account = self.get_object(request, str(pk))
        if account is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        if not self.has_change_permission(request, account):
            raise PermissionDenied
        if account.pk == request.user.pk:
            # To remove their own second factor, users go to their account page, which asks for the password again.
            return redirect("mfa_index")
        back = reverse("admin:accounts_user_change", args=[pk])
        if request.method == "POST":
            if second_factor.remove(account, actor=current_user(request)):
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
