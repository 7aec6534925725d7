"""One line of text as positioned outlines."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from .fonts import Style


@dataclass(frozen=True)
class Line:
    """A line of text, set. Measures in px; x from where the line starts, y from its baseline, down."""

    text: str
    size: float
    #: How far the line reaches on its baseline, the space around its letters included.
    advance: float
    #: Above and below the baseline, by the fonts in use; both positive.
    ascent: float
    descent: float
    #: Left, top, right and bottom of the ink itself; None where there is none.
    ink: tuple[float, float, float, float] | None
    #: Whether the line as a whole runs from right to left.
    rtl: bool

    def path_data(self, x: float = 0, y: float = 0, anchor: str = "left", decimals: int = 2) -> str:
        """
        The outlines as the `d` of an SVG path (fill rule nonzero), with the baseline at `y` and the line's left edge,
        middle or right edge (`anchor`: "left", "middle", "right") at `x`.
        """
        raise NotImplementedError

    def outline(self) -> list[tuple[str, tuple[float, ...]]]:
        """
        The same as commands: ("M", (x, y)), ("L", (x, y)), ("Q", (x1, y1, x, y)), ("C", (x1, y1, x2, y2, x, y)),
        ("Z", ()), for whoever bends a line along a curve.
        """
        raise NotImplementedError

    def draw(self, image: Image.Image, x: float, y: float, colour: str, anchor: str = "left") -> None:
        """Draws the line on an RGB, RGBA or L image, antialiased, with `x`, `y` and `anchor` as above."""
        raise NotImplementedError


def set_text(text: str, style: Style, size: float, language: str | None = None, spacing: float = 0) -> Line:
    """
    Sets `text` on one line, `size` px to the em. `language` (BCP 47) chooses the shapes of Han characters and local
    forms; without it they follow from what else the text holds. `spacing` is added after each letter, in em, where the
    script bears it. Line breaks and tabs count as spaces, control characters as nothing.
    """
    raise NotImplementedError
