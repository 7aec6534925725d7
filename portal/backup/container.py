"""The file of a backup: a ZIP that is written without going back, and checked before anything of it is used."""

import hashlib
import io
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, Any, Self

from .errors import BackupError

FORMAT, VERSION = "laurel-backup", 1
MANIFEST, MEDIA = "manifest.json", "media/"
#: The number of bytes at the end of the file with its checksum, in hexadecimal digits.
_DIGITS = 64
_MOST_MANIFEST, _MOST_LINE = 256 * 1024**2, 256 * 1024**2
#: Rows are compressed to a tenth of their size. A ZIP bomb is compressed to a thousandth.
_RATIO, _SMALL = 250, 16 * 1024**2
_PIECE = 256 * 1024
_ROWS = re.compile(r"rows/[a-z0-9_]+\.jsonl")
#: The name of an app or of a migration.
_NAME = re.compile(r"[A-Za-z0-9_]+")
_UNSAFE = re.compile(r"\A/|\A[A-Za-z]:|\\|(?:\A|/)\.{0,2}(?:/|\Z)|[\x00-\x1f\x7f]")
#: What `zipfile` raises for damaged files; NotImplementedError is for a method of compression that it does not know.
_BROKEN = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, EOFError),
    *(NotImplementedError, RuntimeError, ValueError, IndexError, OverflowError),
)
DAMAGED = "This file is damaged or incomplete, or it is no backup of Laurel"


def is_safe(name: str) -> bool:
    """Return whether a stored file with this name is below the folder for media."""
    return not _UNSAFE.search(name)


class _Sealed:
    """
    Writes to `file`, from the beginning to the end. `seal` replaces the last `_DIGITS` bytes, which it holds back, by
    the SHA-256 of all bytes before them.
    """

    def __init__(self, file: IO[bytes]):
        self._file = file
        self._digest = hashlib.sha256()
        self._held = b""
        self.is_abandoned = False

    def write(self, data: bytes) -> int:
        if self.is_abandoned:
            return len(data)
        pending = self._held + bytes(data)
        going, self._held = pending[:-_DIGITS], pending[-_DIGITS:]
        self._digest.update(going)
        self._file.write(going)
        return len(data)

    def flush(self) -> None:
        self._file.flush()

    def seal(self) -> None:
        self._file.write(self._digest.hexdigest().encode())
        self._file.flush()


class Writer:
    """
    Writes the members of a backup to `file`, which need not be seekable, one after the other. A context manager: after
    an error, nothing more is written.
    """

    def __init__(self, file: IO[bytes]):
        self._file = _Sealed(file)
        target: Any = self._file
        self._zip = zipfile.ZipFile(target, "w")
        self.members: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, error: type[BaseException] | None, *details: Any) -> None:
        self._file.is_abandoned = error is not None
        self._zip.close()

    def add(self, name: str, pieces: Iterable[bytes], *, compress: bool) -> None:
        info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED if compress else zipfile.ZIP_STORED
        info.external_attr = 0o100600 << 16
        digest, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=True) as member:
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                member.write(piece)
        self.members[name] = {"size": size, "sha256": digest.hexdigest()}

    def finish(self, manifest: dict[str, Any]) -> None:
        members = self.members.copy()
        told = {"format": FORMAT, "version": VERSION, **manifest, "members": members}
        self.add(MANIFEST, [json.dumps(told, ensure_ascii=False, indent=1).encode()], compress=True)
        self._zip.comment = b"SHA-256 of all bytes before it: " + b"0" * _DIGITS
        self._zip.close()
        self._file.seal()


