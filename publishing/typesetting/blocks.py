"""Sets text in a box: well broken lines in the largest size that fits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image
from uniseg.graphemecluster import grapheme_clusters
from uniseg.linebreak import line_break_units

from .fonts import Style, cleaned, language_of
from .lines import Box, Line, set_text
from .runs import is_rtl

#: In em: the minimum space above the first baseline, below the last, and between the ink of two lines.
ASCENT, DESCENT, GAP = 0.74, 0.24, 0.08
#: The font size at which text is measured; other sizes are scaled from it.
MEASURE = 100.0
ELLIPSIS = "…"
#: The rest of a longer text is ignored: it would not fit any box in a readable size.
LONGEST = 1500
#: Thai, Lao, Burmese and Khmer write no spaces between words. Their lines may break between letters from half the
#: largest size down.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
#: A space at which the line must not break, because of the character before or after it. Finding these takes the whole
#: text, not single words.
_BOUND = re.compile("[«‹(\\[{¿¡“„‘‚] | [»›)\\]}!?:;/]")


@dataclass(frozen=True)
class Block:
    """Lines of text in a box `width` px wide. Lengths are in px; y counts down from the top of the box."""

    lines: tuple[Line, ...]
    #: The y of the baseline of each line.
    baselines: tuple[float, ...]
    size: float
    #: The width of the given box, and the height from the top of the first line to the bottom of the last.
    width: float
    height: float
    #: Whether the text runs from right to left and so starts at the right edge.
    rtl: bool
    #: Whether the text was too long for the smallest size and ends with an ellipsis.
    cut: bool

    def boxes(self, x: float = 0, y: float = 0, align: str = "start") -> list[Box]:
        """
        Return left, top, right and bottom of the ink of each line that has any. The box's top left corner is at `x`,
        `y`.
        """
        found = []
        for line, baseline in zip(self.lines, self.baselines, strict=True):
            if line.ink:
                left, top, right, bottom = line.ink
                start = x + self._start(line, align)
                found.append((start + left, y + baseline + top, start + right, y + baseline + bottom))
        return found

    def path_data(self, x: float = 0, y: float = 0, align: str = "start", decimals: int = 2) -> str:
        """
        Return the outlines as the `d` of an SVG path. The box's top left corner is at `x`, `y`. `align` is "start"
        (left, or right for right-to-left text), "left", "middle" or "right".
        """
        return "".join(
            line.path_data(x + self._start(line, align), y + baseline, decimals=decimals)
            for line, baseline in zip(self.lines, self.baselines, strict=True)
        )

    def draw(self, image: Image.Image, x: float, y: float, colour: str, align: str = "start") -> None:
        """Draw the lines on an RGB, RGBA or L image. The parameters are those of `path_data`."""
        for line, baseline in zip(self.lines, self.baselines, strict=True):
            line.draw(image, x + self._start(line, align), y + baseline, colour)

    def _start(self, line: Line, align: str) -> float:
        if align == "start":
            align = "right" if self.rtl else "left"
        return {"left": 0.0, "middle": 0.5, "right": 1.0}[align] * (self.width - line.advance)


@dataclass(frozen=True)
class Unit:
    """A piece of text without a line break. Its `width`, and `advance` with the space after it, are in em."""

    text: str
    width: float
    advance: float


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
    Set `text` in the first of `sizes` (px, in descending order) that fits a box of `width` by `height` px.

    There are at most `max_lines` lines, `leading` em apart, or more if their ink needs it. Lines have similar lengths.
    A word is broken, between two characters as readers count them, only if the smallest size doesn't hold it. Text that
    is too long for the smallest size ends with an ellipsis.
    """
    text = cleaned(text if len(text) <= LONGEST else text[:LONGEST] + ELLIPSIS)
    rtl = is_rtl(text)
    setting = _Setting(style, language_of(text, language), spacing, leading, width, height, max_lines, rtl)
    sizes = list(sizes)
    measured = {piece: setting.unit(piece) for piece in set(pieces_of(text))}
    whole = [measured[piece] for piece in pieces_of(text)]
    parts = {
        unit: [setting.unit(part) for part in grapheme_clusters(unit.text)]
        for unit in {*whole}
        if unit.width * (max(sizes[-1], sizes[0] / 2) if _UNSPACED.search(unit.text) else sizes[-1]) > width
    }
    total = sum(unit.advance for unit in whole)
    for size in sizes:
        room = width / size
        if not setting.may_hold(max(1, int(total / (room + 1))), size):
            continue
        units = [part for unit in whole for part in (parts.get(unit, [unit]) if unit.width > room else [unit])]
        if all(unit.width <= room for unit in units):
            broken = _balanced(units, room)
            if setting.may_hold(len(broken), size):
                block = setting.set(broken, size)
                if block.height <= height and not any(_reach(line) > width for line in block.lines):
                    return block
    return setting.cut([part for unit in whole for part in parts.get(unit, [unit])], sizes[-1])


