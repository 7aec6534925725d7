"""
A language that nobody speaks, made of English: every word accented and 40 % longer. What stands on a page without an
accent was not translated, and what has no room for it has none for German.
"""

import re

from django.utils.translation import trans_real

#: It goes by the prefix of this one.
LANGUAGE = "pl"
_ACCENTS = str.maketrans("AEIOUYaeiouycnszlCNSZL", "ÁÉÍÓÚÝáéíóúýćńśźłĆŃŚŹŁ")
_KEPT = re.compile(r"(%\(\w+\)[sd]|%[sd%]|\{\w*\}|<[^>]+>|&\w+;)")


def pseudo(message: str) -> str:
    """
    A message with every word accented and longer; placeholders and tags stay.

    >>> pseudo("More than %(count)s <cite>films</cite>")
    'Móóréé thááń %(count)s <cite>fííłmmś</cite>'
    """
    return "".join(part if _KEPT.fullmatch(part) else _longer(part) for part in _KEPT.split(message))


def _longer(text: str) -> str:
    # Two letters of five stand twice.
    letters, made = 0, []
    for character in text.translate(_ACCENTS):
        letters += character.isalpha()
        made.append(character * 2 if character.isalpha() and letters * 2 % 5 > 2 else character)
    return "".join(made)


class Catalog:
    """What Django, and django-countries, ask of the catalog of a language."""

    _fallback = None

    def gettext(self, message: str) -> str:
        return pseudo(message.rpartition("\x04")[2])

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return self.gettext(singular if number == 1 else plural)

    def to_language(self) -> str:
        return LANGUAGE


def install(monkeypatch) -> None:
    """Puts the language in the place of Polish until the test ends."""
    trans_real.translation(LANGUAGE)
    monkeypatch.setitem(trans_real._translations, LANGUAGE, Catalog())
