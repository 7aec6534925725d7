"""The questions of a preview: who is meant by a name. Each candidate comes with what tells it from the others."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.admin import AdminSite
from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst

from record.admin.picker_labels import BETWEEN, for_choice
from record.importing.kinds import kinds
from record.importing.planning import ANOTHER

#: The most questions on one page.
QUESTIONS = 50


def questions_of(report: Mapping[str, Any], site: AdminSite, request: HttpRequest) -> list[dict[str, Any]]:
    """Return what the page shows of the first questions. The number of SQL statements does not depend on theirs."""
    shown = report["questions"][:QUESTIONS]
    keys: dict[str, set[str]] = {}
    for asked, _name, candidates, *_rest in shown:
        keys.setdefault(asked.partition(":")[0], set()).update(key for key, _text in candidates)
    known = {kind: _known(kind, some, site, request) for kind, some in keys.items()}
    return [
        {
            "place": place,
            "name": name,
            "candidates": [
                {"key": key, "text": text, **known[asked.partition(":")[0]].get(key, {})} for key, text in candidates
            ],
            "unlisted": report.get("unlisted", {}).get(asked, 0),
            "lines": lines,
            "number": number,
        }
        for place, (asked, name, candidates, lines, number) in enumerate(shown)
    ]


def _known(kind: str, keys: Iterable[str], site: AdminSite, request: HttpRequest) -> dict[str, dict[str, str]]:
    """Return for each permanent key of a row its URL in the admin, and how many credits and so on it has."""
    models: dict[str, Any] = {str(model._meta.model_name): model for each in kinds() for model in each.needed}
    model = models.get(kind)
    if model is None or not site.is_registered(model):
        return {}
    model_admin: Any = site.get_model_admin(model)
    if not model_admin.has_view_permission(request):
        return {}
    relations = {name: relation for name, (relation, *_rest) in getattr(model_admin, "known_by", {}).items()}
    rows = for_choice(model_admin, model._base_manager.filter(key__in=keys))
    for name, relation in relations.items():
        column = model._meta.get_field(relation).field
        own = column.model._base_manager.filter(**{column.name: OuterRef("pk")}).order_by().values(column.name)
        rows = rows.annotate(**{f"{name}_number": Subquery(own.values(number=Count("pk")))})
    found = {}
    for row in rows:
        facts = []
        for name, relation in relations.items():
            if number := row.__dict__[f"{name}_number"]:
                label = capfirst(model._meta.get_field(relation).related_model._meta.verbose_name_plural)
                facts.append(f"{label}: {number} ({row.__dict__[name]}{', …' if number > 1 else ''})")
        found[row.key] = {"facts": BETWEEN.join(facts), "url": _url(model, row)}
    return found


def _url(model: Any, row: Any) -> str:
    try:
        return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk])
    except NoReverseMatch:
        return ""


def answers_in(report: Mapping[str, Any], posted: Mapping[str, str]) -> dict[str, str]:
    """Return the answers to the questions of a preview: {ID of the question: permanent key, or `ANOTHER`}."""
    for_all = posted.get("all", "")
    found = {}
    for place, (asked, _name, candidates, *_rest) in enumerate(report["questions"]):
        keys = [key for key, _text in candidates]
        answer = posted.get(f"answer_{place}", "")
        if answer in (*keys, ANOTHER):
            found[asked] = answer
        elif for_all == "same" and len(keys) == 1:
            found[asked] = keys[0]
        elif for_all == "new":
            found[asked] = ANOTHER
    return found
