"""
Draws posters for works, and monograms for people, if there is no uploaded picture.

A drawing depends only on a key and a text, such as a slug and a title. The same key and text give the same shapes on
every computer, because all random choices are computed with SHA-256 and all arithmetic uses whole numbers. The
functions return frozen dataclasses; ``svg`` and ``kept_svg`` turn them into SVG.

Every page with a drawing also shows a note such as "Artwork by Laurel, not a still", so that nobody mistakes the
drawing for a picture from the work.
"""

from .monograms import monogram
from .posters import LETTERFORMS, SHAPES, poster
from .shapes import PALETTES, Letters, Monogram, Poster, Window
from .svg import kept_svg, svg

__all__ = [
    "LETTERFORMS",
    "PALETTES",
    "SHAPES",
    "Letters",
    "Monogram",
    "Poster",
    "Window",
    "kept_svg",
    "monogram",
    "poster",
    "svg",
]
