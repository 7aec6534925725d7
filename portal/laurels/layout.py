"""Where the words of a laurel stand: as large as they go between the branches, whatever their length and script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from portal.typesetting import TEXT, TITLE, Block, Style, fit

from .branches import HEIGHT, WIDTH, reach
from .words import Words

__all__ = ["HEIGHT", "WIDTH", "Placed", "laid_out"]

#: From where to where the words may stand, and where their middle is; the foot is below the branches.
_TOP, _MIDDLE, _BOTTOM, _FOOT = 150, 600, 1090, 1352
#: How much room they keep from the leaves.
_AIR = 44
_WIDTHS = (1560, 1400, 1240, 1080)


@dataclass(frozen=True)
class Placed:
    """A block of text with its box's top left corner; lines stand in the middle of the box."""

    block: Block
    x: float
    y: float

    @property
    def ink(self) -> tuple[float, float, float, float] | None:
        return self.block.ink(self.x, self.y, "middle")

    @property
    def path_data(self) -> str:
        return self.block.path_data(self.x, self.y, "middle", decimals=1)


@dataclass(frozen=True)
class _Part:
    """Words set in one size: `size` and the gap above are for the largest setting, in units; `tracking` in em."""

    text: str
    style: Style
    size: float
    tracking: float = 0
    gap: float = 0
    leading: float = 1.12


def _parts(words: Words) -> list[_Part]:
    parts = [_Part(words.award.upper(), TITLE, 168, 0.05)]
    if words.standing:
        # What was not won must not be the largest word.
        parts = [_Part(words.standing.upper(), TITLE, 168, 0.05), _Part(words.award.upper(), TEXT, 70, 0.14, 40, 1.3)]
    parts.append(_Part(words.contest, TITLE, 88, 0, 64, 1.16))
    if words.year:
        parts.append(_Part(words.year, TEXT, 62, 0.2, 44))
    return parts


@lru_cache(maxsize=256)
def laid_out(words: Words) -> tuple[Placed, ...]:
    """The words in the largest setting in which they keep clear of the branches; the foot with the address last."""
    stacked = next((found for found in _settings(words) if _is_clear(found)), None)
    # What no setting holds keeps to the middle in the smallest one, and ends with an ellipsis.
    stacked = stacked or _stacked(_parts(words), 0.26, 1000, whole=False)
    foot = " · ".join(part for part in (words.mark.upper(), words.address) if part)
    block = fit(foot, TEXT, WIDTH - 240, 76, sizes=range(42, 18, -2), max_lines=2, spacing=0.04)
    return (*(stacked or ()), Placed(block, 120, _FOOT))


def _settings(words: Words) -> Iterator[tuple[Placed, ...]]:
    parts = _parts(words)
    for percent in range(100, 24, -4):
        for width in _WIDTHS:
            if found := _stacked(parts, percent / 100, width):
                yield found


def _stacked(parts: list[_Part], scale: float, width: float, whole: bool = True) -> tuple[Placed, ...]:
    """The parts under one another around the middle; nothing where one of them doesn't fit `width` as a `whole`."""
    blocks = []
    for part in parts:
        room = (_BOTTOM - _TOP) / (1 if whole else len(parts))
        block = fit(
            part.text, part.style, width, room, sizes=[part.size * scale], spacing=part.tracking, leading=part.leading
        )
        if whole and (block.cut or len(block.lines) > 4):
            return ()
        blocks.append(block)
    gaps = [part.gap * scale**0.5 for part in parts]
    y = _MIDDLE - (sum(block.height for block in blocks) + sum(gaps)) / 2
    placed = []
    for block, gap in zip(blocks, gaps, strict=True):
        y += gap
        placed.append(Placed(block, (WIDTH - width) / 2, y))
        y += block.height
    return tuple(placed)


def _is_clear(stacked: tuple[Placed, ...]) -> bool:
    for placed in stacked:
        if not (ink := placed.ink):
            continue
        left, top, right, bottom = ink
        if top < _TOP or bottom > _BOTTOM or min(left, WIDTH - right) < reach(top, bottom) + _AIR:
            return False
    return True
