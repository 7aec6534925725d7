"""Each card is drawn once and kept under its version, which no two cards share."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from .contents import Card
from .drawing import draw

#: In the storage of uploads, where nothing is served from but through the views: media.py knows no such folder.
FOLDER = "cards"


def png(card: Card) -> bytes:
    """The card as PNG. Whoever calls this has asked whether its page is public: what is kept here doesn't know."""
    name = f"{FOLDER}/{card.version[:2]}/{card.version}.png"
    try:
        with default_storage.open(name) as file:
            return file.read()
    except OSError:
        content = draw(card)
        default_storage.save(name, ContentFile(content))
        return content
