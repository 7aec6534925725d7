"""Typesets one line of text as outlines."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import uharfbuzz as hb
from PIL import Image

from .fonts import Style, cleaned, font
from .runs import Glyph, glyphs_of, is_rtl, runs_of

Box = tuple[float, float, float, float]
Command = tuple[str, tuple[float, ...]]
#: For each anchor: the fraction of the width of the line that is to the left of the given x.
ANCHORS = {"left": 0.0, "middle": 0.5, "right": 1.0}


@dataclass(frozen=True)
class Line:
    """
    A typeset line of text. Lengths are in px. x runs right from the left end of the line; y runs down from the
    baseline.
    """

    text: str
    size: float
    #: The nominal width of the line, including the space around its letters.
    advance: float
    #: The height above and the depth below the baseline according to the fonts. Both are positive.
    ascent: float
    descent: float
    #: The left, top, right and bottom edge of the letters. None if nothing is visible.
    ink: Box | None
    #: Whether the line as a whole runs from right to left.
    rtl: bool
    glyphs: tuple[Glyph, ...] = ()

    def path_data(self, x: float = 0, y: float = 0, anchor: str = "left", decimals: int = 2) -> str:
        """
        Return the outlines as SVG path data (fill rule nonzero). The baseline is at `y`. `anchor` is which point of the
        line is at `x`: "left", "middle" or "right".
        """
        x -= ANCHORS[anchor] * self.advance
        return "".join(
            name + " ".join(_number(value + (y if index % 2 else x), decimals) for index, value in enumerate(points))
            for name, points in self.outline()
        )

    def outline(self) -> list[Command]:
        """
        Return the outlines as a list of commands, like those in SVG path data: ("M", (x, y)), ("L", (x, y)), ("Q", (x1,
        y1, x, y)), ("C", (x1, y1, x2, y2, x, y)), ("Z", ()).
        """
        return [
            (name, tuple(self.size * (value + (-glyph.y if index % 2 else glyph.x)) for index, value in enumerate(at)))
            for glyph in self.glyphs
            for name, at in _shape(glyph.face, glyph.number)
        ]

    def draw(self, image: Image.Image, x: float, y: float, colour: str, anchor: str = "left", turn: float = 0) -> None:
        """
        Draw the line on a Pillow image of mode RGB, RGBA or L, antialiased. `x`, `y` and `anchor` are as in
        `path_data`. `turn` rotates the line clockwise around the point (x, y), in degrees.
        """
        if self.ink is None:
            return
        cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
        canvas = hb.RasterDraw()
        for glyph in self.glyphs:
            face = font(glyph.face)
            scale = self.size / face.face.upem
            right, up = glyph.x * self.size - ANCHORS[anchor] * self.advance, glyph.y * self.size
            # In HarfBuzz, y runs up.
            position = x + right * cos + up * sin, up * cos - right * sin - y
            canvas.transform = (scale * cos, -scale * sin, scale * sin, scale * cos, *position)
            canvas.draw_glyph(face, glyph.number)
        drawn = canvas.render()
        told = drawn.extents
        if told.width and told.height:
            rows = ("raw", "L", told.stride, -1)
            mask = Image.frombytes("L", (told.width, told.height), bytes(drawn.buffer), *rows)
            image.paste(colour, (told.x_origin, -told.y_origin - told.height), mask)


def set_text(
    text: str,
    style: Style,
    size: float,
    language: str | None = None,
    spacing: float = 0,
    rtl: bool | None = None,
    weight: int = 400,
) -> Line:
    """
    Typeset `text` on one line. `size` is the font size in px.

    `language` (BCP 47) selects national forms of letters, above all of Chinese characters. If it is None, kana or
    hangul in the text select Japanese or Korean forms of Chinese characters. `spacing` is letter spacing in em, for
    scripts that allow it. Line breaks and tabs become spaces; control characters are removed. `rtl` is whether the line
    runs from right to left. It is needed for a part of a longer text; if it is None, the first letter decides. `weight`
    applies only to the style POSTER.
    """
    text = cleaned(text)
    rtl = is_rtl(text) if rtl is None else rtl
    runs = runs_of(text, style, language, rtl, weight)
    glyphs, advance = glyphs_of(runs, language, spacing)
    extents = [(font(face).get_font_extents("ltr"), font(face).face.upem) for face in {run.face for run in runs}]
    return Line(
        text=text,
        size=size,
        advance=advance * size,
        ascent=size * max((told.ascender / em for told, em in extents), default=0),
        descent=size * max((-told.descender / em for told, em in extents), default=0),
        ink=_ink(glyphs, size),
        rtl=rtl,
        glyphs=tuple(glyphs),
    )


def _ink(glyphs: list[Glyph], size: float) -> Box | None:
    boxes = [
        (glyph.x + left, -glyph.y + top, glyph.x + right, -glyph.y + bottom)
        for glyph in glyphs
        for left, top, right, bottom in [_extents(glyph.face, glyph.number)]
        if left < right
    ]
    if not boxes:
        return None
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return size * min(lefts), size * min(tops), size * max(rights), size * max(bottoms)


@lru_cache(maxsize=4096)
def _extents(face: str, number: int) -> Box:
    told, em = font(face).get_glyph_extents(number), font(face).face.upem
    if told is None:
        return 0, 0, 0, 0
    return (
        told.x_bearing / em,
        -told.y_bearing / em,
        (told.x_bearing + told.width) / em,
        -(told.y_bearing + told.height) / em,
    )


@lru_cache(maxsize=1024)
def _shape(face: str, number: int) -> tuple[Command, ...]:
    """Return the outline of one glyph, in em. y runs down."""
    found: list[Command] = []
    em = font(face).face.upem

    def adding(name: str) -> Callable[..., None]:
        # HarfBuzz passes the coordinates as separate arguments. The last argument is the user data, here None.
        def add(*values: float | None) -> None:
            points = [value for value in values if isinstance(value, int | float)]
            found.append((name, tuple((-value if index % 2 else value) / em for index, value in enumerate(points))))

        return add

    pen = hb.DrawFuncs()
    pen.set_move_to_func(adding("M"))
    pen.set_line_to_func(adding("L"))
    pen.set_quadratic_to_func(adding("Q"))
    pen.set_cubic_to_func(adding("C"))
    pen.set_close_path_func(adding("Z"))
    font(face).draw_glyph(number, pen, None)
    return tuple(found)


def _number(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".rstrip("0").rstrip(".") if decimals else f"{value:.0f}"