def pieces_of(text: str) -> list[str]:
    """Split `text` where a line may break (UAX #14). Each piece includes the space after it."""
    if _BOUND.search(text):
        return list(line_break_units(text))
    return [piece for word in re.findall(r"[^ ]+ *", text) for piece in _pieces_of_word(word)]


@lru_cache(maxsize=2048)
def _pieces_of_word(word: str) -> tuple[str, ...]:
    # The library is slow, and most words need no analysis.
    return (word,) if word.rstrip(" .,").isalpha() and word.isascii() else tuple(line_break_units(word))


@dataclass(frozen=True)
class _Setting:
    """The parameters that are the same for all sizes."""

    style: Style
    language: str | None
    spacing: float
    leading: float
    width: float
    height: float
    max_lines: int | None
    rtl: bool

    def line(self, text: str, size: float) -> Line:
        return set_text(text.strip(" "), self.style, size, self.language, self.spacing, self.rtl)

    def unit(self, text: str) -> Unit:
        line = self.line(text, MEASURE)
        width = _reach(line) / MEASURE
        space = 0.3 * (len(text) - len(text.rstrip(" ")))
        return Unit(text, width, width + self.spacing + space)

    def may_hold(self, count: int, size: float) -> bool:
        lines_fit = self.max_lines is None or count <= self.max_lines
        return lines_fit and (ASCENT + DESCENT + self.leading * (count - 1)) * size <= self.height

    def set(self, texts: list[str], size: float, cut: bool = False) -> Block:
        lines = [self.line(text, size) for text in texts]
        baselines: list[float] = []
        for position, line in enumerate(lines):
            above = -line.ink[1] if line.ink else 0
            if not position:
                baselines.append(max(ASCENT * size, above))
                continue
            before = lines[position - 1].ink
            needed = above + (before[3] if before else 0) + GAP * size
            baselines.append(baselines[-1] + max(self.leading * size, needed))
        last = lines[-1].ink if lines else None
        height = (baselines[-1] + max(DESCENT * size, last[3] if last else 0)) if lines else 0
        return Block(tuple(lines), tuple(baselines), size, self.width, height, self.rtl, cut)

    def cut(self, units: list[Unit], size: float) -> Block:
        """Return as many lines as fit the box, with an ellipsis."""
        lines = _filled(units, self.width / size)
        count = next((n for n in range(len(lines), 0, -1) if self.may_hold(n, size)), 1)
        while True:
            texts = lines[:count]
            if count < len(lines):
                texts[-1] = self._ending(texts[-1], size)
            block = self.set(texts, size, cut=count < len(lines))
            if block.height <= self.height:
                return block
            if count <= 1:  # many stacked accents: scale the line down
                return self.set(texts, size * self.height / block.height, block.cut)
            count -= 1

    def _ending(self, text: str, size: float) -> str:
        """Shorten `text` by words, or a single word by letters, until it fits with an ellipsis."""
        for pieces in (pieces_of(text), list(grapheme_clusters(text))):
            while pieces:
                ended = "".join(pieces).rstrip(" ,;:–—-") + ELLIPSIS
                if _reach(self.line(ended, size)) <= self.width:
                    return ended
                pieces.pop()
        return ELLIPSIS


def _reach(line: Line) -> float:
    """Return the width of a line, including ink outside its advance."""
    return max(line.advance, line.ink[2], line.ink[2] - line.ink[0]) if line.ink else line.advance


def _filled(units: list[Unit], room: float) -> list[str]:
    """Fill lines with as many units as fit into `room`."""
    lines: list[str] = []
    left = 0.0
    for unit in units:
        if lines and unit.width <= left:
            lines[-1] += unit.text
            left -= unit.advance
        else:
            lines.append(unit.text)
            left = room - unit.advance
    return lines


def _balanced(units: list[Unit], room: float) -> list[str]:
    """Return the same number of lines with similar widths, like CSS `text-wrap: balance`."""
    lines = _filled(units, room)
    least, most = max((unit.width for unit in units), default=0), room
    for _ in range(8):
        middle = (least + most) / 2
        tried = _filled(units, middle)
        if len(tried) == len(lines):
            lines, most = tried, middle
        else:
            least = middle
    return lines
