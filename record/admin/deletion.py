"""Deletion in the admin: the reason, which is required for public rows, and the rows that prevent a deletion."""

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

PROTECTED_SHOWN = 50


def ask_why(request: HttpRequest, model: Any, keys: Iterable[Any]) -> bool:
    """
    Return whether a required reason is missing. Sets two attributes on `request` for the confirmation page:
    `needs_reason`, if the public sees one of the rows, and `lacks_reason`, if the reason is needed but was not given.
    """
    is_needed = is_shown(model, list(keys))
    is_missing = is_needed and request.POST.get("post") is not None and is_blank(request.POST.get("reason", ""))
    request.needs_reason, request.lacks_reason = is_needed, is_missing  # type: ignore[attr-defined]
    return is_missing


def deletion_of_many(modeladmin: Any, request: HttpRequest, queryset: QuerySet, act: Any) -> HttpResponse | None:
    """Run `act`, Django's action for deleting many rows. If a required reason is missing, it shows its page again."""
    if ask_why(request, modeladmin.model, queryset.order_by().values_list("pk", flat=True)):
        posted = request.POST.copy()
        del posted["post"]
        request.POST = posted  # type: ignore[assignment]
    return act(modeladmin, request, queryset)


def rows_in_the_way(site: AdminSite, model: type[models.Model], rows: Iterable[models.Model]) -> list[SafeString | str]:
    """
    Return links to the rows that protect `rows` of `model` from deletion: at most 50, then the number of the others.
    Django would load and name all of them, and there may be 100,000.
    """
    keys = [row.pk for row in rows]
    found: dict[models.Model, None] = {}
    more = 0
    relations: Iterable[Any] = get_candidate_relations_to_delete(model._meta)
    for relation in relations:
        if relation.on_delete is models.PROTECT:
            protecting = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": keys})
            first = list(protecting[: PROTECTED_SHOWN - len(found)])
            more += protecting.count() - len(first)
            found |= dict.fromkeys(_owner(row) for row in first)
    links = sorted((_link(site, row) for row in found), key=str)
    if more:
        links.append(ngettext("and %(more)d more", "and %(more)d more", more) % {"more": more})
    return links


def _link(site: AdminSite, row: models.Model) -> SafeString | str:
    kind = capfirst(row._meta.verbose_name)
    if not site.is_registered(type(row)):
        return f"{kind}: {row}"
    page = f"{site.name}:{row._meta.app_label}_{row._meta.model_name}_change"
    return format_html('{}: <a href="{}">{}</a>', kind, reverse(page, args=[quote(row.pk)]), row)


def _owner(row: models.Model) -> models.Model:
    """Return `row`, or the row that has the link if `row` is a row of a many-to-many table."""
    if not row._meta.auto_created:
        return row
    owner = next(field for field in row._meta.fields if field.related_model is row._meta.auto_created)
    return getattr(row, owner.name)


def without_link_tables(names: list) -> list:
    """
    Return `names`, the nested list of the objects to delete, without the rows of many-to-many tables. Editors know them
    only as links between two rows.
    """
    links = tuple(
        f"{capfirst(model._meta.verbose_name)}: "
        for model in apps.get_models(include_auto_created=True)
        if model._meta.auto_created
    )
    nested = [without_link_tables(name) if isinstance(name, list) else name for name in names]
    return [name for name in nested if name and not (isinstance(name, str) and name.startswith(links))]
