"""
Smaller copies ("renditions") of a stored image, as AVIF and WebP, in the same storage.

The name of a rendition is the name of the image plus a width and a format ("3f…a1.jpg.480.avif"). So the URLs of the
renditions can be made from the name and the width of the image, without a query, and nobody can guess them without
knowing the name.
"""

import io
import re
import warnings
from typing import Any

from django.core.files.storage import Storage
from PIL import Image, UnidentifiedImageError

from record.media import StorageAwayError, overwrite

from .sanitizing import BROKEN, bare

WIDTHS = (480, 960, 1600)
FORMATS = ("avif", "webp")
_NAME = re.compile(r"(?P<image>.+\.(?:jpg|jpeg|png|webp))\.\d{1,4}\.(?:avif|webp)", re.IGNORECASE)


class UnreadableImageError(Exception):
    """The stored file of an image is missing or is not an image."""


def widths_for(width: int) -> list[int]:
    """Return the widths in px of the renditions of an image of `width` px, ascending; none is larger than the image."""
    return sorted({min(fixed, width) for fixed in WIDTHS})


def name_of(image: str, width: int, extension: str) -> str:
    """Return the name of a rendition of the image stored as `image`; `extension` is one of `FORMATS`."""
    return f"{image}.{width}.{extension}"


def image_of(name: str) -> str:
    """
    Return the name of the image that the rendition `name` was made from, or `name` itself if it is not a rendition.
    """
    found = _NAME.fullmatch(name)
    return found["image"] if found else name


def _options(extension: str, width: int) -> dict[str, Any]:
    # Fast encoder settings: they take a quarter of the default's time, and the files are a few per cent larger. Speed 9
    # of AVIF is used only for large sizes, because it makes these files just one per cent larger
    # (docs/dependencies.md).
    if extension == "avif":
        return {"quality": 50, "speed": 8 if width <= 960 else 9}
    return {"quality": 75, "method": 2}


def make(storage: Storage, stored: str, *, check: bool = False) -> int:
    """
    Make the missing and the empty renditions of the image stored as `stored`; with `check`, also those that can't be
    decoded. Return how many were made. Raise `UnreadableImageError` if the file is missing or is not an image, and
    `OSError` if the storage can't be reached. Nothing is left if the image is deleted meanwhile.
    """
    try:
        with storage.open(stored) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the warnings are about metadata, which renditions don't have
            with Image.open(file) as image:
                picture = bare(image, str(image.format))
    except (UnidentifiedImageError, Image.DecompressionBombError, *BROKEN) as error:
        if isinstance(error, StorageAwayError):
            raise
        raise UnreadableImageError(stored) from error
    made, full_width = 0, picture.width
    # Make each rendition from the next larger one. This is faster than scaling the full image each time.
    for width in reversed(widths_for(picture.width)):
        height = max(1, round(picture.height * width / picture.width))
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)
        for extension in FORMATS:
            name = name_of(stored, width, extension)
            if not _is_there(storage, name) or (check and not _is_whole(storage, name)):
                content = io.BytesIO()
                picture.save(content, extension, **_options(extension, width))
                overwrite(storage, name, content.getvalue())
                made += 1
    if not storage.exists(stored):
        remove(storage, stored, full_width)
    return made


def _is_there(storage: Storage, name: str) -> bool:
    """Return whether a rendition is stored. An empty file is none: a full disk or a power failure may leave one."""
    try:
        return storage.size(name) > 0
    except FileNotFoundError:
        return False


def _is_whole(storage: Storage, name: str) -> bool:
    """Return whether every pixel of a rendition can be decoded."""
    try:
        with storage.open(name) as file, Image.open(file) as image:
            image.load()
    except (UnidentifiedImageError, *BROKEN) as error:
        if isinstance(error, StorageAwayError):
            raise
        return False
    return True


def names_of(stored: str, width: int | None) -> list[str]:
    """Return the names of the renditions of the image stored as `stored`, which is `width` px wide."""
    widths = widths_for(width) if width else []
    return [name_of(stored, rendition_width, extension) for rendition_width in widths for extension in FORMATS]


def remove(storage: Storage, stored: str, width: int | None) -> None:
    """Delete the renditions of the image stored as `stored`, which is `width` px wide."""
    for name in names_of(stored, width):
        storage.delete(name)
