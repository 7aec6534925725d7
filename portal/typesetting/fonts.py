"""The fonts that drawn things are set in, and which of them has a character."""

from __future__ import annotations

from enum import Enum


class Style(Enum):
    """TITLE is Fraunces, TEXT is Instrument Sans; scripts that those don't have come from the same fallbacks."""

    TITLE = "title"
    TEXT = "text"


TITLE, TEXT = Style.TITLE, Style.TEXT


def missing(text: str) -> set[str]:
    """The characters of `text` that no font of the chain has; what is never drawn (joiners, controls) is not missing."""
    raise NotImplementedError
