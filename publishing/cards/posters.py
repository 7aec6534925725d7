"""Draws the posters and monograms of `publishing.artwork` as bitmaps. Web pages show them as SVG instead."""

from __future__ import annotations

from collections.abc import Iterable

from fontTools.pens.recordingPen import RecordingPen
from fontTools.svgLib.path import parse_path
from PIL import Image, ImageDraw

from publishing.artwork import Letters, Monogram, Poster, Window
from publishing.artwork.shapes import Path
from publishing.typesetting import POSTER, set_text

#: `STEPS` is the number of straight lines that replace a curve. The picture is drawn `LARGER` times as large and then
#: scaled down, so that edges are smooth.
STEPS, LARGER = 12, 3
ANCHORS = {"start": "left", "middle": "middle", "end": "right"}
Point = tuple[float, float]


def picture(art: Poster | Monogram, height: int) -> Image.Image:
    """Return the drawing as an image that is `height` px high, with the aspect ratio of the drawing."""
    scale = LARGER * height / art.height
    canvas = Image.new("RGB", (round(art.width * scale), LARGER * height), art.ground)
    _draw(canvas, art.shapes, scale, 0, 0)
    return canvas.reduce(LARGER)


def _draw(canvas: Image.Image, shapes: Iterable[Path | Letters | Window], scale: float, x: float, y: float) -> None:
    """Draw `shapes` on `canvas`, moved by `x` and `y`. `scale` is the number of px per unit of the drawing."""
    pen = ImageDraw.Draw(canvas)
    for shape in shapes:
        if isinstance(shape, Path):
            for corners in outlines(shape.d):
                pen.polygon([((right + x) * scale, (down + y) * scale) for right, down in corners], fill=shape.fill)
        elif isinstance(shape, Letters):
            line = set_text(shape.text, POSTER, shape.size * scale, weight=shape.weight)
            position = (shape.x + x) * scale, (shape.y + y) * scale
            line.draw(canvas, *position, shape.fill, ANCHORS[shape.anchor], shape.turn)
        else:
            left, top = round(shape.x * scale), round(shape.y * scale)
            right, bottom = round((shape.x + shape.width) * scale), round((shape.y + shape.height) * scale)
            seen = canvas.crop((left, top, right, bottom))
            _draw(seen, shape.shapes, scale, shape.shift - shape.x, -shape.y)
            canvas.paste(seen, (left, top))


def outlines(d: str) -> list[list[Point]]:
    """Convert SVG path data to polygons: one list of corners for each closed outline."""
    pen = RecordingPen()
    parse_path(d, pen)
    found: list[list[Point]] = []
    for name, points in pen.value:
        if name == "moveTo":
            found.append([points[0]])
        elif points:
            found[-1] += _bent([found[-1][-1], *points])
    return [corners for corners in found if len(corners) > 1]


def _bent(points: list[Point]) -> list[Point]:
    """
    Return points along a Bézier curve (de Casteljau's algorithm). `points` are its start, its control points and its
    end. The start is not in the result. With two points, the curve is a straight line, and the result is its end.
    """
    if len(points) == 2:
        return points[1:]
    found = []
    for step in range(1, STEPS + 1):
        part, left = step / STEPS, points
        while len(left) > 1:
            left = [
                (a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part) for a, b in zip(left, left[1:], strict=False)
            ]
        found += left
    return found
