"""
The image files of a laurel: SVG, PNG with a background, and transparent PNG. Each has a version for light and a version
for dark surfaces.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from io import BytesIO

from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from PIL import Image, ImageChops
from PIL.PngImagePlugin import PngInfo

from publishing.palette import INK, PAPER
from publishing.xml import clean

from . import branches
from .layout import HEIGHT, WIDTH, laid_out
from .texts import LaurelTexts


@dataclass(frozen=True)
class Colours:
    """The colours of a laurel. `tokens.css` has the same values. Gold is used only for laurels."""

    ground: str
    ink: str
    gold: str


ON_LIGHT = Colours(PAPER, INK, "#8a6a14")
ON_DARK = Colours("#0f0e0d", "#ede7dc", "#d8b45c")


@dataclass(frozen=True)
class File:
    """One file format of a laurel. SVG files have no background."""

    colours: Colours
    content_type: str
    has_ground: bool = False


FILES = {
    f"on-{name}{kind}": File(colours, content_type, has_ground)
    for name, colours in (("light", ON_LIGHT), ("dark", ON_DARK))
    for kind, content_type, has_ground in (
        (".svg", "image/svg+xml", False),
        (".png", "image/png", True),
        ("-transparent.png", "image/png", False),
    )
}


def drawn(texts: LaurelTexts, file: str) -> bytes:
    """Draw the laurel in one of the formats in `FILES`. `file` is the key of the format. A PNG is 2,400 px wide."""
    wanted = FILES[file]
    is_svg = wanted.content_type == "image/svg+xml"
    return _svg(texts, wanted.colours, get_language()) if is_svg else _png(texts, wanted)


def digest_of(texts: LaurelTexts, file: str) -> str:
    """
    Return a hash for the ETag of a file. For every format, the hash is made from the SVG, because drawing a PNG is much
    slower.
    """
    return sha256(file.encode() + _svg(texts, FILES[file].colours, get_language())).hexdigest()[:32]


def _title(texts: LaurelTexts) -> str:
    parts = (texts.standing, texts.award, texts.contest, texts.year, texts.mark)
    return clean(_("Laurel: %(words)s") % {"words": ", ".join(part for part in parts if part)})


def _description(texts: LaurelTexts) -> str:
    named = {"name": texts.honouree, "address": texts.url}
    return clean(_("Awarded to “%(name)s”. Check whether the award is still valid: %(address)s") % named)


# The ETag of each file needs the SVG, and who downloads one file of a laurel often downloads the others too. `language`
# is the one of the title.
@lru_cache(maxsize=16)
def _svg(texts: LaurelTexts, colours: Colours, language: str | None) -> bytes:
    context = {
        "width": WIDTH,
        "height": HEIGHT,
        "title": _title(texts),
        "description": _description(texts),
        "colours": colours,
        "branch": branches.path_data(),
        "texts": [placed.path_data for placed in laid_out(texts)],
    }
    return render_to_string("publishing/laurel.svg", context).encode()


@lru_cache(maxsize=2)
def _masks(texts: LaurelTexts) -> tuple[Image.Image, Image.Image]:
    """Return two masks: the pixels that the words touch, and the words with the branches, antialiased."""
    text = Image.new("L", (WIDTH, HEIGHT), 0)
    for placed in laid_out(texts):
        placed.block.draw(text, placed.x, placed.y, "#fff", "middle")
    return text.point(lambda value: 255 if value else 0), ImageChops.lighter(branches.mask(), text)


def _png(texts: LaurelTexts, file: File) -> bytes:
    touched, mask = _masks(texts)
    # Transparent pixels are gold too, because programs mix in the colour of transparent pixels when they scale a
    # picture.
    paint = Image.new("RGB", mask.size, file.colours.gold)
    paint.paste(file.colours.ink, mask=touched)
    if file.has_ground:
        image = Image.new("RGB", mask.size, file.colours.ground)
        image.paste(paint, mask=mask)
    else:
        image = paint
        image.putalpha(mask)
    told = PngInfo()
    told.add_itxt("Title", _title(texts))
    told.add_itxt("Description", _description(texts))
    content = BytesIO()
    image.save(content, "PNG", pnginfo=told, dpi=(300, 300), compress_level=4)
    return content.getvalue()
