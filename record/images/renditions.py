"""
Smaller renditions of a stored image, as AVIF and WebP, beside it in the same storage.

Their names are the image's own with a width and a format behind it ("3f…a1.jpg.480.avif"), so that whoever knows the
name and the width of an image knows its renditions without asking the database or the storage, and whoever knows
neither can guess none of them.
"""

import io
import re
import warnings
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from PIL import Image, UnidentifiedImageError

from .cleaning import BROKEN, bare

WIDTHS = (480, 960, 1600)
FORMATS = ("avif", "webp")
_NAME = re.compile(r"(?P<image>.+\.(?:jpg|jpeg|png|webp))\.\d{1,4}\.(?:avif|webp)", re.IGNORECASE)


class UnreadableImageError(Exception):
    """What is stored under an image's name is missing, or is no picture."""


def widths_for(width: int) -> list[int]:
    """The widths in px that an image of `width` px has renditions in, from small to large; none is larger than it."""
    return sorted({min(fixed, width) for fixed in WIDTHS})


def name_of(image: str, width: int, extension: str) -> str:
    """The name of the rendition of the image stored as `image`; `extension` is one of `FORMATS`."""
    return f"{image}.{width}.{extension}"


def image_of(name: str) -> str:
    """The name of the image that `name` is a rendition of, or `name` itself where it is none."""
    found = _NAME.fullmatch(name)
    return found["image"] if found else name


def _options(extension: str, width: int) -> dict[str, Any]:
    # The quick settings of each encoder: a quarter of the time of its defaults for a few per cent more bytes, the
    # quickest one only where it costs one per cent (docs/dependencies.md).
    if extension == "avif":
        return {"quality": 50, "speed": 8 if width <= 960 else 9}
    return {"quality": 75, "method": 2}


def make(storage: Storage, stored: str) -> int:
    """
    Make the renditions of the image stored as `stored` that are not there yet, and return their number.
    `UnreadableImageError` where the image is missing or is no picture.
    """
    try:
        with storage.open(stored) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of broken metadata, which no rendition gets
            with Image.open(file) as image:
                picture = bare(image, str(image.format))
    except (UnidentifiedImageError, Image.DecompressionBombError, *BROKEN) as error:
        raise UnreadableImageError(stored) from error
    made = 0
    # From large to small, each from the one before: the image is scaled once, not three times.
    for width in reversed(widths_for(picture.width)):
        height = max(1, round(picture.height * width / picture.width))
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)
        for extension in FORMATS:
            name = name_of(stored, width, extension)
            if not storage.exists(name):
                content = io.BytesIO()
                picture.save(content, extension, **_options(extension, width))
                storage.save(name, ContentFile(content.getvalue()))
                made += 1
    return made


def remove(storage: Storage, stored: str, width: int | None) -> None:
    """Remove the renditions of the image stored as `stored`, which is `width` px wide."""
    for rendition_width in widths_for(width) if width else []:
        for extension in FORMATS:
            storage.delete(name_of(stored, rendition_width, extension))
