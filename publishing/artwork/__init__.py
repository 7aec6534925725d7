"""
Posters and monograms, drawn for works and people that have no picture.

A drawing is a pure function of a key and a few words. The same key gives the same shapes on every machine and in every
year, because all choices come from SHA-256 and the arithmetic uses only sums, products and quotients. The functions
return frozen dataclasses; the template ``components/artwork.svg`` turns them into SVG.

A drawing must not be mistaken for a still: every page that shows one adds "Artwork by Laurel, not a still".
"""

from .monograms import monogram
from .posters import LETTERFORMS, SHAPES, poster
from .shapes import PALETTES, Letters, Monogram, Poster, Window

__all__ = ["LETTERFORMS", "PALETTES", "SHAPES", "Letters", "Monogram", "Poster", "Window", "monogram", "poster"]
