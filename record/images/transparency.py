"""Pictures in which one shade is transparent, as PNG files say it: in the shades of the file, not of what is read."""

import io
from typing import Any

from PIL import Image, ImageChops, ImageFile, PngImagePlugin

# Pillow spreads shades of few bits over 0 to 255, and says the transparent one as the file does.
_SPREAD = {"1": (1, 255), "L;1": (1, 255), "L;2": (3, 85), "L;4": (15, 17)}


def take_mask(image: Image.Image) -> Image.Image | None:
    """
    What can be seen of `image`, which is not decoded yet: 0 where it has its one transparent shade, 255 elsewhere. None
    where it has no such shade. Pillow knows of it no longer: it would look for the wrong one.
    """
    shade = image.info.get("transparency")
    if not (isinstance(image, ImageFile.ImageFile) and isinstance(shade, int | tuple)):
        return None
    if image.mode not in ("1", "L", "RGB") and not image.mode.startswith("I;16"):
        return None
    del image.info["transparency"]
    planes = _planes(image, shade if isinstance(shade, tuple) else (shade,))
    hit = Image.new("L", image.size, 255)
    for plane, value in planes:
        hit = ImageChops.darker(hit, plane.point([255 if step == value else 0 for step in range(256)]))
    return ImageChops.invert(hit)


def _planes(image: ImageFile.ImageFile, shade: tuple[int, ...]) -> list[tuple[Image.Image, int]]:
    """`image` as planes of 8 bits, each with what the transparent shade has there."""
    raw = image.tile[0].args if image.tile else ""
    if image.mode.startswith("I;16"):
        content = image.tobytes("raw", "I;16")
        planes = [Image.frombytes("L", image.size, content[place::2]) for place in (1, 0)]
        return [(planes[0], shade[0] >> 8), (planes[1], shade[0] & 255)]
    if raw == "RGB;16B":
        low = [(plane, value & 255) for plane, value in zip(_lower_halves(image), shade, strict=True)]
        return low + [(plane, value >> 8) for plane, value in zip(image.split(), shade, strict=True)]
    bits, factor = _SPREAD.get(str(raw), (255, 1))
    planes = [image.convert("L")] if image.mode == "1" else list(image.split())
    return [(plane, (value & bits) * factor) for plane, value in zip(planes, shade, strict=True)]


def _lower_halves(image: ImageFile.ImageFile) -> tuple[Image.Image, ...]:
    """Red, green and blue of a picture with 16 bits each, the lower eight. Pillow reads the upper ones."""
    file: Any = image.fp
    place = file.tell()
    file.seek(0)
    with PngImagePlugin.PngImageFile(io.BytesIO(file.read())) as again:
        file.seek(place)
        again.info.pop("transparency", None)
        # As if the lower half came last: the file has the upper one first.
        again.tile = [tile._replace(args="RGB;16L") for tile in again.tile]
        return again.split()
