"""
Kept press kits: finished ZIP files in the folder `press-kits` of the storage for uploads, which no view but that of
press kits serves. A kit is made in the same folder of `MEDIA_ROOT`, on the machine that makes it, and then stored.

A kit is made from one public version (`record.public_version`) and is valid until the next moment at which something
changes by time alone (`search.next_moment`). Both are in the name of its file. So a kit is never served after a change
of the record, or after a reveal.
"""

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO, Any

from django.conf import settings
from django.core.files import File, locks
from django.core.files.storage import default_storage
from django.utils import timezone

from record import public_version
from record.background import NotNow
from record.media import files_in, stream
from search.next_moment import next_moment

FOLDER = "press-kits"
#: The size in bytes of all kits together. If they are larger, the oldest are deleted.
MOST = 2 * 2**30
#: An unfinished file that is older belongs to a process that was stopped.
ABANDONED = timedelta(days=1)
ZERO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class State:
    """What a kit was made from: the public version, and the moments between which the kit is valid."""

    version: int
    began: datetime
    until: datetime

    @classmethod
    def now(cls) -> "State":
        # The version is read first, so that the kit and the next moment can be newer than it, but not older.
        version, began = public_version.current(), timezone.now()
        if version is None:
            raise NotNow("Changes of the record are not noticed at the moment.")
        return cls(version, began, next_moment(began))

    def is_valid(self, version: int | None, now: datetime) -> bool:
        # `began` matters if the clock is set back.
        return self.version == version and self.began <= now < self.until


def folder() -> Path:
    """Return the folder for unfinished kits. With the storage of a single machine, the finished ones are there too."""
    return Path(settings.MEDIA_ROOT, FOLDER)


def find(key: str) -> Any:
    """Return the current kit with this key, opened for reading from its beginning, or None."""
    version, now = public_version.current(), timezone.now()
    for file in files_in(default_storage, FOLDER, f"{_digest(key)}-"):
        state = _state_of(file.name)
        if state and state.is_valid(version, now):
            with suppress(FileNotFoundError):  # Another process may have deleted it.
                return stream(default_storage, file.name)
    return None


def make(key: str, parts: Callable[[State], Iterable[bytes]]) -> None:
    """
    Make the kit with this key and keep it, unless there is a current one or another process is making one. Nothing is
    left of a kit that could not be finished. Raise `NotNow` if the record has changed meanwhile.
    """
    with _unfinished(folder() / f"{_digest(key)}.part") as file:
        if file is None:
            return
        if kept := find(key):
            kept.close()
            return
        state = State.now()
        for part in parts(state):
            file.write(part)
        file.flush()
        if not state.is_valid(public_version.current(), timezone.now()):
            raise NotNow("The record has changed while the press kit was being made.")
        name = f"{FOLDER}/{_digest(key)}-{state.version}-{_number(state.began)}-{_number(state.until)}.zip"
        with open(file.name, "rb") as content:
            stored = default_storage.save(name, _Finished(content))
        if stored != name:  # Another process has stored this kit at the same moment.
            default_storage.delete(stored)
        _tidy(name, state)


class _Finished(File):
    """A finished kit. A storage on this machine moves the file instead of copying it."""

    def temporary_file_path(self) -> str:
        return str(self.name)


@contextmanager
def _unfinished(path: Path) -> Iterator[IO[bytes] | None]:
    """
    Open an empty file for writing that no other process is writing, or yield None. The lock ends with the process, so
    the file of a stopped process is in nobody's way. Delete the file at the end, unless it has been renamed.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(path, "ab", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        if not locks.lock(file, locks.LOCK_EX | locks.LOCK_NB) or not _is_at(path, file):
            yield None
            return
        try:
            file.truncate(0)
            yield file
        finally:
            if _is_at(path, file):
                path.unlink()


def _is_at(path: Path, file: IO[bytes]) -> bool:
    """Return whether `file` is still at `path`: another process may have renamed it since this one opened it."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _tidy(newest: str, state: State) -> None:
    """Delete other kits with the same key, kits that are out of date, and the oldest ones beyond the limit."""
    size, key = 0, newest.removeprefix(f"{FOLDER}/").partition("-")[0]
    with suppress(OSError):  # The new kit is there, so nothing here may fail it.
        kept = [(file, found) for file in files_in(default_storage, FOLDER) if (found := _state_of(file.name))]
        for file, found in sorted(kept, key=lambda pair: pair[1].began, reverse=True):
            size += file.size
            is_other = file.name != newest and file.name.startswith(f"{FOLDER}/{key}-")
            is_over = not found.is_valid(state.version, timezone.now())
            if is_other or is_over or (size > MOST and file.name != newest):
                default_storage.delete(file.name)
    for path in folder().glob("*.part"):
        with suppress(OSError):
            if path.stat().st_mtime < (state.began - ABANDONED).timestamp():
                path.unlink()


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:40]


def _number(moment: datetime) -> int:
    """Return the moment in microseconds since 1970."""
    return (moment - ZERO) // timedelta(microseconds=1)


def _state_of(name: str) -> State | None:
    """Return the state in the name of a file, or None for a file that is no kit."""
    path = PurePosixPath(name)
    try:
        if path.suffix != ".zip":
            return None
        version, began, until = (int(number) for number in path.stem.split("-")[1:])
        return State(version, ZERO + timedelta(microseconds=began), ZERO + timedelta(microseconds=until))
    except (ValueError, OverflowError):
        return None
