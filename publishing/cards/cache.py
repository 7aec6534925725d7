"""Each card is drawn once and kept under its version, which no two cards share."""

from __future__ import annotations

import logging

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from .contents import Card
from .drawing import draw

logger = logging.getLogger(__name__)

#: In the storage of uploads, where nothing is served from but through the views: media.py knows no such folder.
FOLDER = "cards"


#: How every whole PNG ends. A file without it is being written by another request, or its disk was full.
END = b"IEND\xaeB`\x82"


def png(card: Card) -> bytes:
    """The card as PNG. Whoever calls this has asked whether its page is public: what is kept here doesn't know."""
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
        # A card that can't be kept can still be shown.
        logger.warning("A share card could not be kept: %s", error)
