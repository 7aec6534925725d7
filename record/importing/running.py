"""Read a table, check it and import it: the steps that the admin's pages and the command share."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from record.background import described, has_worker, task
from record.csv_safety import restored
from record.importing import dates
from record.importing.cells import CellError, clock_of
from record.importing.columns import Column, Reading, header_key, matched
from record.importing.exports import is_own
from record.importing.kinds import Kind, Line, kind_named
from record.importing.planning import CAUSED, CHANGED, NEW, Options, Plan, Problem
from record.importing.reading import Table, read_table
from record.importing.reports import report_of, value_at
from record.importing.undoing import REASON, undo
from record.importing.writing import Refused, Written, write
from record.models import Source, TableImport

if TYPE_CHECKING:
    from accounts.models import User


#: Sent after an import or an undo by a command or a worker, when its transaction is committed. Requests of the admin
#: update the search index by themselves.
record_changed = Signal()
#: The reason in the history begins with this word.
IMPORT = "Import"
#: How many problems, questions and lines a report keeps.
MOST_TOLD = 200
#: How many earlier imports tell which column a header means.
REMEMBERED = 20

State = TableImport.State


class NotReady(ValidationError):  # noqa: N818 - nothing is wrong with the program
    """The import can't begin: something is wrong with the file as a whole, or with what was chosen."""


def columns_of(kind: Kind, table: Table, chosen: Mapping[str, str] | None = None) -> list[str]:
    """
    Return the name of the column for each header of `table`, "" for none. `chosen` maps keys of headers to columns; by
    default, what editors chose in earlier imports of this kind counts.
    """
    return matched(table.header, kind.columns(), remembered(kind) if chosen is None else chosen)


def remembered(kind: Kind) -> dict[str, str]:
    """Return what editors chose in the latest imports of this kind: {key of a header: name of a column}."""
    found: dict[str, str] = {}
    past = TableImport.objects.filter(kind=kind.name, state__in=(State.DONE, State.UNDONE)).order_by("-pk")
    for options in past.values_list("options", flat=True)[:REMEMBERED]:
        for key, name in options.get("chosen", {}).items():
            found.setdefault(key, name)
    return found


def make_plan(
    kind: Kind,
    table: Table,
    names: Sequence[str],
    options: Options,
    *,
    date_order: str = "",
    known: Iterable[Problem] = (),
    say: Callable[[int], object] = lambda _done: None,
) -> Plan:
    """
    Return the plan for importing `table`. `names` has the name of the column for each header. `known` has problems that
    the database found before. Raise `NotReady` if a column that the kind needs is missing.
    """
    plan = Plan(kind, options)
    for problem in known:
        plan.problem(problem.line, problem.column, problem.message)
    required = [column for column in plan.columns.values() if column.required and column.name not in names]
    if required:
        labels = ", ".join(f"“{column.label}”" for column in required)
        raise NotReady(_("The table has no column for %(columns)s. Choose one.") % {"columns": labels})
    lines = _lines(plan, table, names, date_order)
    say(len(lines))
    plan.kind.plan(plan, lines)
    plan.refuse_second_lines()
    for caused in CAUSED:
        for number, text in caused(plan):
            plan.outcome(number).also.append(text)
    for line in lines:
        plan.outcome(line.number)
    return plan


def _lines(plan: Plan, table: Table, names: Sequence[str], date_order: str) -> list[Line]:
    places = [(place, plan.columns[name]) for place, name in enumerate(names) if name in plan.columns]
    readings = {column.name: _reading(table, place, column, date_order) for place, column in places}
    lines = []
    for row in table.lines:
        line = Line(row.number)
        for place, column in places:
            value = value_at(row.values, place)
            if value is None or value == "":
                line.blanks.add(column.name)
                continue
            try:
                found = column.read(value, readings[column.name])
            except CellError as error:
                plan.problem(row.number, column.name, error)
                continue
            if found in (None, "", []):
                line.blanks.add(column.name)
            else:
                line.values[column.name] = found
        for _place, column in places:
            if column.required and column.name in line.blanks:
                plan.problem(row.number, column.name, _("This cell must not be blank."))
        lines.append(line)
    return lines


def _reading(table: Table, place: int, column: Column, date_order: str) -> Reading:
    values = [value_at(line.values, place) for line in table.lines]
    order: Any = date_order or (dates.order_of(values) if column.is_date else None)
    unit = "minutes" if _MINUTES.search(table.header[place]) else "seconds"
    return Reading(order, unit=unit, is_clock=clock_of(values))


#: The header of a column with a number of minutes.
_MINUTES = re.compile(r"\bmin(ute)?s?\b|分|분|minut", re.IGNORECASE)


