"""Text in a box: lines broken well, in the largest size that fits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PIL import Image

from .fonts import Style
from .lines import Line


@dataclass(frozen=True)
class Block:
    """Lines of text in a box of `width` px. Measures in px, y from the top of the box, down."""

    lines: tuple[Line, ...]
    #: Where the baseline of each line is.
    baselines: tuple[float, ...]
    size: float
    #: Of the box that was given, and from the top of the first line to the bottom of the last.
    width: float
    height: float
    #: Whether the text runs from right to left, and so starts at the right edge.
    rtl: bool
    #: Whether the text was too long for the smallest size and ends with an ellipsis.
    cut: bool

    def ink(self, x: float = 0, y: float = 0, align: str = "start") -> tuple[float, float, float, float] | None:
        """Left, top, right and bottom of the ink, with the box's top left corner at `x`, `y`."""
        raise NotImplementedError

    def path_data(self, x: float = 0, y: float = 0, align: str = "start", decimals: int = 2) -> str:
        """The outlines as the `d` of an SVG path; the box's top left corner at `x`, `y`, lines at its "start" (left,
        or right where the text runs so), "middle", "left" or "right"."""
        raise NotImplementedError

    def draw(self, image: Image.Image, x: float, y: float, colour: str, align: str = "start") -> None:
        """Draws the lines on an RGB, RGBA or L image, placed as above."""
        raise NotImplementedError


def fit(
    text: str,
    style: Style,
    width: float,
    height: float,
    sizes: Iterable[float],
    language: str | None = None,
    max_lines: int | None = None,
    spacing: float = 0,
    leading: float = 1.2,
) -> Block:
    """
    `text` in the first of `sizes` (px, the largest first) in which it fits a box of `width` by `height` px, on at most
    `max_lines` lines, `leading` em apart or as far as their ink needs. Lines are balanced. A word is broken, between two
    letters as readers see them, only where no size holds it; at the smallest size what is too long ends with an ellipsis.
    """
    raise NotImplementedError
