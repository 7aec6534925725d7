"""Import works, with their credits."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contests.models import Credit, Submission, Work, WorkIdentifier
from people.models import Organisation, Person
from record.importing.columns import Column, column_for
from record.importing.field_values import stored_value
from record.importing.kinds import Kind, Line
from record.importing.matching import (
    Sources,
    add_identifiers,
    by_identifier,
    by_key,
    identified,
    identifier_columns,
    key_column,
    rows_by,
    source_column,
)
from record.importing.planning import Plan
from record.sort_keys import sort_key

from .credits import Credits, blank_roles, credit_columns, with_parties
from .targets import of_target


def described(work: Work) -> str:
    """Return what tells a work from another one with the same title, for questions."""
    return " · ".join(part for part in (work.title, work.disambiguation, work.years, work.slug) if part)


class Titles:
    """Finds works by their titles."""

    def __init__(self, titles: Iterable[str]):
        rows = Work.objects.all()
        self.found = rows_by(rows, "sort_key", {sort_key(title) for title in titles if title})

    def of(self, title: str, year: Any = None) -> list[Work]:
        """Return the works with this title, without those of another year."""
        found = self.found.get(sort_key(title), [])
        return [row for row in found if not (year and row.year_from and row.year_from != year)]


def _codes(countries: Any) -> set[str]:
    text = stored_value(Work._meta.get_field("countries"), countries) if countries else ""
    return set(filter(None, text.split(",")))


class WorkKind(Kind):
    name = "works"
    label = gettext_lazy("Works")
    model = Work
    writes = (WorkIdentifier, Credit, Person, Organisation)

    def columns(self) -> Sequence[Column]:
        return [
            key_column(Work),
            column_for(Work, "title", required=True, also=("project title", "film", "name"), example="Specimen Street"),
            column_for(Work, "slug"),
            column_for(Work, "title_language"),
            column_for(Work, "original_title"),
            column_for(Work, "original_title_language"),
            column_for(Work, "disambiguation"),
            column_for(Work, "year_from", named="year", also=("year from", "year of production"), example="1994"),
            column_for(Work, "year_to", also=("last year",)),
            column_for(Work, "countries", also=("country of origin",), unsure=("country",), example="PL; JP"),
            column_for(Work, "languages", also=("language",), example="pl"),
            *credit_columns(),
            *identifier_columns(Work),
            source_column(),
        ]

    def plan(self, plan: Plan, lines: list[Line]) -> None:
        stored, known = by_key(plan, lines, Work.objects.all()), by_identifier(plan, lines, Work)
        titles, sources, credits = (
            Titles(line["title"] or "" for line in lines),
            Sources(plan, lines),
            Credits(plan, lines),
        )
        found: list[tuple[Line, dict[str, Any], Work | None]] = []
        mine: dict[tuple[Any, ...], int] = {}
        for line in lines:
            if not line["title"]:
                continue
            values = plan.values_from(line)
            row = stored.get(line["key"] or "") or identified(line, Work, known)
            if row is None and not line["key"]:
                row = self._by_title(plan, titles, line, values)
                same = (sort_key(line["title"]), values.get("year_from"), line["disambiguation"])
                if same in mine:
                    message = _("Row %(number)s has the same title and year, and nothing tells the two apart.")
                    plan.problem(line.number, "title", message % {"number": mine[same]})
                mine.setdefault(same, line.number)
            found.append((line, values, row))
        credits.load(row for _line, _values, row in found if row is not None)
        for line, values, row in found:
            if row is None:
                row = plan.make(Work, **({"key": line["key"]} if line["key"] else {}), **values)
                plan.add(row, line.number, is_main=True)
            else:
                plan.compare(row, values, line.number, is_main=True)
            add_identifiers(plan, line, row, known)
            credits.add(line, row)
            sources.cite(line, row)

    @staticmethod
    def _by_title(plan: Plan, titles: Titles, line: Line, values: dict[str, Any]) -> Any:
        year = values.get("year_from")
        found = titles.of(line["title"], year)
        if not found:
            return None
        countries = _codes(values.get("countries"))
        is_elsewhere = bool(countries) and countries.isdisjoint(_codes(found[0].countries) or countries)
        if len(found) == 1 and ((year and found[0].year_from == year and not is_elsewhere) or set(values) == {"title"}):
            return found[0]
        return plan.which("work", line["title"], found, line, "title", [described(row) for row in found])

    def of_target(self, target: str, name: str) -> Any:
        condition = of_target(target, name, "contest")
        return condition and Q(pk__in=Submission.objects.filter(condition).values("work"))

    def blank_columns(self, rows: Any) -> Collection[str]:
        return blank_roles(rows.order_by().values("pk"))

    def for_export(self, rows: Any) -> Any:
        return rows.prefetch_related("identifiers", "sources", with_parties("credits"))
