"""Store the images of an archive. Each is checked, and cleaned as a single upload is unless it is clean already."""

import io
import secrets
from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from PIL import Image

from record.background import start
from record.images import clean_image, unused_files
from record.images.already_clean import size_if_clean
from record.images.sanitizing import MAX_BYTES
from record.images.tasks import make_renditions

from .columns import Column
from .comparison import Comparison
from .errors import ArchiveRefusedError
from .reading import Archive


@dataclass(frozen=True)
class Stored:
    """The values of the columns of an image: its name in the storage, its width and its height in pixels."""

    name: str = ""
    width: int | None = None
    height: int | None = None

    def columns(self, column: Column) -> dict[str, Any]:
        field = column.field
        return {
            field.name: self.name,
            field.width_field: self.width,
            field.height_field: self.height,
            field.original_field: "",
        }


class Images:
    """
    The images of `archive`. Their files are stored before the rows are committed. `unused_files.nothing_left_behind`
    deletes them if that fails, and `manage.py stray_images` finds them if the process was killed. With `is_trial`, they
    are checked but not stored.
    """

    def __init__(self, archive: Archive, *, is_trial: bool):
        self.archive, self.is_trial = archive, is_trial
        self._stored: list[str] = []
        #: For each field and each image, what has been stored for its rows ahead of them.
        self._prepared: dict[tuple[str, str], list[Stored]] = defaultdict(list)

    def prepare(self, found: Comparison) -> None:
        """
        Store the images of the rows that are new or changed. Do this before the transaction: decoding images takes
        long, and on SQLite a transaction keeps everybody else from saving.
        """
        for of in found.kinds.values():
            for column in filter(attrgetter("is_image"), of.kind.columns):
                names = [row[of.kind.place[column.name]] for row in of.new]
                names += [change.values(column)[1] for change in of.changed if column in change.fields]
                for name in filter(None, names):
                    self._prepared[str(column.field), name].append(self._stored_now(column, name))

    def stored(self, column: Column, name: str) -> Stored:
        """Store the image `name` for one row, under a new random name. A blank name gives blank columns."""
        if not name:
            return Stored()
        prepared = self._prepared[str(column.field), name]
        return prepared.pop() if prepared else self._stored_now(column, name)

    def _stored_now(self, column: Column, name: str) -> Stored:
        content, extension, (width, height) = self._cleaned(name)
        field = column.field
        stored = field.upload_to(None, f"{secrets.token_hex(16)}.{extension}")
        if not self.is_trial:
            stored = field.storage.save(stored, ContentFile(content))
            unused_files.note(unused_files.Picture(field, stored, None, ""))
            self._stored.append(stored)
        return Stored(stored, width, height)

    def make_renditions(self) -> None:
        """Make the smaller copies of the stored images after the commit."""
        for name in self._stored:
            transaction.on_commit(partial(start, make_renditions, image=name), robust=True)

    def _cleaned(self, name: str) -> tuple[bytes, str, tuple[int, int]]:
        content = self.archive.image(name, MAX_BYTES)
        if size := size_if_clean(content):
            return content, "png" if content.startswith(b"\x89PNG") else "jpg", size
        try:
            cleaned = clean_image(SimpleUploadedFile(name, content))
        except ValidationError as error:
            raise ArchiveRefusedError(f"{name}: {' '.join(error.messages)}") from error
        content = cleaned.read()
        with Image.open(io.BytesIO(content)) as image:
            return content, str(cleaned.name).rpartition(".")[2], image.size
