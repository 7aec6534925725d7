"""Import the entries of contests, with their works and credits: for example the export of FilmFreeway."""

from collections.abc import Collection, Iterable, Sequence
from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contests.models import Category, Contest, Credit, Recognition, Submission, Work
from contests.works import SHARED, refuse_other_titles, same_values, values_from
from people.models import Organisation, Person
from record.importing import cells, dates
from record.importing.columns import Column, Reading, column_for, in_all_languages
from record.importing.kinds import Line
from record.importing.matching import Sources, by_key, key_column, row_by, source_column, texts_in, written_list
from record.importing.planning import SAID, Plan
from record.importing.reading import Value
from record.merging.journal import in_chunks
from record.partial_dates import YEAR
from record.sort_keys import folded
from record.viewpoint import Viewpoint

from .credits import Credits, blank_roles, credit_columns, with_parties
from .targets import Contests, InParent, OfContest, contest_column, read_text
from .works import Titles, described

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


class OpenStatus(str):
    """The status of an entry about which another system says that nothing is decided."""

    __slots__ = ()


class SpokenLanguages(str):
    """The first of several spoken languages, the one of the entry. `every` has the tags of all, for the work."""

    every: str


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
        entries = Entries(plan, lines)
        sources, credits = Sources(plan, lines), Credits(plan, lines)
        found = []
        for line in lines:
            contest = entries.contests.of(line)
            if contest is None or not line["title"]:
                continue
            found.append((line, contest, entries.stored_for(line, contest)))
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
    def _categories(plan: Plan, entries: "Entries", line: Line, contest: Contest, row: Submission) -> None:
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


