"""Deleting rows in the admin: asks for a reason if a row is public, and lists the rows that prevent a deletion."""

from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.contrib.admin.sites import AdminSite
from django.contrib.admin.utils import quote
from django.db import models
from django.db.models import QuerySet
from django.db.models.deletion import get_candidate_relations_to_delete
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import ngettext

from record.visibility import is_shown
from record.visible_text import is_blank

from .counting import COUNTED, capped_counts, number_text

PROTECTED_SHOWN = 50


def ask_why(request: HttpRequest, model: Any, keys: Iterable[Any]) -> bool:
    """
    Return whether a POST that confirms a deletion lacks the required reason. A reason is required if the public sees
    one of the rows with the primary keys `keys`. For the confirmation page, set `request.needs_reason` (a reason is
    required) and `request.lacks_reason` (the returned value).
    """
    is_needed = is_shown(model, list(keys))
    is_missing = is_needed and request.POST.get("post") is not None and is_blank(request.POST.get("reason", ""))
    request.needs_reason, request.lacks_reason = is_needed, is_missing  # type: ignore[attr-defined]
    return is_missing


def deletion_of_many(modeladmin: Any, request: HttpRequest, queryset: QuerySet, act: Any) -> HttpResponse | None:
    """
    Run `act`, Django's action for deleting many rows, and return its response. If a required reason is missing, first
    remove the confirmation from the POST data, so that `act` shows the confirmation page again.
    """
    if ask_why(request, modeladmin.model, queryset.order_by().values_list("pk", flat=True)):
        posted = request.POST.copy()
        del posted["post"]
        request.POST = posted  # type: ignore[assignment]
    return act(modeladmin, request, queryset)


def rows_in_the_way(site: AdminSite, model: type[models.Model], rows: Iterable[models.Model]) -> list[SafeString | str]:
    """
    Return links to the rows that protect `rows` of `model` from deletion: at most 50 links, then a text with the number
    of other protecting rows, counted up to 1,000 of a kind. Django's own method would load all of them, possibly
    100,000.
    """
    keys = [row.pk for row in rows]
    relations: Iterable[Any] = get_candidate_relations_to_delete(model._meta)
    protecting = [
        # The usual order of the rows would make the database sort all of them.
        relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": keys}).order_by()
        for relation in relations
        if relation.on_delete is models.PROTECT
    ]
    numbers = capped_counts(protecting, shown=PROTECTED_SHOWN)
    first: list[models.Model] = []
    for others, number in zip(protecting, numbers, strict=True):
        if number:
            first += others[: PROTECTED_SHOWN - len(first)]
    links = sorted((_link(site, row) for row in dict.fromkeys(_owner(row) for row in first)), key=str)
    more = sum(numbers) - len(first)
    if more > COUNTED:
        links.append(ngettext("and %(number)s more", "and %(number)s more", more) % {"number": number_text(more)})
    elif more:
        links.append(ngettext("and %(more)d more", "and %(more)d more", more) % {"more": more})
    return links


def _link(site: AdminSite, row: models.Model) -> SafeString | str:
    kind = capfirst(row._meta.verbose_name)
    if not site.is_registered(type(row)):
        return f"{kind}: {row}"
    page = f"{site.name}:{row._meta.app_label}_{row._meta.model_name}_change"
    return format_html('{}: <a href="{}">{}</a>', kind, reverse(page, args=[quote(row.pk)]), row)


def _owner(row: models.Model) -> models.Model:
    """
    If `row` is a row of an automatic many-to-many table, return the row whose many-to-many field it belongs to.
    Otherwise return `row`.
    """
    if not row._meta.auto_created:
        return row
    owner = next(field for field in row._meta.fields if field.related_model is row._meta.auto_created)
    return getattr(row, owner.name)


def without_link_tables(names: list) -> list:
    """
    Return `names`, Django's nested list of the rows to delete, without the rows of automatic many-to-many
    tables. Editors know such a row only as a link between two other rows.
    """
    links = tuple(
        f"{capfirst(model._meta.verbose_name)}: "
        for model in apps.get_models(include_auto_created=True)
        if model._meta.auto_created
    )
    nested = [without_link_tables(name) if isinstance(name, list) else name for name in names]
    return [name for name in nested if name and not (isinstance(name, str) and name.startswith(links))]
