"""
Pictures of an import that waits for the decision of an editor. The uploads and their clean copies are kept for a day,
like the uploads of an invalid form (`pending_uploads`). They are not public, and no row refers to them.
"""

import base64
import hashlib
import io
import json
import re
import secrets
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from PIL import Image

from .pending_uploads import FOLDER
from .sanitizing import CleanedImage

#: The most imports of an account that wait. Another one replaces the oldest one.
MOST_WAITING = 3
_THUMBNAIL = (120, 160)
_TOKEN = re.compile(r"[0-9a-f]{32}")
_PART = "part-"


@dataclass(frozen=True)
class BatchFile:
    """
    A file of an import. If it is a picture, `kept_as` is its name in the folder of the import; otherwise `problem` says
    what is wrong with it. `digest` identifies the content of the upload. Sizes are in bytes and px.
    """

    id: str
    name: str
    problem: str = ""
    is_by_system: bool = False
    kept_as: str = ""
    cleaned_as: str = ""
    size: int = 0
    digest: str = ""
    upload_extension: str = ""
    width: int = 0
    height: int = 0
    thumbnail: str = ""


class Batch:
    """The files of one import by the account with the key `owner`. Only this account can get them."""

    def __init__(self, storage: Storage, owner: str, token: str):
        if not _TOKEN.fullmatch(token):
            raise ValueError(token)
        self._storage, self.token = storage, token
        self._folder = f"{FOLDER}/{owner}-{token}"

    @classmethod
    def start(cls, storage: Storage, owner: str) -> "Batch":
        """Return a new batch. The oldest ones of the account are deleted, so that few of them wait."""
        waiting = []
        for folder in _folders(storage, owner):
            old = cls(storage, owner, folder.rpartition("-")[2])
            waiting.append((max((part for part in old._names() if part.startswith(_PART)), default=""), old))
        for _newest, old in sorted(waiting, key=lambda pair: pair[0])[: -(MOST_WAITING - 1)]:
            old.forget()
        return cls(storage, owner, secrets.token_hex(16))

    def keep(self, name: str, image: CleanedImage) -> BatchFile:
        """Keep an upload and its clean copy. Nothing refers to them until `add` is called."""
        upload, new_id = image.upload, secrets.token_hex(8)
        digest = hashlib.sha256()
        upload.seek(0)
        for piece in upload.chunks():
            digest.update(piece)
        upload.seek(0)
        kept_as, cleaned_as = f"{new_id}-original", f"{new_id}-{image.name}"
        self._storage.save(f"{self._folder}/{kept_as}", File(upload.file))
        image.seek(0)
        self._storage.save(f"{self._folder}/{cleaned_as}", ContentFile(image.read()))
        (width, height), thumbnail = _thumbnail(image)
        return BatchFile(
            id=new_id,
            name=name,
            kept_as=kept_as,
            cleaned_as=cleaned_as,
            size=upload.size or 0,
            digest=digest.hexdigest(),
            upload_extension=image.upload_extension,
            width=width,
            height=height,
            thumbnail=thumbnail,
        )

    def add(self, about: dict[str, Any], files: Iterable[BatchFile]) -> None:
        """Add `files` to the batch. `about` says what the import is for."""
        content = json.dumps({"about": about, "files": [asdict(file) for file in files]})
        name = f"{self._folder}/{_PART}{time.time_ns():020d}-{secrets.token_hex(4)}"
        self._storage.save(name, ContentFile(content.encode()))

    def read(self) -> tuple[dict[str, Any], list[BatchFile]]:
        """Return what the import is for, and its files, sorted by name. Both are empty if the batch is gone."""
        about: dict[str, Any] = {}
        files: list[BatchFile] = []
        for part in sorted(name for name in self._names() if name.startswith(_PART)):
            with self._storage.open(f"{self._folder}/{part}") as file:
                told = json.loads(file.read())
            about = about or told["about"]
            files += [BatchFile(**each) for each in told["files"]]
        return about, sorted(files, key=lambda file: (file.name.casefold(), file.id))

    def cleaned(self, file: BatchFile) -> CleanedImage:
        """Return the clean copy of a picture with its upload, as `clean_image` does. Raise `OSError` if it is gone."""
        return CleanedImage(
            file.cleaned_as.partition("-")[2],
            self._content(file.cleaned_as),
            "",
            SimpleUploadedFile(file.name, self._content(file.kept_as)),
            file.upload_extension,
        )

    def is_content_of(self, file: BatchFile, stored: str, original: str) -> bool:
        """Return whether the picture is already stored as `stored`, whose upload is stored as `original` or is ""."""
        try:
            if original:
                return self._storage.size(original) == file.size and self._digest(original) == file.digest
            cleaned = f"{self._folder}/{file.cleaned_as}"
            same_size = self._storage.size(stored) == self._storage.size(cleaned)
            return same_size and self._digest(stored) == self._digest(cleaned)
        except OSError:
            return False

    def forget(self) -> None:
        """Delete the files of the batch. Call this after the rows have been saved."""
        # First the parts, so that a batch is gone or whole.
        for name in sorted(self._names(), key=lambda name: not name.startswith(_PART)):
            self._storage.delete(f"{self._folder}/{name}")
        self._storage.delete(self._folder)

    def _names(self) -> list[str]:
        try:
            return self._storage.listdir(self._folder)[1]
        except FileNotFoundError:
            return []

    def _content(self, name: str) -> bytes:
        with self._storage.open(f"{self._folder}/{name}") as file:
            return file.read()

    def _digest(self, name: str) -> str:
        with self._storage.open(name) as file:
            return hashlib.sha256(file.read()).hexdigest()


def _folders(storage: Storage, owner: str) -> list[str]:
    try:
        folders = storage.listdir(FOLDER)[0]
    except FileNotFoundError:
        return []
    return [name for name in folders if name.startswith(f"{owner}-") and _TOKEN.fullmatch(name.rpartition("-")[2])]


def _thumbnail(image: UploadedFile) -> tuple[tuple[int, int], str]:
    """Return the size of a picture in px, and a small copy as a data URL, because a kept file has no URL."""
    image.seek(0)
    with Image.open(image) as picture:
        size = picture.size
        picture.thumbnail(_THUMBNAIL)
        content = io.BytesIO()
        picture.save(content, "WEBP", quality=60)
    return size, f"data:image/webp;base64,{base64.b64encode(content.getvalue()).decode()}"
