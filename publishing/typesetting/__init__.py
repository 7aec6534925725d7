"""
Typesets text for everything that Laurel draws: share cards, laurels and posters.

Text in any script becomes outlines. ``set_text`` typesets one line; ``fit`` breaks text into lines in the largest size
that fits a box. The result knows its size and can be written as SVG path data or drawn on a Pillow image. Lengths are
in px, and y runs down from the baseline of a line or the top of a box::

    line = set_text("أليس, 2024", TITLE, 48)
    svg = f'<path d="{line.path_data(x=20, y=90)}"/>'

    block = fit(title, TITLE, width=720, height=300, sizes=range(96, 30, -2), language="ja", max_lines=4)
    block.draw(image, x=80, y=120, colour="#1a1613")

This package does not use models, requests or the database. It takes text and returns frozen dataclasses.
"""

from .blocks import Block, fit
from .fonts import POSTER, TEXT, TITLE, Style, missing
from .lines import Line, set_text
from .runs import is_rtl

__all__ = ["POSTER", "TEXT", "TITLE", "Block", "Line", "Style", "fit", "is_rtl", "missing", "set_text"]
