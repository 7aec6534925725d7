"""What the preview and the result of an import show: some lines, problems and questions of a long report."""

from collections.abc import Mapping
from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite
from django.core.paginator import Page, Paginator
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from record.importing.kinds import Kind
from record.importing.planning import ANOTHER
from record.models import TableImport

LINES_PER_PAGE = 100
#: The most problems and questions on one page.
PROBLEMS, QUESTIONS = 100, 50
STATES = {
    "new": gettext_lazy("new"),
    "changed": gettext_lazy("changed"),
    "same": gettext_lazy("the same"),
    "bad": gettext_lazy("with problems"),
}


def preview_of(report: Mapping[str, Any], show: str, number: Any) -> dict[str, Any]:
    """Return what the template of the preview shows. `show` is a state of lines, or "" for all."""
    counts, rows = report["counts"], report["rows"]
    show = show if show in STATES else ""
    page: Page = Paginator([row for row in rows if show in ("", row[1])], LINES_PER_PAGE).get_page(number)
    lines = [
        {
            "number": number,
            "state": state,
            "told": STATES.get(state, state),
            "name": name,
            "changes": changes,
            "also": also,
        }
        for number, state, name, changes, also in page
    ]
    questions = report["questions"]
    total = len(rows)
    return {
        "show": show,
        "total": total,
        "filters": [("", gettext_lazy("all"), total), *((key, told, counts[key]) for key, told in STATES.items())],
        "lines": lines,
        "page": page,
        "problems": report["problems"][:PROBLEMS],
        "more_problems": len(report["problems"]) > PROBLEMS or counts["bad"] > PROBLEMS,
        "bad": counts["bad"],
        "good": total - counts["bad"],
        "writes": counts["new"] + counts["changed"],
        "questions": [
            {"place": place, "name": name, "candidates": candidates, "lines": lines, "number": number}
            for place, (_id, name, candidates, lines, number) in enumerate(questions[:QUESTIONS])
        ],
        "number_of_questions": len(questions),
        "single": sum(len(candidates) == 1 for _id, _name, candidates, *_rest in questions),
        "digest": report["digest"],
        "new_rows": report["new"].items(),
        "is_stale": report.get("is_stale", False),
    }


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


def written_by(stored: TableImport, site: AdminSite, kind: Kind | None) -> list[dict[str, Any]]:
    """Return what an import has created and changed, for each model: its name, the numbers and the URL of its list."""
    new = {label: len(pks) for label, pks in stored.written.get("new", {}).items()}
    changed = {label: len(rows) for label, rows in stored.written.get("changed", {}).items()}
    found = []
    for label in dict.fromkeys([*new, *changed]):
        model = apps.get_model(label)
        numbers = {"new": new.get(label, 0), "changed": changed.get(label, 0)}
        if any(numbers.values()):
            name = capfirst(model._meta.verbose_name_plural)
            found.append({"name": name, "url": _list_url(model, site, stored, kind), **numbers})
    return found


def _list_url(model: Any, site: AdminSite, stored: TableImport, kind: Kind | None) -> str:
    """Return the URL of the admin list of `model`, filtered by the contest or series of the import if it can be."""
    try:
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    except NoReverseMatch:
        return ""
    target = kind.target_named(stored.options["target"]) if kind and stored.options.get("target") else None
    filters: Any = site.get_model_admin(model).list_filter
    names = {each[0] if isinstance(each, tuple | list) else each for each in filters}
    return f"{url}?{kind.target}__id__exact={target.pk}" if kind and target and kind.target in names else url
