"""Pictures for uploads. Each has a different width, so that a row can be checked for its own picture."""

import io
import random

from PIL import Image


def picture(width: int, height: int = 400) -> bytes:
    """Return a JPEG of noise, so that it is not small: about 100 KB."""
    noise = random.Random(width).randbytes(width // 4 * height // 4 * 3)
    image = Image.frombytes("RGB", (width // 4, height // 4), noise).resize((width, height))
    content = io.BytesIO()
    image.save(content, "JPEG", quality=85)
    return content.getvalue()
