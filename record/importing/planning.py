"""
What an import would do: which rows it creates and changes, which cells are wrong, and what the editor has to decide.

A kind of import (`record.importing.kinds`) compares the lines of a table with the database and calls the methods of
`Plan`. Nothing is written here; `record.importing.writing` does that.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.utils.translation import gettext as _

from record.field_text import BLANK, field_text
from record.importing.columns import Column
from record.importing.field_values import (
    POSITIONS,
    compared,
    has_value,
    is_position,
    not_cleaned,
    stored_value,
    worked_out,
)
from record.importing.kinds import Kind, Line
from record.model_fields import field_named
from record.models import Record, Source

NEW, CHANGED, SAME = "new", "changed", "same"
#: The answer to a question that says: create a new row.
ANOTHER = "new"
ASK, ARE_SAME, ARE_NEW = "ask", "same", "new"


@dataclass
class Options:
    """
    What the editor chose for an import. `same_names` says what to do with a person or organisation that has the same
    name as one row and nothing else in common with it: ask, take it for the same, or create a new one. `answers` maps
    the ID of a question to the permanent key of the chosen row, or to `ANOTHER`.
    """

    contest: Any = None
    series: Any = None
    source: Source | None = None
    same_names: str = ASK
    answers: Mapping[str, str] = field(default_factory=dict)
    blanks_clear: bool = False
    only_good: bool = False


@dataclass
class Problem:
    """Why a cell can't be imported. `column` is the name of a column, or "" if it is about the whole row."""

    line: int
    column: str
    message: str


@dataclass
class Question:
    """Which of several rows a name means: `candidates` are pairs of permanent key and description."""

    id: str
    line: int
    column: str
    name: str
    candidates: list[tuple[str, str]]
    unlisted: int = 0  # how many more rows have the name
    lines: list[int] = field(default_factory=list)


@dataclass
class Change:
    """The changes of one stored row: old and new values by `attname`, and as texts by the name of the field."""

    row: Record
    values: dict[str, list[Any]] = field(default_factory=dict)
    texts: dict[str, tuple[str, str]] = field(default_factory=dict)
    lines: set[int] = field(default_factory=set)
    line_of: dict[str, int] = field(default_factory=dict)  # the line that each of `values` is from


@dataclass
class Link:
    """Rows to add to a many-to-many field of a row."""

    row: Record
    name: str
    others: Sequence[Record]
    line: int


@dataclass
class Outcome:
    """What happens to one line: its state, the name of its row, and in words what else is created or changed."""

    label: str = ""
    state: str = SAME
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    also: list[str] = field(default_factory=list)