def try_out(plan: Plan, *, actor: "User | None") -> None:
    """Write the good lines and take everything back, so that the database checks its rules. Adds problems to `plan`."""
    with transaction.atomic():
        try:
            write(plan, actor=actor, reason=IMPORT)
        except Refused:
            return
        transaction.set_rollback(True)


# The steps of a stored import.


def table_of(stored: TableImport) -> Table:
    """Return the table in the file of `stored`. Raise `UnreadableFile` if there is none."""
    chosen = stored.options
    table = read_table(
        bytes(stored.content),
        stored.file_name,
        sheet=chosen.get("sheet", ""),
        encoding=chosen.get("encoding", ""),
    )
    kind = kind_named(stored.kind)
    return _as_written(table) if kind and table.format == "csv" and is_own(table.header, kind) else table


def _as_written(table: Table) -> Table:
    """Return the table of a CSV file of this portal, without the apostrophes that make its texts harmless."""
    lines = [
        replace(line, values=tuple(restored(value) if isinstance(value, str) else value for value in line.values))
        for line in table.lines
    ]
    return replace(table, lines=lines)


def options_of(stored: TableImport, kind: Kind, *, only_good: bool = False) -> Options:
    """Return what the editor chose for `stored`, with the rows that it names."""
    chosen = stored.options
    target = kind.target_named(chosen.get("target", "")) if kind.target and chosen.get("target") else None
    source = Source.objects.filter(key=chosen["source"]).first() if chosen.get("source") else None
    return Options(
        contest=target if kind.target == "contest" else None,
        series=target if kind.target == "series" else None,
        source=source,
        same_names=chosen.get("same_names", "ask"),
        answers=chosen.get("answers", {}),
        blanks_clear=chosen.get("blanks_clear", False),
        only_good=only_good,
    )


def plan_of(
    stored: TableImport, known: Iterable[Problem] = (), *, only_good: bool = False
) -> tuple[Plan, Table, list[str]]:
    """Return the plan of a stored import, its table, and the columns of its headers."""
    kind = kind_named(stored.kind)
    if kind is None:
        raise NotReady(_("This kind of import does not exist any more."))
    table = table_of(stored)
    names = columns_of(kind, table, stored.options.get("columns"))
    TableImport.objects.filter(pk=stored.pk).update(phase="comparing", done=0, total=len(table.lines))
    options = options_of(stored, kind, only_good=only_good)
    order = stored.options.get("date_order", "")
    return make_plan(kind, table, names, options, date_order=order, known=known), table, names


def check(stored: TableImport) -> None:
    """Make the preview of `stored`: nothing is written. Afterwards its state is "checked", or "failed"."""
    with _in_language_of(stored), _failing(stored) as mine:
        plan, table, names = plan_of(stored)
        if plan.counts["new"] + plan.counts["changed"]:
            TableImport.objects.filter(pk=stored.pk).update(phase="trying")
            try_out(plan, actor=stored.created_by)
        _keep_preview(stored, mine, report_of(plan, table, names))


def _mine(stored: TableImport) -> QuerySet[TableImport]:
    """
    Return a query for the import that finds nothing when another process is done with it, or when an editor has stopped
    it: a task may be done twice (see `record.background`).
    """
    begun = stored.options.get("begun")
    same = {"options__begun": begun} if begun else {"options__begun__isnull": True}
    return TableImport.objects.filter(pk=stored.pk, state=stored.state, **same)


def _keep_preview(stored: TableImport, mine: QuerySet[TableImport], report: dict[str, Any]) -> None:
    """Store the report, and its counts also with the options, because a list of imports can't read whole reports."""
    options = {**stored.options, "counts": report["counts"]}
    if mine.update(report=report, options=options, state=State.CHECKED, phase=""):
        stored.report, stored.options, stored.state, stored.phase = report, options, State.CHECKED, ""


def run(stored: TableImport, *, only_good: bool = False, digest: str = "") -> bool:
    """
    Import the lines of `stored`: all of them, or with `only_good` those without problems. Return whether it was done.
    If a line has a problem, or if the plan is not the one with this `digest`, which the editor has seen, nothing is
    written and a new preview is made. Nothing happens if another process has already done the import.
    """
    with _in_language_of(stored), _failing(stored) as mine:
        known: list[Problem] = []
        while True:
            plan, table, names = plan_of(stored, known, only_good=only_good)
            report = report_of(plan, table, names)
            if not known and digest and report["digest"] != digest and not _same_lines(report, stored.report):
                break
            if plan.bad and not only_good:
                break
            TableImport.objects.filter(pk=stored.pk).update(phase="writing")
            before = len(plan.problems)
            try:
                with transaction.atomic():
                    if not mine.select_for_update().values_list("pk").first():
                        return False
                    written = write(plan, actor=stored.created_by, reason=reason_of(stored))
                    if digest and _unseen_lines(report, stored.report):
                        transaction.set_rollback(True)
                        break
                    _finish(stored, report, written)
            except Refused:
                known = [*known, *plan.problems[before:]]
                if only_good:
                    continue
                report = report_of(plan, table, names)
                break
            return True
        _keep_preview(stored, mine, report | {"is_stale": True})
    return False


