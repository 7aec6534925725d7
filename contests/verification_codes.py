"""
Verification codes of recognitions. The code is printed on the laurel of an award. Anyone can use it to check whether
the award is still valid.

A code is computed from the permanent key of the recognition, so new slugs, restored backups and new secret keys don't
change it, and it says nothing about other recognitions. It has nine characters of a hash and one check character, which
detects typing errors.
"""

import unicodedata
from hashlib import sha256

from record.derived_fields import DerivedField

# The digits of Douglas Crockford's Base32. It leaves out I, L and O, which look like digits, and U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MEANT = str.maketrans("ILO", "110", "-‐‑‒–—―−. \t\r\n")
_LENGTH = 9
#: A prefix of the hashed text. Never change it: all printed codes would become invalid.
_WORD = "contests.recognition"


class MistypedError(ValueError):
    """
    The error for a text that can't be a code: its length is wrong, it has an invalid character, or the check character
    doesn't match.
    """


def code_of(key: str) -> str:
    """
    Return the code of the recognition with this permanent key: two groups of five characters with a hyphen between.

    >>> code_of("nextgen-alzheimer-grand-prize")
    'YKQ8N-CFK23'
    """
    number = int.from_bytes(sha256(f"{_WORD}:{key}".encode()).digest()[:6], "big") >> 3
    characters = "".join(ALPHABET[number >> 5 * position & 31] for position in reversed(range(_LENGTH)))
    return _grouped(characters + ALPHABET[_double(_sum(characters))])


def read(text: str) -> str:
    """
    Return the code that somebody typed as `text`, in its standard form. Ignore case, spaces and hyphens, and read the
    letters I, L and O as the digits they look like. Raise `MistypedError` if `text` isn't a code. The check character
    detects any single wrong character and any two swapped characters.
    """
    # A long text can't be a code, so process only its beginning.
    characters = unicodedata.normalize("NFKC", text[:200]).upper().translate(_MEANT)
    if len(characters) != _LENGTH + 1 or not set(characters) <= set(ALPHABET) or _sum(characters) != 0:
        raise MistypedError(text[:200])
    return _grouped(characters)


def _grouped(characters: str) -> str:
    return f"{characters[:5]}-{characters[5:]}"


def _sum(characters: str) -> int:
    """
    Return the checksum of `characters`, which is zero for a valid code. The characters are the coefficients of a
    polynomial over the finite field with 32 elements, and the checksum is its value at a generator of the field. The
    code is therefore a Reed-Solomon code with one check symbol (Reed and Solomon, "Polynomial Codes over Certain Finite
    Fields", 1960).
    """
    total = 0
    for character in characters:
        total = _double(total) ^ ALPHABET.index(character)
    return total


def _double(element: int) -> int:
    # Multiply a field element by x, modulo the polynomial x^5 + x^2 + 1.
    return element << 1 ^ (0b100101 if element & 0b10000 else 0)


class CodeField(DerivedField):
    """A model field for the verification code, computed from the permanent key in the field `source`."""

    length = 11

    def value_of(self, text: str) -> str:
        return code_of(text)
