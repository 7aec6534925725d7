"""Import the entries of contests, with their works and credits: for example the export of FilmFreeway."""

from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy

from contests.models import Category, Contest, Credit, Recognition, Submission, Work
from people.models import Organisation, Person
from record.importing import cells, dates
from record.importing.columns import Column, Reading, column_for, in_all_languages
from record.importing.kinds import Line
from record.importing.matching import Sources, key_column, source_column, texts_in, written_list
from record.importing.planning import SAID, Plan
from record.importing.reading import Value
from record.partial_dates import YEAR
from record.sort_keys import folded
from record.viewpoint import Viewpoint

from .credits import Credits, blank_roles, credit_columns, with_parties
from .entries import Entries, OpenStatus, SpokenLanguages
from .targets import OfContest, contest_column, read_text

SAID |= {Work, Category}

#: Words for the status of an entry that other systems use.
STATUSES: dict[str, tuple[str, ...]] = {
    Submission.Status.SUBMITTED: ("in consideration", "complete", "completed", "received", "undecided", "entered"),
    Submission.Status.INELIGIBLE: ("disqualified", "not eligible", "rejected"),
    Submission.Status.DRAFT: ("incomplete", "in progress"),
    Submission.Status.ELIGIBLE: ("accepted", "valid"),
    Submission.Status.WITHDRAWN: ("cancelled", "canceled"),
}


@cache
def _statuses() -> dict[str, tuple[str, ...]]:
    choices = Submission.Status.choices
    return {code: (*in_all_languages(label), *STATUSES.get(code, ())) for code, label in choices}


def _read_status(value: Value, _reading: Reading) -> str:
    found = cells.parse_choice(value, _statuses())
    is_own = folded(str(value)) in {
        folded(label) for label in (found, *in_all_languages(Submission.Status(found).label))
    }
    return found if is_own or found != Submission.Status.SUBMITTED else OpenStatus(found)


