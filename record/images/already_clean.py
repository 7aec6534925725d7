"""
Find out whether an image is one that `clean_image` has made, so that cleaning it again would only lose quality: nothing
but pixels, upright, in sRGB, not too large.
"""

import io
import warnings

from PIL import Image, UnidentifiedImageError

from .sanitizing import BROKEN, MAX_BYTES, MAX_SIDE, has_too_many_parts

_JPEG, _PNG = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
_JFIF = b"\xff\xe0\x00\x10JFIF\x00"
#: The markers of a JPEG that describe its pixels: tables, the size, and the scans.
_OF_PIXELS = frozenset({0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD})
_SCAN, _END = 0xDA, 0xD9
_CHUNKS = (b"IHDR", b"IDAT", b"IEND")


def size_if_clean(content: bytes) -> tuple[int, int] | None:
    """
    Return the width and height of the image in `content` if there is nothing to clean: it has no metadata, no colour
    profile, nothing behind its end, and every pixel can be read. Otherwise return None.
    """
    if len(content) > MAX_BYTES or has_too_many_parts(content):
        return None
    if not (_is_bare_jpeg(content) or _is_bare_png(content)):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(content), formats=["JPEG", "PNG"]) as image:
                modes = ("RGB",) if image.format == "JPEG" else ("RGB", "RGBA")
                if max(image.size) > MAX_SIDE or image.mode not in modes or image.info.get("transparency"):
                    return None
                image.load()
                return image.size
    except (UnidentifiedImageError, Image.DecompressionBombError, *BROKEN):
        return None


def _is_bare_jpeg(content: bytes) -> bool:
    if not content.startswith(_JPEG + _JFIF):
        return False
    at = 20  # behind the JFIF header, which has no thumbnail
    while at + 4 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        at += 2 + int.from_bytes(content[at + 2 : at + 4])
        if marker == _SCAN:
            at = _end_of_scan(content, at)
            if content[at : at + 2] == bytes([0xFF, _END]):
                return at + 2 == len(content)
        elif marker not in _OF_PIXELS:
            return False
    return False


def _end_of_scan(content: bytes, at: int) -> int:
    """Return the place of the first marker behind the pixels of a scan. In them, 0xFF is followed by 0 or a restart."""
    while (at := content.find(b"\xff", at)) >= 0:
        following = content[at + 1 : at + 2]
        if not following or (following != b"\x00" and not 0xD0 <= following[0] <= 0xD7):
            return at
        at += 2
    return len(content)


def _is_bare_png(content: bytes) -> bool:
    if not content.startswith(_PNG):
        return False
    at, found = len(_PNG), []
    while at + 12 <= len(content):
        length, name = int.from_bytes(content[at : at + 4]), content[at + 4 : at + 8]
        if name not in _CHUNKS:
            return False
        found.append(name)
        at += 12 + length
    return at == len(content) and found[:1] == [b"IHDR"] and found[-1:] == [b"IEND"]
