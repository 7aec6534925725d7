"""Shortening of long texts."""

import unicodedata

JOINER = "\u200d"


def beginning(text: str, most: int) -> str:
    """
    Return the beginning of `text` on one line, at most `most` characters long. A text that is too long is cut at the
    last space in the second half of these characters, and ends with "…". If there is no such space, it is cut within a
    word, but never between a letter and its combining marks.
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
