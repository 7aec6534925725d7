"""The stored files of a backup: those that are missing are written before the database is restored, others after it."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from django.core.files import File
from django.core.files.storage import default_storage

from .container import MEDIA, Reader
from .errors import BackupError

_PIECE = 256 * 1024
_IN_MEMORY = 8 * 1024**2
#: Space that stays free, in bytes.
SPARE = 64 * 1024**2


@dataclass
class Plan:
    """The names of files in a backup that don't exist, and of those that are different."""

    new: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)


def compare(backup: Reader) -> Plan:
    """Compare the files of a backup with those in the storage. Raise `BackupError` if there is no space for them."""
    plan = Plan()
    for name in backup.media:
        if not default_storage.exists(name):
            plan.new.append(name)
        elif not _is_same(backup, name):
            plan.different.append(name)
    needed = sum(backup.size(f"{MEDIA}{name}") for name in [*plan.new, *plan.different])
    with suppress(NotImplementedError):  # Other storages have no paths.
        check_space(Path(default_storage.path("")), needed, "the media")
    return plan


def check_space(folder: Path, needed: int, what: str) -> None:
    """Raise `BackupError` if the disk with `folder`, which may not exist yet, has no room for `needed` bytes."""
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < needed + SPARE:
        numbers = f"{_in_mb(needed)} MB are needed in {folder}, and {_in_mb(free)} MB are free"
        raise BackupError(f"There is not enough space for {what}: {numbers}.")


@contextmanager
def written(backup: Reader, plan: Plan) -> Iterator[None]:
    """Write the files that don't exist. If this or the block fails, delete them again."""
    done: list[str] = []
    try:
        for name in plan.new:
            done.append(name)
            _write(backup, name)
        yield
    except BaseException:
        for name in done:
            with suppress(OSError):
                default_storage.delete(name)
        raise


def replace_different(backup: Reader, plan: Plan) -> None:
    for name in plan.different:
        default_storage.delete(name)
        _write(backup, name)


def remove_press_kits() -> None:
    """Delete kept press kits. They are of a state of the record that is gone."""
    with suppress(OSError, NotImplementedError):  # The folder is missing, or the storage can't list folders.
        for name in default_storage.listdir("press-kits")[1]:
            default_storage.delete(f"press-kits/{name}")


def _is_same(backup: Reader, name: str) -> bool:
    member = f"{MEDIA}{name}"
    if default_storage.size(name) != backup.size(member):
        return False
    with default_storage.open(name) as stored:
        digest = hashlib.sha256()
        for piece in stored.chunks(_PIECE):
            digest.update(piece)
    return digest.hexdigest() == backup.sha256(member)


def _write(backup: Reader, name: str) -> None:
    # A storage may read a file more than once, so it can't come from the backup directly.
    with tempfile.SpooledTemporaryFile(_IN_MEMORY) as content:
        for piece in backup.pieces(f"{MEDIA}{name}"):
            content.write(piece)
        content.seek(0)
        stored = default_storage.save(name, File(content, name))
    if stored != name:
        default_storage.delete(stored)
        raise BackupError(f"The storage can't store a file as {name}.")


def _in_mb(size: int) -> str:
    return f"{size / 1024**2:,.0f}"
