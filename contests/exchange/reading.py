"""Read an archive. It may be damaged or hostile, so everything is checked before anything is used."""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import IO, Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .columns import MEDIA, Column
from .errors import ArchiveRefusedError
from .exporting import MANIFEST, SCHEMA
from .kinds import FORMER_SLUG_MEMBER, FORMER_SLUG_NAMES, FORMER_SLUGS, KINDS, Kind, Row
from .schema import CONTEST, FORMAT, SERIES, VERSION
from .zip_members import Members

MOST_ROWS = 1_000_000
_MOST_LINE, _MOST_MANIFEST = 4 * 1024**2, 16 * 1024**2
_SHA256 = re.compile("[0-9a-f]{64}")
_MANIFEST_NAMES = {"format", "version", "kind", "slug", "sealed", "counts", "members"}


class Archive:
    """
    The content of an archive. `rows` has the rows of each kind, sorted by their permanent keys, as the file has them;
    `former_slugs` those of `FORMER_SLUGS`. Each value alone is one that its field accepts.
    """

    def __init__(self, file: IO[bytes]):
        self._members = Members(file)
        self.manifest = self._manifest()
        self._compare_members()
        self.rows: dict[str, list[Row]] = {}
        self._total = 0
        for kind in KINDS.values():
            self.rows[kind.name] = list(self._rows(kind))
            self._compare_count(kind.name, len(self.rows[kind.name]))
        self.former_slugs = list(self._former_slugs())
        self._compare_count(FORMER_SLUGS, len(self.former_slugs))
        for name in self._members.names:
            if MEDIA.fullmatch(name) or name == SCHEMA:
                self._compare_content(name)

    @property
    def is_sealed(self) -> bool:
        return self.manifest["sealed"]

    @property
    def images(self) -> set[str]:
        """The names of the members with images."""
        return {name for name in self._members.names if MEDIA.fullmatch(name)}

    def image(self, name: str, most: int) -> bytes:
        """Return the file of an image, of at most `most` bytes."""
        return self._members.content(name, most)

    def _manifest(self) -> dict[str, Any]:
        if MANIFEST not in self._members.names:
            raise ArchiveRefusedError(_("The archive has no manifest.json, so it is no archive of this portal."))
        told = _parsed(self._members.content(MANIFEST, _MOST_MANIFEST), MANIFEST)
        if not isinstance(told, dict) or told.get("format") != FORMAT:
            raise ArchiveRefusedError(_("The manifest does not describe an archive of this portal."))
        if type(told.get("version")) is not int or told["version"] != VERSION:
            raise ArchiveRefusedError(
                _("The archive has the version %(version)s of the format. This portal reads version %(known)s.")
                % {"version": str(told.get("version"))[:20], "known": VERSION}
            )
        is_right = (
            set(told) == _MANIFEST_NAMES
            and told["kind"] in (CONTEST, SERIES)
            and isinstance(told["slug"], str)
            and isinstance(told["sealed"], bool)
            and isinstance(told["counts"], dict)
            and isinstance(told["members"], list)
            and all(map(_is_member, told["members"]))
        )
        if not is_right:
            raise ArchiveRefusedError(_("The manifest is incomplete, or has unknown parts."))
        return told

    def _compare_members(self) -> None:
        """Raise `ArchiveRefusedError` unless the archive has the members of its manifest, and no others."""
        self._told = {member["name"]: member for member in self.manifest["members"]}
        wanted = {SCHEMA, FORMER_SLUG_MEMBER, *(kind.member for kind in KINDS.values())}
        if len(self._told) != len(self.manifest["members"]):
            raise ArchiveRefusedError(_("The manifest names a member twice."))
        if missing := sorted((self._told.keys() | wanted) - self._members.names):
            raise ArchiveRefusedError(_("The archive lacks %(name)s.") % {"name": missing[0][:200]})
        if unknown := sorted(self._members.names - self._told.keys() - {MANIFEST}):
            raise ArchiveRefusedError(_("The manifest does not name %(name)s.") % {"name": unknown[0]})
        if unknown := sorted(name for name in self._told if name not in wanted and not MEDIA.fullmatch(name)):
            raise ArchiveRefusedError(_("The archive has an unknown member: %(name)s.") % {"name": unknown[0][:200]})
        for name, member in self._told.items():
            if self._members.size(name) != member["size"]:
                raise ArchiveRefusedError(_("%(name)s does not have the size in the manifest.") % {"name": name})
            if MEDIA.fullmatch(name) and name[6:70] != member["sha256"]:
                raise ArchiveRefusedError(_("%(name)s has the wrong checksum.") % {"name": name})

    def _compare_count(self, name: str, count: int) -> None:
        told = self.manifest["counts"].get(name)
        if type(told) is not int or told != count or len(self.manifest["counts"]) != len(KINDS) + 1:
            raise ArchiveRefusedError(_("The manifest has another number of rows for “%(kind)s”.") % {"kind": name})

    def _compare_content(self, name: str) -> None:
        for _piece in self._checked_pieces(name):
            pass

    def _checked_pieces(self, name: str) -> Iterator[bytes]:
        digest = hashlib.sha256()
        for piece in self._members.pieces(name):
            digest.update(piece)
            yield piece
        if digest.hexdigest() != self._told[name]["sha256"]:
            raise ArchiveRefusedError(_("%(name)s has the wrong checksum.") % {"name": name})

    def _lines(self, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield the objects of a member with rows, each with the place where it is, for messages."""
        rest, number = b"", 0
        for piece in self._checked_pieces(name):
            *complete, rest = (rest + piece).split(b"\n")
            if len(rest) > _MOST_LINE:
                raise ArchiveRefusedError(_("%(name)s has a line that is too long.") % {"name": name})
            for line in complete:
                number += 1
                self._total += 1
                if self._total > MOST_ROWS:
                    raise ArchiveRefusedError(_("The archive has too many rows."))
                where = f"{name}:{number}"
                row = _parsed(line, where)
                if not isinstance(row, dict):
                    raise ArchiveRefusedError(_("%(where)s is no JSON object.") % {"where": where})
                yield where, row
        if rest:
            raise ArchiveRefusedError(_("%(name)s ends in the middle of a line.") % {"name": name})

    def _rows(self, kind: Kind) -> Iterator[Row]:
        columns = (kind.key, *kind.columns)
        names, shared = set(kind.names), dict[str, str]()
        last = ""
        for where, row in self._lines(kind.member):
            _compare_names(names, row, where)
            values = []
            for column in columns:
                value = row[column.name]
                _check(column, value, where)
                # Many rows refer to the same rows, so keep one text for all of them.
                values.append(shared.setdefault(value, value) if isinstance(value, str) and column.to else value)
            if values[0] <= last:
                raise ArchiveRefusedError(
                    _("%(where)s: the rows are not sorted by their keys, or two have the same key.") % {"where": where}
                )
            last = values[0]
            yield tuple(values)

    def _former_slugs(self) -> Iterator[Row]:
        before: Row = ()
        for where, row in self._lines(FORMER_SLUG_MEMBER):
            _compare_names(set(FORMER_SLUG_NAMES), row, where)
            kind = KINDS.get(row["kind"]) if isinstance(row["kind"], str) else None
            if kind is None or "slug" not in kind.place:
                raise ArchiveRefusedError(_("%(where)s: unknown kind of row.") % {"where": where})
            _check(kind.key, row["key"], where)
            _check(kind.columns[kind.place["slug"] - 1], row["slug"], where)
            found = tuple(row[name] for name in FORMER_SLUG_NAMES)
            if found <= before:
                raise ArchiveRefusedError(
                    _("%(where)s: the rows are not sorted by their keys, or two have the same key.") % {"where": where}
                )
            before = found
            yield found


def _check(column: Column, value: Any, where: str) -> None:
    try:
        column.stored(value)
    except ValidationError as error:
        raise ArchiveRefusedError(f"{where}, {column.name}: {' '.join(error.messages)}") from error


def _compare_names(names: set[str], row: dict[str, Any], where: str) -> None:
    if unknown := sorted(row.keys() - names):
        told = {"where": where, "field": unknown[0][:100]}
        raise ArchiveRefusedError(_("%(where)s: unknown field %(field)s.") % told)
    if missing := sorted(names - row.keys()):
        raise ArchiveRefusedError(_("%(where)s: %(field)s is missing.") % {"where": where, "field": missing[0]})


def _is_member(told: Any) -> bool:
    return (
        isinstance(told, dict)
        and set(told) == {"name", "size", "sha256"}
        and isinstance(told["name"], str)
        and type(told["size"]) is int
        and isinstance(told["sha256"], str)
        and _SHA256.fullmatch(told["sha256"]) is not None
    )


def _parsed(text: bytes, where: str) -> Any:
    try:
        return _DECODER.decode(text.decode())
    # A file of brackets nests too deep, a long number has too many digits.
    except (ValueError, RecursionError) as error:
        raise ArchiveRefusedError(_("%(where)s is no valid JSON.") % {"where": where}) from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _no_number(text: str) -> Any:
    raise ValueError(text)


#: Archives have whole numbers only: an amount of money is a text.
_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_no_number, parse_constant=_no_number)
