"""Find the stored rows that the lines of a table mean: by permanent key, by identifier, or by a column."""

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from record.identifier_schemes import SCHEMES
from record.importing import cells
from record.importing.columns import Column, Reading
from record.importing.kinds import Line
from record.importing.planning import Plan
from record.importing.reading import Value
from record.merging.journal import in_chunks
from record.models import Source
from record.synthetic import PREFIX

LIST = "; "
#: The relations that an import compares with a row: they are loaded for all rows at once.
COMPARED = {"sources", "other_names", "categories"}


def rows_by(queryset: Any, column: str, values: Iterable[Any]) -> dict[Any, list[Any]]:
    """Return the rows of `queryset` with these values of `column`: {value: rows}. One statement for 500 values."""
    found: dict[Any, list[Any]] = {}
    for some in in_chunks(dict.fromkeys(value for value in values if value)):
        for row in queryset.filter(**{f"{column}__in": some}).order_by("pk"):
            found.setdefault(getattr(row, column), []).append(row)
    return found


def row_by(queryset: Any, column: str, values: Iterable[Any]) -> dict[Any, Any]:
    """Like `rows_by` for a column with unique values: {value: row}."""
    return {value: rows[0] for value, rows in rows_by(queryset, column, values).items()}


def key_column(model: Any) -> Column:
    """Return the column for the permanent key, which finds the row of a line again."""
    return Column(
        name="key",
        label=gettext_lazy("permanent key"),
        read=lambda value, _reading: cells.parse_text(value, 100),
        help=gettext_lazy("Leave it blank for new rows. With it, the row is found again even if all else has changed."),
        also=("id", "uuid"),
        of=lambda row: row.key,
    )


def by_key(plan: Plan, lines: Iterable[Line], queryset: Any) -> dict[str, Any]:
    """
    Return the rows whose permanent keys are in the column "key": {key: row}. A key that two lines have is a problem of
    the second one.
    """
    seen: dict[str, int] = {}
    for line in lines:
        key = line["key"]
        if key and key in seen:
            message = _("Row %(number)s has the same key.") % {"number": seen[key]}
            plan.problem(line.number, "key", message)
        elif key:
            seen[key] = line.number
    names = {field.name for field in queryset.model._meta.get_fields()}
    return row_by(queryset.prefetch_related(*(names & COMPARED)), "key", seen)


def identifier_columns(model: Any, relation: str = "identifiers") -> list[Column]:
    """Return a column for each scheme of external identifiers of `model`."""
    return [_identifier_column(str(code)) for code, _label in _schemes(model).flatchoices]


def _schemes(model: Any) -> Any:
    return model._meta.get_field("identifiers").related_model._meta.get_field("scheme")


def _identifier_column(code: str) -> Column:
    def read(value: Value, _reading: Reading) -> str:
        text = cells.parse_text(value, 300)
        found = SCHEMES[code].value_of(text)
        if found is None:
            said = {"text": text[:60], "scheme": SCHEMES[code].label, "example": SCHEMES[code].example}
            raise cells.CellError(_("“%(text)s” is not an identifier of %(scheme)s. Example: %(example)s.") % said)
        return found

    def of(row: Any) -> str:
        found = [each.value for each in row.identifiers.all() if each.scheme == code]
        return LIST.join(sorted(found))

    name = "own_identifier" if code == "own" else code
    return Column(name=name, label=SCHEMES[code].label, read=read, also=(f"{code} id",), of=of)


def by_identifier(plan: Plan, lines: Iterable[Line], model: Any) -> dict[tuple[str, str], Any]:
    """Return the rows of `model` with the external identifiers in the table: {(scheme, value): row}."""
    identifiers = model._meta.get_field("identifiers").related_model
    owner = model._meta.get_field("identifiers").field.name
    found: dict[tuple[str, str], Any] = {}
    for code, name in _identifier_names(model):
        values = [line[name] for line in lines if line[name]]
        rows = rows_by(identifiers._base_manager.filter(scheme=code).select_related(owner), "value", values)
        found |= {(code, value): getattr(several[0], owner) for value, several in rows.items()}
    return found


