"""Shorten long texts."""

import unicodedata

JOINER = "\u200d"


def beginning(text: str, most: int) -> str:
    """
    Return `text` on one line. If it is longer than `most` characters, return its first whole words and an ellipsis, at
    most `most` characters. A text without spaces is cut within a word, but never between a letter and its marks.
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
