"""Posters and monograms drawn for works and people that have no picture.

A drawing is a pure function of a key and a few words: the same key gives the same shapes on every
machine, today and in ten years, because every choice is drawn from SHA-256 and the arithmetic
stays with sums, products and quotients. Values in, frozen dataclasses out; the template
``components/artwork.svg`` turns them into SVG.

A drawing never passes for a still: whoever shows it says "Artwork by Laurel, not a still".
"""

from .monograms import monogram
from .posters import LETTERFORMS, SHAPES, poster
from .shapes import PALETTES, Letters, Monogram, Poster, Window

__all__ = ["LETTERFORMS", "PALETTES", "SHAPES", "Letters", "Monogram", "Poster", "Window", "monogram", "poster"]
