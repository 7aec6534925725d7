"""Checks the query string of an admin list: only the list's own filters, orders and search words are accepted."""

import re
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IS_POPUP_VAR, IncorrectLookupParameters
from django.contrib.admin.views.main import ORDER_VAR, SEARCH_VAR, ChangeList
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from record.text_folding import by_letters

from . import search
from .pagination import BoundedPaginator
from .primary_keys import key_or_404

# The maximum length of a search text: each word adds a condition for every searched field, and SQLite allows only 1,000
# conditions.
LONGEST_SEARCH = 200
LONGEST_VALUE = 500
ORDER = re.compile(r"(-?\d{1,2}(\.-?\d{1,2}){0,15})?", re.ASCII)


class RefusedLookupError(Exception):
    """The URL asks for a filter or an order that the list does not have."""


class GuardedChangeList(ChangeList):
    """A list that accepts only its own filters. Django would accept any lookup on any field from the URL."""

    def get_filters(self, request: HttpRequest) -> Any:
        found = super().get_filters(request)
        # `found[2]` has the lookups that belong to no filter. Refuse those that come from the URL; Django itself adds
        # others for a date hierarchy.
        if not set(self.filter_params).isdisjoint(found[2]):
            raise IncorrectLookupParameters
        return found

    @cached_property
    def reads_newest(self) -> str:
        """
        Return how many of the newest rows are searched for parts of words, as text. Return "" if these are all rows.
        """
        if not self.query or not getattr(self.model_admin, "searches_newest", False):
            return ""
        rows = self.model._base_manager.order_by("-pk").values("pk")
        return number_format(search.NEWEST, force_grouping=True) if rows[search.NEWEST :].exists() else ""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        # If the whole list is on one page, Django does not ask the paginator for its rows.
        is_whole = not self.multi_page or (self.show_all and self.can_show_all)
        if is_whole and isinstance(self.paginator, BoundedPaginator):
            self.result_list = self.paginator.rows.all()


class LookupGuardMixin(admin.ModelAdmin):
    """
    A model admin whose list has the plural name of the model as its title. If the URL of the list is invalid, the user
    gets an error message and the unfiltered list.
    """

    def url_name(self, page: str) -> str:
        """
        Return the name of an admin URL of the model. For the page "changelist", this is
        "admin:contests_award_changelist".
        """
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return GuardedChangeList

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Return the search fields with a lookup that ignores case and accents."""
        return [by_letters(name) for name in super().get_search_fields(request)]

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Return the list. Raise `RefusedLookupError` if the URL has an unknown filter or order."""
        if not is_readable(request):
            raise RefusedLookupError
        try:
            return super().get_changelist_instance(request)
        except (IncorrectLookupParameters, SuspiciousOperation, ValidationError) as error:
            raise RefusedLookupError from error
        except (ValueError, OverflowError, DatabaseError) as error:
            # Without a query string, the URL can't be the cause, so the error is in the portal's code.
            if request.GET:
                raise RefusedLookupError from error
            raise

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        for chosen in request.POST.getlist(ACTION_CHECKBOX_NAME):
            key_or_404(self.model, chosen)
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        try:
            return super().changelist_view(request, {**title, **(extra_context or {})})
        except RefusedLookupError:
            return self.back_to_list(request)

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        # Ignore a blank `_to_field` in the URL. Django would look for a field without a name.
        found = super().get_object(request, object_id, from_field or None)
        # Python reads the text "1_2" as the number 12. A row has only one URL.
        return found if found is None or from_field or str(found.pk) == str(object_id) else None

    def back_to_list(self, request: HttpRequest) -> HttpResponse:
        """Redirect to the unfiltered list, with an error message."""
        told = _("The URL contains a filter that this list doesn’t have. The whole list is shown.")
        self.message_user(request, told, messages.ERROR)
        whole = reverse(self.url_name("changelist"), current_app=self.admin_site.name)
        return redirect(f"{whole}?{IS_POPUP_VAR}=1" if IS_POPUP_VAR in request.GET else whole)


def is_readable(request: HttpRequest) -> bool:
    """Return whether all values in the query string are safe for the database, well-formed and not too long."""
    values = [value for _name, several in request.GET.lists() for value in several]
    return (
        all(len(value) <= LONGEST_VALUE and "\x00" not in value for value in [*request.GET, *values])
        and all(len(words) <= LONGEST_SEARCH for words in request.GET.getlist(SEARCH_VAR))
        and all(ORDER.fullmatch(order) for order in request.GET.getlist(ORDER_VAR))
    )
