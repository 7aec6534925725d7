"""The fields of a form and of a model that hold a picture."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.db.models.fields.files import ImageFieldFile
from django.urls import get_script_prefix
from django.utils.deconstruct import deconstructible

from . import renditions
from .cleaning import clean_image


class ImageFormField(forms.FileField):
    """A file input that takes a still image and hands on its cleaned copy."""

    widget = forms.ClearableFileInput

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.widget.attrs.setdefault("accept", "image/jpeg,image/png,image/webp")

    def clean(self, data, initial=None):
        value = super().clean(data, initial)
        # An unchanged file comes back as the stored one, a cleared one as False: only an upload is cleaned.
        return clean_image(value) if isinstance(value, UploadedFile) else value


class StoredImage(ImageFieldFile):
    """
    An image in the storage. Storing one, in whichever way it comes, makes its renditions once the row that shows it is
    written, so that no visitor's page ever waits for one; deleting it deletes them.
    """

    field: Any

    def save(self, name: str, content: Any, save: bool = True) -> None:
        super().save(name, content, save)
        storage, stored_name = self.storage, self.stored_name

        def make_renditions() -> None:
            renditions.make(storage, stored_name)

        # Nothing is locked while they are made, and the upload stands even where one can't be: it is shown instead.
        transaction.on_commit(make_renditions, robust=True)

    def delete(self, save: bool = True) -> None:
        if self:
            renditions.remove(self.storage, self.stored_name, self.size_in_px[0])
        super().delete(save)

    def _get_image_dimensions(self) -> tuple[int | None, int | None]:
        # Django asks whenever it reads a row that doesn't know the size. A lost file must not spoil the page for that.
        try:
            return super()._get_image_dimensions()  # type: ignore[misc]
        except OSError:
            return None, None

    @property
    def url(self) -> str:
        address: str = super().url  # which says so where there is no file
        return self._below_prefix(address)

    @staticmethod
    def _below_prefix(address: str) -> str:
        # As every other address of a page: a storage knows only the root.
        return f"{get_script_prefix()}{address[1:]}" if address.startswith("/") else address

    @property
    def stored_name(self) -> str:
        return str(self.name)

    @property
    def size_in_px(self) -> tuple[int | None, int | None]:
        """Width and height as the row has them: `width` and `height` of Django's own would open the file."""
        return getattr(self.instance, self.field.width_field), getattr(self.instance, self.field.height_field)

    def srcset(self, extension: str) -> str:
        """The renditions in one format, as a `srcset` lists them; empty where the row doesn't know the image's size."""
        width = self.size_in_px[0]
        return ", ".join(
            f"{self._below_prefix(self.storage.url(renditions.name_of(self.stored_name, size, extension)))} {size}w"
            for size in (renditions.widths_for(width) if width else [])
        )


class ImageField(models.ImageField):
    """An image that editors upload. What reaches the storage went through `clean_image`."""

    attr_class = StoredImage

    def formfield(self, **kwargs):
        # How long the editor's own name for the file is doesn't matter: it is stored under another.
        return super().formfield(**{"form_class": ImageFormField, "max_length": None, **kwargs})


@deconstructible(path="people.images.UploadTo")
class UploadTo:
    """Stores uploads in `folder`; the unguessable name comes from `clean_image`."""

    def __init__(self, folder: str):
        self.folder = folder

    def __call__(self, instance: models.Model, filename: str) -> str:
        return f"{self.folder}/{filename}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UploadTo) and other.folder == self.folder

    __hash__ = None  # type: ignore[assignment]
