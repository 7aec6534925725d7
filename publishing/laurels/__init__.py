"""
Laurels: pictures for posters that show the name of an award between two branches. A laurel depends only on its texts.
The texts are converted to outlines, so a laurel looks the same on computers without the portal's fonts.
"""

from .files import FILES, digest_of, drawn
from .layout import HEIGHT, WIDTH, laid_out
from .texts import LaurelTexts, texts_of, verification_path

__all__ = ["FILES", "HEIGHT", "WIDTH", "LaurelTexts", "verification_path", "digest_of", "drawn", "laid_out", "texts_of"]
