"""Laurel's own admin site: Django's, under the portal's name and in the order of an editor's work."""

from allauth.account import views as account_views
from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from people import second_factor

APPS = ("contests", "people", "auth")
MODELS = (
    *("Contest", "Submission", "Award", "Recognition", "Event", "Quote"),
    *("Category", "Credit", "Appearance", "Figure", "LeadingRegion", "Series"),
    *("Person", "Organisation", "Source", "Affiliation", "PastWork", "NextProject", "User", "Invitation", "FormerSlug"),
)


class ChoicesView(AutocompleteJsonView):
    """What an autocomplete field offers, each choice under the name that its admin gives it."""

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        label = getattr(self.model_admin, "choice_label", str)
        return {**super().serialize_result(obj, to_field_name), "text": label(obj)}


class LaurelAdminSite(admin.AdminSite):
    site_title = "Laurel"
    site_header = "Laurel"
    index_title = _("The editors’ desk")
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the admin opens: not without the second factor that somebody's permissions ask for."""
        return super().has_permission(request) and not self._lacks_second_factor(request)

    @staticmethod
    def _lacks_second_factor(request: HttpRequest) -> bool:
        # Asked several times a page.
        if not hasattr(request, "lacks_second_factor"):
            request.lacks_second_factor = second_factor.is_missing(request.user)
        return request.lacks_second_factor

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Leads to the one place where people sign in, or to what they lack."""
        wanted = request.GET.get(REDIRECT_FIELD_NAME) or request.POST.get(REDIRECT_FIELD_NAME) or ""
        if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
            wanted = reverse("admin:index")
        if self.has_permission(request):
            return redirect(wanted)
        if not request.user.is_authenticated:
            return redirect_to_login(wanted)
        if not super().has_permission(request):
            raise PermissionDenied
        return redirect("mfa_index")

    def logout(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """Signs out as everywhere else."""
        return account_views.logout(request)

    def password_change(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """One's own password is changed where one's account is."""
        return redirect("account_change_password")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict]:
        """The apps and models in the order in which an editor thinks of them, whatever follows by name."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: _place(MODELS, model["object_name"]))
        return sorted(apps, key=lambda app: _place(APPS, app["app_label"]))

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return ChoicesView.as_view(admin_site=self)(request)


def _place(order: tuple[str, ...], name: str) -> int:
    return order.index(name) if name in order else len(order)
