"""Uploaded images: what is accepted, and how each is cleaned before anything is stored."""

import io
import secrets
import warnings

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.db import models
from django.utils.deconstruct import deconstructible
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
MAX_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_SIDE = 2400
_SAVE_OPTIONS = {
    "JPEG": {"quality": 90, "optimize": True, "progressive": True},
    "PNG": {"optimize": True},
    "WEBP": {"quality": 90, "method": 4},
}


def clean_image(upload: UploadedFile) -> UploadedFile:
    """
    A new file with the picture of `upload` and nothing else of it: upright, without metadata, at most 2,400 px on its
    longer side, with a name that cannot be guessed. `ValidationError`, in words an editor can act on, for what is not
    a JPEG, PNG or WebP still, is over 12 MB or over 40 megapixels, or breaks off in the middle.
    """
    if upload.size is not None and upload.size > MAX_BYTES:
        raise ValidationError(
            _("This file has %(size)s MB; the limit is %(limit)s MB. Export a smaller version and try again."),
            code="image_too_many_bytes",
            params={"size": round(upload.size / 1024**2, 1), "limit": MAX_BYTES // 1024**2},
        )
    upload.seek(0)
    try:
        with warnings.catch_warnings():
            # Pillow warns of a decompression bomb above its own limit; ours is checked right below, before decoding.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            image = Image.open(upload, formats=list(FORMATS))
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise ValidationError(
            _("This is not a picture that the portal can read. Upload a JPEG, PNG or WebP file."),
            code="image_not_readable",
        ) from error
    with image:
        if image.width * image.height > MAX_PIXELS:
            raise _too_many_pixels()
        if getattr(image, "n_frames", 1) > 1:
            raise ValidationError(
                _("This picture is animated. Upload a still: one frame of it, as JPEG, PNG or WebP."),
                code="image_animated",
            )
        format_name = str(image.format)
        try:
            picture = _upright(image, format_name)
        except (OSError, SyntaxError, ValueError, MemoryError) as error:
            raise ValidationError(
                _("This picture is damaged: the file breaks off. Export it again and upload the new file."),
                code="image_damaged",
            ) from error
    content = io.BytesIO()
    picture.save(content, format_name, **_SAVE_OPTIONS[format_name])
    name = f"{secrets.token_hex(16)}.{FORMATS[format_name]}"
    return SimpleUploadedFile(name, content.getvalue(), content_type=f"image/{format_name.lower()}")


def _upright(image: Image.Image, format_name: str) -> Image.Image:
    image.load()
    upright = ImageOps.exif_transpose(image)
    if format_name == "JPEG":
        upright = upright.convert("RGB")
    elif upright.mode not in ("RGB", "RGBA"):
        upright = upright.convert("RGBA" if "transparency" in upright.info or "A" in upright.mode else "RGB")
    upright.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    return bare


def _too_many_pixels() -> ValidationError:
    return ValidationError(
        _("This picture has more than %(limit)s megapixels. Scale it down and upload it again."),
        code="image_too_many_pixels",
        params={"limit": MAX_PIXELS // 1_000_000},
    )


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


class ImageField(models.ImageField):
    """An image that editors upload. What reaches the storage went through `clean_image`."""

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": ImageFormField, **kwargs})


@deconstructible
class UploadTo:
    """Stores uploads in `folder`; the unguessable name comes from `clean_image`."""

    def __init__(self, folder: str):
        self.folder = folder

    def __call__(self, instance: models.Model, filename: str) -> str:
        return f"{self.folder}/{filename}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UploadTo) and other.folder == self.folder

    __hash__ = None  # type: ignore[assignment]
