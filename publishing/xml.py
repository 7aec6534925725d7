"""What may stand in an XML document, such as a feed or a drawing."""

import re

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """`text` without what is no character of an XML document (XML 1.0, production 2)."""
    return _NOT_XML.sub("", text)
