"""The entries that the lines of a table mean: found in their contests, or new ones with their works."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contests.models import Category, Contest, Submission, Work
from contests.works import SHARED, refuse_other_titles, same_values, values_from
from record.importing.field_values import has_value
from record.importing.kinds import Line
from record.importing.matching import by_key, row_by
from record.importing.planning import Plan
from record.merging.journal import in_chunks
from record.sort_keys import folded
from record.viewpoint import Viewpoint

from .credits import Credits
from .targets import Contests, InParent
from .works import Titles, described

#: The length of a permanent key.
KEY = 12


class OpenStatus(str):
    """The status of an entry about which another system says that nothing is decided."""

    __slots__ = ()


class SpokenLanguages(str):
    """The first of several spoken languages, the one of the entry. `every` has the tags of all, for the work."""

    every: str


class Entries:
    """
    Finds the entries that the lines of a table mean, and makes new ones with their works. With `credits`, the people of
    a line tell its entry and its work from others of the same title.
    """

    def __init__(self, plan: Plan, lines: Iterable[Line], titles: Iterable[str] = (), credits: Credits | None = None):
        self.plan, self.credits, lines = plan, credits, list(lines)
        self.contests = Contests(plan, lines)
        self.by_key = by_key(plan, lines, self._rows())
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

    @staticmethod
    def _rows() -> Any:
        # A join would make an object of the contest for each of its entries, which takes 2 kB.
        return Submission.objects.select_related("work").prefetch_related("contest")

    def load(self, contests: Iterable[int]) -> None:
        """Load the entries of these contests, each once."""
        waiting = set(contests) - self.loaded
        self.loaded |= waiting
        for some in in_chunks(waiting):
            rows = self._rows().filter(contest__in=some).order_by("pk")
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
        Return the stored entry that `line` means: by permanent key, tracking number, slug, or else by its title, as
        `_titled` says.
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
        return self._titled(line, contest)

    def with_title(self, line: Line, contest: Contest) -> list[Submission]:
        """Return the stored entries of `contest` with the title of `line`, unless number or slug tell them apart."""
        number, title = line["tracking_number"], folded(line["title"])
        return [
            each
            for each in self.find(contest, title)
            if not (number and each.tracking_number)
            and not line["slug"]
            and not self.plan.is_new(each)
            # A slug made from an earlier title is not the title.
            and title in (folded(each.title), folded(each.original_title))
        ]

    def _titled(self, line: Line, contest: Contest) -> Submission | None:
        """
        Return the only stored entry with the title of `line`, unless it credits other people, or the only one that
        shares a person with the line or already has all its values. Ask if it is not sure.
        """
        plan, found = self.plan, self.with_title(line, contest)
        shared = {each.pk: self._shares(line, each.work) for each in found}
        likely = [each for each in found if shared[each.pk]] or [each for each in found if shared[each.pk] is None]
        if not found:
            return None
        if len(likely) == 1 and (shared[likely[0].pk] or len(found) == 1):
            return likely[0]
        values = plan.values_from(line)
        if isinstance(values.get("status"), OpenStatus):
            del values["status"]
        exact = [each for each in likely if all(has_value(each, *item) for item in values.items())]
        if len(exact) == 1 and len(values) > 1:
            return exact[0]
        kind, name = f"submission:{contest.key}:{line['tracking_number'] or ''}", self._named(line)
        found = [*likely, *(each for each in found if each not in likely)]
        told = [self._described(each) for each in found]
        chosen: Any = plan.which(kind, name, found, line, "title", told, may_be_same=False, may_be_new=not exact)
        return chosen

    def _shares(self, line: Line, work: Work) -> bool | None:
        return self.credits.shares(line, work) if self.credits else None

    def _named(self, line: Line) -> str:
        """Return what a question calls the entry or the work of `line`: its title, with its people."""
        return " · ".join(filter(None, [line["title"], self.credits.named_in(line) if self.credits else ""]))

    def _described(self, row: Submission) -> str:
        """Return what tells an entry from another one of the same title, for questions."""
        people = self.credits.named(row.work) if self.credits else ""
        number = f"#{row.tracking_number}" if row.tracking_number else ""
        return " · ".join(filter(None, [row.title, str(row.year or ""), people, number, row.slug]))

    def new(self, line: Line, contest: Contest, values: dict[str, Any]) -> Submission | None:
        """Return a new entry for `line`, with a new work or the one that it means. None if there is a problem."""
        plan, same = self.plan, (contest.pk, f"#{line['tracking_number'] or ''}{folded(line['title'])}")
        if not line["key"] and same in self.mine:
            message = _("Row %(number)s has the same title, and no other tracking number tells the two apart.")
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
        # Which entry of this contest the line means was asked, so their works are not asked about again.
        there = {each.work_id for each in self.with_title(line, row.contest)}
        found = [work for work in self.titles.of(row.title, row.year) if work.pk not in there]
        if not found:
            return None
        told = [described(work, self.credits) for work in found]
        may_be_same = all(self._shares(line, work) is not False for work in found)
        # The candidates depend on the year and on the entries of the contest, so both are part of the question.
        kind = f"work:{row.year or ''}:{row.contest.key if there else ''}"
        chosen: Any = self.plan.which(kind, self._named(line), found, line, "title", told, may_be_same=may_be_same)
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
