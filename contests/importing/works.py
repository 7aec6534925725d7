"""Import works, with their credits."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contests.models import Credit, Submission, Work, WorkIdentifier
from people.models import Organisation, Person
from record.importing.columns import Column, column_for
from record.importing.field_values import has_value, stored_value
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
from record.importing.planning import ARE_NEW, Plan
from record.sort_keys import sort_key

from .credits import Credits, blank_roles, credit_columns, with_parties
from .targets import of_target


def described(work: Work, credits: Credits | None = None) -> str:
    """Return what tells a work from another one with the same title, for questions. `credits` knows its people."""
    people = credits.named(work) if credits else ""
    return " · ".join(part for part in (work.title, work.disambiguation, work.years, people, work.slug) if part)


class Titles:
    """Finds works by their titles."""

    def __init__(self, titles: Iterable[str]):
        rows = Work.objects.all()
        self.found = rows_by(rows, "sort_key", {sort_key(title) for title in titles if title})

    @property
    def all(self) -> list[Work]:
        return [row for rows in self.found.values() for row in rows]

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
        credits.load(titles.all)
        mine: dict[tuple[Any, ...], int] = {}
        for line in lines:
            if not line["title"]:
                continue
            values = plan.values_from(line)
            row = stored.get(line["key"] or "") or identified(line, Work, known)
            if row is None and not line["key"]:
                row = self._by_title(plan, titles, credits, line, values)
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
    def _by_title(plan: Plan, titles: Titles, credits: Credits, line: Line, values: dict[str, Any]) -> Any:
        """
        Return the work with the title of `line` if it is sure: the only one that doesn't credit only other people, with
        the same year and no other countries, or with all values of the line. Ask if it is not sure.
        """
        year = values.get("year_from")
        found = titles.of(line["title"], year)
        if not found:
            return None
        shared = {row.pk: credits.shares(line, row) for row in found}
        likely = [row for row in found if shared[row.pk]] or [row for row in found if shared[row.pk] is None]
        exact = [row for row in likely if all(has_value(row, *item) for item in values.items())]
        says_more = set(values) != {"title"} or plan.options.same_names == ARE_NEW
        if len(exact) == 1 and (len(found) == 1 or shared[exact[0].pk] or says_more):
            return exact[0]
        countries = _codes(values.get("countries"))
        if len(likely) == 1 and (shared[likely[0].pk] or len(found) == 1):
            is_elsewhere = bool(countries) and countries.isdisjoint(_codes(likely[0].countries) or countries)
            if (year and likely[0].year_from == year and not is_elsewhere) or set(values) == {"title"}:
                return likely[0]
        found = [*likely, *(row for row in found if row not in likely)]
        told, may_be_same = [described(row, credits) for row in found], bool(likely)
        name = " · ".join(filter(None, [line["title"], credits.named_in(line)]))
        # The candidates depend on the year, so it is part of the question.
        kind = f"work:{year or ''}"
        return plan.which(kind, name, found, line, "title", told, may_be_same=may_be_same, may_be_new=not exact)

    def of_target(self, target: str, name: str) -> Any:
        condition = of_target(target, name, "contest")
        return condition and Q(pk__in=Submission.objects.filter(condition).values("work"))

    def blank_columns(self, rows: Any) -> Collection[str]:
        return blank_roles(rows.order_by().values("pk"))

    def for_export(self, rows: Any) -> Any:
        return rows.prefetch_related("identifiers", "sources", with_parties("credits"))