class Plan:
    """
    Everything that an import would do. Kinds call `add`, `compare`, `link`, `problem` and `which`. `lines_of` tells
    for each new row which lines need it, so that bad lines can be left out.
    """

    #: A question lists no more rows than these. Hundreds of works may be called "Untitled".
    MOST_CANDIDATES = 30
    #: No more problems are kept than these; the number of all is counted.
    MOST_PROBLEMS = 1_000

    def __init__(self, kind: Kind, options: Options):
        self.kind, self.options = kind, options
        self.columns: dict[str, Column] = {column.name: column for column in kind.columns()}
        self.outcomes: dict[int, Outcome] = {}
        self.problems: list[Problem] = []
        self.bad: set[int] = set()
        self.questions: dict[str, Question] = {}
        self.new: dict[type[Record], list[Record]] = {}
        self.lines_of: dict[int, set[int]] = {}
        self.changes: dict[tuple[type[Record], Any], Change] = {}
        self.links: list[Link] = []
        #: For each stored row: the values of the first line about each of its fields, and the lines whose row it is.
        self.said_of: dict[tuple[type[Record], Any], list[tuple[Mapping[str, Any], int]]] = {}
        self.mains: dict[tuple[type[Record], Any], dict[int, str]] = {}

    # What kinds call.

    def make(self, model: type[Record], **values: Any) -> Any:
        """Return an unsaved row. A blank slug, and a position that is not given, are filled in when it is written."""
        positions = {name: None for name in POSITIONS if is_position(model, name)}
        return model(**{**positions, **values})

    def outcome(self, line: int) -> Outcome:
        return self.outcomes.setdefault(line, Outcome())

    def problem(self, line: int, column: str, message: Any) -> None:
        """Note that a cell of `line` is wrong."""
        self.bad.add(line)
        if len(self.problems) < self.MOST_PROBLEMS:
            self.problems.append(Problem(line, column, str(message)))

    def problems_of(self, line: int, error: ValidationError, columns: Mapping[str, str] | None = None) -> None:
        """Note the messages of a `ValidationError`. `columns` maps fields to columns where the names differ."""
        by_field = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        named = {column.field: column.name for column in self.columns.values() if column.field}
        for name, messages in by_field.items():
            column = (columns or {}).get(name) or named.get(name, name if name in self.columns else "")
            for message in messages:
                self.problem(line, column, message)

    def add(
        self,
        row: Record,
        line: int,
        *,
        columns: Mapping[str, str] | None = None,
        is_main: bool = False,
        label: str = "",
    ) -> None:
        """
        Create `row`, an unsaved instance, because `line` needs it. Note what is wrong with its values. `label` is what
        the preview calls it, by default its name.
        """
        if id(row) in self.lines_of:
            self.lines_of[id(row)].add(line)
            return
        self._cite(row, line)
        self.new.setdefault(type(row), []).append(row)
        self.lines_of[id(row)] = {line}
        outcome = self.outcome(line)
        if is_main:
            outcome.state, outcome.label = NEW, label or str(row)
        elif type(row) in SAID:
            outcome.also.append(_("New %(kind)s: %(name)s") % {"kind": row._meta.verbose_name, "name": row})
        try:
            row.clean_fields(exclude=not_cleaned(type(row)) | worked_out(row))
            row.clean()
        except ValidationError as error:
            self.problems_of(line, error, columns)

    def use(self, row: Record, line: int) -> None:
        """Note that `line` needs `row`, if it is a new one."""
        if id(row) in self.lines_of:
            self.lines_of[id(row)].add(line)

    def is_new(self, row: Record) -> bool:
        return id(row) in self.lines_of

    def compare(
        self,
        row: Record,
        values: Mapping[str, Any],
        line: int,
        *,
        columns: Mapping[str, str] | None = None,
        is_main: bool = False,
    ) -> None:
        """
        Give the stored or new `row` these values by field. Values that it has already change nothing. A value that
        another line has given it otherwise is a problem of this line. `is_main` says that `row` is that of the line.
        """
        if is_main:
            self.outcome(line).label = str(row)
        if self.is_new(row):
            if line not in self.bad:
                number = min(self.lines_of[id(row)])
                for name in (name for name, value in values.items() if not has_value(row, name, value)):
                    self._refuse(row, name, line, number, columns)
            self.use(row, line)
            return
        change = self.changes.get((type(row), row.pk))
        if is_main:
            self.mains.setdefault((type(row), row.pk), {})[line] = str(row)
        earlier = self.said_of.setdefault((type(row), row.pk), [])
        turned: dict[str, tuple[Any, Any]] = {}
        is_more = is_refused = False
        for name, value in values.items():
            column: Any = field_named(type(row), name)
            said, number = next(((said[name], number) for said, number in earlier if name in said), (value, 0))
            is_more = is_more or not number
            if said is not value and compared(column, said) != compared(column, value):
                self._refuse(row, name, line, number, columns)
                is_refused = True
            elif not has_value(row, name, value):
                turned[name] = (getattr(row, column.attname), value)
        if is_refused:
            return
        if is_more:
            earlier.append((values, line))
        if not turned:
            return
        if change is None:
            change = self.changes[type(row), row.pk] = Change(row)
        change.lines.add(line)
        outcome = self.outcome(line)
        outcome.state = CHANGED if outcome.state == SAME else outcome.state
        for name, (old, value) in turned.items():
            column = field_named(type(row), name)
            before = field_text(row, column)
            setattr(row, name, value)
            after = str(value) if column.remote_field and value is not None else field_text(row, column)
            change.texts[name] = (before, after)
            change.values[column.attname] = [
                stored_value(column, old),
                stored_value(column, getattr(row, column.attname)),
            ]
            change.line_of[column.attname] = line
            label = str(column.verbose_name) if is_main else f"{row}: {column.verbose_name}"
            outcome.changes.append((label, before, after))
        self._cite(row, line, change)
        try:
            checked = set(turned) - not_cleaned(type(row))
            row.clean_fields(exclude={field.name for field in row._meta.fields} - checked)
            row.clean()
        except ValidationError as error:
            self.problems_of(line, error, columns)

    def link(self, row: Record, name: str, others: Sequence[Record], line: int) -> None:
        """Add `others` to the many-to-many field `name` of `row`."""
        if self.is_new(row):
            self.links.append(Link(row, name, others, line))
            return
        known = list(getattr(row, name).all()) if row.pk else []
        added = [other for other in others if other not in known]
        if not added:
            return
        self.links.append(Link(row, name, others, line))
        outcome, label = self.outcome(line), str(row._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        outcome.state = CHANGED if outcome.state == SAME else outcome.state
        then = "; ".join(map(str, [*known, *added]))
        outcome.changes.append((label, "; ".join(map(str, known)) or BLANK, then))
        self._note_change(row, line)

    def said(self, line: int, column: str, text: str) -> None:
        """Note that `line` adds `text`, such as the name in a new credit, to a stored row."""
        outcome = self.outcome(line)
        outcome.state = CHANGED if outcome.state == SAME else outcome.state
        label = str(self.columns[column].label) if column in self.columns else column
        outcome.changes.append((label, BLANK, text))

    def which(
        self,
        kind: str,
        name: str,
        found: Sequence[Record],
        line: Line,
        column: str,
        told: Sequence[str],
        *,
        may_be_same: bool = True,
        may_be_new: bool = True,
    ) -> Record | None:
        """
        Return the row that `name` means, one of `found`, or None for a new one, where nothing but the name is known.
        `told` describes each of `found`, the most likely ones first. If it is not decided yet, ask, and make it a
        problem of the line. The option `same_names` decides only for what `may_be_same` and `may_be_new` say.
        """
        asked = f"{kind}:{name}"
        answer = self.options.answers.get(asked, "")
        if answer == ANOTHER:
            return None
        if chosen := next((row for row in found if row.key == answer), None):
            return chosen
        if self.options.same_names == ARE_NEW and may_be_new:
            return None
        if self.options.same_names == ARE_SAME and may_be_same and len(found) == 1:
            return found[0]
        question = self.questions.get(asked)
        if question is None:
            candidates = [(row.key, text) for row, text in zip(found, told, strict=True)][: self.MOST_CANDIDATES]
            unlisted = len(found) - len(candidates)
            question = self.questions[asked] = Question(asked, line.number, column, name, candidates, unlisted)
        if line.number not in question.lines:
            question.lines.append(line.number)
        message = _("Choose which %(kind)s “%(name)s” is: see the questions.")
        self.problem(line.number, column, message % {"kind": found[0]._meta.verbose_name, "name": name})
        return None

    def waits(self, kind: str, name: str) -> bool:
        """Return whether `which` has asked about this name, and nobody has answered yet."""
        return f"{kind}:{name}" in self.questions

    def values_from(self, line: Line, names: Iterable[str] | None = None) -> dict[str, Any]:
        """
        Return the values of `line` for the fields that columns fill in directly: {field: value}. With the option
        `blanks_clear`, a blank cell gives the default value of its field.
        """
        found = {}
        for column in self.columns.values():
            if not column.field or (names is not None and column.name not in names):
                continue
            if column.name in line.values:
                found[column.field] = line.values[column.name]
            elif self.options.blanks_clear and column.name in line.blanks and not column.required:
                found[column.field] = field_named(self.kind.model, column.field).get_default()
        return found

    def refuse_second_lines(self) -> None:
        """Make it a problem if a line changes a stored row that an earlier line means too."""
        for numbers in self.mains.values():
            first, *others = numbers
            for line in others:
                if line not in self.bad and self.outcome(line).state == CHANGED:
                    message = _("Row %(number)s is about “%(name)s” too. Write what both say into one row.")
                    self.problem(line, "", message % {"number": first, "name": numbers[line]})

    # What pages and the command read.

    @property
    def counts(self) -> dict[str, int]:
        """The number of lines by state: new, changed, same and bad."""
        found = dict.fromkeys((NEW, CHANGED, SAME, "bad"), 0)
        for number, outcome in self.outcomes.items():
            found["bad" if number in self.bad else outcome.state] += 1
        return found

    def _refuse(self, row: Record, name: str, line: int, number: int, columns: Mapping[str, str] | None) -> None:
        """Note that `line` gives the field `name` of `row` another value than the earlier line `number`."""
        message = _("Row %(number)s gives “%(name)s” another value here.") % {"number": number, "name": row}
        self.problem(line, self._column_of(name, columns), message)

    def _column_of(self, name: str, columns: Mapping[str, str] | None) -> str:
        named = {column.field: column.name for column in self.columns.values() if column.field}
        return (columns or {}).get(name) or named.get(name, "")

    def _note_change(self, row: Record, line: int) -> None:
        change = self.changes.setdefault((type(row), row.pk), Change(row))
        change.lines.add(line)

    def _cite(self, row: Any, line: int, change: Change | None = None) -> None:
        """Name the source of the import in a new or changed row, unless it has another one already."""
        source = self.options.source
        if source is None:
            return
        names = {field.name for field in type(row)._meta.get_fields()}
        if "sources" in names:
            self.links.append(Link(row, "sources", [source], line))
        elif "source" in names and row.source_id is None:
            row.source = source
            if change is not None:
                change.texts["source"] = (BLANK, str(source))
                change.values["source_id"] = [None, source.pk]
                change.line_of["source_id"] = line
                self.outcome(line).changes.append((str(_("source")), BLANK, str(source)))


#: The models whose new rows the preview names. Each app adds its own.
SAID: set[type[Record]] = set()
#: Functions that return what else a plan causes: pairs of a line and a text for the preview. Each app adds its own.
CAUSED: list[Callable[[Plan], Iterable[tuple[int, str]]]] = []
