"""Stores each drawn card under its version. Two different cards never have the same version."""

from __future__ import annotations

import logging

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from .contents import Card
from .drawing import draw

logger = logging.getLogger(__name__)

#: A folder in the upload storage. Only the views serve it: media.py does not know this folder.
FOLDER = "cards"


#: The last bytes of every complete PNG. A file without them is still being written, or the disk was full.
END = b"IEND\xaeB`\x82"


def png(card: Card) -> bytes:
    """Return the card as PNG. The caller must check that the page is public: the stored file has no such check."""
    name = f"{FOLDER}/{card.version[:2]}/{card.version}.png"
    try:
        with default_storage.open(name) as file:
            content = file.read()
    except OSError:
        content = b""
    if not content.endswith(END):
        content = draw(card)
        _keep(name, content)
    return content


def _keep(name: str, content: bytes) -> None:
    try:
        default_storage.delete(name)
        default_storage.save(name, ContentFile(content))
    except OSError as error:
        # A card that can't be stored can still be shown.
        logger.warning("A share card could not be kept: %s", error)
