"""The schemes of external identifiers, such as Wikidata or IMDb: their form, their check digits and their web pages."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from django.utils.translation import gettext_lazy as _

_ALPHABET_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_IMDB_PAGES = {"tt": "title", "nm": "name", "co": "company", "ev": "event"}


def mod_11_2(digits: str) -> str:
    """
    Return the check character of `digits` by ISO 7064 MOD 11-2, which ISNI and ORCID use.

    >>> mod_11_2("000000012150090")
    'X'
    """
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2 % 11
    return "0123456789X"[(12 - total) % 11]


def mod_37_36(text: str) -> str:
    """
    Return the check character of `text`, which consists of digits and capital letters, by ISO 7064 MOD 37,36, which
    ISAN and EIDR use.

    >>> mod_37_36("779185342C2390308610"), mod_37_36("000000003A8D0000")
    ('5', 'Z')
    """
    total = 36
    for character in text:
        total = (total + _ALPHABET_36.index(character)) % 36 or 36
        total = total * 2 % 37
    return _ALPHABET_36[(37 - total) % 36]


def _is_isni(value: str) -> bool:
    digits = value.replace("-", "")
    return mod_11_2(digits[:-1]) == digits[-1]


def _is_isan(value: str) -> bool:
    # The first check character is for the work, the second one for the work and its version.
    parts = value.split("-")
    work, version = "".join(parts[:4]), "".join(parts[5:7])
    return mod_37_36(work) == parts[4] and (not version or mod_37_36(work + version) == parts[7])


def _is_eidr(value: str) -> bool:
    prefix, _slash, suffix = value.partition("/")
    digits = suffix.replace("-", "")
    return prefix != "10.5240" or mod_37_36(digits[:-1]) == digits[-1]


def _imdb_page(value: str) -> str:
    return f"https://www.imdb.com/{_IMDB_PAGES[value[:2]]}/{value}/"


@dataclass(frozen=True)
class Scheme:
    """
    A scheme of identifiers. `form` matches a whole value as it is stored, `page` is the address of its web page with
    `{}` for the value, or a function that returns it. Without `page`, an identifier has no link.
    """

    label: Any
    form: str
    example: str
    page: str | Callable[[str], str] = ""
    #: How letters are written, and the characters that people may write between the digits.
    letters: Callable[[str], str] = str.upper
    between: str = ""
    is_valid: Callable[[str], bool] = field(default=lambda value: True)

    def value_of(self, text: str) -> str | None:
        """
        Return the identifier in `text` as it is stored. `text` is the identifier or the address of its web page. Return
        None if it contains no identifier of this scheme.
        """
        text = unquote(text.strip())
        if not text.lower().startswith(("http://", "https://")):
            text = re.sub(r"^[A-Za-z]+:\s*|^(?:ISAN|ISNI|VIAF|GND)\s+", "", text)
        text = text.translate({ord(character): None for character in self.between})
        form = f"(?:^|[/=#])({self.form})(?=$|[/?#&])"
        found = re.search(form, self.letters(text)) if text else None
        # The other parts of an address must not be changed, so look for the form in the changed text only.
        return found[1] if found and self.is_valid(found[1]) else None

    def url_of(self, value: str) -> str:
        """Return the address of the web page of `value`, or "" if it has none or is no identifier of this scheme."""
        if not self.page or not re.fullmatch(self.form, value):
            return ""
        return self.page(value) if callable(self.page) else self.page.format(quote(value, safe="/"))


SCHEMES = {
    "wikidata": Scheme("Wikidata", r"Q[1-9]\d{0,11}", "Q23", "https://www.wikidata.org/wiki/{}"),
    "imdb": Scheme("IMDb", r"(?:tt|nm|co|ev)\d{7,10}", "nm0002354", _imdb_page, letters=str.lower),
    "isan": Scheme(
        "ISAN",
        r"(?:[0-9A-F]{4}-){4}[0-9A-Z](?:-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-Z])?",
        "0000-0000-3A8D-0000-Z",
        "https://web.isan.org/public/en/isan/{}",
        is_valid=_is_isan,
    ),
    "eidr": Scheme(
        "EIDR",
        r"10\.5240/(?:[0-9A-F]{4}-){5}[0-9A-Z]|10\.5237/[0-9A-F]{4}-[0-9A-F]{4}",
        "10.5240/7791-8534-2C23-9030-8610-5",
        "https://doi.org/{}",
        is_valid=_is_eidr,
    ),
    "viaf": Scheme("VIAF", r"[1-9]\d{0,21}", "46946176", "https://viaf.org/viaf/{}"),
    "isni": Scheme(
        "ISNI", r"\d{15}[\dX]", "000000012150090X", "https://isni.org/isni/{}", between=" -", is_valid=_is_isni
    ),
    "orcid": Scheme(
        "ORCID", r"(?:\d{4}-){3}\d{3}[\dX]", "0000-0002-1825-0097", "https://orcid.org/{}", is_valid=_is_isni
    ),
    "gnd": Scheme("GND", r"\d{1,10}-?[\dX]", "118540238", "https://d-nb.info/gnd/{}"),
    "ulan": Scheme("ULAN", r"500\d{6}", "500115588", "https://vocab.getty.edu/page/ulan/{}"),
    "ror": Scheme("ROR", r"0[a-z0-9]{6}\d{2}", "05a28rw58", "https://ror.org/{}", letters=str.lower),
    "own": Scheme(_("Own number"), r"\S(?:[^\n]*\S)?", "", letters=str),
}


def choices(*keys: str) -> list[tuple[str, Any]]:
    """Return the choices of a field for the schemes with these keys."""
    return [(key, SCHEMES[key].label) for key in keys]
