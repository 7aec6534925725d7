"""
Laurels: pictures of an award between two branches, for use on posters. A laurel depends only on its words. All text is
converted to outlines, so that it looks the same on computers without our fonts.
"""

from .files import FILES, digest_of, drawn
from .layout import HEIGHT, WIDTH, laid_out
from .words import Words, address_of, words_of

__all__ = ["FILES", "HEIGHT", "WIDTH", "Words", "address_of", "digest_of", "drawn", "laid_out", "words_of"]
