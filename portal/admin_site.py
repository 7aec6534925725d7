"""Laurel's admin site. Apps and models are in the order of an editor's work."""

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, cast

from allauth.account import views as account_views
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.contrib.auth import REDIRECT_FIELD_NAME, get_user_model
from django.contrib.auth.views import redirect_to_login
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts import second_factor
from portal import unsaved_forms
from portal.integrity_retry import tried_again

if TYPE_CHECKING:
    from accounts.models import User

APPS = ("contests", "people", "record", "accounts", "auth")
MODELS = (
    *("Contest", "Work", "Submission", "Award", "Recognition", "Event", "Quote"),
    *("Category", "Credit", "CreditRole", "Appearance", "Figure", "LeadingRegion"),
    *("Series", "SeriesOrganiser", "AwardLine"),
    *("Person", "Organisation", "Source", "Affiliation", "PastWork", "NextProject"),
    *("PersonName", "PersonIdentifier", "OrganisationName", "OrganisationIdentifier", "WorkIdentifier"),
    *("User", "Invitation", "TableImport", "FormerSlug", "Merge", "Distinct", "PreviewLink"),
)


class ChoicesView(AutocompleteJsonView):
    """Returns the options of autocomplete fields. The model admin makes the label of each option."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # This import is inside the function because models can't be imported before the apps are ready.
        from contests.admin.pickers import CHOOSE_FIRST, UNCHOSEN

        if request.GET.get("within") == UNCHOSEN:
            told = {"id": "-", "text": str(CHOOSE_FIRST), "disabled": True}
            return JsonResponse({"results": [told], "pagination": {"more": False}})
        return super().get(request, *args, **kwargs)

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        from record.admin.picker_labels import label_of

        zone = {"zone": obj.time_zone or "UTC"} if hasattr(obj, "time_zone") else {}
        return {**super().serialize_result(obj, to_field_name), "text": label_of(self.model_admin, obj), **zone}

    def get_queryset(self) -> QuerySet:
        from record.admin.picker_labels import for_choice
        from record.admin.primary_keys import is_key

        rows, asked = for_choice(self.model_admin, super().get_queryset()), self.request.GET.get("pk")
        itself = self.request.GET.get("except", "")
        rows = rows.exclude(pk=itself) if is_key(itself) else rows
        return rows if asked is None else rows.filter(pk=asked if is_key(asked) else None)


class LaurelAdminSite(admin.AdminSite):
    site_title = "Laurel"
    site_header = "Laurel"
    index_title = _("Admin")
    enable_nav_sidebar = True

    def has_permission(self, request: HttpRequest) -> bool:
        """
        Return whether the user may open the admin. If the user's permissions require a second factor, the user must
        have one.
        """
        return super().has_permission(request) and not self._lacks_second_factor(request)

    @staticmethod
    def _lacks_second_factor(request: HttpRequest) -> bool:
        # Keep the result on the request, because a page needs it several times.
        kept = vars(request)
        if "lacks_second_factor" not in kept:
            kept["lacks_second_factor"] = second_factor.is_missing(cast("User", request.user))
        return kept["lacks_second_factor"]

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """
        Redirect to the sign-in page, or to the page for setting up a second factor. A user who may already open the
        admin is redirected to the requested page. Raise PermissionDenied for all other signed-in users.
        """
        wanted = request.GET.get(REDIRECT_FIELD_NAME) or request.POST.get(REDIRECT_FIELD_NAME) or ""
        if not url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
            wanted = reverse("admin:index")
        if self.has_permission(request):
            # Not `redirect`, which takes a text without a slash for the name of a view, and fails if there is none.
            return HttpResponseRedirect(wanted)
        if not request.user.is_authenticated:
            return redirect_to_login(wanted)
        if not super().has_permission(request):
            raise PermissionDenied
        return redirect("mfa_index")

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict | None = None
    ) -> HttpResponse:
        """Sign out with the same view as on the rest of the portal."""
        return account_views.logout(request)

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict | None = None
    ) -> HttpResponse:
        """Redirect to the account pages, where users change their password."""
        return redirect("account_change_password")

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[dict]:
        """
        Return apps and models in the order of an editor's work. Apps that are not in `APPS`, and models that are
        not in `MODELS`, come last and are sorted by name.
        """
        apps = super().get_app_list(request, app_label)
        for app in apps:
            app["models"].sort(key=lambda model: self.position_of(model["object_name"]))
        return sorted(apps, key=lambda app: _position(APPS, app["app_label"]))

    def admin_view(self, view: Callable, cacheable: bool = False) -> Callable:  # type: ignore[override]
        @wraps(view)
        def within_bounds(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            try:
                return tried_again(view, request, *args, **kwargs)
            # A number in the URL is too large for the database, or a date is outside the calendar.
            except OverflowError:
                raise Http404 from None

        guarded = super().admin_view(within_bounds, cacheable)

        @wraps(guarded)
        def nothing_lost(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            # This import is inside the function because models can't be imported before the apps are ready.
            from contests.admin import withdrawn_approvals

            # If the session has ended or the row is gone, show the submitted data again. Django would discard the data
            # and redirect to the sign-in page or return 404.
            if request.method != "POST":
                return guarded(request, *args, **kwargs)
            if not request.user.is_authenticated and unsaved_forms.entered_texts(request):
                return unsaved_forms.login_expired(request)
            try:
                begun = timezone.now()
                response = guarded(request, *args, **kwargs)
                withdrawn_approvals.warn(request, response, since=begun)
                return response
            except Http404:
                if not request.user.is_authenticated or not unsaved_forms.entered_texts(request):
                    raise
                return unsaved_forms.not_saved(request)

        return nothing_lost

    def get_urls(self) -> list:
        # This import is inside the function because models can't be imported before the apps are ready.
        from record.admin import audit_log

        # Replaces Django's `view_on_site`, which reveals the URL of every row to every user of the admin.
        on_site = self.admin_view(self.view_on_site)
        return [
            path("r/<path:content_type_id>/<path:object_id>/", on_site, name="view_on_site"),
            path("time-zone/", self.admin_view(require_POST(self.time_zone_view)), name="time_zone"),
            path("keyboard/", self.admin_view(self.keyboard_view), name="keyboard"),
            path("history/", self.admin_view(audit_log.page), {"site": self}, name="record_history"),
            path("history/export/", self.admin_view(audit_log.export), {"site": self}, name="record_history_export"),
            *super().get_urls(),
        ]

    def view_on_site(self, request: HttpRequest, content_type_id: str, object_id: str) -> HttpResponse:
        """
        Redirect to the public page of a row if the user may view the row in the admin. Raise Http404 for other users
        and for rows without a public page.
        """
        try:
            kind = ContentType.objects.get(pk=content_type_id)
        except (ContentType.DoesNotExist, ValueError):
            raise Http404 from None
        model_admin = self._registry.get(cast(type[Model], kind.model_class()))
        row = (
            model_admin.get_object(request, object_id)
            if model_admin and model_admin.has_view_permission(request)
            else None
        )
        if row is None or not hasattr(row, "get_absolute_url"):
            raise Http404
        return redirect(row)

    @staticmethod
    def position_of(model: str) -> int:
        """
        Return the position of a model in `MODELS`, the order of an editor's work. Models that are not in
        `MODELS` come last.
        """
        return _position(MODELS, model)

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show the dashboard: what needs attention, then the list of all models."""
        # This import is inside the function because the admin site is created before the models are loaded.
        from portal.dashboard import panels
        from portal.dashboard.changes import changes
        from portal.dashboard.reveals import reveals
        from portal.page_cache import COUNTS

        dashboard = {
            "panels": panels(self, request),
            "reveals": reveals(self, request, timezone.now()),
            "changes": changes(self, request),
            "page_cache": COUNTS if settings.PAGE_CACHE and cast("User", request.user).is_superuser else None,
        }
        # Only the panels and the reveals need action by the editor. Changes by other users don't.
        nothing_waits = not (dashboard["panels"] or dashboard["reveals"])
        return super().index(request, {"dashboard": dashboard, "nothing_waits": nothing_waits, **(extra_context or {})})

    def time_zone_view(self, request: HttpRequest) -> HttpResponse:
        """Save this user's time zone for the admin."""
        user = cast("User", request.user)
        form = forms.modelform_factory(get_user_model(), fields=["time_zone"])(request.POST, instance=user)
        if form.is_valid():
            form.save()
            zone = user.time_zone or "UTC"
            messages.success(request, gettext("Your time zone is %(zone)s.") % {"zone": zone})
        else:
            asked = request.POST.get("time_zone", "").replace("\x00", "")[:60]
            told = gettext("Unknown time zone “%(asked)s”. Use a name such as Asia/Tokyo or Europe/Warsaw.")
            messages.error(request, told % {"asked": asked})
        return redirect("admin:index")

    def keyboard_view(self, request: HttpRequest) -> HttpResponse:
        """Show the keyboard shortcuts of the admin."""
        context = {**self.each_context(request), "title": gettext("Keyboard shortcuts")}
        return TemplateResponse(request, "admin/keyboard.html", context)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        return cast(HttpResponse, ChoicesView.as_view(admin_site=self)(request))


def _position(order: tuple[str, ...], name: str) -> int:
    return order.index(name) if name in order else len(order)
