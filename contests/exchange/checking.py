"""The rules between the rows of an archive: references, unique values, and rows that belong together."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from record.models import ExternalIdentifier

from .errors import ArchiveRefusedError
from .kinds import KINDS, Kind, Row
from .reading import Archive
from .schema import CONTEST

#: For each kind of rows that are parts of other rows, the field that refers to the whole.
OWNERS = {
    **dict.fromkeys(("personname", "personidentifier", "affiliation", "pastwork", "nextproject"), "person"),
    **dict.fromkeys(("organisationname", "organisationidentifier"), "organisation"),
    **dict.fromkeys(("workidentifier", "credit"), "work"),
    **dict.fromkeys(("figure", "leadingregion", "category", "award", "submission", "event"), "contest"),
    **dict.fromkeys(("appearance", "quote"), "event"),
    **{"recognition": "award", "party": "recognition"},
}
#: In the archive of a series, these are parts of it too.
OF_SERIES = dict.fromkeys(("contest", "seriesorganiser", "awardline"), "series")
_IDENTIFIERS = [kind for kind in KINDS.values() if issubclass(kind.model, ExternalIdentifier)]


def check(archive: Archive) -> None:
    """Raise `ArchiveRefusedError` if the rows of `archive` break a rule between them."""
    _Checking(archive).run()


def uniques_of(kind: Kind) -> list[tuple[str, ...]]:
    """Return the sets of fields whose values no two rows of `kind` may share. A null value is shared with no row."""
    found: list[tuple[str, ...]] = [(column.name,) for column in kind.columns if column.field.unique]
    rules = kind.model._meta.constraints
    return found + [tuple(rule.fields) for rule in rules if isinstance(rule, models.UniqueConstraint)]


def may_repeat(kind: Kind, fields: tuple[str, ...], values: tuple[Any, ...]) -> bool:
    """
    Return whether several rows of `kind` may have these values of `fields`: one is null, or one is blank and the rule
    has a condition, such as that of tracking numbers.
    """
    rules = kind.model._meta.constraints
    has_condition = any(tuple(getattr(rule, "fields", ())) == fields and rule.condition is not None for rule in rules)
    return None in values or ("" in values and has_condition)


def named(kind: Kind, row: Row) -> str:
    """Return a name of a row for messages: its kind, a text of its own, and its permanent key."""
    own = (row[kind.place[name]] for name in ("title", "name", "label", "slug", "text") if name in kind.place)
    label = next(filter(None, own), "")
    said = f"“{label[:80]}” " if label else ""
    return f"{kind.model._meta.verbose_name} {said}({row[0][:100]})"


class _Checking:
    def __init__(self, archive: Archive):
        self.archive = archive
        self.rows: dict[str, dict[str, Row]] = {
            name: {row[0]: row for row in rows} for name, rows in archive.rows.items()
        }

    def run(self) -> None:
        self._check_subject()
        for kind in KINDS.values():
            self._check_references(kind)
            for fields in uniques_of(kind):
                self._check_unique(kind, fields)
        for name, key, slug in self.archive.former_slugs:
            if key not in self.rows[name]:
                raise ArchiveRefusedError(
                    _("The old URL “%(slug)s” leads to a row that is not in the archive.") % {"slug": slug}
                )
        self._check_images()
        for message in self._broken_rules():
            raise ArchiveRefusedError(message)
        self._check_belonging()

    def _check_subject(self) -> None:
        told = self.archive.manifest
        kind = KINDS["contest" if told["kind"] == CONTEST else "series"]
        if told["slug"] not in {row[kind.place["slug"]] for row in self.archive.rows[kind.name]}:
            raise ArchiveRefusedError(_("The archive does not have the contest or series that its manifest names."))

    def _check_references(self, kind: Kind) -> None:
        for index, column in enumerate(kind.columns, start=1):
            if not column.to:
                continue
            known = self.rows[column.to]
            for row in self.archive.rows[kind.name]:
                value = row[index]
                for key in value if column.is_many else () if value is None else (value,):
                    if key not in known:
                        raise ArchiveRefusedError(
                            _("%(row)s, %(field)s: there is no row with the key %(key)s in the archive.")
                            % {"row": named(kind, row), "field": column.name, "key": key}
                        )

    def _check_unique(self, kind: Kind, fields: tuple[str, ...]) -> None:
        places = [kind.place[name] for name in fields]
        seen: dict[Any, Row] = {}
        for row in self.archive.rows[kind.name]:
            value = tuple(row[place] for place in places)
            if may_repeat(kind, fields, value):
                continue
            if (other := seen.setdefault(value, row)) is not row:
                raise ArchiveRefusedError(
                    _("%(row)s and %(other)s have the same value: %(field)s.")
                    % {"row": named(kind, row), "other": named(kind, other), "field": ", ".join(fields)}
                )

    def _check_images(self) -> None:
        used = {
            row[index]
            for kind in KINDS.values()
            for index, column in enumerate(kind.columns, start=1)
            if column.is_image
            for row in self.archive.rows[kind.name]
            if row[index]
        }
        if missing := sorted(used - self.archive.images):
            raise ArchiveRefusedError(_("The archive lacks %(name)s.") % {"name": missing[0]})
        if unused := sorted(self.archive.images - used):
            raise ArchiveRefusedError(_("No row of the archive uses %(name)s.") % {"name": unused[0]})

    def _check_belonging(self) -> None:
        """
        Refuse rows that do not belong to the contest or series: an archive must not change others. A row belongs to it
        if a row of it refers to the row, or if it is a part of a row of it.
        """
        told = self.archive.manifest
        subject = KINDS["contest" if told["kind"] == CONTEST else "series"]
        parts = defaultdict(list)
        for name, owner in {**OWNERS, **({} if told["kind"] == CONTEST else OF_SERIES)}.items():
            place = KINDS[name].place[owner]
            for row in self.archive.rows[name]:
                parts[owner, row[place]].append((name, row[0]))
        slug = subject.place["slug"]
        found = {(subject.name, row[0]) for row in self.archive.rows[subject.name] if row[slug] == told["slug"]}
        waiting = list(found)
        while waiting:
            name, key = waiting.pop()
            row = self.rows[name][key]
            others = list(parts[name, key])
            for column, value in zip(KINDS[name].columns, row[1:], strict=True):
                if column.to and value is not None:
                    others += [(column.to, each) for each in (value if column.is_many else (value,))]
            waiting += (new := set(others) - found)
            found |= new
        for kind in KINDS.values():
            for row in self.archive.rows[kind.name]:
                if (kind.name, row[0]) not in found:
                    raise ArchiveRefusedError(
                        _("%(row)s does not belong to the contest or series.") % {"row": named(kind, row)}
                    )

    def _value(self, name: str, key: str | None, *path: str) -> Any:
        """Return a value of the row of the kind `name` with this key, or of the row that its references lead to."""
        kind = KINDS[name]
        if key is None:
            return None
        value = self.rows[name][key][kind.place[path[0]]]
        return self._value(kind.columns[kind.place[path[0]] - 1].to, value, *path[1:]) if path[1:] else value

    def _broken_rules(self) -> Iterator[str]:
        """Yield messages for rows that break a rule that a model checks in `clean`."""
        value = self._value

        def elsewhere(name: str, key: str, field: str) -> str:
            text = _("%(row)s, %(field)s: the two rows belong to different contests or series.")
            return text % {"row": named(KINDS[name], self.rows[name][key]), "field": field}

        for key in self.rows["award"]:
            if (line := value("award", key, "line")) and (
                value("awardline", line, "series") != value("award", key, "contest", "series")
            ):
                yield elsewhere("award", key, "line")
        for key in self.rows["submission"]:
            contest = value("submission", key, "contest")
            if any(value("category", other, "contest") != contest for other in value("submission", key, "categories")):
                yield elsewhere("submission", key, "categories")
        for key in self.rows["recognition"]:
            contest = value("recognition", key, "award", "contest")
            works = value("recognition", key, "submissions")
            if any(value("submission", other, "contest") != contest for other in works):
                yield elsewhere("recognition", key, "submissions")
        for key in self.rows["event"]:
            if whole := value("event", key, "part_of"):
                is_elsewhere = value("event", whole, "contest") != value("event", key, "contest")
                if whole == key or is_elsewhere or value("event", whole, "part_of"):
                    yield elsewhere("event", key, "part_of")
        for key in self.rows["quote"]:
            work = value("quote", key, "submission")
            if work and value("submission", work, "contest") != value("quote", key, "event", "contest"):
                yield elsewhere("quote", key, "submission")
        yield from self._broken_lines(elsewhere)
        for kind in _IDENTIFIERS:
            yield from self._broken_identifiers(kind, self.rows[kind.name].values())

    def _broken_lines(self, elsewhere: Callable[[str, str, str], str]) -> Iterator[str]:
        before = {key: self._value("awardline", key, "continues") for key in self.rows["awardline"]}
        for key, other in before.items():
            seen = {key}
            if other and self._value("awardline", other, "series") != self._value("awardline", key, "series"):
                yield elsewhere("awardline", key, "continues")
            while other:
                if other in seen:
                    text = _("%(row)s continues itself, through other awards.")
                    yield text % {"row": named(KINDS["awardline"], self.rows["awardline"][key])}
                    break
                seen.add(other)
                other = before[other]

    @staticmethod
    def _broken_identifiers(kind: Kind, rows: Iterable[Row]) -> Iterator[str]:
        for row in rows:
            identifier = kind.model(scheme=row[kind.place["scheme"]], value=row[kind.place["value"]])
            try:
                identifier.clean()
            except ValidationError as error:
                yield f"{named(kind, row)}: {' '.join(error.messages)}"
                continue
            if identifier.value != row[kind.place["value"]]:
                yield _("%(row)s: the identifier is not written as an export writes it.") % {"row": named(kind, row)}
