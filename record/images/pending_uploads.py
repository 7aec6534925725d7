"""
Uploads of forms that are shown again because of an error. A browser does not let a page fill in a file input, so the
portal keeps the file for a day, and the form contains a signed token for it. Kept files are not public.
"""

import base64
import io
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core import signing
from django.core.files import File
from django.core.files.storage import Storage
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils import timezone
from PIL import Image

from record.media import StorageAwayError, files_in

from .sanitizing import CleanedImage

FOLDER = "kept"
KEPT_FOR = timedelta(days=1)
#: The maximum number of uploads that are kept for an account. Another upload replaces the oldest one.
MOST_PER_ACCOUNT = 6
_SALT = "record.images.pending_uploads"
_PREVIEW = (640, 640)


class KeptUpload(SimpleUploadedFile):
    """
    An upload that is kept while its form is shown again because of an error. `kept_as` is its name in the storage.
    """

    def __init__(self, name: str, content: bytes, kept_as: str):
        super().__init__(name, content)
        self.kept_as = kept_as


@dataclass(frozen=True)
class Waiting:
    """What a form shows for a kept upload: its token, its file name, and a preview as a data URL, or ""."""

    token: str
    name: str
    preview: str


def keep(storage: Storage, owner: str, image: CleanedImage) -> Waiting:
    """
    Keep the upload that `image` was made from, and return what the form shows for it. Only the account with the key
    `owner` can get the upload back.
    """
    upload = image.upload
    if isinstance(upload, KeptUpload):
        name = upload.kept_as
    else:
        for old in _oldest_first(storage, owner)[: -(MOST_PER_ACCOUNT - 1)]:
            storage.delete(old)
        upload.seek(0)
        name = storage.save(f"{FOLDER}/{owner}/{secrets.token_hex(16)}", File(upload.file))
    return Waiting(signing.dumps([name, upload.name], salt=_SALT), str(upload.name), _preview(image))


def take(storage: Storage, owner: str, token: str) -> KeptUpload | None:
    """
    Return the kept upload for `token`. Return None if `token` is invalid, expired or for another account than `owner`,
    or if the file has been deleted. Raise `StorageAwayError` if the storage can't be reached.
    """
    try:
        kept_as, name = signing.loads(token, salt=_SALT, max_age=KEPT_FOR)
        if not kept_as.startswith(f"{FOLDER}/{owner}/"):
            return None
        with storage.open(kept_as) as file:
            return KeptUpload(name, file.read(), kept_as)
    except StorageAwayError:
        raise
    except (signing.BadSignature, OSError):
        return None


def unread(token: str, told: str) -> SimpleUploadedFile | None:
    """
    Return a file in place of the kept upload for `token`, which can't be read at the moment because of `told`. The form
    shows this message, and keeps the upload. Return None if `token` is invalid.
    """
    try:
        _kept_as, name = signing.loads(token, salt=_SALT, max_age=KEPT_FOR)
    except signing.BadSignature:
        return None
    upload: Any = SimpleUploadedFile(name, b"")
    upload.refused, upload.waiting = told, Waiting(token, name, "")
    return upload


def forget(storage: Storage, upload: UploadedFile) -> None:
    """If `upload` is a kept upload, delete its file. Call this after the row with the image has been saved."""
    if isinstance(upload, KeptUpload):
        storage.delete(upload.kept_as)


def expired(storage: Storage) -> list[str]:
    """Return the storage names of the kept uploads that are older than a day."""
    try:
        owners = storage.listdir(FOLDER)[0]
    except FileNotFoundError:
        return []
    before = timezone.now() - KEPT_FOR
    files = (file for owner in owners for file in files_in(storage, f"{FOLDER}/{owner}"))
    return [file.name for file in files if file.modified < before]


def _oldest_first(storage: Storage, owner: str) -> list[str]:
    files = sorted(files_in(storage, f"{FOLDER}/{owner}"), key=lambda file: file.modified)
    return [file.name for file in files]


def _preview(image: CleanedImage) -> str:
    """Return a small copy of `image` as a data URL, because a kept upload has no URL of its own."""
    image.seek(0)
    with Image.open(image) as picture:
        picture.thumbnail(_PREVIEW)
        content = io.BytesIO()
        picture.save(content, "WEBP", quality=70)
    return f"data:image/webp;base64,{base64.b64encode(content.getvalue()).decode()}"