class Reader:
    """
    A backup that was checked: the whole file has its checksum, all members are those of the manifest, with the same
    sizes, and no name leads out of a folder. The content of a member is compared while it is read. All functions raise
    `BackupError`.
    """

    def __init__(self, file: IO[bytes]):
        self._file = file
        _check_whole(file)
        with _damage():
            self._zip = zipfile.ZipFile(file)
            found = self._zip.infolist()
        self._members = {member.orig_filename: member for member in found}
        if len(self._members) != len(found):
            raise BackupError("The backup has two members with the same name.")
        _check_places(found, self._zip.start_dir)
        if MANIFEST not in self._members:
            raise BackupError("The backup has no manifest.")
        self._check(self._members[MANIFEST])
        if self._members[MANIFEST].file_size > _MOST_MANIFEST:
            raise BackupError("The manifest of the backup is too large.")
        self.manifest = _manifest(b"".join(self._pieces(MANIFEST)))
        self._compare()

    @property
    def media(self) -> list[str]:
        """The names of the stored files in the backup."""
        return sorted(name.removeprefix(MEDIA) for name in self.manifest["members"] if name.startswith(MEDIA))

    def size(self, name: str) -> int:
        return self.manifest["members"][name]["size"]

    def sha256(self, name: str) -> str:
        return self.manifest["members"][name]["sha256"]

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield the content of a member. Raise `BackupError` at the end if it is not the one in the manifest."""
        digest, size = hashlib.sha256(), 0
        for piece in self._pieces(name):
            digest.update(piece)
            size += len(piece)
            yield piece
        if (size, digest.hexdigest()) != (self.size(name), self.sha256(name)):
            raise BackupError(f"{name} is not as the manifest of the backup says.")

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a member."""
        rest: list[bytes] = []
        length = 0
        for piece in self.pieces(name):
            *ended, last = piece.split(b"\n")
            for line in ended:
                yield b"".join([*rest, line])
                rest, length = [], 0
            rest.append(last)
            length += len(last)
            if length > _MOST_LINE:
                raise BackupError(f"{name} has a line that is too long.")
        if length:
            raise BackupError(f"{name} ends in the middle of a line.")

    def check_members(self, say: Callable[[int], object] = lambda _bytes: None) -> None:
        """Read all members and compare them with the manifest."""
        done = 0
        for name in self.manifest["members"]:
            for piece in self.pieces(name):
                done += len(piece)
                say(done)

    def _pieces(self, name: str) -> Iterator[bytes]:
        left = self._members[name].file_size
        with _damage(), self._zip.open(self._members[name]) as member:
            while piece := member.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    raise BackupError(f"{name} is larger than the backup says.")
                yield piece

    def _compare(self) -> None:
        told = self.manifest["members"]
        for name, member in self._members.items():
            if name == MANIFEST:
                continue
            if name not in told:
                raise BackupError(f"The backup has a member that its manifest doesn't name: {name[:200]!r}.")
            self._check(member)
            if member.file_size != told[name]["size"]:
                raise BackupError(f"{name} does not have the size that the manifest of the backup says.")
        if missing := told.keys() - self._members.keys():
            raise BackupError(f"The backup lacks {min(missing)[:200]!r}, which its manifest names.")
        tables = {f"rows/{table}.jsonl" for table in self.manifest["tables"]}
        if tables != {name for name in told if not name.startswith(MEDIA)}:
            raise BackupError("The manifest of the backup contradicts itself: its tables are not its members.")

    def _check(self, member: zipfile.ZipInfo) -> None:
        name = member.orig_filename
        is_media = name.startswith(MEDIA) and is_safe(name)
        if not is_media and name != MANIFEST and not _ROWS.fullmatch(name):
            raise BackupError(f"The backup has a member with an unsafe or unknown name: {name[:200]!r}.")
        if member.flag_bits & 0x1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BackupError(f"{name} is encrypted, or compressed in a way that backups don't use.")
        if member.file_size > max(_SMALL, _RATIO * member.compress_size):
            raise BackupError(f"{name} grows too much when it is unpacked.")


@contextmanager
def _damage() -> Iterator[None]:
    try:
        yield
    except _BROKEN as error:
        raise BackupError(f"{DAMAGED}.") from error


def _check_whole(file: IO[bytes]) -> None:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    digest, left = hashlib.sha256(), size - _DIGITS
    while left > 0 and (piece := file.read(min(left, _PIECE))):
        digest.update(piece)
        left -= len(piece)
    if left != 0 or file.read(_DIGITS) != digest.hexdigest().encode():
        raise BackupError(f"{DAMAGED}: the checksum at its end is not that of the file.")


def _check_places(found: list[zipfile.ZipInfo], after: int) -> None:
    """
    Refuse members that share bytes of the file, or that don't end before the place `after`: a small file could then be
    unpacked to a very large one.
    """
    end = 0
    for member in sorted(found, key=lambda member: member.header_offset):
        if member.header_offset < end:
            raise BackupError("Two members of the backup overlap.")
        end = member.header_offset + member.compress_size
    if end > after:
        raise BackupError(f"{DAMAGED}: it ends before its last member.")


def _manifest(text: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(text)
        is_ours = manifest["format"] == FORMAT
        version = manifest["version"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BackupError(f"{DAMAGED}: its manifest can't be read.") from error
    if not is_ours or not isinstance(version, int):
        raise BackupError("This is no backup of Laurel.")
    if version > VERSION:
        raise BackupError(f"The format of the backup is version {version}, which is newer than this version of Laurel.")
    try:
        manifest["made_at"] = datetime.fromisoformat(manifest["made_at"]).isoformat()
        manifest["migrations"] = [(app, name) for app, name in manifest["migrations"]]
        is_whole = _has_right_types(manifest)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BackupError(f"{DAMAGED}: its manifest is incomplete.") from error
    if not is_whole:
        raise BackupError(f"{DAMAGED}: its manifest is incomplete.")
    return manifest


def _has_right_types(manifest: dict[str, Any]) -> bool:
    members, tables = manifest["members"].values(), manifest["tables"].values()
    numbers = [*(told["size"] for told in members), *(told[name] for told in tables for name in ("rows", "last_key"))]
    lists = [manifest["missing_media"], *(told["columns"] for told in tables)]
    texts = [*(told["sha256"] for told in members), manifest["laurel"], manifest["engine"]]
    names = [part for migration in manifest["migrations"] for part in migration]
    return (
        all([members, tables])
        # JSON also has numbers such as 1e999. The largest key of a database has 63 bits.
        and all(type(number) is int and 0 <= number < 2**63 for number in numbers)
        and all(isinstance(each, list) for each in lists)
        and all(isinstance(text, str) for text in [*texts, *(text for each in lists for text in each)])
        and all(_NAME.fullmatch(name) for name in names)
    )
