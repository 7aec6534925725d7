"""
The two branches of a laurel, always the same. Lengths are in the units of the drawing; y runs down.

Leaves alternate on both sides of a stem that bends around the centre. They are longest a little above the foot and get
shorter towards the tip, where one leaf ends the branch. Small fixed variations make the leaves look natural.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from math import atan2, cos, hypot, radians, sin

from PIL import Image, ImageDraw, ImageOps

Point = tuple[float, float]
#: A closed outline: its start point, and its cubic Bézier curves (two handles and an end point each).
Contour = tuple[Point, tuple[tuple[Point, Point, Point], ...]]

WIDTH, HEIGHT = 2400, 1440
#: The ellipse that the stems follow, and their start and end angles: 0 is the foot of the ellipse, 180 its top.
_CENTRE, _RADII = (1200.0, 656.0), (950.0, 575.0)
_FOOT, _TIP = radians(4), radians(146)
_PAIRS = 13


@dataclass(frozen=True)
class _Stem:
    """
    A point on the left stem: its position, the direction of the stem there (`heading`, an angle), and the arc length
    per radian (`speed`).
    """

    x: float
    y: float
    heading: float
    speed: float


def _at(angle: float) -> _Stem:
    dx, dy = -_RADII[0] * cos(angle), -_RADII[1] * sin(angle)
    x, y = _CENTRE[0] - _RADII[0] * sin(angle), _CENTRE[1] + _RADII[1] * cos(angle)
    return _Stem(x, y, atan2(dy, dx), hypot(dx, dy))


@cache
def _angles(steps: int = 400) -> tuple[float, ...]:
    """
    Return angles from foot to tip that divide the stem into `steps` parts of equal length. Equal angles would not: the
    stem is part of an ellipse.
    """
    even = [_FOOT + (_TIP - _FOOT) * step / steps for step in range(steps + 1)]
    walked = [0.0, *accumulate(_at(angle).speed for angle in even[1:])]
    return tuple(even[bisect_left(walked, walked[-1] * step / steps)] for step in range(steps + 1))


def _stem(t: float) -> _Stem:
    """Return the point of the left stem at `t`, from 0 at its foot to 1 at its tip."""
    return _at(_angles()[round(t * 400)])


def _uneven(number: int) -> float:
    """Return an irregular value from -1 to 1, always the same for the same number."""
    return (number * 0.6180339887 + 0.31) % 1 * 2 - 1


def _length(t: float) -> float:
    rise = min(1.0, 0.66 + t * 1.5)
    return 244 * rise * (1 - 0.46 * t**1.7)


def _leaf(at: _Stem, length: float, lean: float, side: int) -> list[Contour]:
    """
    Draw a leaf and its midrib. The leaf leaves the stem at `lean` radians to its `side` (1 or -1) and curves back
    towards it. The midrib runs in the opposite direction, so it stays unfilled.
    """
    heading = at.heading + side * lean
    half = length * 0.178
    bow = -side * length * 0.09

    def place(along: float, across: float) -> Point:
        along, across = along * length, across * half + bow * (along * along)
        return (
            at.x + along * cos(heading) - across * sin(heading),
            at.y + along * sin(heading) + across * cos(heading),
        )

    blade = (
        place(0.03, 0),
        (
            (place(0.16, 1.02), place(0.56, 1.36), place(1, 0)),
            (place(0.62, -1.28), place(0.2, -1.12), place(0.03, 0)),
        ),
    )
    rib = (
        place(0.17, 0),
        (
            (place(0.34, -0.1), place(0.6, -0.09), place(0.83, 0)),
            (place(0.6, 0.09), place(0.34, 0.1), place(0.17, 0)),
        ),
    )
    return [blade, rib]


def _bark() -> Contour:
    """Draw the stem, broad at its foot and thin at its tip."""
    steps = 12
    turn = (_TIP - _FOOT) / steps
    knots = [(_at(_FOOT + turn * step), 8.5 * (1 - 0.72 * step / steps)) for step in range(steps + 1)]

    def edge(side: int) -> list[tuple[Point, Point]]:
        """Return points along one edge, each with the vector to its next handle."""
        return [
            (
                (at.x - side * half * sin(at.heading), at.y + side * half * cos(at.heading)),
                (side * at.speed * turn / 3 * cos(at.heading), side * at.speed * turn / 3 * sin(at.heading)),
            )
            for at, half in knots
        ]

    # Up one edge and down the other: the same direction as the leaves.
    around = [*edge(1), *reversed(edge(-1))]
    curves = [((a[0] + da[0], a[1] + da[1]), (b[0] - db[0], b[1] - db[1]), b) for (a, da), (b, db) in pairwise(around)]
    return around[0][0], tuple(curves)


@cache
def left() -> tuple[Contour, ...]:
    """Return the outlines of the left branch for the fill rule nonzero; the right branch is its mirror image."""
    found: list[Contour] = [_bark()]
    for pair in range(_PAIRS):
        for side in (-1, 1):
            number = 2 * pair + (side > 0)
            # The gaps get smaller towards the tip, like the leaves.
            t = 0.085 + 0.905 * ((pair + (0.45 if side > 0 else 0)) / _PAIRS) ** 0.93
            lean = radians((36 if side < 0 else 58) - 12 * t + 3 * _uneven(number))
            length = _length(t) * (1 + 0.06 * _uneven(number + 7)) * (1 if side < 0 else 0.86)
            found += _leaf(_stem(t), length, lean, side)
    found += _leaf(_stem(0.985), _length(1) * 1.1, 0.02, 1)
    return tuple(found)


@cache
def path_data() -> str:
    """Return the left branch as the `d` of an SVG path. Mirror it for the right branch."""
    return "".join(
        f"M{_two(start)}" + "".join(f"C{_two(a)} {_two(b)} {_two(end)}" for a, b, end in curves) + "Z"
        for start, curves in left()
    )


def _two(point: Point) -> str:
    return f"{point[0]:.1f} {point[1]:.1f}"


@cache
def _polygons() -> tuple[tuple[Point, ...], ...]:
    """Return the outlines of the left branch as polygons, fine enough for four times their size."""
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
    """Return how far the left branch extends towards the middle, for each 8 units of height."""
    found = [0.0] * (HEIGHT // 8 + 1)
    for polygon in _polygons():
        for x, y in polygon:
            found[int(y) // 8] = max(found[int(y) // 8], x)
    return tuple(found)


def reach(top: float, bottom: float) -> float:
    """Return the largest x of the left branch between two heights, with a margin above and below."""
    first, last = max(0, int(top - 24) // 8), min(HEIGHT, int(bottom + 24)) // 8
    return max(_reaches()[first : last + 1])


@cache
def mask() -> Image.Image:
    """
    Return both branches, white on black, antialiased by drawing them at four times their size. The image is cached:
    don't draw on it.
    """
    fine = 4
    half = Image.new("L", (WIDTH // 2 * fine, HEIGHT * fine), 0)
    pen = ImageDraw.Draw(half)
    for number, polygon in enumerate(_polygons()):
        # Number 0 is the stem; then each leaf is followed by its midrib.
        is_groove = number > 0 and number % 2 == 0
        pen.polygon([(x * fine, y * fine) for x, y in polygon], fill=0 if is_groove else 255)
    half = half.reduce(fine)
    both = Image.new("L", (WIDTH, HEIGHT), 0)
    both.paste(half, (0, 0))
    both.paste(ImageOps.mirror(half), (WIDTH // 2, 0))
    return both
