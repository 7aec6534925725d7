"""Shortening of long texts."""

import unicodedata

JOINER = "\u200d"


def beginning(text: str, most: int) -> str:
    """
    Return the beginning of `text` on one line, at most `most` characters long. A longer text is cut after a word and
    ends with "…". It is cut within a word only if the second half of the first `most` characters has no space, and
    never between a letter and its combining marks.
    """
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    end = text.rfind(" ", most // 2, most)
    if end < 0:
        end = most - 1
        while end > 1 and (unicodedata.category(text[end])[0] == "M" or JOINER in text[end - 1 : end + 1]):
            end -= 1
    return f"{text[:end].rstrip(' ,;:')}…"
