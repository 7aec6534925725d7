"""Where the words of a laurel stand: as large as they go between the branches, whatever their length and script."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from portal.typesetting import TEXT, TITLE, Block, Style, fit

from .branches import HEIGHT, WIDTH, reach
from .words import Words

__all__ = ["HEIGHT", "WIDTH", "Placed", "laid_out"]

#: From where to where the words may stand, and where their middle is; the foot is below the branches.
_TOP, _MIDDLE, _BOTTOM, _FOOT = 130, 622, 1090, 1316
#: How much room they keep from the leaves.
_AIR = 44
#: What is tried, the largest first; the size down to which smaller words are set small with the first; lines at most.
_SCALES = tuple(percent / 100 for percent in range(100, 22, -6))
_WIDTHS = (1560, 1360, 1160)
_READABLE, _LINES = 54, 4


@dataclass(frozen=True)
class Placed:
    """A block of text with its box's top left corner; lines stand in the middle of the box."""

    block: Block
    x: float
    y: float

    @property
    def boxes(self) -> list[tuple[float, float, float, float]]:
        """Left, top, right and bottom of the ink of each line."""
        return self.block.boxes(self.x, self.y, "middle")

    @property
    def path_data(self) -> str:
        return self.block.path_data(self.x, self.y, "middle", decimals=1)


@dataclass(frozen=True)
class _Part:
    """Words set in one size: `size` and the `gap` above are those of the largest setting; `tracking` is in em."""

    text: str
    style: Style
    size: float
    tracking: float = 0
    gap: float = 0
    leading: float = 1.12


def _parts(words: Words) -> list[_Part]:
    parts = [_Part(words.award.upper(), TITLE, 220, 0.04, leading=1)]
    if words.standing:
        # What was not won must not be the largest word.
        parts = [_Part(words.standing.upper(), TITLE, 220, 0.04, leading=1), _Part(words.award.upper(), TEXT, 74, 0.14, 48, 1.3)]
    parts.append(_Part(words.contest, TITLE, 104, 0, 72, 1.14))
    if words.year:
        parts.append(_Part(words.year, TEXT, 68, 0.2, 48))
    return parts


@lru_cache(maxsize=256)
def laid_out(words: Words) -> tuple[Placed, ...]:
    """The words in the largest setting in which they keep clear of the branches; the foot with the address last."""
    parts = _parts(words)
    settings = ((scale, width) for scale in _SCALES for width in _WIDTHS)
    stacked = next((found for setting in settings if (found := _stacked(parts, *setting))), ())
    foot = " · ".join(part for part in (words.mark.upper(), words.address) if part)
    block = fit(foot, TEXT, WIDTH - 240, 76, sizes=range(42, 18, -2), max_lines=2, spacing=0.04)
    return (*stacked, Placed(block, 120, _FOOT))


def _stacked(parts: list[_Part], scale: float, width: float) -> tuple[Placed, ...]:
    """The parts under one another around the middle; none where they would be cut or come too close to a leaf."""
    blocks: list[Block] = []
    for part in parts:
        largest = part.size * scale
        if blocks:
            # A long first word that had to be set small takes the others along, as far as they can still be read.
            largest = min(largest, max(part.size * blocks[0].size / parts[0].size, _READABLE))
        sizes = [largest * step / 100 for step in range(100, 30, -5)]
        block = fit(
            part.text,
            part.style,
            width,
            _BOTTOM - _TOP,
            sizes,
            max_lines=_LINES,
            spacing=part.tracking,
            leading=part.leading,
        )
        if block.cut and scale > _SCALES[-1]:
            return ()
        blocks.append(block)
    gaps = [part.gap * scale**0.5 for part in parts]
    y = _MIDDLE - (sum(block.height for block in blocks) + sum(gaps)) / 2
    placed = []
    for block, gap in zip(blocks, gaps, strict=True):
        placed.append(Placed(block, (WIDTH - width) / 2, y + gap))
        y += gap + block.height
    # In the smallest setting there is no way left but to take what there is.
    return tuple(placed) if _is_clear(placed) or scale == _SCALES[-1] else ()


def _is_clear(stacked: list[Placed]) -> bool:
    boxes = [box for placed in stacked for box in placed.boxes]
    return all(
        top >= _TOP and bottom <= _BOTTOM and min(left, WIDTH - right) >= reach(top, bottom) + _AIR
        for left, top, right, bottom in boxes
    )
