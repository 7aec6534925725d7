"""Removes characters that XML forbids from the texts of feeds and drawings."""

import re

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Remove the characters from `text` that XML forbids (production 2 of XML 1.0)."""
    return _NOT_XML.sub("", text)
