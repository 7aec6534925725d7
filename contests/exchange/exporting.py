"""Write a contest or a series as an archive: a ZIP whose bytes depend only on the rows."""

import hashlib
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext as _

from contests.models import Contest, Series

from .columns import Column
from .errors import ArchiveRefusedError
from .kinds import FORMER_SLUG_MEMBER, FORMER_SLUG_NAMES, FORMER_SLUGS, KINDS, Row
from .schema import CONTEST, FORMAT, SERIES, VERSION, schema
from .selection import Selection, select
from .snapshot import snapshot
from .stored_rows import former_slugs_of, rows_of

MANIFEST, SCHEMA = "manifest.json", "schema.json"
_PIECE = 64 * 1024
# The earliest date that a ZIP can have. The date of the export is in no part of the archive.
_DATE = (1980, 1, 1, 0, 0, 0)
_COLLECTED = 500


@dataclass(frozen=True)
class Exported:
    """An archive that was written: its manifest, and the rows that belong to it."""

    manifest: dict[str, Any]
    selection: Selection

    @property
    def count(self) -> int:
        """The number of rows."""
        return sum(self.manifest["counts"].values())


def export(of: Contest | Series, file: IO[bytes], *, with_sealed: bool = False) -> Exported:
    """
    Write the archive of a contest or a series to `file`, which must be seekable. Without `with_sealed`, the archive
    contains no results that the public does not see yet. The caller checks the permission. Raise `ArchiveRefusedError`
    if the file of an image is missing.
    """
    with snapshot():
        selection = select(of, with_sealed=with_sealed)
        return Exported(
            _Writing(file, selection).run(SERIES if isinstance(of, Series) else CONTEST, of.slug), selection
        )


def as_line(value: Any) -> bytes:
    """Return a JSON value as a line of an archive: always the same bytes for the same value."""
    return f"{json.dumps(value, ensure_ascii=False, separators=(',', ':'))}\n".encode()


class _Writing:
    def __init__(self, file: IO[bytes], selection: Selection):
        self.file, self.selection = file, selection
        self.members: list[dict[str, Any]] = []
        #: The storage and the stored name of each image, by its name in the archive.
        self.images: dict[str, tuple[Any, str]] = {}

    def run(self, kind: str, slug: str) -> dict[str, Any]:
        counts = {}
        former: list[Row] = []
        with zipfile.ZipFile(self.file, "w") as self.zip:
            for each in KINDS.values():
                keys = self.selection.keys[each.name]
                found = dict(rows_of(each, keys, self._image_name))
                rows = sorted((self.selection.told(each, row) for row in found.values()), key=lambda row: row[0])
                if "slug" in each.place:
                    former += former_slugs_of(each, {pk: row[0] for pk, row in found.items()})
                counts[each.name] = len(rows)
                self._add(each.member, lines(each.names, rows))
            counts[FORMER_SLUGS] = len(former)
            self._add(FORMER_SLUG_MEMBER, lines(FORMER_SLUG_NAMES, sorted(former)))
            for name, (storage, stored) in sorted(self.images.items()):
                with storage.open(stored) as image:
                    self._add(name, iter(lambda: image.read(_PIECE), b""), zipfile.ZIP_STORED)  # noqa: B023
            self._add(SCHEMA, [_document(schema())])
            manifest = {
                "format": FORMAT,
                "version": VERSION,
                "kind": kind,
                "slug": slug,
                "sealed": self.selection.is_sealed,
                "counts": counts,
                "members": sorted(self.members, key=lambda member: member["name"]),
            }
            self._add(MANIFEST, [_document(manifest)])
        return manifest

    def _add(self, name: str, pieces: Iterable[bytes], compression: int = zipfile.ZIP_DEFLATED) -> None:
        told = zipfile.ZipInfo(name, _DATE)
        told.compress_type, told.create_system, told.external_attr = compression, 3, 0o644 << 16
        size, digest = 0, hashlib.sha256()
        with self.zip.open(told, "w") as member:
            for piece in pieces:
                member.write(piece)
                size += len(piece)
                digest.update(piece)
        self.members.append({"name": name, "size": size, "sha256": digest.hexdigest()})

    def _image_name(self, column: Column, stored: str) -> str:
        storage, digest = column.field.storage, hashlib.sha256()
        try:
            with storage.open(stored) as image:
                while piece := image.read(_PIECE):
                    digest.update(piece)
        except OSError as error:
            told = {"name": stored}
            raise ArchiveRefusedError(_("The file of an image is missing: %(name)s.") % told) from error
        name = f"media/{digest.hexdigest()}.{stored.rpartition('.')[2].lower()}"
        self.images[name] = (storage, stored)
        return name


def lines(names: tuple[str, ...], rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield rows as JSON lines, several lines at a time. Each line is an object with these names."""
    collected: list[bytes] = []
    for row in rows:
        collected.append(as_line(dict(zip(names, map(_sorted, row), strict=True))))
        if len(collected) == _COLLECTED:
            yield b"".join(collected)
            collected.clear()
    yield b"".join(collected)


def _sorted(value: Any) -> Any:
    # PostgreSQL does not keep the order of the names in a JSON value.
    return dict(sorted(value.items())) if isinstance(value, dict) else value


def _document(value: Any) -> bytes:
    return f"{json.dumps(value, ensure_ascii=False, indent=2)}\n".encode()
