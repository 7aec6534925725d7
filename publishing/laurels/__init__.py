"""
Laurels: pictures of an award between two branches, for use on posters. A laurel depends only on its words. All text is
converted to outlines, so that it looks the same on computers without our fonts.
"""

from .files import FILES, digest_of, drawn
from .layout import HEIGHT, WIDTH, laid_out
from .texts import LaurelTexts, texts_of, verification_path

__all__ = ["FILES", "HEIGHT", "WIDTH", "LaurelTexts", "verification_path", "digest_of", "drawn", "laid_out", "texts_of"]
