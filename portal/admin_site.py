"""Laurel's own admin site: Django's, under the portal's name and in the order of an editor's work."""

from collections.abc import Callable
from functools import wraps

from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext_lazy as _

APPS = ("contests", "people", "auth")
MODELS = (
    *("Contest", "Submission", "Award", "Recognition", "Event", "Quote"),
    *("Category", "Credit", "Appearance", "Figure", "LeadingRegion", "Series"),
    *("Person", "Organisation", "Source", "Affiliation", "PastWork", "NextProject", "User", "FormerSlug", "Merge"),
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

    def admin_view(self, view: Callable, cacheable: bool = False) -> Callable:
        @wraps(view)
        def within_bounds(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            try:
                return view(request, *args, **kwargs)
            except OverflowError:  # a number in the address that no row and no calendar can have
                raise Http404 from None

        return super().admin_view(within_bounds, cacheable)

    def get_urls(self) -> list:
        # Before Django's own, which tells whoever is at the desk the address of any row whatever.
        own = self.admin_view(self.view_on_site)
        return [
            path("r/<path:content_type_id>/<path:object_id>/", own, name="view_on_site"),
            *super().get_urls(),
        ]

    def view_on_site(self, request: HttpRequest, content_type_id: str, object_id: str) -> HttpResponse:
        """Leads from a row to its page, for those who may look at the row. 404 for others, and where there is none."""
        try:
            kind = ContentType.objects.get(pk=content_type_id)
        except (ContentType.DoesNotExist, ValueError):
            raise Http404 from None
        desk = self._registry.get(kind.model_class())
        row = desk.get_object(request, object_id) if desk and desk.has_view_permission(request) else None
        if row is None or not hasattr(row, "get_absolute_url"):
            raise Http404
        return redirect(row)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return ChoicesView.as_view(admin_site=self)(request)


def _place(order: tuple[str, ...], name: str) -> int:
    return order.index(name) if name in order else len(order)
