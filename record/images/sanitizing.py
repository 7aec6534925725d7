"""Check uploaded images and clean them before they are stored."""

import io
import re
import secrets
import struct
import warnings
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageCms, UnidentifiedImageError

from .transparency import take_mask

FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
MAX_BYTES = 12 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_SIDE = 2400
_TURNS = {  # {orientation in EXIF: the operation that turns the image upright}
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SAVE_OPTIONS: dict[str, dict[str, Any]] = {
    # Not progressive: that takes twice as long for files that are 5 % smaller, and visitors get AVIF or WebP.
    "JPEG": {"quality": 90, "optimize": True},
    # "optimize" means level 9. It takes up to nine times as long (24 s for dots of 2400 x 2400 px) for files that
    # are 2 to 9 % smaller.
    "PNG": {"compress_level": 7},
}
#: Formats that are often uploaded by mistake: (pattern of the first bytes, name, format to export to instead).
_TAKEN_FOR_PICTURES = (
    (
        # Each part of this pattern can match in one way only, so that no crafted file causes catastrophic backtracking.
        re.compile(
            rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--(?:(?!-->).)*-->\s*)*(?:<!DOCTYPE svg[^>]*>\s*)?<svg\b",
            re.DOTALL,
        ),
        "SVG",
        "PNG",
    ),
    (re.compile(rb"....ftyp(?:heic|heix|hevc|heim|heis|mif1|msf1)", re.DOTALL), "HEIC", "JPEG"),
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "AVIF", "JPEG"),
    (re.compile(rb"II\*\0|MM\0\*"), "TIFF", "PNG"),
    (re.compile(rb"GIF8"), "GIF", "PNG"),
    (re.compile(rb"BM"), "BMP", "PNG"),
    (re.compile(rb"%PDF-"), "PDF", "PNG"),
)
#: The errors that Pillow raises for damaged images.
BROKEN = (OSError, EOFError, IndexError, SyntaxError, TypeError, ValueError, MemoryError, struct.error)
_OURS = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|RIFF....WEBP", re.DOTALL)
_HEAD = 2000
#: Files with more parts are made to keep a processor busy: decoding takes time for each scan, however small it is, and
#: reading takes time for each other part. Programs write at most a few dozen scans.
_MOST_SCANS, _MOST_PARTS = 100, 1000
#: The next marker of a JPEG. Pixels may contain 0xFF only before 0 or the number of a restart.
_MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")
_SCAN, _END, _WITHOUT_LENGTH = b"\xda", b"\xd9", (b"\x01", b"\xd8")


# The browser shows the same messages as soon as a file is chosen: static/js/image_input.js.
EMPTY = _("This file is empty. Export the picture again and upload the new file.")
TOO_MANY_BYTES = _("This file is %(size)s MB; the limit is %(limit)s MB. Export a smaller version and try again.")
TOO_MANY_PIXELS = _("This picture has more than %(limit)s megapixels. Scale it down and upload it again.")
OTHER_FORMAT = _("This is a file in the format %(format)s. Export it as %(better)s, and upload that.")
NOT_READABLE = _("This is not a picture that the portal can read. Upload a JPEG, PNG or WebP file.")


