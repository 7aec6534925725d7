"""
Uploaded archives whose import waits for an editor's decision, or is running. The file and the state of the import are
kept in the storage, for a day at most, like the uploads of an invalid form (`pending_uploads`). They are not public.
"""

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import IO, Any

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from record.images.pending_uploads import FOLDER, KEPT_FOR

CHECKING, CHECKED, RUNNING, DONE, REFUSED, FAILED = "checking", "checked", "running", "done", "refused", "failed"
BUSY = (CHECKING, RUNNING)
#: After this time without progress, a busy import counts as stopped: its process was probably killed.
PATIENCE = timedelta(hours=1)
#: The least number of seconds between two notes of progress in the same phase.
_BEAT = 1
_TOKEN, _STATE = re.compile(r"[0-9a-f]{32}"), re.compile(r"([0-9a-f]{32})\.(\d{6})\.json")


@dataclass(frozen=True)
class Told:
    """
    The state of an import since `at`: the name of the file and the language of the editor; while it is busy, the phase
    and how many of `total` rows are done; the preview or the result; the messages of a refusal. `number` counts the
    changes of the state.
    """

    state: str
    name: str
    language: str
    at: str = ""
    phase: str = ""
    done: int = 0
    total: int = 0
    report: dict[str, Any] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    number: int = 0

    @property
    def is_busy(self) -> bool:
        return self.state in BUSY

    @property
    def is_overdue(self) -> bool:
        return self.is_busy and timezone.now() - datetime.fromisoformat(self.at) > PATIENCE


class PendingImport:
    """
    The import of an uploaded archive by the account with the primary key `owner`. Only this account can reach it.
    Each state is a file of its own, so that readers never see half of one, and two processes can't both begin a step.
    """

    def __init__(self, owner: int, token: str):
        if not _TOKEN.fullmatch(token):
            raise ValueError(token)
        self.owner, self.token = owner, token
        self._base = f"{_folder(owner)}/{token}"
        self._file = f"{self._base}.zip"

    @classmethod
    def start(cls, owner: int, upload: Any, language: str) -> "PendingImport":
        """Keep an upload. Earlier uploads of this account are removed, unless their import is running."""
        for token in {name.partition(".")[0] for name in _names(_folder(owner))}:
            with suppress(ValueError):
                old = cls(owner, token)
                told = old.read()
                if told is None or not told.is_busy or told.is_overdue:
                    old.forget()
        made = cls(owner, secrets.token_hex(16))
        # First the state, so that another upload of this account at the same moment leaves the file alone.
        made._write(Told(CHECKING, str(upload.name), language, number=1))
        upload.seek(0)
        default_storage.save(made._file, File(upload.file))
        return made

    def read(self) -> Told | None:
        """Return the state, or None if the import has been forgotten or has expired."""
        for _attempt in range(3):
            number = self._newest()
            with suppress(OSError), default_storage.open(self._name(number)) as file:
                told = Told(**json.loads(file.read()))
                is_expired = timezone.now() - datetime.fromisoformat(told.at) > KEPT_FOR
                return None if is_expired else told
            if not number:
                return None
        return None

    def change(self, told: Told, **values: Any) -> bool:
        """Change the state after `told` to these values. Return False if another process has changed it meanwhile."""
        return self._write(replace(told, **values, number=told.number + 1))

    def open(self) -> IO[bytes]:
        """Return the archive. Raise `OSError` if it has been removed."""
        return default_storage.open(self._file)

    def remove_file(self) -> None:
        default_storage.delete(self._file)

    def forget(self) -> None:
        """Remove the archive and the state."""
        self.remove_file()
        for number in self._numbers():
            default_storage.delete(self._name(number))

    def _write(self, told: Told) -> bool:
        content = json.dumps(asdict(told) | {"at": timezone.now().isoformat()})
        name = self._name(told.number)
        stored = default_storage.save(name, ContentFile(content.encode()))
        # The storage never overwrites a file: if another process has been faster, this one gets another name.
        if stored != name or self._newest() != told.number:
            default_storage.delete(stored)
            return False
        for number in self._numbers():
            if number < told.number - 1:  # A reader may have found the one before.
                default_storage.delete(self._name(number))
        return True

    def _name(self, number: int) -> str:
        return f"{self._base}.{number:06d}.json"

    def _numbers(self) -> Iterator[int]:
        for name in _names(_folder(self.owner)):
            if (found := _STATE.fullmatch(name)) and found[1] == self.token:
                yield int(found[2])

    def _newest(self) -> int:
        return max(self._numbers(), default=0)


class Progress:
    """Notes the progress of the import `pending`, whose state is `told`, now and then."""

    def __init__(self, pending: PendingImport, told: Told):
        self.pending, self.told = pending, told
        self._noted = timezone.now()

    def __call__(self, phase: str, done: int = 0, total: int = 0) -> None:
        is_new = phase != self.told.phase
        if is_new or (timezone.now() - self._noted).total_seconds() >= _BEAT:
            self.change(phase=phase, done=done, total=total)

    def change(self, **values: Any) -> None:
        """Change the state after what has been noted so far."""
        if self.pending.change(self.told, **values):
            self.told = replace(self.told, **values, number=self.told.number + 1)
        self._noted = timezone.now()


def remove_expired() -> None:
    """Remove the uploads and states of all accounts that are older than a day. Each upload does this."""
    try:
        folders = default_storage.listdir(FOLDER)[0]
    except FileNotFoundError:
        return
    before = timezone.now() - KEPT_FOR
    for folder in folders:
        if folder.startswith(_PREFIX):
            for name in _names(f"{FOLDER}/{folder}"):
                stored = f"{FOLDER}/{folder}/{name}"
                with suppress(FileNotFoundError):
                    if default_storage.get_modified_time(stored) < before:
                        default_storage.delete(stored)


_PREFIX = "archive-"


def _folder(owner: int) -> str:
    return f"{FOLDER}/{_PREFIX}{owner}"


def _names(folder: str) -> list[str]:
    try:
        return default_storage.listdir(folder)[1]
    except FileNotFoundError:
        return []
