"""
The verification code of a recognition. It is printed on a laurel, and anyone can check with it whether the award is
still valid.

The code depends only on the permanent key, so it survives new slugs, restored backups and changed secrets, and reveals
nothing about other recognitions. It consists of nine characters of a hash and a check character that detects mistyped
ones.
"""

import unicodedata
from hashlib import sha256

from record.derived_fields import DerivedField

# Douglas Crockford's Base32: without I, L and O, which look like digits, and U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MEANT = str.maketrans("ILO", "110", "-‐‑‒–—―−. \t\r\n")
_LENGTH = 9
#: Hashed together with the key. If it changed, the code on every existing laurel would become invalid.
_WORD = "contests.recognition"


class MistypedError(ValueError):
    """
    Raised for a text that can't be a code: it has the wrong length or a character that no code has, or the check
    character doesn't match.
    """


def code_of(key: str) -> str:
    """
    Return the code of the recognition with this permanent key: two groups of five characters.

    >>> code_of("nextgen-alzheimer-grand-prize")
    'YKQ8N-CFK23'
    """
    number = int.from_bytes(sha256(f"{_WORD}:{key}".encode()).digest()[:6], "big") >> 3
    characters = "".join(ALPHABET[number >> 5 * position & 31] for position in reversed(range(_LENGTH)))
    return _grouped(characters + ALPHABET[_double(_sum(characters))])


def read(text: str) -> str:
    """
    Return the code typed as `text`, in its normal form. Case, spaces and hyphens are ignored, and the letters I, L and
    O are read as the digits they look like. Raise `MistypedError` if it isn't a code. Any single wrong character, and
    any two swapped characters, are detected.
    """
    # Longer texts can't be codes: no need to process all of them.
    characters = unicodedata.normalize("NFKC", text[:200]).upper().translate(_MEANT)
    if len(characters) != _LENGTH + 1 or not set(characters) <= set(ALPHABET) or _sum(characters) != 0:
        raise MistypedError(text[:200])
    return _grouped(characters)


def _grouped(characters: str) -> str:
    return f"{characters[:5]}-{characters[5:]}"


def _sum(characters: str) -> int:
    """
    Evaluate the characters as a polynomial over the field of 32 elements, at a generator of that field. The result is
    zero for a valid code. Each position has its own weight, which makes this a Reed-Solomon code with one check symbol
    (Reed and Solomon, "Polynomial Codes over Certain Finite Fields", 1960).
    """
    total = 0
    for character in characters:
        total = _double(total) ^ ALPHABET.index(character)
    return total


def _double(element: int) -> int:
    # Multiply by x, modulo x^5 + x^2 + 1.
    return element << 1 ^ (0b100101 if element & 0b10000 else 0)


class CodeField(DerivedField):
    """The code of the row whose permanent key is in the field `source`."""

    length = 11

    def value_of(self, text: str) -> str:
        return code_of(text)