def rules_for_browsers() -> dict[str, Any]:
    """Return the rules of `clean_image` that a browser can check itself, with their messages, as a dict for JSON."""
    others = [
        {
            "start": start.pattern.decode("latin-1"),
            "words": OTHER_FORMAT % {"format": name, "better": better},
        }
        for start, name, better in _TAKEN_FOR_PICTURES
    ]
    return {
        "head": _HEAD,
        "ours": _OURS.pattern.decode("latin-1"),
        "others": others,
        "bytes": MAX_BYTES,
        "pixels": MAX_PIXELS,
        "empty": str(EMPTY),
        "tooManyBytes": TOO_MANY_BYTES % {"size": "{size}", "limit": MAX_BYTES // 1024**2},
        "tooManyPixels": TOO_MANY_PIXELS % {"limit": MAX_PIXELS // 1_000_000},
        "notReadable": str(NOT_READABLE),
    }


class CleanedImage(SimpleUploadedFile):
    """
    An image ready to be stored and shown, and the upload that it was made from. `stored` is the picture in the storage
    if it has been stored already (`ImageField.store`).
    """

    stored: Any = None

    def __init__(self, name: str, content: bytes, content_type: str, upload: UploadedFile, upload_extension: str):
        super().__init__(name, content, content_type)
        self.upload = upload
        self.upload_extension = upload_extension


def clean_image(upload: UploadedFile) -> CleanedImage:
    """
    Return a new file with only the pixels of `upload`: upright, in sRGB, without metadata, at most 2,400 px on the
    longer side, and with a random name. It is a PNG if the upload is a PNG or a transparent WebP, otherwise a JPEG,
    because every browser and e-mail program can open both.

    Raise `ValidationError`, with advice for the editor, if the upload is not a JPEG, PNG or WebP, is animated, is
    larger than 12 MB or 40 megapixels, has too many parts, or is truncated.
    """
    if upload.size is not None and upload.size > MAX_BYTES:
        raise ValidationError(
            TOO_MANY_BYTES,
            code="image_too_many_bytes",
            params={"size": round(upload.size / 1024**2, 1), "limit": MAX_BYTES // 1024**2},
        )
    with warnings.catch_warnings():
        # Ignore warnings about broken metadata, which is removed anyway, and about decompression bombs, because
        # `MAX_PIXELS` is checked before anything is decoded.
        warnings.simplefilter("ignore")
        return _cleaned(upload)


def clean_once(upload: UploadedFile) -> CleanedImage:
    """
    Like `clean_image`, but remember the result in `upload` until `forget_cleaned` is called. So a form that is
    validated within a transaction does not decode the image there.
    """
    remembered: Any = upload
    if not hasattr(upload, "cleaned"):
        try:
            remembered.cleaned = clean_image(upload)
        except ValidationError as error:
            remembered.cleaned = error
    if isinstance(remembered.cleaned, ValidationError):
        raise remembered.cleaned
    remembered.cleaned.seek(0)
    return remembered.cleaned


def forget_cleaned(upload: UploadedFile) -> None:
    vars(upload).pop("cleaned", None)


def _cleaned(upload: UploadedFile) -> CleanedImage:
    upload.seek(0)
    if has_too_many_parts(upload.read()):
        raise _damaged()
    upload.seek(0)
    try:
        image = Image.open(upload, formats=list(FORMATS))
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise _not_readable(upload) from error
    with image:
        if image.width * image.height > MAX_PIXELS:
            raise _too_many_pixels()
        # Phones store a second view, such as a depth map, behind the photo. Such a file is a JPEG, not an animation.
        format_name = "JPEG" if image.format == "MPO" else str(image.format)
        if image.format != "MPO" and getattr(image, "n_frames", 1) > 1:
            raise ValidationError(
                _("This picture is animated. Upload a still image: one frame of it, as JPEG, PNG or WebP."),
                code="image_animated",
            )
        try:
            picture = bare(image, format_name)
        except BROKEN as error:
            raise _damaged() from error
    upload_extension = FORMATS[format_name]
    if format_name == "WEBP":
        see_through = picture.mode == "RGBA" and picture.getchannel("A").getextrema() != (255, 255)
        format_name, picture = ("PNG", picture) if see_through else ("JPEG", picture.convert("RGB"))
    name = f"{secrets.token_hex(16)}.{FORMATS[format_name]}"
    content = _encoded(picture, format_name)
    return CleanedImage(name, content, f"image/{format_name.lower()}", upload, upload_extension)


def _encoded(picture: Image.Image, format_name: str) -> bytes:
    content = io.BytesIO()
    try:
        picture.save(content, format_name, **_SAVE_OPTIONS[format_name])
    except OSError:
        # To optimize a JPEG, Pillow needs all of it in a buffer of one byte per pixel. Sharp dots take more.
        content = io.BytesIO()
        picture.save(content, format_name, **_SAVE_OPTIONS[format_name] | {"optimize": False})
    return content.getvalue()


def has_too_many_parts(content: bytes) -> bool:
    """Return whether the file is a JPEG with more scans or other parts than any program writes."""
    if not content.startswith(b"\xff\xd8"):
        return False
    at, scans, parts = 2, 0, 0
    while (found := _MARKER.search(content, at)) and found[1] != _END:
        at = found.end()
        if found[1] not in _WITHOUT_LENGTH:
            at += int.from_bytes(content[at : at + 2])
        scans, parts = scans + (found[1] == _SCAN), parts + 1
        if scans > _MOST_SCANS or parts > _MOST_PARTS:
            return True
    return False


def _not_readable(upload: UploadedFile) -> ValidationError:
    """Return the error for a file that Pillow can't open as JPEG, PNG or WebP."""
    upload.seek(0)
    head = upload.read(_HEAD)
    if _OURS.match(head):
        return _damaged()
    for start, name, better in _TAKEN_FOR_PICTURES:
        if start.match(head):
            return ValidationError(
                OTHER_FORMAT,
                code="image_other_format",
                params={"format": name, "better": better},
            )
    return ValidationError(
        NOT_READABLE,
        code="image_not_readable",
    )


def _damaged() -> ValidationError:
    return ValidationError(
        _("This picture is damaged: the file is incomplete. Export it again and upload the new file."),
        code="image_damaged",
    )


def bare(image: Image.Image, format_name: str) -> Image.Image:
    """
    Return a copy with only the pixels of `image`: upright, in sRGB, at most `MAX_SIDE` px on the longer side. To save
    memory, the image is scaled down as early as possible. Transparency is kept, unless `format_name` is "JPEG".
    """
    see_through = "transparency" in image.info or image.mode in ("LA", "PA", "RGBA")
    mode = "RGBA" if see_through and format_name != "JPEG" else "RGB"
    mask = take_mask(image)
    turn, profile = _orientation(image), image.info.get("icc_profile")  # after `take_mask`: this decodes a PNG
    picture = image
    if image.mode.startswith("I;16"):  # 16-bit greyscale: keep the upper 8 bits
        picture = Image.frombytes("L", image.size, image.tobytes("raw", "I;16")[1::2])
    elif image.mode in ("1", "P", "PA") or "transparency" in image.info:
        # Scaling creates colours that are not in the palette, so first convert the image to true colour.
        picture = image.convert(mode)
    if mask is not None:
        picture = picture.convert("RGB")
        picture.putalpha(mask)
    picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    picture.load()
    if turn is not None:
        picture = picture.transpose(turn)
    picture = _in_srgb(picture, profile, mode)
    bare = Image.new(mode, picture.size)
    bare.paste(picture if picture.mode == mode else picture.convert(mode))
    return bare


def _orientation(image: Image.Image) -> Image.Transpose | None:
    try:
        return _TURNS.get(image.getexif().get(0x0112, 1))
    except Exception:  # the metadata may be broken in any way; the image itself is still usable
        return None


def _in_srgb(picture: Image.Image, profile: bytes | None, mode: str) -> Image.Image:
    """
    Convert `picture` from its embedded colour profile to sRGB, because the profile is removed. Return it unchanged if
    there is no profile, or if the profile can't be used.
    """
    if not profile:
        return picture
    try:
        embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        turned = ImageCms.profileToProfile(picture, embedded, target, outputMode=mode if "A" in picture.mode else "RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):  # the profile is broken, or is for another colour mode
        return picture
    return turned or picture


def _too_many_pixels() -> ValidationError:
    return ValidationError(
        TOO_MANY_PIXELS,
        code="image_too_many_pixels",
        params={"limit": MAX_PIXELS // 1_000_000},
    )