def _identifier_names(model: Any) -> list[tuple[str, str]]:
    return [(str(code), "own_identifier" if code == "own" else str(code)) for code, _l in _schemes(model).flatchoices]


def identified(line: Line, model: Any, found: Mapping[tuple[str, str], Any]) -> Any:
    """Return the row that an identifier of the line belongs to, or None."""
    rows = [found[code, line[name]] for code, name in _identifier_names(model) if (code, line[name]) in found]
    return rows[0] if rows else None


def add_identifiers(plan: Plan, line: Line, row: Any, found: Mapping[tuple[str, str], Any]) -> None:
    """Give `row` the identifiers of the line that it does not have. One that belongs to another row is a problem."""
    model = type(row)
    identifiers = model._meta.get_field("identifiers").related_model
    owner = model._meta.get_field("identifiers").field.name
    for code, name in _identifier_names(model):
        value = line[name]
        if not value:
            continue
        other = found.get((code, value))
        if other is not None and other != row:
            message = _("This identifier belongs to “%(name)s”.") % {"name": other}
            plan.problem(line.number, name, message)
        elif other is None:
            made = plan.make(identifiers, scheme=code, value=value, **{owner: row})
            plan.add(made, line.number, columns={"value": name})
            if not plan.is_new(row):
                plan.said(line.number, name, value)


class Once:
    """Keeps what was found or made for a name, so that the same name in several lines means the same row."""

    def __init__(self) -> None:
        self._rows: dict[Hashable, Any] = {}

    def get(self, key: Hashable) -> Any:
        return self._rows.get(key)

    def keep(self, key: Hashable, row: Any) -> Any:
        self._rows[key] = row
        return row


# Sources


def source_column() -> Column:
    """Return the column for the sources of a row: permanent keys, slugs, addresses or titles of sources."""
    return Column(
        name="sources",
        label=gettext_lazy("sources"),
        read=lambda value, _reading: texts_in(value),
        help=gettext_lazy("The title, the address or the permanent key of a source that is here already."),
        also=("source", "source_key", "sources_keys", "source key"),
        of=_sources_of,
    )


def _sources_of(row: Any) -> str:
    if hasattr(row, "source_id"):
        return row.source.key if row.source_id else ""
    return LIST.join(sorted(source.key for source in row.sources.all()))


class Sources:
    """Finds the sources that the lines of a table name in the column "sources"."""

    def __init__(self, plan: Plan, lines: Iterable[Line]):
        self.plan = plan
        self.found: dict[str, list[Any]] = {}
        names = {name for line in lines for name in line["sources"] or ()}
        for column in ("title", "url", "slug", "key"):
            self.found |= rows_by(Source.objects.all(), column, names)

    def of(self, line: Line) -> list[Source]:
        """Return the sources that `line` names. An unknown or ambiguous name is a problem of the line."""
        rows = []
        for name in line["sources"] or ():
            found = self.found.get(name, [])
            if len(found) == 1:
                rows.append(found[0])
                continue
            message = _("There is no source “%(name)s”. Import the sources first.")
            if found:
                message = _("There are several sources “%(name)s”. Use the permanent key.")
            self.plan.problem(line.number, "sources", message % {"name": name})
        return rows

    def cite(self, line: Line, row: Any) -> None:
        """Make `row`, in its relation `sources`, cite the sources that `line` names."""
        if rows := self.of(line):
            self.plan.link(row, "sources", rows, line.number)

    def one(self, line: Line) -> dict[str, Any]:
        """Return the value for a foreign key `source`: {} if the line names no source."""
        rows = self.of(line)
        return {"source": rows[0]} if rows else {}


# Names of people and other rows in one cell.

