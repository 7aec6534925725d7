"""
The two branches of a laurel. The left one is in `branch.svg`; the right one is its mirror image.

Lengths are in units of the drawing, which is 2400 x 1440; y runs down.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

Point = tuple[float, float]
#: A closed outline: its start, and its cubic Bézier curves. Each curve has two control points and an end.
Contour = tuple[Point, tuple[tuple[Point, Point, Point], ...]]

WIDTH, HEIGHT = 2400, 1440
_FILE = Path(__file__).with_name("branch.svg")


@cache
def path_data() -> str:
    """Return the left branch as SVG path data (fill rule nonzero): first the stem, then each leaf and its groove."""
    return "".join(_FILE.read_text(encoding="ascii").partition(' d="')[2].partition('"')[0].split("\n"))


@cache
def left() -> tuple[Contour, ...]:
    """Return the outlines of the left branch."""
    return tuple(_contour(outline) for outline in re.findall(r"M([^Z]+)Z", path_data()))


def _contour(outline: str) -> Contour:
    start, *curves = (_points(part) for part in outline.split("C"))
    return start[0], tuple((first, second, end) for first, second, end in curves)


def _points(numbers: str) -> tuple[Point, ...]:
    values = [float(number) for number in numbers.split()]
    return tuple(zip(values[::2], values[1::2], strict=True))


@cache
def _polygons() -> tuple[tuple[Point, ...], ...]:
    """Return the outlines of the left branch as polygons. They look smooth up to four times the size of the drawing."""
    steps = [step / 24 for step in range(1, 25)]
    found = []
    for start, curves in left():
        points = [start]
        for a, b, end in curves:
            origin = points[-1]
            points += [
                tuple(  # type: ignore[misc]
                    (1 - t) ** 3 * origin[axis]
                    + 3 * (1 - t) ** 2 * t * a[axis]
                    + 3 * (1 - t) * t**2 * b[axis]
                    + t**3 * end[axis]
                    for axis in (0, 1)
                )
                for t in steps
            ]
        found.append(tuple(points))
    return tuple(found)


@cache
def _reaches() -> tuple[float, ...]:
    """Return the largest x of the left branch in each horizontal strip of 8 units, from the top down."""
    found = [0.0] * (HEIGHT // 8 + 1)
    for polygon in _polygons():
        for x, y in polygon:
            found[int(y) // 8] = max(found[int(y) // 8], x)
    return tuple(found)


def reach(top: float, bottom: float) -> float:
    """Return the largest x of the left branch between the y coordinates `top` - 24 and `bottom` + 24."""
    first, last = max(0, int(top - 24) // 8), min(HEIGHT, int(bottom + 24)) // 8
    return max(_reaches()[first : last + 1])


@cache
def mask() -> Image.Image:
    """
    Return a picture of both branches, white on black. It is drawn at four times its size and scaled down, so that edges
    are smooth. The result is cached: do not change it.
    """
    fine = 4
    half = Image.new("L", (WIDTH // 2 * fine, HEIGHT * fine), 0)
    pen = ImageDraw.Draw(half)
    for number, polygon in enumerate(_polygons()):
        # The first polygon is the stem. After it, each leaf is followed by its groove.
        is_groove = number > 0 and number % 2 == 0
        pen.polygon([(x * fine, y * fine) for x, y in polygon], fill=0 if is_groove else 255)
    half = half.reduce(fine)
    both = Image.new("L", (WIDTH, HEIGHT), 0)
    both.paste(half, (0, 0))
    both.paste(ImageOps.mirror(half), (WIDTH // 2, 0))
    return both
