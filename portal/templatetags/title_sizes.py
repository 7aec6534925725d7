"""Measures the longest word of a title, so that CSS can choose a font size at which the word fits on a line."""

import re
import unicodedata
from typing import Any

from django import template

register = template.Library()

#: The word widths that static/css/titles.css distinguishes, in tenths of an em.
STEPS = (30, 35, 40, 45, 50, 55, 60, 65, 70, 80, 90, 100, 120, 140, 170, 200, 250, 300)
#: Letter widths of the bold serif font at large sizes, in em. `MARGIN` is a factor for fallback fonts, which are wider.
NARROW, WIDE, CAPITAL, OTHER, MARGIN = 0.27, 0.68, 0.62, 0.43, 1.15
# A line can break after a hyphen or a dash, and between Chinese or Japanese characters.
_PIECES = re.compile(r"[^\s\u1100-\u11ff\u2e80-\ua4cf\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff‐–—-]+[‐–—-]?")


@register.filter
def longest_word(title: Any) -> int:
    """
    Return the smallest of `STEPS` that is at least as wide as the longest word of `title`, or the largest one if the
    word is wider. Templates use it as the value of the HTML attribute `data-word`.
    """
    widest = max((_width(piece) for piece in _PIECES.findall(str(title))), default=0) * MARGIN * 10
    return next((step for step in STEPS if widest <= step), STEPS[-1])


def _width(piece: str) -> float:
    return sum(_advance(character) for character in piece)


def _advance(character: str) -> float:
    if character in "ijlftrI.,:;'’‘!|()[]-":
        return NARROW
    if character in "mwMW@Œœ&" or unicodedata.east_asian_width(character) in "WF":
        return 1.0 if ord(character) > 0x1100 else WIDE
    category = unicodedata.category(character)
    if category in {"Mn", "Me", "Cf"}:
        return 0
    return CAPITAL if category == "Lu" else OTHER
