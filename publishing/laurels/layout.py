"""Places the words of a laurel between the branches, as large as possible, for texts of any length and script."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache

from publishing.typesetting import TEXT, TITLE, Block, Style, fit

from .branches import HEIGHT, WIDTH, reach
from .texts import LaurelTexts

__all__ = ["HEIGHT", "WIDTH", "Placed", "laid_out"]

#: Vertical positions: the top, middle and bottom of the area for the words, and the top of the line below the branches.
_TOP, _MIDDLE, _BOTTOM, _FOOT = 130, 640, 1090, 1316
#: The minimum distance between the words and the leaves.
_AIR = 44
#: The factors by which the words are scaled, largest first. The first factor at which all words fit is used.
_SCALES = tuple(percent / 100 for percent in range(100, 24, -8))
_WIDTHS = (1500, 1220)
#: `_READABLE`: the other texts shrink in proportion to the first text, but not below this size. `_SMALLEST`: a text
#: shrinks to fit its lines, but not below this size. `_LINES`: the maximum number of lines of a text, doubled for a
#: text that would be cut off.
_READABLE, _SMALLEST, _LINES = 54, 40, 4


@dataclass(frozen=True)
class Placed:
    """A block of text, and the top left corner of its box. Lines are centred in the box."""

    block: Block
    x: float
    y: float

    @property
    def boxes(self) -> list[tuple[float, float, float, float]]:
        """Return the left, top, right and bottom edge of the letters of each line."""
        return self.block.boxes(self.x, self.y, "middle")

    @property
    def path_data(self) -> str:
        return self.block.path_data(self.x, self.y, "middle", decimals=1)


@dataclass(frozen=True)
class _Part:
    """
    A text of a laurel. `size` and `gap` (the distance to the text above) apply at scale 1. `tracking` (the letter
    spacing) and `leading` (the line height) are in em.
    """

    text: str
    style: Style
    size: float
    tracking: float = 0
    gap: float = 0
    leading: float = 1.12


def _capitals(text: str) -> str:
    """Return `text` in capitals. Greek capitals lose their acute accent, as is usual in Greek."""
    plain = re.sub("([\u0370-\u03ff])\u0301", r"\1", unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFC", plain).upper()


def _parts(texts: LaurelTexts) -> list[_Part]:
    parts = [_Part(_capitals(texts.award), TITLE, 220, 0.04, leading=1)]
    if texts.standing:
        # For a standing such as "Finalist", show the standing largest and the award smaller, because the award was not
        # won.
        parts = [
            _Part(_capitals(texts.standing), TITLE, 220, 0.04, leading=1),
            _Part(_capitals(texts.award), TEXT, 74, 0.14, 48, 1.3),
        ]
    parts.append(_Part(texts.contest, TITLE, 104, 0, 72, 1.14))
    if texts.year:
        parts.append(_Part(texts.year, TEXT, 68, 0.2, 48))
    return parts


@lru_cache(maxsize=256)
def laid_out(texts: LaurelTexts) -> tuple[Placed, ...]:
    """
    Return all texts with their positions, as large as possible without touching the branches. The line with the URL
    comes last.
    """
    parts = _parts(texts)
    # Use the width at which the scale is largest.
    scales = {width: _SCALES[_first_clear(parts, width)] for width in _WIDTHS}
    width = max(scales, key=lambda width: scales[width])
    foot = " · ".join(part for part in (texts.mark.upper(), texts.url) if part)
    block = fit(foot, TEXT, WIDTH - 240, 76, sizes=range(42, 18, -2), max_lines=2, spacing=0.04)
    return (*_stacked(parts, scales[width], width), Placed(block, 120, _FOOT))


def _first_clear(parts: list[_Part], width: float) -> int:
    """
    Return the index of the first scale in `_SCALES` at which the texts don't touch the branches. If there is none,
    return the last index.
    """
    return bisect_left(
        range(len(_SCALES) - 1), True, key=lambda number: _is_clear(_stacked(parts, _SCALES[number], width))
    )


def _stacked(parts: list[_Part], scale: float, width: float) -> list[Placed]:
    """Place the texts below each other, centred vertically around `_MIDDLE`. No text is wider than `width`."""
    blocks: list[Block] = []
    for part in parts:
        largest = part.size * scale
        if blocks:
            # If the first text had to shrink, the others shrink in proportion, but not below the readable size.
            largest = min(largest, max(part.size * blocks[0].size / parts[0].size, _READABLE))
        blocks.append(_set(part, largest, width))
    gaps = [part.gap * scale**0.5 for part in parts]
    y = _MIDDLE - (sum(block.height for block in blocks) + sum(gaps)) / 2
    placed = []
    for block, gap in zip(blocks, gaps, strict=True):
        placed.append(Placed(block, (WIDTH - width) / 2, y + gap))
        y += gap + block.height
    return placed


def _set(part: _Part, largest: float, width: float) -> Block:
    """
    Typeset one text, with a font size of at most `largest`. A text without spaces stays on one line if possible,
    because a line break inside a word is hard to read.
    """

    def setting(smallest: float, lines: int) -> Block:
        sizes = [largest, *(size for step in range(95, 0, -5) if (size := largest * step / 100) >= smallest)]
        return fit(
            part.text,
            part.style,
            width,
            _BOTTOM - _TOP,
            sizes,
            max_lines=lines,
            spacing=part.tracking,
            leading=part.leading,
        )

    if " " not in part.text and not (block := setting(max(largest * 0.6, _SMALLEST), 1)).cut:
        return block
    if (block := setting(_SMALLEST, _LINES)).cut:
        block = setting(_SMALLEST, 2 * _LINES)
    return block


def _is_clear(stacked: list[Placed]) -> bool:
    """Return whether all texts are complete and keep the minimum distance from the leaves."""
    boxes = [box for placed in stacked for box in placed.boxes]
    return not any(placed.block.cut for placed in stacked) and all(
        top >= _TOP and bottom <= _BOTTOM and min(left, WIDTH - right) >= reach(top, bottom) + _AIR
        for left, top, right, bottom in boxes
    )
