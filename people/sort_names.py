"""The name under which a person is sorted, worked out from the name where no editor has given it."""

import re
from collections.abc import Mapping
from typing import Any

from record.sort_keys import InitialField, SortKeyField
from record.visible_text import is_blank

#: Words in small letters that stay with the given names: "Beethoven, Ludwig van". With a capital letter, they begin the
#: family name: "De Niro, Robert".
_PARTICLES = frozenset(
    ("af", "al", "bin", "da", "das", "de", "dei", "del", "della", "den", "der", "di", "do", "dos", "du", "e", "el")
    + ("ibn", "la", "le", "los", "of", "the", "van", "von", "vom", "y", "zu", "zum", "zur")
)
_SUFFIX = re.compile(r"(?:Jr|Sr|II|III|IV|Esq|Ph\.?D|M\.?D)\.?", re.IGNORECASE)
#: Scripts in which the given name comes first, and words have spaces between them.
_GIVEN_NAME_FIRST = re.compile(r"[A-Za-zÀ-ɏḀ-ỿͰ-Ͽἀ-῿Ѐ-ӿԱ-֏Ⴀ-ჿ0-9 .,'’`´\-‐‑()“”\"]+")
_ARTICLE = re.compile(r"(The)\s+(\S.*)", re.IGNORECASE)


def sort_name_of(name: str, *, is_team: bool = False) -> str:
    """
    Return the sort name of a person or team with this name. The family name is taken to be the last word, with the
    capitalised particles before it. A name in a script that puts the family name first stays as it is, and so does a
    single word. Editors correct what no rule can know, such as "Bong Joon-ho".

    >>> sort_name_of("John Williams"), sort_name_of("Robert De Niro"), sort_name_of("Ludwig van Beethoven")
    ('Williams, John', 'De Niro, Robert', 'Beethoven, Ludwig van')
    >>> sort_name_of("Robert Downey Jr."), sort_name_of("宮崎 駿"), sort_name_of("The Quiet Club", is_team=True)
    ('Downey, Robert, Jr.', '宮崎 駿', 'Quiet Club, The')
    """
    name = " ".join(name.split())
    if is_team:
        found = _ARTICLE.fullmatch(name)
        return f"{found[2]}, {found[1]}" if found else name
    words = name.replace(",", " ").split()
    if len(words) < 2 or not _GIVEN_NAME_FIRST.fullmatch(name):
        return name
    suffixes = [words.pop()] if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) else []
    first = len(words) - 1
    while first > 1 and words[first - 1].lower() in _PARTICLES and words[first - 1][:1].isupper():
        first -= 1
    family, given = " ".join(words[first:]), " ".join(words[:first])
    return ", ".join([family, given, *suffixes])


def _sort_name_in(values: Mapping[str, Any], source: str) -> str | None:
    """Return the sort name, given or worked out, of a person with these values. None if one of them is missing."""
    given, name, kind = values.get(source), values.get("name"), values.get("kind")
    if given is None or not is_blank(given):
        return given
    return None if name is None or kind is None else sort_name_of(name, is_team=kind == "team")


class PersonSortKeyField(SortKeyField):
    """
    A derived field that stores the sort key of a person: that of `sort_name`, or, if it is blank, of the sort name that
    is worked out from `name` and `kind`.
    """

    def value_in(self, values: Mapping[str, Any]) -> str | None:
        name = _sort_name_in(values, self.source)
        return None if name is None else self.value_of(name)


class PersonInitialField(InitialField):
    """A derived field that stores the letter under which a person is listed, given or worked out."""

    def value_in(self, values: Mapping[str, Any]) -> str | None:
        name = _sort_name_in(values, self.source)
        return None if name is None else self.value_of(name)
