"""Typesets text in a box: breaks it into lines in the largest size that fits."""

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

#: Minimum distances in em: from the top of the box to the first baseline, from the last baseline to the bottom of the
#: box, and between the letters of two lines.
ASCENT, DESCENT, GAP = 0.74, 0.24, 0.08
#: The font size at which text is measured. Widths at other sizes are in proportion.
MEASURE = 100.0
ELLIPSIS = "…"
#: The maximum number of characters. A longer text is cut before it is measured, because it would not fit any box in a
#: readable size.
LONGEST = 1500
#: Letters of scripts without spaces between words: Thai, Lao, Burmese and Khmer. If a piece of such text is wider than
#: the box at half of the largest size, it may be broken between any two letters.
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
#: A space at which a line must not break: after an opening bracket or quotation mark, and before a closing one or a
#: punctuation mark.
_BOUND = re.compile("[«‹(\\[{¿¡“„‘‚] | [»›)\\]}!?:;/]")


@dataclass(frozen=True)
class Block:
    """Lines of text in a box. Lengths are in px; y runs down from the top of the box."""

    lines: tuple[Line, ...]
    #: The y of the baseline of each line.
    baselines: tuple[float, ...]
    size: float
    #: `width` is the width of the box in which the text was set. `height` is the height of the text, from the top of
    #: the first line to the bottom of the last.
    width: float
    height: float
    #: Whether the text runs from right to left, so that lines start at the right edge.
    rtl: bool
    #: Whether the text was too long for the smallest size, so that it ends with an ellipsis.
    cut: bool

    def boxes(self, x: float = 0, y: float = 0, align: str = "start") -> list[Box]:
        """
        Return the left, top, right and bottom edge of the letters of each line. `x` and `y` are the top left corner of
        the box. Lines without visible letters are left out.
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
        Return the outlines as SVG path data. `x` and `y` are the top left corner of the box. `align` is "start" (left,
        or right for a text from right to left), "left", "middle" or "right".
        """
        return "".join(
            line.path_data(x + self._start(line, align), y + baseline, decimals=decimals)
            for line, baseline in zip(self.lines, self.baselines, strict=True)
        )

    def draw(self, image: Image.Image, x: float, y: float, colour: str, align: str = "start") -> None:
        """Draw the lines on a Pillow image of mode RGB, RGBA or L. The other parameters are those of `path_data`."""
        for line, baseline in zip(self.lines, self.baselines, strict=True):
            line.draw(image, x + self._start(line, align), y + baseline, colour)

    def _start(self, line: Line, align: str) -> float:
        if align == "start":
            align = "right" if self.rtl else "left"
        return {"left": 0.0, "middle": 0.5, "right": 1.0}[align] * (self.width - line.advance)


@dataclass(frozen=True)
class Unit:
    """
    A piece of text inside which no line may break. `width` is the width of the text in em. `advance` also includes the
    space after the text.
    """

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
    Typeset `text` in the first of `sizes` at which it fits a box of `width` by `height` px. `sizes` are in px, largest
    first. `language` and `spacing` are as in `set_text`.

    There are at most `max_lines` lines. Their distance is `leading` em, or more if letters of two lines would touch.
    The lines have similar lengths. A line breaks inside a word only if the word is wider than the box in the smallest
    size. A text that is too long for the smallest size ends with an ellipsis.
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
    """Split `text` where a line may break (Unicode UAX #14). Each piece includes the space after it."""
    if _BOUND.search(text):
        return list(line_break_units(text))
    return [piece for word in re.findall(r"[^ ]+ *", text) for piece in _pieces_of_word(word)]


@lru_cache(maxsize=2048)
def _pieces_of_word(word: str) -> tuple[str, ...]:
    # Skip `line_break_units`, which is slow, for words of ASCII letters.
    return (word,) if word.rstrip(" .,").isalpha() and word.isascii() else tuple(line_break_units(word))


@dataclass(frozen=True)
class _Setting:
    """The parameters of `fit` that are the same for all font sizes."""

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
        """
        Return a block with as many lines as fit the box. If text is left out, the last line ends with an ellipsis.
        """
        lines = _filled(units, self.width / size)
        count = next((n for n in range(len(lines), 0, -1) if self.may_hold(n, size)), 1)
        while True:
            texts = lines[:count]
            if count < len(lines):
                texts[-1] = self._ending(texts[-1], size)
            block = self.set(texts, size, cut=count < len(lines))
            if block.height <= self.height:
                return block
            if count <= 1:  # A single line can be too high because of many stacked accents. Scale it down.
                return self.set(texts, size * self.height / block.height, block.cut)
            count -= 1

    def _ending(self, text: str, size: float) -> str:
        """
        Shorten `text` until it fits on one line with an ellipsis. Remove words from its end. If a single word is too
        long, remove letters from its end.
        """
        for pieces in (pieces_of(text), list(grapheme_clusters(text))):
            while pieces:
                ended = "".join(pieces).rstrip(" ,;:–—-") + ELLIPSIS
                if _reach(self.line(ended, size)) <= self.width:
                    return ended
                pieces.pop()
        return ELLIPSIS


def _reach(line: Line) -> float:
    """Return the width of a line, including the parts of letters that extend beyond its nominal width."""
    return max(line.advance, line.ink[2], line.ink[2] - line.ink[0]) if line.ink else line.advance


def _filled(units: list[Unit], room: float) -> list[str]:
    """Return the texts of lines of the width `room`, each with as many units as fit. All widths are in em."""
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
    """Break `units` into as many lines as `_filled` does, but with similar widths, like `text-wrap: balance` in CSS."""
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
