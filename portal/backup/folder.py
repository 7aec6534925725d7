"""The folder with backups: their names, the lock, and how many are kept."""

import errno
import fcntl
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from .errors import BackupError

_NAME = re.compile(r"laurel-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ\.zip")
_UNFINISHED = ".unfinished-laurel-backup.zip"
_LOCK = ".laurel-backup.lock"


def backups(folder: Path) -> list[Path]:
    """Return the backups that `finished` has written to `folder`, the oldest first."""
    return sorted(path for path in folder.iterdir() if _NAME.fullmatch(path.name) and path.is_file())


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Raise `BackupError` if another process makes a backup in `folder`, which is created if needed."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise BackupError(f"Backups can't be written to {folder}: {error.strerror}.") from error
    with alone(lock, f"Another process is making a backup in {folder} at the moment."):
        yield


@contextmanager
def alone(handle: int, message: str) -> Iterator[None]:
    """
    Lock an open file or folder, and close it at the end. Raise `BackupError(message)` if another process has the lock.
    """
    try:
        with suppress(OSError):  # Some network disks have no locks.
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise BackupError(message) from error
        yield
    finally:
        os.close(handle)


@contextmanager
def unfinished(folder: Path) -> Iterator[IO[bytes]]:
    """Open a new file that is not a backup yet. It is deleted at the end. The caller has the lock."""
    path = folder / _UNFINISHED
    path.unlink(missing_ok=True)  # A former process may have been killed.
    try:
        with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as file:
            yield file
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise
        raise BackupError(f"The disk with {folder} is full. Nothing was written, and no backup was deleted.") from error
    finally:
        path.unlink(missing_ok=True)


def finish(folder: Path, file: IO[bytes], prefix: str = "laurel") -> Path:
    """Give the unfinished file its name, when it is on the disk."""
    file.flush()
    os.fsync(file.fileno())
    while True:
        path = folder / f"{prefix}-{datetime.now(UTC):%Y-%m-%dT%H-%M-%SZ}.zip"
        if not path.exists():
            break
        time.sleep(0.1)
    os.rename(folder / _UNFINISHED, path)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    return path


def prune(folder: Path, keep: int, newest: Path) -> list[Path]:
    """Delete all backups but the `keep` newest ones, and never `newest`. Return those that were deleted."""
    old = [path for path in backups(folder) if path != newest]
    going = old[: max(0, len(old) - (keep - 1))]
    for path in going:
        with suppress(FileNotFoundError):
            path.unlink()
    return going
