"""
Draws posters for works and monograms for people that have no picture.

A drawing depends only on a key and a text, such as a slug and a title. The same key and text give the same shapes on
every computer, because all choices come from SHA-256 and the arithmetic uses only whole numbers. The functions return
frozen dataclasses; the template ``components/artwork.svg`` turns them into SVG.

A drawing must not be mistaken for a picture from the work: every page with a drawing also shows "Artwork by Laurel, not
a still".
"""

from .monograms import monogram
from .posters import LETTERFORMS, SHAPES, poster
from .shapes import PALETTES, Letters, Monogram, Poster, Window

__all__ = ["LETTERFORMS", "PALETTES", "SHAPES", "Letters", "Monogram", "Poster", "Window", "monogram", "poster"]
