"""The admin pages for sources and for former slugs."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from record import source_checks
from record.background import has_worker
from record.models import FormerSlug, Source

from .counting import count_column
from .lists import BROKEN, KindFilter, moment_column, presence
from .lookup_guard import LookupGuardMixin
from .merging import MergeMixin

# The fields with the result of `manage.py check_sources`.
LINK = ("link_state", "checked")


@admin.register(Source)
class SourceAdmin(MergeMixin):
    list_display = ["title", "publisher", "author", "published_on", "link_state", "checked", "uses"]
    list_filter = ["link_state", ("url", presence(_("link"), _("With a link"), _("Without a link")))]
    needs = (BROKEN,)
    search_fields = ["title", "publisher", "author", "url"]
    told_by = ("publisher",)
    ordering = ["sort_key", "pk"]
    date_hierarchy = "published_on"
    prepopulated_fields = {"slug": ["title"]}
    fieldsets = [
        (
            None,
            {
                "fields": ["title", "slug", "publisher", "author", "url", *LINK, "published_on", "accessed_on", "note"],
                "description": _(
                    "Where a fact comes from. Leave blank what you don’t know: only the title is needed. If "
                    "the title is unknown, describe the source. A source that is in use can’t be deleted."
                ),
            },
        ),
    ]

    readonly_fields = ("key", "link_state", "checked")

    actions = ("check_links",)

    checked = moment_column(Source, "checked_at")
    uses = count_column("*", _("used by"))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        found = super().get_actions(request)
        if not has_worker():
            # A request must not wait for a hundred other servers. `manage.py check_sources` does the same.
            found.pop("check_links", None)
        return found

    @admin.action(description=_("Check the links now"), permissions=["change"])
    def check_links(self, request: HttpRequest, rows: QuerySet[Source]) -> None:
        number = source_checks.begin(rows)
        if not number:
            self.message_user(request, gettext("None of these sources has a link."), messages.WARNING)
            return
        text = ngettext("%(number)d link is being checked.", "%(number)d links are being checked.", number)
        told = [text % {"number": number}]
        if number == source_checks.MOST and rows.exclude(url="").count() > number:
            told.append(gettext("These are the ones with the oldest checks. Check the others later."))
        told.append(gettext("This takes a few seconds for each. The results appear in this list."))
        self.message_user(request, " ".join(told))

    def before_save(self, request: HttpRequest, obj: Any, form: Any, stored: Any) -> None:
        super().before_save(request, obj, form, stored)
        if "url" in form.changed_data:
            # Delete the result of the last check: the new URL has not been checked yet.
            obj.checked_at, obj.link_state = None, ""


@admin.register(FormerSlug)
class FormerSlugAdmin(LookupGuardMixin):
    """A read-only list of former slugs. The admin stores the old slug of a row when the slug changes."""

    list_display = ["slug", "kind", "leads_to"]
    list_display_links = None
    list_filter = [("content_type", KindFilter)]
    search_fields = ["slug"]
    ordering = ["-pk"]
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("content_type").prefetch_related("object")

    @admin.display(description=_("kind"), ordering="content_type")
    def kind(self, obj: FormerSlug) -> str:
        return obj.content_type.name

    @admin.display(description=_("redirects to"))
    def leads_to(self, obj: FormerSlug) -> Any:
        if obj.object is None:
            return _("nothing: the record was deleted")
        model = obj.content_type
        try:
            address = reverse(f"admin:{model.app_label}_{model.model}_change", args=[obj.object_id])
        except NoReverseMatch:
            return obj.object
        return format_html('<a href="{}">{}</a>', address, obj.object)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
