"""Which files of pictures stay, and which go: a file that no row refers to has no business in the storage."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from django.apps import apps
from django.core.files.storage import Storage
from django.db import DatabaseError, models, transaction

from . import originals, renditions

if TYPE_CHECKING:
    from .fields import ImageField

AT_ONCE = 500
#: Asked besides the rows whether something else may still want a file back.
_holders: list[Callable[[str], bool]] = []
_stored_inside: ContextVar[list["Picture"] | None] = ContextVar("stored_inside", default=None)


@dataclass(frozen=True)
class Picture:
    """What the storage holds for one image: the image on the pages, `width` px wide, its renditions, its original."""

    field: "ImageField"
    name: str
    width: int | None
    original: str

    def is_wanted(self) -> bool:
        """Whether a row refers to the image, or something else holds on to it."""
        rows = self.field.model._base_manager.filter(**{self.field.name: self.name})
        return rows.exists() or any(holds(self.name) for holds in _holders)

    def remove(self) -> None:
        """Take all its files out of the storage."""
        renditions.remove(self.field.storage, self.name, self.width)
        self.field.storage.delete(self.name)
        if self.original:
            self.field.storage.delete(self.original)


def hold(holds: Callable[[str], bool]) -> None:
    """
    Have `holds` asked, too, before a file goes: with the name of an image or of an original, whether it must stay. For
    what keeps rows of the past in order to put them back.
    """
    _holders.append(holds)


def image_fields(model: type[models.Model] | None = None) -> list["ImageField"]:
    """Every field that holds an image, of `model` or of all. The tables of the history have names only, as text."""
    models_asked = [model] if model else apps.get_models()
    return [field for asked in models_asked for field in asked._meta.fields if isinstance(field, models.ImageField)]  # type: ignore[misc]


def columns_of(field: "ImageField") -> list[str]:
    """The columns that belong to an image and mean nothing without it, its own first; they change together."""
    names = {other.name for other in field.model._meta.fields}
    return [field.name, *sorted(name for name in names if name.startswith(f"{field.name}_"))]


def pictures_of(rows: Iterable[models.Model]) -> list[Picture]:
    """The pictures of `rows` of one model, as these have them in memory."""
    return [
        Picture(
            field, str(getattr(row, field.name)), getattr(row, field.width_field), getattr(row, field.original_field)
        )
        for row in rows
        for field in image_fields(type(row))
        if getattr(row, field.name)
    ]


def release(pictures: Iterable[Picture]) -> None:
    """
    Once the transaction is through, remove those of `pictures` that nothing refers to any more. Where it is rolled
    back, they all stay: the rows that showed them are still there.
    """
    going = list(pictures)

    def remove() -> None:
        for picture in going:
            if not picture.is_wanted():
                picture.remove()

    if going:
        transaction.on_commit(remove, robust=True)


def note(picture: Picture) -> None:
    """Say that `picture` was stored just now, and its row is yet to be written."""
    noted = _stored_inside.get()
    if noted is not None:
        noted.append(picture)


@contextmanager
def nothing_left_behind() -> Iterator[None]:
    """
    Around a transaction: what is stored inside, and no row refers to at the end, goes again, since the row was not
    written or the transaction failed.
    """
    noted: list[Picture] = []
    outer = _stored_inside.set(noted)
    try:
        yield
    finally:
        _stored_inside.reset(outer)
        for picture in noted:
            # A database that answers no more leaves the file to `manage.py stray_images`.
            with suppress(DatabaseError):
                if not picture.is_wanted():
                    picture.remove()


def strays(before: datetime) -> Iterator[tuple[Storage, str]]:
    """
    The files among images and originals that nothing refers to, changed last before the moment `before`: a younger one
    may be about to get its row.
    """
    for field in image_fields():
        for folder, column, image_of in (
            (field.folder, field.name, renditions.image_of),
            (originals.folder_of(field.folder), field.original_field, str),
        ):
            files = iter(_files_in(field.storage, folder))
            while names := list(islice(files, AT_ONCE)):
                images = {name: image_of(name) for name in names}
                rows = field.model._base_manager.filter(**{f"{column}__in": set(images.values())})
                wanted = set(rows.values_list(column, flat=True))
                for name, image in images.items():
                    if image in wanted or any(holds(image) for holds in _holders):
                        continue
                    if field.storage.get_modified_time(name) < before:
                        yield field.storage, name


def _files_in(storage: Storage, folder: str) -> list[str]:
    try:
        return [f"{folder}/{name}" for name in sorted(storage.listdir(folder)[1])]
    except FileNotFoundError:  # nothing was uploaded yet
        return []
