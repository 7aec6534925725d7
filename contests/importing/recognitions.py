"""Import nominations and awards, with the works, people and organisations that share them."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contests.models import Award, Contest, Party, Recognition, Submission, Work
from people.importing import Namesakes
from people.models import Organisation, Person
from record.importing import cells
from record.importing.columns import Column, column_for, in_all_languages
from record.importing.kinds import Line
from record.importing.matching import (
    LIST,
    UNKNOWN_KEY,
    Named,
    Sources,
    by_key,
    is_new_key,
    key_column,
    names_in,
    source_column,
    written_name,
)
from record.importing.planning import Plan
from record.merging.journal import in_chunks

from .credits import Parties
from .entries import Entries
from .targets import Contests, InParent, OfContest, contest_column, read_text

#: Words for the standing that lists of nominations use.
STANDINGS: dict[str, tuple[str, ...]] = {
    Recognition.Standing.WINNER: ("won", "win", "1", "yes", "award winner", "awarded"),
    Recognition.Standing.NOMINEE: ("nominated", "nomination", "0", "no"),
    Recognition.Standing.RUNNER_UP: ("second",),
    Recognition.Standing.FINALIST: ("finals", "shortlisted", "shortlist"),
    Recognition.Standing.MENTION: ("honourable mention", "honorable mention", "special mention"),
}


@cache
def _standings() -> dict[str, tuple[str, ...]]:
    choices = Recognition.Standing.choices
    return {code: (*in_all_languages(label), *STANDINGS.get(code, ())) for code, label in choices}


def _read_standing(value: Any, _reading: Any) -> str:
    return cells.parse_choice(value, _standings())


def _parties(row: Recognition, name: str) -> str:
    parties = sorted(row.parties.all(), key=lambda party: (party.order, party.pk))
    named = [(getattr(party, name), party.part) for party in parties if getattr(party, f"{name}_id")]
    return LIST.join(written_name(each.name, note=part, key=each.key) for each, part in named)


class RecognitionKind(OfContest):
    """Nominations and awards. They arrive without approval, so nothing becomes public by an import."""

    name = "recognitions"
    label = gettext_lazy("Recognitions")
    model = Recognition
    to_contest = "award__contest"
    writes = (Party, Submission, Work, Person, Organisation)

    def columns(self) -> Sequence[Column]:
        of = Recognition
        return [
            key_column(of),
            contest_column(),
            Column(
                name="award",
                label=gettext_lazy("award"),
                read=read_text,
                help=gettext_lazy("The name or the slug of an award of the contest."),
                also=("category", "award name", "prize", "canonical category"),
                required=True,
                of=lambda row: row.award.slug,
                example="best-specimen",
            ),
            column_for(of, "standing", read=_read_standing, also=("result", "winner", "won"), example="winner"),
            Column(
                name="works",
                label=gettext_lazy("works"),
                read=lambda value, _reading: names_in(value, are_people=False),
                help=gettext_lazy(
                    "Titles, slugs or tracking numbers of entries, separated by semicolons. A title that is new in the "
                    "contest makes a new entry."
                ),
                also=("work", "film", "films", "title", "project title", "submission", "submissions"),
                of=lambda row: LIST.join(written_name(work.title, key=work.key) for work in row.works),
                has_names=True,
                example="Specimen Street",
            ),
            Column(
                name="people",
                label=gettext_lazy("people"),
                read=lambda value, _reading: names_in(value),
                help=gettext_lazy("Those who share it, separated by semicolons, with their part in brackets."),
                also=("person", "name", "names", "recipient", "recipients", "nominee", "nominees", "winners"),
                of=lambda row: _parties(row, "person"),
                has_names=True,
                example="Ada Specimen (Lead actress)",
            ),
            Column(
                name="organisations",
                label=gettext_lazy("organisations"),
                read=lambda value, _reading: names_in(value),
                help=gettext_lazy("Companies and other organisations that share it, separated by semicolons."),
                also=("organisation", "organization", "organizations", "company", "companies"),
                of=lambda row: _parties(row, "organisation"),
                has_names=True,
            ),
            column_for(of, "detail", also=("for", "song", "character")),
            column_for(of, "outcome"),
            column_for(of, "rank", also=("place",)),
            column_for(of, "is_tied", also=("tie",)),
            column_for(of, "is_shared"),
            column_for(of, "note", also=("notes", "remark")),
            column_for(of, "citation", also=("jury statement", "motivation")),
            column_for(of, "order"),
            source_column(),
        ]

    def plan(self, plan: Plan, lines: list[Line]) -> None:
        _Planning(plan, lines).run(lines)

    def for_export(self, rows: Any) -> Any:
        # Joins the people: a prefetch of more than a thousand of them has a condition that is too long for SQLite.
        parties = Prefetch("parties", Party.objects.select_related("person", "organisation"))
        return rows.select_related("award__contest", "source").prefetch_related("submissions", parties)


class _Planning:
    def __init__(self, plan: Plan, lines: list[Line]):
        self.plan = plan
        self.contests, self.sources = Contests(plan, lines), Sources(plan, lines)
        self.entries = Entries(plan, [], [name.name for line in lines for name in line["works"] or ()])
        self.people, self.organisations = Namesakes(plan, Person), Namesakes(plan, Organisation)
        for column, finder in (("people", self.people), ("organisations", self.organisations)):
            named = [name for line in lines for name in line[column] or ()]
            finder.load((name.name for name in named if not name.key), (name.key for name in named))
        self.parties = Parties()
        self.stored = by_key(plan, lines, _with_parts(Recognition.objects.all()))
        self._join(self.stored.values())
        self.of_award: dict[int, list[Recognition]] = {}
        self.taken: set[int] = set()

    def run(self, lines: list[Line]) -> None:
        involved = [(line, contest) for line in lines if (contest := self.contests.of(line)) is not None]
        keys = {contest.pk for _line, contest in involved}
        self.entries.load(keys)
        awards = Award.objects.filter(contest__in=keys)
        self.awards = InParent(awards, "contest", ("name", "slug"))
        found = []
        for line, contest in involved:
            if (award := self._award(line, contest)) is not None:
                found.append((line, contest, award))
        unknown = {award.pk for line, _contest, award in found if (line["key"] or "") not in self.stored}
        for some in in_chunks(unknown):
            for row in _with_parts(Recognition.objects.filter(award__in=some)).order_by("pk"):
                self.of_award.setdefault(row.award_id, []).append(row)
        self._join(row for rows in self.of_award.values() for row in rows)
        for line, contest, award in found:
            self._line(line, contest, award)
        self.entries.say_the_same()

    def _join(self, rows: Iterable[Recognition]) -> None:
        self.parties.join([party for row in rows for party in row.parties.all()])

    def _award(self, line: Line, contest: Contest) -> Award | None:
        name = line["award"]
        if not name:
            return None
        found = self.awards.find(contest, name)
        if len(found) == 1:
            return found[0]
        message = _("The contest has no award “%(name)s”. Import the awards first.")
        if found:
            message = _("Several awards of the contest are called “%(name)s”. Use the slug.")
        self.plan.problem(line.number, "award", message % {"name": name})
        return None

    def _line(self, line: Line, contest: Contest, award: Award) -> None:
        plan = self.plan
        works = [work for name in line["works"] or () if (work := self._work(line, contest, name)) is not None]
        row = self.stored.get(line["key"] or "")
        beside: list[Any] = [row] if row else self._alike(award, works)
        near = [party.recipient for each in beside for party in each.parties.all()]
        parties = [
            (finder.find(name, line, column, beside=near), name.note, column)
            for column, finder in (("people", self.people), ("organisations", self.organisations))
            for name in line[column] or ()
        ]
        values = plan.values_from(line) | self.sources.one(line)
        if row is None and not line["key"]:
            row = self._same(beside, works, parties, values)
        if row is None:
            self._new(line, award, works, parties, values)
        else:
            self._change(line, row, award, works, parties, values)

    def _work(self, line: Line, contest: Contest, name: Named) -> Submission | None:
        found = self.entries.find(contest, name.key or name.name, f"#{name.name}")
        if len(found) == 1:
            self.plan.use(found[0], line.number)
            if self.plan.is_new(found[0]):
                self.plan.use(found[0].work, line.number)
            return found[0]
        if found:
            message = _("Several entries of the contest are called “%(name)s”. Use the slug or the tracking number.")
            self.plan.problem(line.number, "works", message % {"name": name.name})
            return None
        if name.key and not is_new_key(name.key):
            self.plan.problem(line.number, "works", UNKNOWN_KEY % {"key": name.key})
            return None
        values = {"title": name.name, "status": Submission.Status.ELIGIBLE}
        entry = Line(line.number, {"title": name.name})
        return self.entries.new(entry, contest, values)

    def _alike(self, award: Award, works: Iterable[Submission]) -> list[Recognition]:
        """Return the stored recognitions with this award that share a work, or all if there are no works."""
        keys = {work.pk for work in works}
        rows = [row for row in self.of_award.get(award.pk, []) if row.pk not in self.taken]
        return [row for row in rows if not keys or keys & {work.pk for work in row.submissions.all()}]

    def _same(self, rows: Iterable[Recognition], works: Any, parties: Any, values: dict[str, Any]) -> Any:
        """Return the stored recognition that says the same, so that the same table twice changes nothing."""
        wanted = ({work.pk for work in works}, {(type(party), party.pk, part) for party, part, _column in parties})
        for row in rows:
            given = {
                (type(party.recipient), party.recipient.pk, party.part)
                for party in row.parties.all()
                if party.recipient
            }
            if ({work.pk for work in row.submissions.all()}, given) != wanted:
                continue
            if row.detail == values.get("detail", row.detail) and row.standing == values.get("standing", row.standing):
                self.taken.add(row.pk)
                return row
        return None

    def _new(self, line: Line, award: Award, works: Any, parties: Any, values: dict[str, Any]) -> None:
        plan = self.plan
        if not works and not parties and not values.get("detail"):
            plan.problem(line.number, "works", _("Name a work, a person, an organisation, or what was recognised."))
        key = {"key": line["key"]} if line["key"] else {}
        row = plan.make(Recognition, award=award, **key, **values)
        names = [str(party) for party, _part, _column in parties] or [work.title for work in works]
        label = " · ".join([award.name, ", ".join(names) or row.detail])
        plan.add(row, line.number, is_main=True, label=label)
        if works:
            plan.link(row, "submissions", works, line.number)
        self._add_parties(line, row, parties)

    def _change(self, line: Line, row: Recognition, award: Award, works: Any, parties: Any, values: Any) -> None:
        plan = self.plan
        plan.compare(row, {**values, "award": award}, line.number, is_main=True)
        known = {
            (type(party.recipient), party.recipient.pk, party.part) for party in row.parties.all() if party.recipient
        }
        more = [each for each in parties if (type(each[0]), each[0].pk, each[1]) not in known]
        others = [work for work in works if work not in row.works]
        if (more or others) and row.approved_at is not None:
            plan.problem(line.number, "people" if more else "works", row.why_it_stays)
            return
        if others:
            plan.link(row, "submissions", others, line.number)
        self._add_parties(line, row, more)
        for party, part, column in more:
            plan.said(line.number, column, written_name(str(party), note=part))

    def _add_parties(self, line: Line, row: Recognition, parties: Any) -> None:
        for party, part, column in parties:
            named = {"person": party} if isinstance(party, Person) else {"organisation": party}
            made = self.plan.make(Party, recognition=row, part=part, **named)
            self.plan.add(made, line.number, columns={"part": column, "person": column})


def _with_parts(rows: Any) -> Any:
    """Prefetch what a comparison needs. `Parties.join` adds the people and organisations."""
    works = Prefetch("submissions", Submission.objects.only("title", "sort_key"))
    return rows.prefetch_related("award__contest", "source", works, "parties")
