"""Makes a ZIP file in parts, so that only one part is in memory."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

# The size of a part in bytes, about.
PART = 64 * 1024


@dataclass(frozen=True)
class Member:
    """
    One file in the archive: its path, and its content in parts. `stored` is True for a file that is already compressed,
    so that the archive does not compress it again.
    """

    path: str
    content: Iterable[bytes]
    stored: bool = False


def text(path: str, pieces: Iterable[str]) -> Member:
    """Return the text file `path` of the archive, in UTF-8. `pieces` are the parts of its text."""
    return Member(path, (piece.encode(errors="replace") for piece in pieces))


def stream(members: Iterable[Member], at: datetime) -> Iterator[bytes]:
    """
    Return the ZIP file with `members`, in parts of about 64 KB. Every file has the date `at`, so the same content and
    date give the same ZIP file. Raise `RuntimeError` for a file over 2 GiB.
    """
    pipe = _Pipe()
    with ZipFile(pipe, "w") as archive:
        for member in members:
            info = ZipInfo(member.path, at.astimezone(UTC).timetuple()[:6])
            info.compress_type = ZIP_STORED if member.stored else ZIP_DEFLATED
            # Give files the same permissions, whatever the operating system.
            info.create_system, info.external_attr = 3, 0o644 << 16
            with archive.open(info, "w") as file:
                for part in member.content:
                    file.write(part)
                    if pipe.size >= PART:
                        yield pipe.take()
    yield pipe.take()


class _Pipe(io.RawIOBase):
    """
    A file object that collects what is written to it until `take` is called. It can't seek, so `zipfile` writes the
    size of each file after the content of the file.
    """

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, part: Any) -> int:
        self._parts.append(bytes(part))
        self.size += len(part)
        return len(part)

    def take(self) -> bytes:
        taken = b"".join(self._parts)
        self._parts.clear()
        self.size = 0
        return taken
