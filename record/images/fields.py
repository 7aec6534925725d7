"""The model field for an image, with the columns that it adds (focal point, licence and so on), and its form field."""

from typing import TYPE_CHECKING, Any, Self, overload

from django import forms
from django.core.files.images import get_image_dimensions
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models.fields.files import ImageFieldFile
from django.urls import get_script_prefix
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext_lazy as _

from record.after_response import start_soon

from . import originals, renditions, unused_files
from .licences import Licence
from .sanitizing import EMPTY, CleanedImage, clean_once
from .tasks import make_renditions

MIDDLE = 50


class ImageFormField(forms.FileField):
    """A form field for a still image. If a file was uploaded, the cleaned value is its clean copy (`CleanedImage`)."""

    widget = forms.ClearableFileInput
    default_error_messages = {
        "empty": EMPTY,
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.widget.attrs.setdefault("accept", "image/jpeg,image/png,image/webp")

    def clean(self, data, initial=None):
        if refused := getattr(data, "refused", ""):  # It could not be stored (`record.admin.image_columns`).
            raise forms.ValidationError(refused, code="image_not_stored")
        value = super().clean(data, initial)
        # Clean only an upload. If the file was not changed, `value` is the stored image; if it was cleared, `value` is
        # False.
        return clean_once(value) if isinstance(value, UploadedFile) else value

    def bound_data(self, data, initial):
        # If the form is shown again because of an error, show the stored image.
        return initial


class FocusFormField(forms.IntegerField):
    """A form field for one coordinate of a focal point, in per cent. Blank means the middle."""

    def clean(self, value: Any) -> int:
        number = super().clean(value)
        return MIDDLE if number is None else number


def below_prefix(url: str) -> str:
    """
    Add the script prefix to the path `url` of a stored file: `reverse` adds it to URLs, but the storage does not. A
    preview has a script prefix of its own.
    """
    return f"{get_script_prefix()}{url[1:]}" if url.startswith("/") else url


class StoredImage(ImageFieldFile):
    """
    The value of an `ImageField`: the stored file, with access to the other columns of the image. Saving it also stores
    the original upload, which is not public, and makes the renditions. Deleting it also deletes the original and the
    renditions.
    """

    field: "ImageField"

    def save(self, name: str, content: Any, save: bool = True) -> None:
        picture = content.stored if isinstance(content, CleanedImage) else None
        if picture is not None and picture.field == self.field:
            content.stored = None
            self._take_over(picture, content)
        else:
            picture = self._store(name, content)
        setattr(self.instance, self.field.original_field, picture.original)
        # Making the renditions takes time, and the transaction holds locks. So make them after the commit. Until then,
        # pages show the image itself.
        transaction.on_commit(lambda: start_soon(make_renditions, image=picture.name), robust=True)
        if save:
            self.instance.save()

    def _store(self, name: str, content: Any) -> unused_files.Picture:
        original = ""
        if isinstance(content, CleanedImage):
            original = originals.keep(self.storage, self.field.folder, content.upload, content.upload_extension)
        super().save(name, content, save=False)
        picture = unused_files.Picture(self.field, self.stored_name, None, original)
        unused_files.note(picture)
        return picture

    def _take_over(self, picture: unused_files.Picture, content: CleanedImage) -> None:
        """Refer to the stored files of `picture`, whose image is `content`. The storage is not asked for anything."""
        self.name, self._committed = picture.name, True
        stored: Any = StoredImage(self.instance, self.field, picture.name)
        content.seek(0)
        stored._dimensions_cache = self._dimensions_cache = get_image_dimensions(content)
        setattr(self.instance, self.field.attname, stored)

    def delete(self, save: bool = True) -> None:
        if self:
            renditions.remove(self.storage, self.stored_name, self.size_in_px[0])
            if self.original:
                self.storage.delete(self.original)
                setattr(self.instance, self.field.original_field, "")
        super().delete(save)

    def _get_image_dimensions(self) -> tuple[int | None, int | None]:
        # Django calls this when it loads a row without the width and height of the image. A missing file must not break
        # the page.
        try:
            return super()._get_image_dimensions()  # type: ignore[misc]
        except OSError:
            return None, None

    @property
    def url(self) -> str:
        url: str = super().url  # raises ValueError if there is no file
        return below_prefix(url)

    @property
    def stored_name(self) -> str:
        return str(self.name)

    @property
    def original(self) -> str:
        """The storage name of the uploaded original; empty if there is none."""
        return getattr(self.instance, self.field.original_field)

    @property
    def size_in_px(self) -> tuple[int | None, int | None]:
        """The width and height of the image, from the row. Django's own `width` and `height` would open the file."""
        return getattr(self.instance, self.field.width_field), getattr(self.instance, self.field.height_field)

    @property
    def focus(self) -> tuple[int, int]:
        """The focal point, which cropping never cuts off: (x, y) in per cent of width and height, from the top left."""
        return self._beside("focus_x"), self._beside("focus_y")

    @property
    def alt(self) -> str:
        return self._beside("alt")

    @property
    def credit(self) -> str:
        return self._beside("credit")

    @property
    def licence(self) -> Licence | None:
        """The licence of the image, or None if it is not known."""
        value = self._beside("licence")
        return Licence(value) if value in Licence.values else None

    def _beside(self, what: str) -> Any:
        return getattr(self.instance, f"{self.field.name}_{what}")

    def srcset(self, extension: str) -> str:
        """
        Return the renditions with the file extension `extension` as a `srcset` value, or "" if the row does not have
        the size of the image.
        """
        width = self.size_in_px[0]
        return ", ".join(
            f"{below_prefix(self.storage.url(renditions.name_of(self.stored_name, size, extension)))} {size}w"
            for size in (renditions.widths_for(width) if width else [])
        )


def _columns() -> dict[str, models.Field]:
    """Return the fields that an `ImageField` adds to its model: {suffix of the field's name: field}."""
    return {
        "width": models.PositiveIntegerField(null=True, blank=True, editable=False),
        "height": models.PositiveIntegerField(null=True, blank=True, editable=False),
        "original": originals.OriginalField(_("uploaded file of the image")),
        "focus_x": FocusField(_("focal point of the image, from the left")),
        "focus_y": FocusField(_("focal point of the image, from the top")),
        "alt": models.CharField(_("alternative text of the image"), max_length=300, blank=True),
        "credit": models.CharField(_("credit of the image"), max_length=200, blank=True),
        "licence": LicenceField(_("licence of the image")),
    }


class ImageField(models.ImageField):
    """
    An image that editors upload, cleaned by `clean_image`. It adds columns to the model: `poster` adds `poster_width`,
    `poster_height`, `poster_original`, `poster_focus_x`, `poster_focus_y`, `poster_alt`, `poster_credit` and
    `poster_licence`. Code can read them through the image, such as `submission.poster.alt`.

    A field with a `width_field` adds no columns. This is the case in migrations, which declare every column themselves.
    """

    attr_class = StoredImage
    upload_to: "UploadTo"
    width_field: str
    height_field: str

    def __init__(self, verbose_name: Any = None, **kwargs: Any):
        kwargs.setdefault("blank", True)
        super().__init__(verbose_name, **kwargs)
        # Create the fields here, because Django sorts the columns of a model by the time at which their fields were
        # created.
        self._columns = _columns()

    def contribute_to_class(self, cls: type[models.Model], name: str, *args: Any, **kwargs: Any) -> None:
        columns = {} if self.width_field else self._columns
        self.width_field, self.height_field = f"{name}_width", f"{name}_height"
        super().contribute_to_class(cls, name, *args, **kwargs)
        for ending, column in columns.items():
            cls.add_to_class(f"{name}_{ending}", column)

    def update_dimension_fields(self, instance: models.Model, force: bool = False, *args: Any, **kwargs: Any) -> None:
        # Django would make a file object for each row that it reads, also if the row has no image.
        if force or instance.__dict__.get(self.attname):
            super().update_dimension_fields(instance, force, *args, **kwargs)

    @property
    def folder(self) -> str:
        return self.upload_to.folder

    def store(self, image: CleanedImage) -> unused_files.Picture:
        """
        Store the files of an image before the transaction that saves its row, so that the transaction stays short. Pass
        the result to `show`. Within `nothing_left_behind`, the files are deleted if no row is saved.
        """
        original = originals.keep(self.storage, self.folder, image.upload, image.upload_extension)
        name = self.storage.save(self.upload_to(self.model(), str(image.name)), image)
        picture = unused_files.Picture(self, name, None, original)
        unused_files.note(picture)
        return picture

    def show(self, row: models.Model, picture: unused_files.Picture, size: tuple[int, int]) -> None:
        """
        Make `picture` the image of `row`, and the middle its focal point. `size` is its width and height in px. The
        caller saves the row, and makes the renditions after the commit.
        """
        image: Any = StoredImage(row, self, picture.name)
        image._dimensions_cache = size  # otherwise Django would open the file
        setattr(row, self.name, image)
        values = {self.width_field: size[0], self.height_field: size[1], self.original_field: picture.original}
        for name, value in {**values, f"{self.name}_focus_x": MIDDLE, f"{self.name}_focus_y": MIDDLE}.items():
            setattr(row, name, value)

    @property
    def original_field(self) -> str:
        """The name of the model field that contains the storage name of the original upload."""
        return f"{self.name}_original"

    if TYPE_CHECKING:
        # Django's type stubs don't know that the value of the field is an instance of `attr_class`.
        @overload  # type: ignore[override]
        def __get__(self, instance: models.Model, owner: Any) -> StoredImage: ...
        @overload
        def __get__(self, instance: Any, owner: Any) -> Self: ...
        def __get__(self, instance: Any, owner: Any) -> Any: ...

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        file = super().pre_save(model_instance, add)
        if not file:
            blank_values = {self.original_field: "", self.width_field: None, self.height_field: None}
            for column, blank_value in blank_values.items():
                setattr(model_instance, column, blank_value)
        return file

    def formfield(self, **kwargs):
        # No limit on the length of the uploaded file's name, because it is stored under another name.
        return super().formfield(**{"form_class": ImageFormField, "max_length": None, **kwargs})


class FocusField(models.PositiveSmallIntegerField):
    """One coordinate of an image's focal point, in per cent from the left or from the top."""

    def __init__(self, *args, **kwargs):
        kwargs.update(default=MIDDLE, validators=[MaxValueValidator(100)])
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("default", "validators"):
            kwargs.pop(fixed, None)
        return name, path, args, kwargs

    def formfield(self, **kwargs):
        texts = {
            "x": (_("Focal point, from the left"), _("In per cent: 0 is the left edge, 100 the right one.")),
            "y": (_("Focal point, from the top"), _("In per cent: 0 is the top, 100 the bottom.")),
        }
        label, help_text = texts[self.name[-1]]
        own = {"form_class": FocusFormField, "required": False, "label": label, "help_text": help_text}
        return super().formfield(**{**own, "min_value": 0, "max_value": 100, **kwargs})


class LicenceField(models.CharField):
    """A model field for the licence of an image. It is blank if the licence is not known."""

    def __init__(self, *args, **kwargs):
        kwargs.update(max_length=16, choices=Licence.choices, blank=True, default="")
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        for fixed in ("max_length", "choices", "blank", "default"):
            kwargs.pop(fixed, None)
        return name, path, args, kwargs


def focus_rule(image: str, *, name: str) -> models.CheckConstraint:
    """
    Return a check constraint called `name`: the focal point of the image field `image` is between 0 and 100 per cent.
    """
    return models.CheckConstraint(
        condition=models.Q(**{f"{image}_focus_{side}__range": (0, 100) for side in "xy"}),
        name=name,
        violation_error_code=f"{image}_focus_x",
        violation_error_message=_("The focal point must be inside the picture: from 0 to 100 per cent on both axes."),
    )


@deconstructible(path="record.images.UploadTo")
class UploadTo:
    """
    An `upload_to` that stores uploads in `folder`. It keeps the file name, which `clean_image` has chosen at random.
    """

    def __init__(self, folder: str):
        self.folder = folder

    def __call__(self, instance: models.Model, filename: str) -> str:
        return f"{self.folder}/{filename}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UploadTo) and other.folder == self.folder

    __hash__ = None  # type: ignore[assignment]
