"""Sort keys of names. They ignore case, accents and leading punctuation, and have the same order on all databases."""

import unicodedata
from functools import lru_cache

from django.utils.translation import get_language

from record.derived_fields import DerivedField
from record.visible_text import INVISIBLE

MAX_LENGTH = 200
LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
_SOUNDS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
OTHER = "#"
HAN = "漢"


def folded(text: str) -> str:
    """
    Return `text` in a form for comparing texts. It is normalised (NFKD, then NFC) and case-folded. Accents of Latin,
    Greek and Cyrillic letters and invisible characters are removed. Each run of white space becomes one space.

    >>> folded("Iga  ŚWIĄTEK"), folded("Straße")
    ('iga swiatek', 'strasse')
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(c for c in plain.translate(LETTERS) if not "\u0300" <= c <= "\u036f")
    return " ".join(INVISIBLE.sub("", unicodedata.normalize("NFC", plain)).replace("\x00", "").split())


def sort_key(text: str) -> str:
    """
    Return the sort key of `text`, at most 200 characters. It is the folded text, starting at its first
    letter or digit. A text without letters and digits, such as an emoji, gets the prefix "#", so that it sorts first.
    Keys are compared by code point.

    >>> sort_key("Łukasz Żak"), sort_key("“Élan”"), sort_key("한국"), sort_key("★")
    ('lukasz zak', 'elan”', '한국', '#★')
    """
    plain = folded(text)
    start = next((index for index, c in enumerate(plain) if c.isalnum()), None)
    return (OTHER + plain if start is None else plain[start:])[:MAX_LENGTH]


def reading_key(text: str) -> bytes:
    """
    Return the key for sorting `text` in Python, in the language of the page. On Chinese pages, common Chinese
    characters are sorted by Pinyin; on other pages, the order is that of `sort_key`.
    """
    # The encoding GB 18030 contains the common Chinese characters in the order of their Pinyin.
    return _reading_key(text, "gb18030" if get_language() == "zh-hans" else "utf-8")


@lru_cache(maxsize=10_000)
def _reading_key(text: str, encoding: str) -> bytes:
    return sort_key(text).encode(encoding, "replace")


def initial(key: str) -> str:
    """
    Return the heading for the sort key `key` in an alphabetical index: its first letter in upper case; for a Korean
    syllable, the first consonant; for a Chinese character, "漢"; for anything else, "#".
    """
    first = key[:1]
    if not first.isalpha():
        return OTHER
    if "가" <= first <= "힣":
        return _SOUNDS[(ord(first) - ord("가")) // 588]
    if unicodedata.name(first, "").startswith("CJK"):
        return HAN
    return first.upper()


def place_of_initial(letter: str) -> tuple[int, str]:
    """
    Return the key for sorting the headings of `initial` as the sort keys under them are sorted: "#" first, then the
    letters of each script in its own order; Korean after Chinese.

    >>> sorted(["ㄱ", "漢", "Б", "Z", "#", "A"], key=place_of_initial)
    ['#', 'A', 'Z', 'Б', '漢', 'ㄱ']
    """
    return {OTHER: 0}.get(letter, 2 if letter in _SOUNDS else 1), letter.casefold()


class SortKeyField(DerivedField):
    """A derived field that stores the sort key of the field `source`."""

    length = MAX_LENGTH

    def value_of(self, text: str) -> str:
        return sort_key(text)


class InitialField(DerivedField):
    """A derived field that stores the heading of the field `source` in an alphabetical index, to filter by it."""

    length = 4

    def value_of(self, text: str) -> str:
        return initial(sort_key(text))


def name_key(name: str) -> str:
    """
    Return the folded words of `name` in alphabetical order, to find duplicates: two people with the same key may be the
    same person, even if only one of the names starts with the family name. The key of a name without letters and digits
    is empty.

    >>> name_key("Lee Hwan-kyung"), name_key("Hwan Kyung LEE"), name_key("★")
    ('hwan kyung lee', 'hwan kyung lee', '')
    """
    letters = "".join(c if c.isalnum() or unicodedata.category(c).startswith("M") else " " for c in sort_key(name))
    return " ".join(sorted(letters.split()))


class NameKeyField(DerivedField):
    """A derived field with the name key of the field `source`: its folded words in alphabetical order."""

    length = MAX_LENGTH

    def value_of(self, text: str) -> str:
        return name_key(text)
