"""
Files of replaced and deleted images. They stay in the storage for some time (`MEDIA_GRACE`), so that a copy of the
database finds the files that its rows name, also if it is copied a while before the files. No view shows them, because
no row refers to them.

Each note is a JSON file with the names of some of these files. Its own name says since when they are put aside.
"""

import json
import re
import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.utils import timezone

from record.media import StoredFile, files_in

FOLDER = "unused"
#: The most files of a note. A request deletes the files of a few notes.
MOST = 50
_NAME = re.compile(rf"{FOLDER}/\d{{11}}-[0-9a-f]{{8}}\.json")


def note(storage: Storage, names: Iterable[str]) -> None:
    """Note that no row refers to the files `names` any more."""
    told = list(names)
    for at in range(0, len(told), MOST):
        name = f"{FOLDER}/{int(timezone.now().timestamp()):011d}-{secrets.token_hex(4)}.json"
        storage.save(name, ContentFile(json.dumps(told[at : at + MOST]).encode()))


def noted(storage: Storage) -> dict[str, datetime]:
    """Return since when each file is put aside: {name: time}."""
    since: dict[str, datetime] = {}
    for found in _notes(storage):
        for name in _read(storage, found.name):
            since.setdefault(name, _time_of(found.name))
    return since


def is_over(since: datetime) -> bool:
    return since + settings.MEDIA_GRACE <= timezone.now()


def remove_due(storage: Storage, unused: Callable[[list[str]], list[str]], most: int | None = None) -> None:
    """
    Delete the files whose time is over, with their notes: all, or those of `most` notes. `unused` returns those of the
    names in a list that no row refers to.
    """
    due = [found.name for found in _notes(storage) if is_over(_time_of(found.name))]
    for name in due[:most]:
        for file in unused(_read(storage, name)):
            storage.delete(file)
        storage.delete(name)


def _notes(storage: Storage) -> list[StoredFile]:
    """Return the notes, oldest first."""
    return [found for found in files_in(storage, FOLDER) if _NAME.fullmatch(found.name)]


def _read(storage: Storage, name: str) -> list[str]:
    try:
        with storage.open(name) as file:
            return [str(told) for told in json.loads(file.read())]
    except (FileNotFoundError, ValueError):  # Another process has just removed it.
        return []


def _time_of(name: str) -> datetime:
    """Return the time in the name of a note."""
    seconds = name.removeprefix(f"{FOLDER}/").partition("-")[0]
    return datetime.fromtimestamp(int(seconds), UTC)
