"""What an index sorts by: a name without regard to case, accents and opening marks, the same on every database."""

import unicodedata

from people.derived import DerivedField

MAX_LENGTH = 200
_LETTERS = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
_SOUNDS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
OTHER = "#"
HAN = "漢"


def sort_key(text: str) -> str:
    """
    The key under which `text` is sorted, by the code points of what is left of it: compatibility forms and case folded,
    accents of Latin, Greek and Cyrillic letters dropped, punctuation before the first letter or digit left out. Text
    without a letter or digit (an emoji) comes before all other, under "#". At most 200 characters.

    >>> sort_key("Łukasz Żak"), sort_key("“Élan”"), sort_key("한국"), sort_key("★")
    ('lukasz zak', 'elan”', '한국', '#★')
    """
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = "".join(c for c in folded.translate(_LETTERS) if not "\u0300" <= c <= "\u036f")
    plain = " ".join(unicodedata.normalize("NFC", plain).replace("\x00", "").split())
    start = next((place for place, c in enumerate(plain) if c.isalnum()), None)
    return (OTHER + plain if start is None else plain[start:])[:MAX_LENGTH]


def initial(key: str) -> str:
    """
    The large letter under which an index lists what has this key: the letter itself, the first sound of a Korean
    syllable, one sign for all Chinese characters, "#" for digits and for what has no letter.
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