class Entries:
    """Finds the entries that the lines of a table mean, and makes new ones with their works."""

    def __init__(self, plan: Plan, lines: Iterable[Line], titles: Iterable[str] = ()):
        self.plan, lines = plan, list(lines)
        self.contests = Contests(plan, lines)
        self.by_key = by_key(plan, lines, Submission.objects.select_related("contest", "work"))
        involved = {contest.pk for each in self.contests.found.values() for contest in each}
        involved |= {plan.options.contest.pk} if plan.options.contest else set()
        self.categories = InParent(Category.objects.filter(contest__in=involved), "contest", ("name", "slug"))
        self.loaded: set[int] = set()
        self.of_contest: dict[int, dict[str, list[Submission]]] = {}
        wanted = {line["title"] for line in lines if line["title"]} | set(titles)
        self.titles = Titles(wanted)
        named = {line["work"] for line in lines if line["work"]}
        self.works = row_by(Work.objects.all(), "slug", named) | row_by(Work.objects.all(), "key", named)
        self.load(involved)
        self.mine: dict[tuple[int, str], int] = {}
        #: The new entries of stored works, each with its line.
        self.joined: list[tuple[Line, Submission]] = []

    def load(self, contests: Iterable[int]) -> None:
        """Load the entries of these contests, each once."""
        waiting = set(contests) - self.loaded
        self.loaded |= waiting
        for some in in_chunks(waiting):
            rows = Submission.objects.filter(contest__in=some).select_related("contest", "work").order_by("pk")
            for row in rows:
                self.remember(row)

    def remember(self, row: Submission) -> None:
        """Let the entry be found by its tracking number, slug, title and keys."""
        known = self.of_contest.setdefault(row.contest.pk, {})
        names = {f"#{row.tracking_number}" if row.tracking_number else "", row.slug, row.key, row.work.key}
        names |= {folded(row.title), folded(row.original_title)}
        for name in filter(None, names):
            known.setdefault(name, []).append(row)

    def find(self, contest: Contest, *names: str) -> list[Submission]:
        """Return the entries of `contest` with one of these keys, slugs, titles, or tracking numbers after "#"."""
        known = self.of_contest.get(contest.pk, {})
        for name in names:
            if found := known.get(name) or known.get(folded(name)):
                return list({id(row): row for row in found}.values())
        return []

    def stored_for(self, line: Line, contest: Contest) -> Submission | None:
        """
        Return the stored entry that `line` means: by permanent key, tracking number, slug, or else by its title, if
        just one entry of the contest has it and another tracking number doesn't tell them apart.
        """
        row = self.by_key.get(line["key"] or "")
        if row is not None and row.contest_id != contest.pk:
            message = _("This entry belongs to the contest “%(contest)s”.")
            self.plan.problem(line.number, "key", message % {"contest": row.contest})
        if row is not None or line["key"]:
            return row
        number = line["tracking_number"]
        # A title such as "#1" is not the tracking number 1.
        found = [each for each in self.find(contest, f"#{number}") if each.tracking_number == number] if number else []
        if not found and line["slug"]:
            found = [each for each in self.find(contest, line["slug"]) if each.slug == line["slug"]]
        if found and self.plan.is_new(found[0]):
            message = _("Another row of the table has this tracking number or this slug.")
            self.plan.problem(line.number, "tracking_number" if number else "slug", message)
        if found:
            return found[0]
        found = [
            each
            for each in self.find(contest, folded(line["title"]))
            if not (number and each.tracking_number)
            and (not line["slug"])
            and not self.plan.is_new(each)
            # A slug made from an earlier title is not the title.
            and folded(line["title"]) in (folded(each.title), folded(each.original_title))
        ]
        return found[0] if len(found) == 1 else None

    def new(self, line: Line, contest: Contest, values: dict[str, Any]) -> Submission | None:
        """Return a new entry for `line`, with a new work or the one that it means. None if there is a problem."""
        plan, same = self.plan, (contest.pk, f"#{line['tracking_number'] or ''}{folded(line['title'])}")
        if not line["key"] and same in self.mine:
            message = _("Row %(number)s has the same title, and no tracking number tells the two apart.")
            plan.problem(line.number, "title", message % {"number": self.mine[same]})
        self.mine.setdefault(same, line.number)
        values.setdefault("status", Submission.Status.SUBMITTED)
        spoken = values.get("language")
        values = {name: str(value) if isinstance(value, str) else value for name, value in values.items()}
        key = {"key": line["key"]} if line["key"] else {}
        row = plan.make(Submission, contest=contest, **key, **values)
        work = self._work_for(line, row)
        if work is None:
            work = plan.make(Work, **{name: value for name, value in values_from(row).items() if value})
            if isinstance(spoken, SpokenLanguages):
                work.languages = spoken.every
            if line["work"] and len(line["work"]) == KEY:
                work.key = line["work"]
                self.works[work.key] = work
            plan.add(work, line.number)
        else:
            plan.use(work, line.number)
            row.work = work
            self._check_shared(line, row)
        row.work = work
        plan.add(row, line.number, is_main=True)
        self.remember(row)
        return row

    def _work_for(self, line: Line, row: Submission) -> Work | None:
        if name := line["work"]:
            found = self.works.get(name)
            if found is None and len(name) != KEY and not name.startswith("synthetic-"):
                self.plan.problem(line.number, "work", _("There is no work “%(name)s”.") % {"name": name})
            return found
        found_by_title = self.titles.of(row.title, row.year)
        if not found_by_title:
            return None
        told = [described(work) for work in found_by_title]
        chosen: Any = self.plan.which("work", row.title, found_by_title, line, "title", told)
        return chosen

    def _check_shared(self, line: Line, row: Submission) -> None:
        if row.work.pk is None:
            return
        try:
            refuse_other_titles(row)
        except ValidationError as error:
            self.plan.problems_of(line.number, error, {"work": "title"})
        else:
            self.joined.append((line, row))

    def say_the_same(self) -> None:
        """
        Where a new entry joins a work without a public entry, let the work show nothing from its hidden entries: see
        `contests.works.say_the_same`.
        """
        works = {row.work_id for _line, row in self.joined}
        hidden: dict[int, list[Submission]] = {}
        for some in in_chunks(works):
            others = Submission.objects.filter(work__in=some)
            shown = set(others.public(Viewpoint.now()).values_list("work", flat=True).order_by())
            for other in others.exclude(work__in=shown).order_by("pk"):
                hidden.setdefault(other.work_id, []).append(other)
        for line, row in self.joined:
            if others_of_work := hidden.get(row.work_id):
                values = same_values(row, row.work, others_of_work)
                self.plan.compare(
                    row.work, values, line.number, columns={name: SHARED.get(name, "") for name in values}
                )

    def change(self, line: Line, row: Submission, values: dict[str, Any]) -> None:
        """
        Change a stored entry. As in the form, its work changes with it if it has no other entry and said the same.
        """
        plan = self.plan
        before = values_from(row)
        if isinstance(values.get("status"), OpenStatus) and row.status != Submission.Status.DRAFT:
            # The other system does not know what was decided here.
            values = {name: value for name, value in values.items() if name != "status"}
        values = {name: str(value) if isinstance(value, str) else value for name, value in values.items()}
        plan.compare(row, values, line.number, is_main=True)
        after = values_from(row)
        turned = {name for name, value in after.items() if value != before[name]}
        if not turned or row.work.entries.exclude(pk=row.pk).exists():
            return
        alike = {name: after[name] for name in turned if row.work.serializable_value(name) == before[name]}
        if alike:
            plan.compare(row.work, alike, line.number, columns={name: SHARED[name] for name in alike})


#: The length of a permanent key.
KEY = 12
