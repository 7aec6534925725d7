"""The storage of uploaded files in a folder of this machine."""

import errno
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from django.core.files import File
from django.core.files.move import file_move_safe
from django.core.files.storage import FileSystemStorage
from django.core.files.utils import validate_file_name
from django.utils._os import safe_join

from .errors import StorageAwayError, is_away
from .functions import StoredFile

_PART = re.compile(r"\.[0-9a-f]{16}\.part")
#: The errors of file systems that have no hard links.
_NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}


class LocalMediaStorage(FileSystemStorage):
    """
    Writes each file under another name in the same folder, and renames it when it is complete. So a full disk, a killed
    process or a power failure never leaves half a file under the final name.
    """

    def _open(self, name: str, mode: str = "rb") -> File:
        try:
            return File(open(self.path(name), mode))
        except OSError as error:
            if is_away(error):  # For example a network disk that is gone, or a folder of another user account.
                raise StorageAwayError(error.errno, error.strerror) from error
            raise

    def _save(self, name: str, content: Any) -> str:
        # This never replaces a file: if another process has just taken the name, this file gets another one.
        with self._written(name, content, is_synced=True) as part:
            while not _linked(part, self.path(name)):
                name = self.get_available_name(name)
        _sync_folder(os.path.dirname(self.path(name)))
        name = str(name).replace("\\", "/")
        validate_file_name(name, allow_relative_path=True)
        return name

    def overwrite(self, name: str, content: Any) -> None:
        """Store a file that may already exist and that can be made again."""
        with self._written(name, content, is_synced=False) as part:
            os.replace(part, self.path(name))

    @contextmanager
    def _written(self, name: str, content: Any, *, is_synced: bool) -> Iterator[str]:
        """
        Write `content` to a temporary file in the folder of `name`, and yield its path. `is_synced` says whether the
        file must survive a power failure.
        """
        folder = os.path.dirname(self.path(name))
        self._make_folder(folder)
        part = safe_join(folder, f".{secrets.token_hex(8)}.part")
        try:
            if hasattr(content, "temporary_file_path"):
                file_move_safe(content.temporary_file_path(), part)
                if is_synced:
                    _sync_file(part)
            else:
                with open(part, "xb") as file:
                    for chunk in content.chunks():
                        file.write(chunk if isinstance(chunk, bytes) else chunk.encode())
                    file.flush()
                    if is_synced:
                        os.fsync(file.fileno())
            if self.file_permissions_mode is not None:
                os.chmod(part, self.file_permissions_mode)
            yield part
        finally:
            with suppress(FileNotFoundError):
                os.unlink(part)

    def _make_folder(self, folder: str) -> None:
        missing = []
        while not os.path.isdir(folder):
            missing.append(folder)
            folder = os.path.dirname(folder)
        for new in reversed(missing):
            # The mode is set for each new folder: that of `os.makedirs` is only for the last one.
            with suppress(FileExistsError):
                os.mkdir(new, self.directory_permissions_mode or 0o777)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        folders, files = super().listdir(path)
        return folders, [name for name in files if not _PART.fullmatch(name)]

    def files_in(self, folder: str, prefix: str = "") -> list[StoredFile]:
        found = []
        with suppress(FileNotFoundError), os.scandir(self.path(folder)) as entries:
            for entry in entries:
                if entry.name.startswith(prefix) and not _PART.fullmatch(entry.name):
                    with suppress(FileNotFoundError):  # Another process has deleted it meanwhile.
                        if entry.is_file():
                            about = entry.stat()
                            modified = datetime.fromtimestamp(about.st_mtime, UTC)
                            found.append(StoredFile(f"{folder}/{entry.name}", about.st_size, modified))
        return found

    def unfinished(self, before: datetime) -> Iterator[str]:
        for folder, _folders, files in os.walk(self.location):
            for name in files:
                if _PART.fullmatch(name):
                    path = os.path.join(folder, name)
                    with suppress(FileNotFoundError):
                        if os.stat(path).st_mtime < before.timestamp():
                            yield os.path.relpath(path, self.location).replace(os.sep, "/")


def _linked(part: str, path: str) -> bool:
    """Give the temporary file `part` its final name `path`. Return False if another file has this name."""
    try:
        os.link(part, path)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # Between these two calls, another process could take the name. Most names are random.
        if os.path.lexists(path):
            return False
        os.rename(part, path)
    return True


def _sync_file(path: str) -> None:
    with open(path, "rb") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: str) -> None:
    """Write the names of a folder to the disk, where the system can do this."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
