"""
Stores drawn share cards. The file name is the version of the card, so two different cards never have the same file.
"""

from __future__ import annotations

import logging
from threading import BoundedSemaphore

from django.core.files.storage import default_storage

from record.media import overwrite

from .contents import Card
from .drawing import draw

logger = logging.getLogger(__name__)

#: The folder for share cards in the upload storage. `/media/` does not serve this folder.
FOLDER = "cards"
#: How many cards a process draws at the same time. Drawing takes up to 0.1 s of one processor. Without this limit, a
#: program that requests the cards of 5,000 works could occupy all threads, so that readers wait.
AT_ONCE = 2

_drawing = BoundedSemaphore(AT_ONCE)


class TooManyCards(Exception):  # noqa: N818 - not an error
    """This process is drawing `AT_ONCE` other cards."""


#: The last bytes of every complete PNG file. A stored file without them is incomplete, for example because the disk was
#: full, and is drawn again.
END = b"IEND\xaeB`\x82"


def png(card: Card) -> bytes:
    """
    Return the card as PNG, from the storage if possible. The caller must check that the page of the card is public.
    Raise `TooManyCards` if the card is not in the storage and can't be drawn now.
    """
    name = f"{FOLDER}/{card.version[:2]}/{card.version}.png"
    try:
        with default_storage.open(name) as file:
            content = file.read()
    except OSError:
        content = b""
    if not content.endswith(END):
        # Don't wait, because a waiting request occupies a thread too.
        if not _drawing.acquire(blocking=False):
            raise TooManyCards
        try:
            content = draw(card)
        finally:
            _drawing.release()
        _keep(name, content)
    return content


def _keep(name: str, content: bytes) -> None:
    try:
        overwrite(default_storage, name, content)
    except OSError as error:
        # The card can be shown even if it can't be stored, so only log the error.
        logger.warning("A share card could not be kept: %s", error)
