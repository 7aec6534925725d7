"""
The pictures in the files that an editor brings: single files, and ZIP files of pictures. Nothing is unpacked to a path:
a name in a ZIP file serves only to find the row of the picture.
"""

import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Any

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.utils.translation import gettext as _

from record.images.sanitizing import MAX_BYTES, TOO_MANY_BYTES

#: The most pictures of one import, and their size in bytes, packed and unpacked.
MOST_FILES = 500
MOST_BYTES = 1000 * 1024**2
#: The most parts of a ZIP file, with its folders and what is left out.
MOST_PARTS = 5_000
_LONGEST_NAME = 200
#: Files that operating systems add by themselves.
_BY_SYSTEMS = {"thumbs.db", "desktop.ini", ".ds_store", "ehthumbs.db"}
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, OSError),
    *(ValueError, KeyError, IndexError),
)
_END, _END_64, _TAIL = b"PK\x05\x06", b"PK\x06\x07", 65_557
_MOST_IN_DIRECTORY = 8 * 1024**2
_ZIP_STARTS = (b"PK\x03\x04", _END)


@dataclass(frozen=True)
class Brought:
    """
    A file that an editor brought, alone or in a ZIP file: its name, and the picture or the reason why there is none.
    `is_by_system` says that an operating system added it, so that no editor misses it.
    """

    name: str
    upload: UploadedFile | None = None
    problem: str = ""
    is_by_system: bool = False


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """Writes uploads to temporary files, not to memory. It reads on without keeping anything when they are too much."""

    received = 0

    @property
    def is_too_much(self) -> bool:
        return self.received > MOST_BYTES

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.is_too_much:
            raise StopUpload(connection_reset=False)
        super().receive_data_chunk(raw_data, start)


def brought(uploads: Iterable[UploadedFile]) -> Iterator[Brought]:
    """Yield the files in `uploads` one by one, those in a ZIP file too. Only one picture is in memory at a time."""
    for upload in uploads:
        name = plain_name(str(upload.name))
        upload.seek(0)
        start = upload.read(4)
        upload.seek(0)
        if start.startswith(_ZIP_STARTS) or name.lower().endswith(".zip"):
            yield from _in_archive(name, upload)
        else:
            yield Brought(name, upload)


def plain_name(path: str) -> str:
    """
    Return the name of the file at `path` without folders and control characters, at most 200 characters.

    >>> plain_name("../../etc/a.jpg"), plain_name("C:\\\\posters\\\\b\\x07.png")
    ('a.jpg', 'b.png')
    """
    name = path.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in name if c.isprintable()).strip()[:_LONGEST_NAME] or "?"


def _in_archive(name: str, upload: UploadedFile) -> Iterator[Brought]:
    try:
        _check_directory(upload)
        with zipfile.ZipFile(_file(upload)) as archive:
            parts = [part for part in archive.infolist() if not part.filename.endswith("/")]
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_BYTES:
                raise _TooMuchError
            for part in parts:
                yield _part(archive, part)
    except _TooMuchError:
        told = _("The ZIP file has more than %(files)d files or %(size)d MB. Make several smaller ones.")
        yield Brought(name, problem=told % {"files": MOST_PARTS, "size": MOST_BYTES // 1024**2})
    except _BROKEN:
        yield Brought(name, problem=_("The ZIP file is damaged or incomplete. Make it again and bring the new file."))


class _TooMuchError(Exception):
    pass


def _file(upload: UploadedFile) -> IO[bytes]:
    return upload.file  # type: ignore[return-value]


def _check_directory(upload: UploadedFile) -> None:
    """Raise `_TooMuchError` if the directory of a ZIP file is very large, because it is read into memory as a whole."""
    size = upload.size or 0
    upload.seek(max(0, size - _TAIL - 20))
    tail = upload.read()
    upload.seek(0)
    place = tail.rfind(_END)
    if place < 0 or len(tail) < place + 22:
        raise zipfile.BadZipFile
    (length,) = struct.unpack_from("<L", tail, place + 12)
    if length > _MOST_IN_DIRECTORY or tail[max(0, place - 20) :].startswith(_END_64):
        raise _TooMuchError


def _part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Brought:
    path = _decoded(part)
    name = plain_name(path)
    folders = path.replace("\\", "/").split("/")[:-1]
    if "__MACOSX" in folders or name.lower() in _BY_SYSTEMS or name.startswith("._"):
        return Brought(name, problem=_("Left out: the operating system added this file."), is_by_system=True)
    if part.flag_bits & 1:
        return Brought(name, problem=_("This file has a password. Make the ZIP file again without one."))
    if name.lower().endswith(".zip"):
        return Brought(name, problem=_("This is a ZIP file in the ZIP file. Unpack it and bring its pictures."))
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return Brought(name, problem=_("This file is packed in a way that the portal can’t read. Bring it unpacked."))
    if part.file_size > MAX_BYTES:
        return Brought(name, problem=_too_large(part.file_size))
    try:
        with archive.open(part) as file:
            content = file.read(MAX_BYTES + 1)
    except _BROKEN:
        return Brought(name, problem=_("This file in the ZIP file is damaged. Make the ZIP file again."))
    if len(content) > MAX_BYTES:
        return Brought(name, problem=_too_large(len(content)))
    if content.startswith(_ZIP_STARTS):
        return Brought(name, problem=_("This is a ZIP file in the ZIP file. Unpack it and bring its pictures."))
    return Brought(name, SimpleUploadedFile(name, content))


def _too_large(size: int) -> str:
    values: dict[str, Any] = {"size": round(size / 1024**2, 1), "limit": MAX_BYTES // 1024**2}
    return str(TOO_MANY_BYTES % values)


def _decoded(part: zipfile.ZipInfo) -> str:
    """Return the path in a ZIP file. Some programs write UTF-8 without saying so."""
    if part.flag_bits & 0x800:
        return part.filename
    try:
        return part.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return part.filename
