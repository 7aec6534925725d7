"""Splitting a cell with several names of countries or languages, where one name may contain a separator itself."""

import re
from collections.abc import Callable
from functools import cache

from record.sort_keys import folded

#: What can be between two names. A hyphen separates names only where the name with the hyphen is not known.
_BETWEEN = re.compile(
    r"\s*[;,/&\n|+、，；・·]\s*(?:and\s+|&\s*)?|\s+(?:and|und|oraz|i|및)\s+|\s*[–—-]\s*", re.IGNORECASE
)
#: The most separators within one name, such as "Korea, Democratic People's Republic of".
_MOST_WITHIN = 4


def name_key(text: str) -> str:
    """
    Return a key for comparing names: without case, accents, width, points and other punctuation.

    >>> name_key("Korea (Republic of)"), name_key("U.S.A."), name_key("Côte d’Ivoire"), name_key("Bosnia & Herzegovina")
    ('korea republic of', 'usa', 'cote divoire', 'bosnia and herzegovina')
    """
    plain = re.sub(r"[.'’ʼ‘`]", "", folded(text).replace("&", " and "))
    return " ".join(re.sub(r"[^\w]+", " ", plain).split())


def split_names(text: str, known: Callable[[str], str | None]) -> tuple[list[str], str]:
    """
    Split a cell into names. `known` returns the code of a name, or None. The longest known name wins, so that "Bosnia
    and Herzegovina, Serbia" is two. Return the codes, each once, and the first part that is not known, or "".

    Up to five parts are looked up together, so each part costs several look-ups. A name is looked up once only, and
    nothing after the first unknown part: otherwise a cell of 40,000 characters takes a second.
    """
    known = cache(known)
    # Long runs of white space take a time that grows with their square.
    text = re.sub(r"[^\S\n]+", " ", text)
    pieces: list[tuple[int, int]] = []
    start = 0
    for found in _BETWEEN.finditer(text):
        pieces.append((start, found.start()))
        start = found.end()
    pieces.append((start, len(text)))
    pieces = [(first, last) for first, last in pieces if text[first:last].strip()]
    codes: list[str] = []
    place = 0
    while place < len(pieces):
        for end in range(min(len(pieces), place + 1 + _MOST_WITHIN), place, -1):
            part = text[pieces[place][0] : _end(text, pieces, end)]
            if code := known(part):
                codes.append(code)
                place = end
                break
        else:
            return list(dict.fromkeys(codes)), text[slice(*pieces[place])].strip()
    return list(dict.fromkeys(codes)), ""


def _end(text: str, pieces: list[tuple[int, int]], end: int) -> int:
    return pieces[end - 1][1]