def _unseen_lines(report: Mapping[str, Any], seen: Mapping[str, Any]) -> set[int]:
    """Return the numbers of the lines that are written, but had problems or questions in the preview."""
    return {row[0] for row in report["rows"] if row[1] in (NEW, CHANGED)} & {
        row[0] for row in seen["rows"] if row[1] == "bad"
    }


def _same_lines(report: Mapping[str, Any], seen: Mapping[str, Any]) -> bool:
    """Return whether the lines are the same as in the preview, which also has the problems found by the database."""
    good = {row[0]: row for row in report["rows"] if row[1] != "bad"}
    before = {row[0]: row for row in seen.get("rows", ()) if row[1] != "bad"}
    return all(json.loads(json.dumps(good.get(number))) == row for number, row in before.items())


def _finish(stored: TableImport, report: dict[str, Any], written: Written) -> None:
    """Note what was written. The file is kept only if rows with problems were left out, because they are in it."""
    stored.report, stored.options = report, {**stored.options, "counts": report["counts"]}
    stored.written = {"new": written.new, "changed": written.changed, "links": written.links}
    stored.state, stored.phase, stored.finished_at = State.DONE, "", timezone.now()
    stored.content = stored.content if report["counts"]["bad"] else b""
    stored.save()


def reason_of(stored: TableImport) -> str:
    """Return the reason in the history of the rows of `stored`."""
    return f"{IMPORT}: {stored.name}"


def take_back(stored: TableImport, *, actor: "User | None") -> dict[str, int]:
    """
    Undo `stored`. Return the number of deleted rows by model. Raise `ValidationError` if somebody has built on it.
    """
    with transaction.atomic():
        locked = TableImport.objects.select_for_update(of=("self",)).get(pk=stored.pk)
        if locked.state != State.DONE:
            raise ValidationError(_("Only a finished import can be undone."))
        gone = undo(Written(**locked.written), actor=actor, reason=f"{REASON}: {locked.name}")
        locked.state, locked.undone_at, locked.undone_by = State.UNDONE, timezone.now(), actor
        locked.save(update_fields=["state", "undone_at", "undone_by"])
    return gone


@contextmanager
def _in_language_of(stored: TableImport) -> Iterator[None]:
    with override(stored.options.get("language") or get_language()):
        yield


@contextmanager
def _failing(stored: TableImport) -> Iterator[QuerySet[TableImport]]:
    """
    Give the query `_mine`. Keep the message of a file that can't be read. Other errors leave the state "failed" and are
    raised again.
    """
    mine = _mine(stored)
    try:
        yield mine
    except ValidationError as error:
        stored.report, stored.state, stored.phase = {"failure": " ".join(error.messages)}, State.FAILED, ""
        mine.update(report=stored.report, state=stored.state, phase="")
    except Exception:
        message = str(gettext_lazy("The import has failed because of an error in the portal. Nothing was imported."))
        mine.update(state=State.FAILED, phase="", report={"failure": message})
        raise


@described(gettext_lazy("Preview of a table import"))
@task
def check_import(*, number: int) -> None:
    """Make the preview of an import in the background."""
    stored = TableImport.objects.filter(pk=number, state=State.CHECKING).first()
    if stored is not None:
        check(stored)


@described(gettext_lazy("Table import"))
@task
def run_import(*, number: int) -> None:
    """Run an import in the background, as its options say."""
    stored = TableImport.objects.filter(pk=number, state=State.RUNNING).first()
    if stored is not None:
        chosen = stored.options
        if run(stored, only_good=chosen.get("only_good", False), digest=chosen.get("digest", "")) and has_worker():
            record_changed.send(TableImport)


def chosen_columns(table: Table, names: Sequence[str]) -> dict[str, str]:
    """Return the columns of the headers as options keep them: {key of a header: name of a column}."""
    found: dict[str, str] = {}
    for header, name in zip(table.header, names, strict=True):
        found.setdefault(header_key(header), name)
    return found
