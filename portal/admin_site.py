"""Laurel's own admin site: Django's, under the portal's name and in the order of an editor's work."""

from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils.translation import gettext_lazy as _

APPS = ("contests", "people", "auth")
MODELS = (
    *("Contest", "Submission", "Award", "Recognition", "Event", "Quote"),
    *("Category", "Credit", "Appearance", "Figure", "LeadingRegion", "Series"),
    *("Person", "Organisation", "Source", "Affiliation", "PastWork", "NextProject", "User", "FormerSlug"),
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
    password_change_template = "admin/password.html"  # noqa: S105 (the name of a template)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict]:
        """The apps and models in the order in which an editor thinks of them, whatever follows by name."""
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: _place(MODELS, model["object_name"]))
        return sorted(apps, key=lambda app: _place(APPS, app["app_label"]))

    def get_urls(self) -> list:
        from people.admin import record_history  # models can't be read before the apps are ready

        return [
            path("history/", self.admin_view(record_history.page), {"site": self}, name="record_history"),
            path(
                "history/export/", self.admin_view(record_history.export), {"site": self}, name="record_history_export"
            ),
            *super().get_urls(),
        ]

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return ChoicesView.as_view(admin_site=self)(request)


def _place(order: tuple[str, ...], name: str) -> int:
    return order.index(name) if name in order else len(order)
