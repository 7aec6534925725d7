"""Functions for every storage of uploaded files. A storage may have a faster method of the same name."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage


@dataclass(frozen=True)
class StoredFile:
    """A file in a storage: its whole name, its size in bytes, and when it was written."""

    name: str
    size: int
    modified: datetime


def overwrite(storage: Storage, name: str, content: bytes) -> None:
    """
    Store `content` as `name`, instead of the former file of this name. Only for files that can be made again: after a
    power failure, the file may be empty.
    """
    file = ContentFile(content)
    if own := _method(storage, "overwrite"):
        own(name, file)
    else:
        storage.delete(name)
        storage.save(name, file)


def files_in(storage: Storage, folder: str, prefix: str = "") -> list[StoredFile]:
    """Return the files directly in `folder` whose names start with `prefix`, sorted by name; none if it is missing."""
    if own := _method(storage, "files_in"):
        return sorted(own(folder, prefix), key=lambda file: file.name)
    try:
        names = sorted(name for name in storage.listdir(folder)[1] if name.startswith(prefix))
    except FileNotFoundError:
        return []
    found = []
    for name in (f"{folder}/{name}" for name in names):
        with suppress(FileNotFoundError):  # Another process has deleted it meanwhile.
            found.append(StoredFile(name, storage.size(name), storage.get_modified_time(name)))
    return found


def stream(storage: Storage, name: str) -> IO[bytes]:
    """Open a large file, to be read once from its beginning. The result has `size`, its length in bytes."""
    own: Any = _method(storage, "stream")
    return own(name) if own else storage.open(name)


def unfinished(storage: Storage, before: datetime) -> Iterator[str]:
    """Yield the names of temporary files from before this time: the process that wrote them was killed."""
    if own := _method(storage, "unfinished"):
        yield from own(before)


def _method(storage: Storage, name: str) -> Any:
    return getattr(storage, name, None)
