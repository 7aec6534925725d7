"""
A pseudo-language made from English: every word has accents and is 40 % longer. Text without accents on a page is not
translated. Text that does not fit would not fit in long languages such as German either.
"""

import re

from django.utils.translation import trans_real

#: The pseudo-language replaces Polish, so it uses the URL prefix of Polish.
LANGUAGE = "pl"
_ACCENTS = str.maketrans("AEIOUYaeiouycnszlCNSZL", "ÁÉÍÓÚÝáéíóúýćńśźłĆŃŚŹŁ")
_KEPT = re.compile(r"(%\(\w+\)[sd]|%[sd%]|\{\w*\}|<[^>]+>|&\w+;)")


def pseudo(message: str) -> str:
    """
    Return a message with every word accented and longer. Placeholders and HTML tags stay the same.

    >>> pseudo("More than %(count)s <cite>films</cite>")
    'Móóréé thááń %(count)s <cite>fííłmmś</cite>'
    """
    return "".join(part if _KEPT.fullmatch(part) else _longer(part) for part in _KEPT.split(message))


def _longer(text: str) -> str:
    # Double two of five letters.
    letters, made = 0, []
    for character in text.translate(_ACCENTS):
        letters += character.isalpha()
        made.append(character * 2 if character.isalpha() and letters * 2 % 5 > 2 else character)
    return "".join(made)


class Catalog:
    """The part of a translation catalog that Django and django-countries use."""

    _fallback = None

    def gettext(self, message: str) -> str:
        return pseudo(message.rpartition("\x04")[2])

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return self.gettext(singular if number == 1 else plural)

    def to_language(self) -> str:
        return LANGUAGE


def install(monkeypatch) -> None:
    """Replace Polish by the pseudo-language until the test ends."""
    trans_real.translation(LANGUAGE)
    monkeypatch.setitem(trans_real._translations, LANGUAGE, Catalog())
