"""Import events, who appeared there, and what was said."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contests.models import Appearance, Event, Quote
from people.importing import Namesakes
from people.models import Organisation, Person
from record.importing.columns import Column, column_for
from record.importing.kinds import Line
from record.importing.matching import Named, Sources, by_key, key_column, names_in, source_column, written_name
from record.importing.planning import Plan

from .entries import Entries
from .targets import Contests, InParent, OfContest, contest_column, read_text


def _event_column() -> Column:
    return Column(
        name="event",
        label=gettext_lazy("event"),
        read=read_text,
        help=gettext_lazy("The title or the slug of an event of the contest."),
        required=True,
        of=lambda row: row.event.slug,
        example="ceremony",
    )


def _person_column(name: str, label: Any, also: tuple[str, ...]) -> Column:
    return Column(
        name=name,
        label=label,
        read=lambda value, _reading: names_in(value),
        also=also,
        required=True,
        of=lambda row: written_name(getattr(row, name).name, key=getattr(row, name).key),
        has_names=True,
        example="Ada Specimen",
    )


class _Events:
    """The events that the lines of a table name."""

    def __init__(self, plan: Plan, lines: list[Line]):
        self.plan, self.contests = plan, Contests(plan, lines)
        self.lines = [(line, contest) for line in lines if (contest := self.contests.of(line)) is not None]
        rows = Event.objects.filter(contest__in={contest.pk for _line, contest in self.lines})
        self.known = InParent(rows.select_related("contest"), "contest", ("title", "slug"))

    def of(self, line: Line, contest: Any, column: str = "event") -> Any:
        """Return the event that `line` names. If there is none, note the problem and return None."""
        if not line[column]:
            return None
        found = self.known.find(contest, line[column])
        if len(found) == 1:
            return found[0]
        message = _("The contest has no event “%(name)s”. Import the events first.")
        if found:
            message = _("Several events of the contest are called “%(name)s”. Use the slug.")
        self.plan.problem(line.number, column, message % {"name": line[column]})
        return None


class EventKind(OfContest):
    name = "events"
    label = gettext_lazy("Events")
    model = Event
    writes = (Organisation,)

    def columns(self) -> Sequence[Column]:
        return [
            key_column(Event),
            contest_column(),
            column_for(Event, "title", required=True, also=("event", "name"), example="Specimen ceremony"),
            column_for(Event, "slug"),
            column_for(Event, "kind"),
            Column(
                name="part_of",
                label=gettext_lazy("part of"),
                read=read_text,
                of=lambda row: row.part_of.slug if row.part_of_id else "",
            ),
            Column(
                name="host",
                label=Event._meta.get_field("host").verbose_name,
                read=lambda value, _reading: names_in(value, are_people=False),
                of=lambda row: written_name(row.host.name, key=row.host.key) if row.host_id else "",
                has_names=True,
            ),
            column_for(Event, "starts_at", also=("start", "date", "starts"), example="2026-10-31 19:30"),
            column_for(Event, "ends_at", also=("end", "ends")),
            column_for(Event, "venue", also=("place", "location")),
            column_for(Event, "city"),
            column_for(Event, "description"),
            column_for(Event, "order"),
            source_column(),
        ]

    def plan(self, plan: Plan, lines: list[Line]) -> None:
        stored, sources, events = by_key(plan, lines, Event.objects.all()), Sources(plan, lines), _Events(plan, lines)
        hosts = Namesakes(plan, Organisation)
        named = [name for line in lines for name in line["host"] or ()]
        hosts.load((name.name for name in named if not name.key), (name.key for name in named))
        for line, contest in events.lines:
            if not line["title"]:
                continue
            values = plan.values_from(line) | {"contest": contest}
            row = stored.get(line["key"] or "")
            if row is None and not line["key"]:
                alike = events.known.find(contest, line["slug"] or line["title"])
                row = alike[0] if len(alike) == 1 else None
            if line["part_of"] and (whole := events.of(line, contest, "part_of")) is not None:
                plan.use(whole, line.number)
                values["part_of"] = whole
            if line["host"]:
                beside = [row.host] if row is not None and row.host_id else []
                values["host"] = hosts.find(line["host"][0], line, "host", beside=beside)
            if row is not None and plan.is_new(row):
                plan.problem(line.number, "title", _("Another row of the table has this event already."))
            elif row is None:
                row = plan.make(Event, **({"key": line["key"]} if line["key"] else {}), **values)
                plan.add(row, line.number, is_main=True)
                events.known.add(row, {row.title, row.slug})
            else:
                plan.compare(row, values, line.number, is_main=True)
            sources.cite(line, row)

    def for_export(self, rows: Any) -> Any:
        return rows.select_related("contest", "part_of", "host").prefetch_related("sources")


class AppearanceKind(OfContest):
    name = "appearances"
    label = gettext_lazy("Appearances")
    model = Appearance
    to_contest = "event__contest"
    writes = (Person,)

    def columns(self) -> Sequence[Column]:
        return [
            key_column(Appearance),
            contest_column(),
            _event_column(),
            _person_column("person", gettext_lazy("person"), ("name", "speaker")),
            column_for(Appearance, "role", required=True, example="moderator"),
            column_for(Appearance, "order"),
            source_column(),
        ]

    def plan(self, plan: Plan, lines: list[Line]) -> None:
        stored, sources, events = (
            by_key(plan, lines, Appearance.objects.all()),
            Sources(plan, lines),
            _Events(plan, lines),
        )
        people, found = (
            _people(plan, lines, "person"),
            [(line, events.of(line, contest)) for line, contest in events.lines],
        )
        known: dict[int, list[Appearance]] = {}
        keys = {event.pk for _line, event in found if event}
        for each in Appearance.objects.filter(event__in=keys).select_related("person", "event"):
            known.setdefault(each.event_id, []).append(each)
        for line, event in found:
            if event is None or not line["person"] or not line["role"]:
                continue
            there = known.setdefault(event.pk, [])
            name = line["person"][0]
            person: Any = people.find(name, line, "person", beside=[row.person for row in there])
            values = plan.values_from(line) | {"event": event, "person": person} | sources.one(line)
            row = stored.get(line["key"] or "")
            if row is None and not line["key"]:
                row = next((each for each in there if each.person == person and each.role == line["role"]), None)
            if row is None:
                row = plan.make(Appearance, **({"key": line["key"]} if line["key"] else {}), **values)
                plan.add(row, line.number, is_main=True)
                there.append(row)
            else:
                plan.compare(row, values, line.number, is_main=True)

    def for_export(self, rows: Any) -> Any:
        return rows.select_related("event__contest", "person", "source")


class QuoteKind(OfContest):
    name = "quotes"
    label = gettext_lazy("Quotes")
    model = Quote
    to_contest = "event__contest"
    writes = (Person,)

    def columns(self) -> Sequence[Column]:
        return [
            key_column(Quote),
            contest_column(),
            _event_column(),
            _person_column("speaker", gettext_lazy("speaker"), ("person", "name", "said by")),
            column_for(Quote, "text", required=True, also=("quote", "words"), example="A specimen of words."),
            column_for(Quote, "slug"),
            Column(
                name="submission",
                label=Quote._meta.get_field("submission").verbose_name,
                read=lambda value, _reading: names_in(value, are_people=False),
                also=("about", "work", "film"),
                of=lambda row: written_name(row.submission.title, key=row.submission.key) if row.submission_id else "",
                has_names=True,
            ),
            column_for(Quote, "context"),
            column_for(Quote, "language"),
            column_for(Quote, "order"),
            source_column(),
        ]

    def plan(self, plan: Plan, lines: list[Line]) -> None:
        stored, sources, events = by_key(plan, lines, Quote.objects.all()), Sources(plan, lines), _Events(plan, lines)
        people, entries = _people(plan, lines, "speaker"), Entries(plan, [])
        entries.load({contest.pk for _line, contest in events.lines})
        found = [(line, contest, events.of(line, contest)) for line, contest in events.lines]
        known: dict[int, list[Quote]] = {}
        keys = {event.pk for _line, _contest, event in found if event}
        for each in Quote.objects.filter(event__in=keys).select_related("speaker", "event"):
            known.setdefault(each.event_id, []).append(each)
        for line, contest, event in found:
            if event is None or not line["speaker"] or not line["text"]:
                continue
            there = known.setdefault(event.pk, [])
            beside = [row.speaker for row in there]
            speaker: Any = people.find(line["speaker"][0], line, "speaker", beside=beside)
            values = plan.values_from(line) | {"event": event, "speaker": speaker} | sources.one(line)
            if line["submission"]:
                work = self._work(plan, entries, line, contest, line["submission"][0])
                if work is None:
                    continue
                values["submission"] = work
            row = stored.get(line["key"] or "")
            if row is None and not line["key"]:
                row = next((each for each in there if each.speaker == speaker and each.text == values["text"]), None)
            if row is None:
                if "source" not in values and plan.options.source is None:
                    plan.problem(
                        line.number, "sources", _("A quote needs a source: name it, or choose one for all rows.")
                    )
                row = plan.make(Quote, **({"key": line["key"]} if line["key"] else {}), **values)
                plan.add(row, line.number, is_main=True)
                there.append(row)
            else:
                plan.compare(row, values, line.number, is_main=True)

    @staticmethod
    def _work(plan: Plan, entries: Entries, line: Line, contest: Any, name: Named) -> Any:
        found = entries.find(contest, name.key or name.name, f"#{name.name}")
        if len(found) == 1:
            return found[0]
        message = (
            _("The contest has no entry “%(name)s”.") if not found else _("Several entries are called “%(name)s”.")
        )
        plan.problem(line.number, "submission", message % {"name": name.name})
        return None

    def for_export(self, rows: Any) -> Any:
        return rows.select_related("event__contest", "speaker", "submission", "source")


def _people(plan: Plan, lines: list[Line], column: str) -> Namesakes:
    people = Namesakes(plan, Person)
    named = [name for line in lines for name in line[column] or ()]
    people.load((name.name for name in named if not name.key), (name.key for name in named))
    return people
