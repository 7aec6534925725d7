"""
Stores drawn share cards. The file name is the version of the card, so two different cards never have the same file.
"""

from __future__ import annotations

import logging

from django.core.files.storage import default_storage

from record.media import overwrite

from .contents import Card
from .drawing import draw

logger = logging.getLogger(__name__)

#: The folder for share cards in the upload storage. `/media/` does not serve this folder.
FOLDER = "cards"


#: The last bytes of every complete PNG file. A stored file without them is incomplete, for example because the disk was
#: full, and is drawn again.
END = b"IEND\xaeB`\x82"


def png(card: Card) -> bytes:
    """
    Return the card as PNG, from the storage if possible. The caller must check that the page of the card is public.
    """
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
        overwrite(default_storage, name, content)
    except OSError as error:
        # The card can be shown even if it can't be stored, so only log the error.
        logger.warning("A share card could not be kept: %s", error)
