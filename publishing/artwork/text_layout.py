"""Splits titles and names into the letters and lines that a drawing shows, in any script and of any length."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def clusters(text: str) -> list[str]:
    """
    Split `text` into characters as a reader counts them: an accent, a skin tone or a joined emoji belongs to the
    character before it. Characters that can't be drawn are removed.
    """
    clusters: list[str] = []
    joined = False
    for character in text:
        category = unicodedata.category(character)
        if category in {"Cc", "Cs", "Cn", "Co"}:
            continue
        if clusters and (joined or category.startswith("M") or category == "Cf" or character in SKIN):
            clusters[-1] += character
        else:
            clusters.append(character)
        joined = character == "\u200d"
    return clusters


SKIN = frozenset("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")


def words_of(text: str) -> list[str]:
    """
    Split `text` into words. Everything before the first letter or digit of a word is removed, and so are characters
    that can't be drawn.
    """
    words = []
    for word in text.split():
        letters = clusters(word)
        while letters and unicodedata.category(letters[0][0])[0] not in "LN":
            del letters[0]
        if letters:
            words.append("".join(letters))
    return words


def initial(words: Sequence[str]) -> str:
    """
    Return the first letter of the first word. It is a capital, unless its capital consists of several letters (as with
    "ß").
    """
    first = clusters(words[0])[0]
    return first.upper() if len(first.upper()) == len(first) else first


def lines_of(text: str, broadest: int, most: int) -> list[str]:
    """
    Break `text` between words into lines that are at most `broadest` wide, as measured by `breadth`. Return an empty
    list if there would be more than `most` lines, or if a word is wider than `broadest`.
    """
    lines: list[str] = []
    for word in filter(None, ("".join(clusters(word)) for word in text.split())):
        if lines and breadth(f"{lines[-1]} {word}") <= broadest:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines if len(lines) <= most and all(breadth(line) <= broadest for line in lines) else []


def breadth(word: str) -> int:
    """Estimate the maximum width of a word in bold type, in hundredths of the font size."""
    return sum(_breadth(letter[0]) for letter in clusters(word))


def _breadth(letter: str) -> int:
    if letter == " ":
        return 30
    if letter in "mwMW@&" or unicodedata.east_asian_width(letter) in "WF":
        return 112
    return 66 if letter.islower() and letter < "\u0250" else 92
