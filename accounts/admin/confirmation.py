"""The admin page on which an administrator confirms that an account is used by somebody other than its inviter."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from accounts import same_person
from accounts.current_user import current_user
from accounts.models import User
from record.admin.change_form import ChangeFormAdmin


class ConfirmationPage(ChangeFormAdmin):
    """
    A mixin for the ModelAdmin of accounts. It adds a page on which an administrator confirms that an account is used by
    somebody other than its inviter. The change page of the account links to it.
    """

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(self.confirmation_view)
        return [path("<int:pk>/confirm/", page, name="accounts_user_confirm"), *super().get_urls()]

    def confirmation_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show the confirmation page of the account with the primary key `pk`; on POST, save the confirmation."""
        account = self.get_object(request, str(pk))
        if account is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        if not may_confirm(current_user(request), account):
            raise PermissionDenied
        back = reverse("admin:accounts_user_change", args=[pk])
        if request.method == "POST":
            try:
                same_person.confirm(account, actor=current_user(request))
            except ValidationError as error:
                messages.error(request, error.message)
            else:
                messages.success(request, _("%(account)s now counts as a separate person.") % {"account": account})
            return redirect(back)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": _("Confirm the person"),
            "account": account,
            "back": back,
        }
        return render(request, "admin/accounts/user/confirm.html", context)

    def add_to_page(self, request: HttpRequest, context: dict[str, Any], obj: Any) -> None:
        super().add_to_page(request, context, obj)
        if obj is not None:
            waits = obj.invited_by_id is not None and obj.confirmed_at is None
            context["can_confirm"] = waits and may_confirm(current_user(request), obj)


def may_confirm(actor: User, account: User) -> bool:
    """
    Return whether `actor` may open the confirmation page of `account`. `same_person.confirm` checks whether `actor` may
    also confirm the account.
    """
    return actor.pk != account.pk and actor.has_perm("accounts.assign_roles")
