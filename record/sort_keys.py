"""Sort keys for names: without case, accents and leading punctuation, and the same on every database."""

import unicodedata

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
    Return `text` in a form for comparison: compatibility forms and case folded; accents of Latin, Greek and Cyrillic
    letters and invisible characters removed; each run of whitespace replaced by one space.

    >>> folded("Iga  ŚWIĄTEK"), folded("Straße")
    ('iga swiatek', 'strasse')
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(c for c in plain.translate(LETTERS) if not "\u0300" <= c <= "\u036f")
    return " ".join(INVISIBLE.sub("", unicodedata.normalize("NFC", plain)).replace("\x00", "").split())


def sort_key(text: str) -> str:
    """
    Return the key by which `text` is sorted, code point by code point: folded, without the characters before the first
    letter or digit. Text without a letter or digit (an emoji) gets the prefix "#", so it comes first. At most 200
    characters.

    >>> sort_key("Łukasz Żak"), sort_key("“Élan”"), sort_key("한국"), sort_key("★")
    ('lukasz zak', 'elan”', '한국', '#★')
    """
    plain = folded(text)
    start = next((index for index, c in enumerate(plain) if c.isalnum()), None)
    return (OTHER + plain if start is None else plain[start:])[:MAX_LENGTH]


def reading_key(text: str) -> bytes:
    """Return the key that sorts `text` in the language of the page. In Chinese, common characters sort by Pinyin."""
    # GB 2312, and so GB 18030, lists the common characters in the order of their Pinyin.
    encoding = "gb18030" if get_language() == "zh-hans" else "utf-8"
    return sort_key(text).encode(encoding, "replace")


def initial(key: str) -> str:
    """
    Return the heading letter of an index for this key: its first letter in upper case, the first sound of a Korean
    syllable, one sign for all Chinese characters, and "#" for digits and other characters.
    """
    first = key[:1]
    if not first.isalpha():
        return OTHER
    if "가" <= first <= "힣":
        return _SOUNDS[(ord(first) - ord("가")) // 588]
    if unicodedata.name(first, "").startswith("CJK"):
        return HAN
    return first.upper()


class SortKeyField(DerivedField):
    """The sort key of the field `source`."""

    length = MAX_LENGTH

    def value_of(self, text: str) -> str:
        return sort_key(text)


def name_key(name: str) -> str:
    """
    Return the folded words of a name in alphabetical order. Two records with the same key may be the same person, even
    if one puts the family name first. Empty if the name has no letter or digit.

    >>> name_key("Lee Hwan-kyung"), name_key("Hwan Kyung LEE"), name_key("★")
    ('hwan kyung lee', 'hwan kyung lee', '')
    """
    letters = "".join(c if c.isalnum() or unicodedata.category(c).startswith("M") else " " for c in sort_key(name))
    return " ".join(sorted(letters.split()))


class NameKeyField(DerivedField):
    """The name key of the field `source`."""

    length = MAX_LENGTH

    def value_of(self, text: str) -> str:
        return name_key(text)
