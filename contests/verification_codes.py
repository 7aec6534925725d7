"""
The code of a recognition: what a laurel carries, and by which anyone can ask whether the award still stands.

It follows from the permanent key alone, so that it survives new slugs, restored backups and changed secrets, and tells
nothing about what else there is: nine characters of a hash, and one that shows when another was mistyped.
"""

import unicodedata
from hashlib import sha256

from record.derived_fields import DerivedField

# Douglas Crockford's Base32: without I, L and O, which look like digits, and U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MEANT = str.maketrans("ILO", "110", "-‐‑‒–—―−. \t\r\n")
_LENGTH = 9
#: What is hashed with the key. With another word, every laurel that was ever given would lead nowhere.
_WORD = "contests.recognition"


class MistypedError(ValueError):
    """That a text can't be a code: too short, too long, a character that no code has, or one of them is wrong."""


def code_of(key: str) -> str:
    """
    The code of the recognition with this permanent key: two groups of five characters.

    >>> code_of("nextgen-alzheimer-grand-prize")
    'YKQ8N-CFK23'
    """
    number = int.from_bytes(sha256(f"{_WORD}:{key}".encode()).digest()[:6], "big") >> 3
    characters = "".join(ALPHABET[number >> 5 * place & 31] for place in reversed(range(_LENGTH)))
    return _grouped(characters + ALPHABET[_double(_sum(characters))])


def read(text: str) -> str:
    """
    The code that someone typed as `text`, as it is written here. Case, spaces and hyphens don't matter, nor whether a
    digit was read as the letter it looks like. `MistypedError` where it can't be one: any single wrong character
    and any two that changed places are noticed.
    """
    # What is longer than an address is no code, and is not worth looking at.
    characters = unicodedata.normalize("NFKC", text[:200]).upper().translate(_MEANT)
    if len(characters) != _LENGTH + 1 or not set(characters) <= set(ALPHABET) or _sum(characters) != 0:
        raise MistypedError(text[:200])
    return _grouped(characters)


def _grouped(characters: str) -> str:
    return f"{characters[:5]}-{characters[5:]}"


def _sum(characters: str) -> int:
    """
    The characters as a polynomial over the field of 32 elements, at an element that generates it: zero for a code.
    Every place has another weight, which makes it a Reed-Solomon code with one check symbol (Reed and Solomon,
    "Polynomial Codes over Certain Finite Fields", 1960).
    """
    total = 0
    for character in characters:
        total = _double(total) ^ ALPHABET.index(character)
    return total


def _double(element: int) -> int:
    # Times x, modulo x^5 + x^2 + 1.
    return element << 1 ^ (0b100101 if element & 0b10000 else 0)


class CodeField(DerivedField):
    """The code of the row whose permanent key is in the field `source`."""

    length = 11

    def value_of(self, text: str) -> str:
        return code_of(text)
