"""What the preview and the result of an import show: some lines and problems of a long report."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.contrib.admin import AdminSite
from django.core.paginator import Page, Paginator
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from record.field_text import BLANK
from record.importing.kinds import Kind
from record.models import TableImport

LINES_PER_PAGE = 100
#: The most problems on one page.
PROBLEMS = 100
#: The state of the lines that wait for an answer to a question. In the report, they are bad ones.
ASKED = "asked"
STATES = {
    "new": gettext_lazy("new"),
    "changed": gettext_lazy("changed"),
    "same": gettext_lazy("the same"),
    ASKED: gettext_lazy("to decide"),
    "bad": gettext_lazy("with problems"),
}


def preview_of(report: Mapping[str, Any], show: str, number: Any) -> dict[str, Any]:
    """Return what the template of the preview shows. `show` is a state of lines, or "" for all."""
    asked = set(report.get("asked", ()))
    rows = [[number, ASKED if number in asked else state, *rest] for number, state, *rest in report["rows"]]
    counts = {**report["counts"], ASKED: len(asked), "bad": report["counts"]["bad"] - len(asked)}
    show = show if show in STATES else ""
    page: Page = Paginator([row for row in rows if show in ("", row[1])], LINES_PER_PAGE).get_page(number)
    lines = [
        {
            "number": number,
            "state": state,
            "told": STATES.get(state, state),
            "name": name,
            "changes": changes_told(changes),
            "also": also,
        }
        for number, state, name, changes, also in page
    ]
    total, left_out = len(rows), report["counts"]["bad"]
    return {
        "show": show,
        "total": total,
        "filters": [("", gettext_lazy("all"), total), *((key, told, counts[key]) for key, told in STATES.items())],
        "lines": lines,
        "page": page,
        **problems_of(report),
        "asked": len(asked),
        "left_out": left_out,
        "good": total - left_out,
        "writes": counts["new"] + counts["changed"],
        "number_of_questions": len(report["questions"]),
        "single": sum(len(candidates) == 1 for _id, _name, candidates, *_rest in report["questions"]),
        "digest": report["digest"],
        "new_rows": report["new"].items(),
        "is_stale": report.get("is_stale", False),
    }


def problems_of(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return the first problems of a report and their lines' number, without the lines that only wait for an answer."""
    asked = set(report.get("asked", ()))
    found = [problem for problem in report.get("problems", ()) if problem[0] not in asked]
    bad = report.get("counts", {}).get("bad", 0) - len(asked)
    return {"problems": found[:PROBLEMS], "more_problems": len(found) > PROBLEMS or bad > PROBLEMS, "bad": bad}


def changes_told(changes: Iterable[Sequence[str]]) -> list[tuple[str, str, str]]:
    """
    Return the changes of a line as the page shows them: label, old and new value, "" for a blank old value. If
    an entry and its work change in the same way, for example their title, the change is listed once.
    """
    found: list[tuple[str, str, str]] = []
    for label, old, new in changes:
        is_told = any(label.endswith(f": {first}") and [old, new] == values for first, *values in found)
        if not is_told:
            found.append((label, old, new))
    return [(label, "" if old == BLANK else old, new) for label, old, new in found]


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