class SubmissionKind(OfContest):
    name = "submissions"
    label = gettext_lazy("Submissions")
    model = Submission
    writes = (Work, Category, Credit, Person, Organisation)

    def columns(self) -> Sequence[Column]:
        of = Submission
        return [
            key_column(of),
            contest_column(),
            column_for(
                of,
                "tracking_number",
                also=("tracking no", "tracking #", "submission id", "entry number", "number", "no"),
                example="SP0001",
            ),
            column_for(
                of,
                "title",
                required=True,
                also=("project title", "film title", "work title", "project", "film", "name"),
                example="Specimen Street",
            ),
            column_for(of, "original_title", also=("project title original language", "title in original language")),
            column_for(of, "title_language"),
            column_for(of, "original_title_language"),
            column_for(of, "slug"),
            Column(
                name="work",
                label=gettext_lazy("work"),
                read=read_text,
                help=gettext_lazy("The slug or the permanent key of a work that is here already. Blank: a new work."),
                also=("work_key",),
                of=lambda row: row.work.key,
            ),
            Column(
                name="categories",
                label=gettext_lazy("categories"),
                read=lambda value, _reading: texts_in(value),
                help=gettext_lazy("Names or slugs, separated by semicolons. A new name makes a new category."),
                also=("category", "submission categories", "submission category", "section"),
                of=lambda row: written_list(category.name for category in row.listed_categories),
            ),
            column_for(of, "status", read=_read_status, also=("submission status",)),
            column_for(of, "is_selected"),
            column_for(of, "logline", also=("tagline", "short synopsis")),
            column_for(of, "synopsis", also=("description", "summary", "plot")),
            column_for(of, "language", also=("languages", "spoken language"), read=_read_language),
            column_for(of, "countries", also=("country of origin", "country of production"), unsure=("country",)),
            column_for(
                of,
                "runtime",
                also=("duration", "running time", "length", "total runtime"),
                read=lambda value, reading: cells.parse_runtime(value, unit=reading.unit, is_clock=reading.is_clock),
                help=gettext_lazy("6:45, 1:32:05, 6m45s, 12 min, or a number of seconds."),
                example="6:45",
            ),
            column_for(
                of,
                "year",
                also=("completion date", "year of production", "production year", "year completed"),
                read=_read_year,
            ),
            column_for(of, "tools", also=("software", "tools used", "ai tools")),
            column_for(
                of, "work_url", also=("submission link", "link", "screener", "screener link", "video link", "url")
            ),
            column_for(of, "work_url_audience"),
            *credit_columns("work"),
            source_column(),
        ]

    def plan(self, plan: Plan, lines: list[Line]) -> None:
        sources, credits = Sources(plan, lines), Credits(plan, lines)
        entries = Entries(plan, lines, credits=credits)
        involved = [
            (line, contest) for line in lines if (contest := entries.contests.of(line)) is not None and line["title"]
        ]
        titled = [each.work for line, contest in involved for each in entries.with_title(line, contest)]
        credits.load([*titled, *entries.titles.all])
        found = [(line, contest, entries.stored_for(line, contest)) for line, contest in involved]
        credits.load([*(row.work for _line, _contest, row in found if row is not None), *entries.works.values()])
        for line, contest, row in found:
            values = plan.values_from(line)
            if row is None:
                row = entries.new(line, contest, values)
                if row is None:
                    continue
                credits.load([row.work])
            else:
                entries.change(line, row, values)
            self._categories(plan, entries, line, contest, row)
            credits.add(line, row.work)
            sources.cite(line, row)
        entries.say_the_same()

    @staticmethod
    def _categories(plan: Plan, entries: Entries, line: Line, contest: Contest, row: Submission) -> None:
        chosen = []
        for name in line["categories"] or ():
            known = entries.categories.find(contest, name)
            if known:
                category = known[0]
                plan.use(category, line.number)
            else:
                category = plan.make(Category, contest=contest, name=name)
                plan.add(category, line.number, columns={"name": "categories"})
                entries.categories.add(category, {name})
            chosen.append(category)
        if chosen:
            plan.link(row, "categories", chosen, line.number)

    def blank_columns(self, rows: Any) -> Collection[str]:
        return blank_roles(rows.order_by().values("work"))

    def extra_columns(self, user: Any) -> Sequence[Column]:
        return [
            Column(
                name="awards",
                label=gettext_lazy("awards"),
                read=read_text,
                of=lambda row: written_list(_recognised(each) for each in row.exported_recognitions),
            )
        ]

    def for_extra_columns(self, rows: Any, names: Collection[str], user: Any) -> Any:
        """Those who may not see recognitions in the admin get the public ones only."""
        if "awards" not in names:
            return rows
        may_see_all = user is None or user.has_perm("contests.view_recognition")
        shown = Recognition.objects.all() if may_see_all else Recognition.objects.public(Viewpoint.now())
        shown = shown.select_related("award").order_by("award__precedence", "order", "pk")
        return rows.prefetch_related(Prefetch("recognitions", shown, to_attr="exported_recognitions"))

    def for_export(self, rows: Any) -> Any:
        rows = rows.with_categories().select_related("contest", "work")
        return rows.prefetch_related("sources", with_parties("work__credits"))


def _recognised(row: Recognition) -> str:
    return f"{row.award.name} ({row.get_standing_display()})"


def _read_year(value: Value, _reading: Reading) -> int:
    """Return the year in a cell, or the year of the date in it. The order of day and month does not matter."""
    if isinstance(value, str) and len(value.strip()) > YEAR:
        return int(dates.partial_date(value, "dmy" if dates.order_of([value]) != "mdy" else "mdy")[:YEAR])
    return cells.parse_year(value) or 0


def _read_language(value: Value, _reading: Reading) -> str:
    first, *others = cells.parse_languages(value)
    if not others:
        return first
    found = SpokenLanguages(first)
    found.every = ",".join([first, *others])
    return found
