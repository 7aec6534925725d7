"""The admin page on which an administrator erases the account of another person."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from accounts import erasure
from accounts.current_user import current_user
from record.admin.change_form import ChangeFormAdmin


class ErasurePage(ChangeFormAdmin):
    """A mixin for the ModelAdmin of accounts. It adds the page that erases an account; the change page links to it."""

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.erasure_view)
        return [path("<int:pk>/erase/", page, name="accounts_user_erase"), *super().get_urls()]

    def erasure_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for a confirmation; on POST, erase the account with the primary key `pk`."""
        account = self.get_object(request, str(pk))
        if account is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        actor = current_user(request)
        if not erasure.may_erase(actor, account):
            raise PermissionDenied
        if account.pk == actor.pk:
            # Users erase their own account on their account page, which asks for the password again.
            return redirect("account_data")
        back = reverse("admin:accounts_user_change", args=[pk])
        if request.method == "POST":
            try:
                account = erasure.erase(account, actor=actor)
            except ValidationError as error:
                messages.error(request, error.message)
            else:
                messages.success(
                    request, _("The account was erased. It is now called “%(account)s”.") % {"account": account}
                )
            return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": _("Erase the account"),
            "account": account,
            "back": back,
        }
        return render(request, "admin/accounts/user/erase.html", context)

    def add_to_page(self, request: HttpRequest, context: dict[str, Any], obj: Any) -> None:
        super().add_to_page(request, context, obj)
        if obj is not None:
            actor = current_user(request)
            context["can_erase"] = actor.pk != obj.pk and erasure.may_erase(actor, obj)
