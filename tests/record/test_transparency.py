"""Cleaning and renditions keep the transparency of PNG and WebP files of every bit depth and colour type."""

import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from record.images import renditions
from record.images.sanitizing import clean_image

WIDTH, HEIGHT = 16, 9
WHOLE = [(0, 0, 1, 1)]
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA = 0, 2, 3, 4, 6


def chunk(name, data):
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(colour, depth, sample, *, extra=b"", interlaced=False):
    """Return a PNG of 16 by 9 px. `sample(x, y)` returns the channels of a pixel as stored in the file."""
    rows = b""
    for x0, y0, dx, dy in ADAM7 if interlaced else WHOLE:
        for y in range(y0, HEIGHT, dy):
            bits = "".join(f"{value:0{depth}b}" for x in range(x0, WIDTH, dx) for value in sample(x, y))
            if bits:
                bits += "0" * (-len(bits) % 8)
                rows += b"\0" + int(bits, 2).to_bytes(len(bits) // 8, "big")
    head = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, colour, 0, 0, interlaced)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )


def alphas(content, extension="png"):
    """Return the alpha of each pixel of the top row, after cleaning the file and after making a rendition of it."""
    cleaned = Image.open(clean_image(SimpleUploadedFile(f"a.{extension}", content)))
    storage = InMemoryStorage()
    renditions.make(storage, storage.save(f"a.{extension}", ContentFile(content)))
    rendition = Image.open(storage.open(renditions.name_of(f"a.{extension}", WIDTH, "webp")))
    tops = [picture.convert("RGBA").crop((0, 0, WIDTH, 1)).getchannel("A") for picture in (cleaned, rendition)]
    assert tops[0].tobytes() == tops[1].tobytes()
    return list(tops[0].tobytes())


# The transparent pixels of the top row are those at 1, 5, 9 and 13.
EXPECTED = [0 if x % 4 == 1 else 255 for x in range(WIDTH)]


def grey(depth):
    """
    Return `sample` and `extra` for `png`. The shade 1 is transparent; a shade with the same upper eight bits is not.
    """
    top, near = 2**depth - 1, {16: 0x0102}.get(depth, 0)
    clear = {16: 0x0101}.get(depth, 1)
    shades = [0, clear, top if depth > 1 else 0, near]
    return (lambda x, y: [shades[x % 4]]), chunk(b"tRNS", struct.pack(">H", clear))


@pytest.mark.parametrize("interlaced", [False, True], ids=["plain", "interlaced"])
@pytest.mark.parametrize("depth", [1, 2, 4, 8, 16])
def test_transparent_shade_of_grey_stays_transparent(depth, interlaced):
    sample, extra = grey(depth)
    assert alphas(png(GREY, depth, sample, extra=extra, interlaced=interlaced)) == EXPECTED


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_brightest_shade_of_grey_stays_transparent(depth):
    top = 2**depth - 1
    content = png(GREY, depth, lambda x, y: [top if x % 4 == 1 else 0], extra=chunk(b"tRNS", struct.pack(">H", top)))
    assert alphas(content) == EXPECTED


def test_bits_beyond_the_depth_do_not_count():
    content = png(GREY, 4, lambda x, y: [7 if x % 4 == 1 else 8], extra=chunk(b"tRNS", struct.pack(">H", 0xFF07)))
    assert alphas(content) == EXPECTED


@pytest.mark.parametrize("interlaced", [False, True], ids=["plain", "interlaced"])
@pytest.mark.parametrize("depth", [8, 16])
def test_transparent_colour_stays_transparent(depth, interlaced):
    clear = [10, 20, 30] if depth == 8 else [0x0A01, 0x1402, 0x1E03]
    colours = [[0, 0, 0], clear, [10, 20, 31], [clear[0], clear[1], clear[2] + 1]]
    extra = chunk(b"tRNS", struct.pack(">HHH", *clear))
    content = png(RGB, depth, lambda x, y: colours[x % 4], extra=extra, interlaced=interlaced)
    assert alphas(content) == EXPECTED


@pytest.mark.parametrize("interlaced", [False, True], ids=["plain", "interlaced"])
@pytest.mark.parametrize("depth", [1, 2, 4, 8])
@pytest.mark.parametrize("given", [1, 2], ids=["first only", "two"])
def test_palette_keeps_the_alpha_of_each_colour(depth, interlaced, given):
    palette = chunk(b"PLTE", bytes([200, 0, 0, 0, 200, 0] + [0, 0, 200] * (2**depth - 2)))
    alpha = [0, 128][:given]
    content = png(
        PALETTE, depth, lambda x, y: [x % 2], extra=palette + chunk(b"tRNS", bytes(alpha)), interlaced=interlaced
    )
    assert alphas(content) == [(alpha + [255])[x % 2] for x in range(WIDTH)]


@pytest.mark.parametrize("interlaced", [False, True], ids=["plain", "interlaced"])
@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("colour", [GREY_ALPHA, RGB_ALPHA])
def test_alpha_channel_is_kept(colour, depth, interlaced):
    top = 2**depth - 1
    channels = 1 if colour == GREY_ALPHA else 3
    content = png(colour, depth, lambda x, y: [top // 2] * channels + [0 if x % 4 == 1 else top], interlaced=interlaced)
    assert alphas(content) == EXPECTED


def test_colours_beside_the_transparent_one_are_kept():
    sample, extra = grey(4)
    cleaned = Image.open(clean_image(SimpleUploadedFile("a.png", png(GREY, 4, sample, extra=extra))))
    assert [cleaned.getpixel((x, 0)) for x in (0, 2, 3)] == [(0, 0, 0, 255), (255, 255, 255, 255), (0, 0, 0, 255)]


def test_sixteen_bits_of_colour_keep_their_upper_half():
    extra = chunk(b"tRNS", struct.pack(">HHH", 1, 2, 3))
    content = png(RGB, 16, lambda x, y: [0x1234, 0x5678, 0x9ABC], extra=extra)
    assert Image.open(clean_image(SimpleUploadedFile("a.png", content))).getpixel((3, 3)) == (0x12, 0x56, 0x9A, 255)


@pytest.mark.parametrize("lossless", [True, False])
def test_webp_keeps_its_alpha(lossless):
    picture = Image.new("RGBA", (WIDTH, HEIGHT), (10, 20, 30, 255))
    for x in range(1, WIDTH, 4):
        for y in range(HEIGHT):
            picture.putpixel((x, y), (10, 20, 30, 0))
    file = io.BytesIO()
    picture.save(file, "WEBP", lossless=lossless, exact=True)
    assert alphas(file.getvalue(), "webp") == EXPECTED


def test_picture_without_transparency_stays_opaque():
    assert alphas(png(GREY, 4, lambda x, y: [x])) == [255] * WIDTH


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\1\0", b"\0" * 300])
@pytest.mark.parametrize("colour", [GREY, RGB, PALETTE, GREY_ALPHA, RGB_ALPHA])
@pytest.mark.parametrize("late", [False, True])
def test_broken_transparency_is_an_error_in_words_or_none(colour, data, late):
    channels = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGB_ALPHA: 4}[colour]
    palette = chunk(b"PLTE", bytes(range(48))) if colour == PALETTE else b""
    extra = palette if late else palette + chunk(b"tRNS", data)
    content = png(colour, 8, lambda x, y: [1] * channels, extra=extra)
    if late:
        content = content[:-12] + chunk(b"tRNS", data) + content[-12:]
    try:
        clean_image(SimpleUploadedFile("a.png", content))
        code = None
    except ValidationError as error:
        code = error.code
    assert code in (None, "image_damaged")