_KEYED = re.compile(r"(?<!\\)\[([^\[\]\s]{2,100})\]\s*$")
_NOTED = re.compile(r"(?<!\\)\(((?:\\[\\;()\[\]]|[^()])*+)\)\s*$")
#: The keys that a portal makes itself. Only these are taken for those of rows of another portal.
_MADE = re.compile(rf"{re.escape(PREFIX)}[a-z0-9-]+|[a-z0-9]{{12}}")
UNKNOWN_KEY = gettext_lazy(
    "There is no row with the permanent key “%(key)s”. If the square brackets are not for a permanent key, write a "
    "backslash before each of them."
)
#: A backslash before one of these characters says that it is part of a name.
_SPECIAL = re.compile(r"[\\;()\[\]]")
_ESCAPED = re.compile(r"\\([\\;()\[\]])")
_PART = re.compile(r"(?:\\[\\;()\[\]]|[^;\n])+")


@dataclass(frozen=True)
class Named:
    """A name in a cell: `note` is what follows it in brackets, `key` a permanent key in square brackets."""

    name: str
    note: str = ""
    key: str = ""
    sort_name: str = ""


def is_new_key(key: str) -> bool:
    """Return whether a key that no row has yet may become that of a new row. A note such as "UK" may not."""
    return _MADE.fullmatch(key) is not None


def names_in(value: Value, *, are_people: bool = True) -> list[Named]:
    """
    Return the names in a cell. They are separated by semicolons or line breaks; names of people, where no key follows,
    also as `record.importing.cells.parse_names` says. Raise `CellError` for a cell without names.

    >>> names_in("Ada Specimen (Lead actress) [k3xyz]; Bo [k4abc]")[0]
    Named(name='Ada Specimen', note='Lead actress', key='k3xyz', sort_name='')
    """
    text = cells.parse_text(value, 100_000)
    if are_people and "[" not in text:
        return [Named(each.name, each.note, sort_name=each.sort_name) for each in cells.parse_names(value)]
    found = []
    for part in _PART.findall(text):
        key = _KEYED.search(part)
        rest = (part[: key.start()] if key else part).strip()
        note = _NOTED.search(rest) if are_people else None
        name = _unescaped(rest[: note.start()] if note else rest).strip()
        if name:
            found.append(Named(name, _unescaped(note[1]).strip() if note else "", key[1] if key else ""))
    return found


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", " ".join(text.splitlines()))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def written_name(name: str, *, note: str = "", key: str = "") -> str:
    """
    Return a name as `names_in` reads it. A backslash comes before each of the characters ; ( ) [ ] in it.

    >>> written_name("Bo (B.) Sample", note="voice", key="k4abc")
    'Bo \\\\(B.\\\\) Sample (voice) [k4abc]'
    """
    return _escaped(name) + (f" ({_escaped(note)})" if note else "") + (f" [{key}]" if key else "")


def without_keys(text: str) -> str:
    """
    Return names that `written_name` wrote for people to read: without permanent keys and backslashes.

    >>> without_keys(written_name("Bo (B.) Sample", note="voice", key="k4abc") + "; Ada [k3xyz]")
    'Bo (B.) Sample (voice); Ada'
    """
    parts = (_KEYED.sub("", part).strip() for part in _PART.findall(text))
    return LIST.join(_unescaped(part) for part in parts if part)


# Other texts in one cell.


def written_list(texts: Iterable[str]) -> str:
    """Return texts as `texts_in` reads them: separated by semicolons, with a backslash before a semicolon in a text."""
    return LIST.join(re.sub(r"[\\;]", r"\\\g<0>", text) for text in texts)


def texts_in(value: Value, longest: int = 4_000) -> list[str]:
    """
    Return the texts in a cell. They are separated by semicolons or line breaks.

    >>> texts_in(written_list(["A; B", "C"]))
    ['A; B', 'C']
    """
    parts = (_unescaped(part).strip() for part in _PART.findall(cells.parse_text(value, longest)))
    return [part for part in parts if part]
