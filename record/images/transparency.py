"""
Read the transparent colour of a PNG. The file gives it in its own bit depth, which can differ from that of the pixels
in Pillow.
"""

import io
from typing import Any

from PIL import Image, ImageChops, ImageFile, PngImagePlugin

# Pillow scales pixels of less than 8 bits to 0–255, but not the value of the transparent colour. These factors scale
# this value: {Pillow's name of the pixel format: (bit mask, factor)}.
_SPREAD = {"1": (1, 255), "L;1": (1, 255), "L;2": (3, 85), "L;4": (15, 17)}


def take_mask(image: Image.Image) -> Image.Image | None:
    """
    Return the transparency of `image` as a mask: 0 for pixels of the transparent colour, 255 for others. Return None if
    there is no transparent colour. `image` must not be decoded yet. Also remove the transparent colour from
    `image.info`, because Pillow would apply it to the wrong pixels.
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
    """
    Split `image` into 8-bit channels; a 16-bit channel becomes two. Return pairs (channel, value of the transparent
    colour `shade` in this channel).
    """
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
    """Return the lower 8 bits of each channel of a 16-bit RGB image; Pillow itself reads only the upper 8."""
    file: Any = image.fp
    place = file.tell()
    file.seek(0)
    with PngImagePlugin.PngImageFile(io.BytesIO(file.read())) as again:
        file.seek(place)
        again.info.pop("transparency", None)
        # Declare the data as little-endian, so that Pillow takes the second byte of each value instead of the first.
        again.tile = [tile._replace(args="RGB;16L") for tile in again.tile]
        return again.split()
