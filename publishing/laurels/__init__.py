"""
Laurels: an award between two branches, as a picture to put on a poster. Pure functions of a few words: the same words
give the same drawing. All text in it is outlines, so that it looks the same where none of our fonts is.
"""

from .files import FILES, digest_of, drawn
from .layout import HEIGHT, WIDTH, laid_out
from .words import Words, address_of, words_of

__all__ = ["FILES", "HEIGHT", "WIDTH", "Words", "address_of", "digest_of", "drawn", "laid_out", "words_of"]
