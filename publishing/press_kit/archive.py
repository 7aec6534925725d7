"""Streams a ZIP file: writes one member after the other and keeps only one part of it in memory."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

# The size of the parts, in bytes.
PART = 64 * 1024


@dataclass(frozen=True)
class Member:
    """A file in the archive: its path, and its content in parts. If `stored`, it is not compressed (again)."""

    path: str
    content: Iterable[bytes]
    stored: bool = False


def text(path: str, pieces: Iterable[str]) -> Member:
    """Return the member at `path` of the archive: the `pieces` in a row, in UTF-8."""
    return Member(path, (piece.encode(errors="replace") for piece in pieces))


def stream(members: Iterable[Member], at: datetime) -> Iterator[bytes]:
    """
    Return the archive of `members` in parts of about 64 KB. Every file has the date `at`, so that the same content at
    the same time gives the same archive. Raises an error for a member over 2 GiB.
    """
    pipe = _Pipe()
    with ZipFile(pipe, "w") as archive:
        for member in members:
            info = ZipInfo(member.path, at.astimezone(UTC).timetuple()[:6])
            info.compress_type = ZIP_STORED if member.stored else ZIP_DEFLATED
            info.create_system, info.external_attr = 3, 0o644 << 16  # the same on every system
            with archive.open(info, "w") as file:
                for part in member.content:
                    file.write(part)
                    if pipe.size >= PART:
                        yield pipe.take()
    yield pipe.take()


class _Pipe(io.RawIOBase):
    """
    A write-only stream whose content can be taken out once. It is not seekable, so `zipfile` writes sizes after the
    data.
    """

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, part) -> int:  # type: ignore[no-untyped-def]
        self._parts.append(bytes(part))
        self.size += len(part)
        return len(part)

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        self.size = 0
        return taken
