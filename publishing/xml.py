"""The characters that are allowed in XML, such as a feed or a drawing."""

import re

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """Remove from `text` the characters that XML forbids (XML 1.0, production 2)."""
    return _NOT_XML.sub("", text)
