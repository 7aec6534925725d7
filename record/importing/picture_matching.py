"""
Find the row that a picture belongs to by the name of its file: by a tracking number, a slug, a title or name, or a
permanent key. A name that fits two rows is never guessed.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from record.slugs import slug_from
from record.sort_keys import folded

#: What people add to the name of a picture. It is left out only if nothing matches with it.
_ENDINGS = re.compile(
    r"""(?:
        [\s_]*[(\[（]\d{1,3}[)\]）]
        | [\s_.\-–—]+(?:
            poster|posters|portrait|headshot|photo|picture|image|still|stills|cover|key[\s_-]?art|thumbnail
            | final|copy|copia|kopie|draft|hires|hi-res|lowres|web|print|v\d{1,3}
        )
    )$""",
    re.VERBOSE | re.IGNORECASE,
)
_MOST_ENDINGS = 6
#: The ways to find a row, in this order.
KEY, NUMBER, SLUG, NAME = "key", "number", "slug", "name"


@dataclass(frozen=True)
class Candidate:
    """A row that a picture may belong to, with the texts that file names use for it."""

    pk: int
    label: str
    slug: str
    names: Sequence[str]
    number: str = ""
    key: str = ""


@dataclass(frozen=True)
class Match:
    """
    The row that a name refers to and how it was found, or None. If the name fits several rows, they are in `several`.
    """

    row: Candidate | None = None
    how: str = ""
    several: tuple[Candidate, ...] = ()


def texts_of(file_name: str) -> list[str]:
    """
    Return the name of a file without its extension, then without what people add at the end, one part after the other.

    >>> texts_of("Specimen Street_poster (1).jpg")
    ['Specimen Street_poster (1)', 'Specimen Street_poster', 'Specimen Street']
    """
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", unicodedata.normalize("NFC", file_name)).strip()
    found = [stem]
    while len(found) <= _MOST_ENDINGS and (shorter := _ENDINGS.sub("", found[-1]).strip()) not in ("", found[-1]):
        found.append(shorter)
    return found


def words_of(text: str) -> str:
    """Return the words of `text` for comparing: without case, accents, punctuation and the kind of separator."""
    return slug_from(folded(text), fallback="")


class Index:
    """
    The candidates by what file names call them. With `any_order`, names match in any order of their words, because
    family names come first or last.
    """

    def __init__(self, candidates: Iterable[Candidate], *, any_order: bool = False):
        self._any_order = any_order
        self._tables: dict[str, dict[str, list[Candidate]]] = {KEY: {}, NUMBER: {}, SLUG: {}, NAME: {}}
        for row in candidates:
            self._add(KEY, words_of(row.key), row)
            self._add(NUMBER, words_of(row.number), row)
            self._add(SLUG, words_of(row.slug), row)
            for name in row.names:
                self._add(NAME, self._name(words_of(name)), row)

    def _name(self, words: str) -> str:
        return "-".join(sorted(words.split("-"))) if self._any_order else words

    def _add(self, how: str, words: str, row: Candidate) -> None:
        if words:
            self._tables[how].setdefault(words, []).append(row)

    def of_file(self, file_name: str) -> Match:
        """Return the row that the name of a file refers to."""
        for text in texts_of(file_name):
            words = words_of(text)
            if found := self._exact(words) or self._after_number(words):
                return _match(found)
        return Match()

    def of_text(self, text: str) -> Match:
        """Return the row that a text refers to exactly. A slug or a permanent key wins over a name."""
        words = words_of(text)
        for how in (SLUG, KEY):
            rows = self._tables[how].get(words, [])
            if len(rows) == 1:
                return Match(rows[0], how)
        return _match(self._exact(words))

    def _exact(self, words: str) -> dict[int, tuple[Candidate, str]]:
        found: dict[int, tuple[Candidate, str]] = {}
        for how, table in self._tables.items():
            for row in table.get(self._name(words) if how == NAME else words, ()):
                found.setdefault(row.pk, (row, how))
        return found

    def _after_number(self, words: str) -> dict[int, tuple[Candidate, str]]:
        """
        Return what a number at the start refers to, with what the rest refers to. A number of digits only may be part
        of a title, so the rest must refer to the same row.
        """
        parts = words.split("-")
        for length in range(len(parts) - 1, 0, -1):
            number = "-".join(parts[:length])
            if not (rows := self._tables[NUMBER].get(number)):
                continue
            rest = self._exact("-".join(parts[length:]))
            found = {row.pk: (row, NUMBER) for row in rows}
            if not number.replace("-", "").isdecimal() or found.keys() & rest.keys():
                return found if found.keys() & rest.keys() else found | rest
        return {}


def _match(found: dict[int, tuple[Candidate, str]]) -> Match:
    if len(found) == 1:
        row, how = next(iter(found.values()))
        return Match(row, how)
    return Match(several=tuple(row for row, _how in found.values()))
