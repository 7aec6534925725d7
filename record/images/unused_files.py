"""Delete the files of images when no row refers to them any more."""

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
#: The functions registered with `hold`. Each returns whether an image must be kept although no row refers to it.
_holders: list[Callable[[str], bool]] = []
_stored_inside: ContextVar[list["Picture"] | None] = ContextVar("stored_inside", default=None)


@dataclass(frozen=True)
class Picture:
    """The stored files of one image: the image itself (`width` px wide), its renditions and its original."""

    field: "ImageField"
    name: str
    width: int | None
    original: str

    def is_wanted(self) -> bool:
        """Return whether a row refers to the image, or a function added by `hold` keeps it."""
        rows = self.field.model._base_manager.filter(**{self.field.name: self.name})
        return rows.exists() or any(holds(self.name) for holds in _holders)

    def remove(self) -> None:
        """Delete all files of the image."""
        renditions.remove(self.field.storage, self.name, self.width)
        self.field.storage.delete(self.name)
        if self.original:
            self.field.storage.delete(self.original)


def hold(holds: Callable[[str], bool]) -> None:
    """
    Register the function `holds`. It is called before an image or an original is deleted, with the name of the file,
    and returns whether to keep the file. Needed by code that can restore old rows, such as the undo of a merge.
    """
    _holders.append(holds)


def image_fields(model: type[models.Model] | None = None) -> list["ImageField"]:
    """
    Return the image fields of `model`, or of all models. History models have none, because they store names as text.
    """
    models_asked = [model] if model else apps.get_models()
    return [field for asked in models_asked for field in asked._meta.fields if isinstance(field, models.ImageField)]  # type: ignore[misc]


def columns_of(field: "ImageField") -> list[str]:
    """
    Return the names of all columns of the image field `field`: first its own name, then those of the columns that
    describe the image and change together with it.
    """
    names = {other.name for other in field.model._meta.fields}
    return [field.name, *sorted(name for name in names if name.startswith(f"{field.name}_"))]


def pictures_of(rows: Iterable[models.Model]) -> list[Picture]:
    """Return the images of the model instances `rows`, as they are in memory; unsaved changes count."""
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
    After the commit, delete the files of those `pictures` that no row refers to any more. After a rollback, delete
    nothing, because the rows still refer to them.
    """
    going = list(pictures)

    def remove() -> None:
        for picture in going:
            if not picture.is_wanted():
                picture.remove()

    if going:
        transaction.on_commit(remove, robust=True)


def note(picture: Picture) -> None:
    """Record that `picture` has been stored, so that `nothing_left_behind` deletes it if its row is not saved."""
    noted = _stored_inside.get()
    if noted is not None:
        noted.append(picture)


@contextmanager
def nothing_left_behind() -> Iterator[None]:
    """
    At the end of this context, delete the images that were stored within it and that no row refers to, because the row
    was not saved or the transaction failed. Enter the context before the transaction starts.
    """
    noted: list[Picture] = []
    outer = _stored_inside.set(noted)
    try:
        yield
    finally:
        _stored_inside.reset(outer)
        for picture in noted:
            # If the database can't be reached, keep the file; `manage.py stray_images` finds it later.
            with suppress(DatabaseError):
                if not picture.is_wanted():
                    picture.remove()


def strays(before: datetime) -> Iterator[tuple[Storage, str]]:
    """
    Yield the images, renditions and originals that nothing refers to, as pairs (storage, name). Skip files that were
    changed at `before` or later, because their rows may not be saved yet.
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
    except FileNotFoundError:  # nothing has been uploaded to this folder yet
        return []
