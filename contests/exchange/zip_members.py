"""Read the members of a ZIP that may be hostile. Nothing is believed before it is checked, or unpacked to disk."""

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.utils.translation import gettext as _

from .errors import ArchiveRefusedError

#: The names that members can have.
_NAMES = re.compile(r"manifest\.json|schema\.json|data/[a-z]+\.jsonl|media/[0-9a-f]{64}\.(?:jpe?g|png|webp)")
_UNSAFE = re.compile(r"\A[/\\]|\A[A-Za-z]:|\\|(?:\A|/)\.\.?(?:/|\Z)|[\x00-\x1f\x7f]")
MOST_MEMBERS = 50_000
#: The largest size of all members together, and of all rows together, in bytes.
MOST_BYTES, MOST_BYTES_OF_ROWS = 4 * 1024**3, 512 * 1024**2
#: Real rows are compressed to about a tenth of their size. A bomb is compressed to a thousandth.
_RATIO, _SMALL = 200, 1024**2
_ENCRYPTED = 0x1
_PIECE = 64 * 1024
#: The errors that `zipfile` raises for damaged files.
_BROKEN = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, EOFError, OSError),
    *(NotImplementedError, RuntimeError, ValueError, IndexError, OverflowError, MemoryError),
)


@contextmanager
def _damage() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise ArchiveRefusedError(_("This file is damaged or incomplete, or it is not an archive.")) from error


class Members:
    """The members of an archive, by name. Raises `ArchiveRefusedError` if one of them breaks the limits."""

    def __init__(self, file: IO[bytes]):
        with _damage():
            file.seek(0)
            self._zip = zipfile.ZipFile(file)
        self._members: dict[str, zipfile.ZipInfo] = {}
        found = self._zip.infolist()
        if len(found) > MOST_MEMBERS:
            raise ArchiveRefusedError(_("The archive has more than %(limit)s members.") % {"limit": MOST_MEMBERS})
        for member in found:
            self._check(member)
            self._members[member.filename] = member
        if sum(member.file_size for member in found) > MOST_BYTES:
            raise ArchiveRefusedError(_("The archive is too large when it is unpacked."))
        rows = sum(member.file_size for member in found if not member.filename.startswith("media/"))
        if rows > MOST_BYTES_OF_ROWS:
            raise ArchiveRefusedError(_("The archive is too large when it is unpacked."))

    @property
    def names(self) -> set[str]:
        return set(self._members)

    def size(self, name: str) -> int:
        """Return the size that the archive claims for a member. `pieces` never yields more."""
        return self._members[name].file_size

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield the content of a member. Raise `ArchiveRefusedError` if it is damaged or larger than it claims."""
        left = self.size(name)
        with _damage(), self._zip.open(self._members[name]) as member:
            while piece := member.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    raise ArchiveRefusedError(_("%(name)s is larger than the archive says.") % {"name": name})
                yield piece

    def content(self, name: str, most: int) -> bytes:
        """Return the content of a member of at most `most` bytes."""
        if self.size(name) > most:
            raise ArchiveRefusedError(_("%(name)s is too large.") % {"name": name})
        return b"".join(self.pieces(name))

    def _check(self, member: zipfile.ZipInfo) -> None:
        # `filename` ends at the first NUL; the name in the file may not.
        name = member.orig_filename
        told = {"name": name[:200]}
        if _UNSAFE.search(name):
            raise ArchiveRefusedError(_("The archive has a member with an unsafe name: %(name)s.") % told)
        if not _NAMES.fullmatch(name):
            raise ArchiveRefusedError(_("The archive has an unknown member: %(name)s.") % told)
        if name in self._members:
            raise ArchiveRefusedError(_("The archive has two members with the name %(name)s.") % told)
        if member.flag_bits & _ENCRYPTED:
            raise ArchiveRefusedError(_("%(name)s is encrypted.") % told)
        kind = stat.S_IFMT(member.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise ArchiveRefusedError(_("%(name)s is a link or another special file.") % told)
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise ArchiveRefusedError(_("%(name)s is compressed in a way that archives don’t use.") % told)
        if member.file_size > _SMALL and member.file_size > _RATIO * max(member.compress_size, 1):
            raise ArchiveRefusedError(_("%(name)s grows too much when it is unpacked.") % told)
