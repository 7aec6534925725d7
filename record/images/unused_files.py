"""Delete the files of images when no row refers to them any more."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING

from django.apps import apps
from django.conf import settings
from django.core.files.storage import Storage, default_storage
from django.db import DatabaseError, models, transaction

from record.media import StoredFile, files_in

from . import originals, put_aside, renditions

if TYPE_CHECKING:
    from .fields import ImageField

AT_ONCE = 500
#: How many notes of unused files a request works off (`put_aside`).
A_FEW = 2
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

    def files(self) -> list[str]:
        """Return the names of all files of the image."""
        return [*renditions.names_of(self.name, self.width), self.name, *filter(None, [self.original])]

    def remove(self) -> None:
        """Delete all files of the image."""
        for name in self.files():
            self.field.storage.delete(name)


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
    After the commit, put the files of those `pictures` aside that no row refers to any more: they are deleted later
    (`put_aside`). After a rollback, leave them, because the rows still refer to them.
    """
    going = list(pictures)

    def remove() -> None:
        unwanted = [picture for picture in going if not picture.is_wanted()]
        if settings.MEDIA_GRACE:
            put_aside.note(default_storage, (name for picture in unwanted for name in picture.files()))
            put_aside.remove_due(default_storage, unused, A_FEW)
        else:
            for picture in unwanted:
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
    for storage, file, is_wanted in _examined():
        if not is_wanted and file.modified < before:
            yield storage, file.name


def empty() -> Iterator[str]:
    """Yield the names of images and originals that a row refers to, but that have no content."""
    for _storage, file, is_wanted in _examined():
        if is_wanted and not file.size and renditions.image_of(file.name) == file.name:
            yield file.name


def unused(names: list[str]) -> list[str]:
    """Return those of `names` that are images, renditions or originals that nothing refers to."""
    of_images: set[str] = set()
    wanted: set[str] = set()
    for place in _places():
        inside = [name for name in names if name.rpartition("/")[0] == place.folder]
        of_images.update(inside)
        wanted |= place.wanted(inside)
    return [name for name in names if name in of_images - wanted]


@dataclass(frozen=True)
class _Place:
    """A folder with files of an image field, the column with their names, and the image that each belongs to."""

    field: "ImageField"
    folder: str
    column: str
    image_of: Callable[[str], str]

    def wanted(self, names: Iterable[str]) -> set[str]:
        """Return those of `names` that a row refers to, or that a function added by `hold` keeps."""
        images = {name: self.image_of(name) for name in names}
        if not images:
            return set()
        rows = self.field.model._base_manager.filter(**{f"{self.column}__in": set(images.values())})
        referred_to = set(rows.values_list(self.column, flat=True))
        return {
            name for name, image in images.items() if image in referred_to or any(holds(image) for holds in _holders)
        }


def _places() -> Iterator[_Place]:
    for field in image_fields():
        yield _Place(field, field.folder, field.name, renditions.image_of)
        yield _Place(field, originals.folder_of(field.folder), field.original_field, str)


def _examined() -> Iterator[tuple[Storage, StoredFile, bool]]:
    """Yield all images, renditions and originals in the storage, and whether something refers to each."""
    for place in _places():
        files = iter(files_in(place.field.storage, place.folder))
        while some := list(islice(files, AT_ONCE)):
            wanted = place.wanted(file.name for file in some)
            yield from ((place.field.storage, file, file.name in wanted) for file in some)
