"""Removes characters that XML does not allow. Used for the texts of feeds, oEmbed responses and laurels."""

import re

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Remove all characters from `text` that are not allowed in XML (production 2 of XML 1.0)."""
    return _NOT_XML.sub("", text)
