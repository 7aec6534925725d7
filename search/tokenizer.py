"""
Split texts into tokens for the search index.

All of this happens in Python, so that SQLite and PostgreSQL compare the same tokens and need no dictionaries. Case,
accents and width are ignored, and Katakana is read as Hiragana. An English word is also found by its stem (Snowball's
English stemmer, "Porter 2"), an Arabic word also without its article. Scripts written without spaces become single
letters and pairs of adjacent letters.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer

# Characters that are indexed as single letters and as pairs: Thai to Khmer, Han, kana, Bopomofo, Hangul, and emoji.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3105-\u312f\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff\u2600-\u27bf\U0001f000-\U0001faff]"
)
_MARKS = "".join(re.escape(chr(c)) for c in range(0x20000) if unicodedata.category(chr(c)).startswith("M"))
# What people read as one letter: a Hangul syllable of single Jamo, or a character with its combining marks (also the
# voicing marks of half-width kana).
_LETTER = re.compile(rf"[\u1100-\u115f][\u1160-\u11a7][\u11a8-\u11ff]?|.[{_MARKS}\uff9e\uff9f]*", re.DOTALL)
# Characters that always separate words. No token contains letters from both sides. A mark belongs to what it follows.
_BETWEEN_PIECES = re.compile(rf"[\s()\[\]:;,!?\"“”…「」（）：；，、。！？]+(?![{_MARKS}\uff9e\uff9f])")
_CONNECTORS = frozenset("'’‘ʼ`´-‐‑·•・‧.")
# The last character of the scripts whose combining marks are ignored: Latin, Greek, Cyrillic, Hebrew, Arabic. There,
# marks are accents and vowel signs, which many people leave out.
_LAST_WITH_ACCENTS = "\u077f"
_LETTERS_OF_THEIR_OWN = {"й", "ў", "ї"}
_READ_AS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ı": "i", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th"}
    | {"\u0640": None, "\u0649": "\u064a", "\u06cc": "\u064a", "\u06a9": "\u0643"}
    | {"\u0629": "\u0647", "\u0671": "\u0627"}
    | {"\u093c": None, "\u0901": "\u0902"}
    | {katakana: chr(katakana - 0x60) for katakana in range(0x30A1, 0x30F7)}
)
_ARABIC_ARTICLE = re.compile("^(?:وال|بال|كال|فال|لل|ال)(?=..)")
LONGEST_TOKEN = 60


class Word(NamedTuple):
    """
    A word in a text: its folded letters, the position of each letter in the text, and the position after the last one.
    """

    letters: tuple[str, ...]
    starts: tuple[int, ...]
    end: int
    is_unspaced: bool = False
    is_joined: bool = False  # Whether a connector joins this word to the one before, as in "C·one".

    @property
    def text(self) -> str:
        return "".join(self.letters)

    @property
    def is_spellable(self) -> bool:
        """Whether the search can correct a typo in this word."""
        return not self.is_unspaced and is_spellable(self.text)


@lru_cache(maxsize=1 << 16)
def fold(letter: str) -> str:
    """
    Return the folded form of a letter, which is used to compare letters: "" for a mark without a letter, " " for a
    separator.

    >>> fold("Ł"), fold("É"), fold("ß"), fold("カ"), fold("Ё"), fold("Й")
    ('l', 'e', 'ss', 'か', 'е', 'й')
    """
    if letter == "&":
        return "and"
    base, folded = "", ""
    for character in unicodedata.normalize("NFD", unicodedata.normalize("NFKC", letter).casefold()):
        category = unicodedata.category(character)
        if category == "Nd":
            character = str(unicodedata.digit(character))
        if category == "Mn":
            whole = unicodedata.normalize("NFC", base + character)
            if base <= _LAST_WITH_ACCENTS and whole not in _LETTERS_OF_THEIR_OWN or "\ufe00" <= character <= "\ufe0f":
                continue
        elif category != "Cf":
            base = character
        if category != "Cf":
            folded += character
    folded = unicodedata.normalize("NFC", folded).translate(_READ_AS)
    # Some characters become several, including spaces and slashes: "½", "ﷺ". Keep only letters, digits and marks.
    counting = "".join(c for c in folded if c.isalnum() or _UNSPACED.match(c) or unicodedata.category(c)[0] == "M")
    return counting or (" " if folded else "")


def split(text: str) -> list[Word]:
    """Return the words of a text in their order. Any character that is not a letter or a digit separates words."""
    words: list[Word] = []
    letters: list[str] = []
    starts: list[int] = []
    end, unspaced, joined, before = 0, False, False, ""

    def finish() -> None:
        if letters:
            words.append(Word(tuple(letters), tuple(starts), end, unspaced, joined))
            letters.clear()
            starts.clear()

    for match in _LETTER.finditer(text):
        letter = match.group()
        folded = fold(letter)
        if not folded:
            continue
        is_unspaced = bool(_UNSPACED.match(folded))
        if folded == " ":
            finish()
            # A connector, such as an apostrophe or a hyphen, joins two words only if it touches both.
            before = letter if letters or (words and words[-1].end == match.start()) else ""
            continue
        if letters and (is_unspaced != unspaced or letter == "&" or before == "&"):
            finish()
        if not letters:
            joined = before in _CONNECTORS and bool(words) and words[-1].end == match.start() - 1
        unspaced = is_unspaced
        letters.append(folded)
        starts.append(match.start())
        end, before = match.end(), letter
    finish()
    return words


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Return the stem of an English word, an Arabic word without its article, or any other word unchanged."""
    if word.isascii() and word.isalpha() and len(word) > 2:
        # Create a new stemmer for each word, because a stemmer has internal state that threads must not share.
        return snowballstemmer.stemmer("english").stemWord(word)
    return _ARABIC_ARTICLE.sub("", word)


def compounds(words: Iterable[Word]) -> Iterator[list[Word]]:
    """
    Yield the words in groups: the words of a compound ("C·one", "Hwan-kyung", "I’m") together, every other word alone.
    """
    group: list[Word] = []
    for word in words:
        if group and not (word.is_joined and not word.is_unspaced and not group[-1].is_unspaced):
            yield group
            group = []
        group.append(word)
    if group:
        yield group


def pairs(letters: tuple[str, ...]) -> list[str]:
    """
    Return the pairs of adjacent letters.

    >>> pairs(("受", "賞", "者"))
    ['受賞', '賞者']
    """
    return [first + second for first, second in zip(letters, letters[1:], strict=False)]


def tokens(words: list[Word]) -> set[str]:
    """Return the tokens to index for a text that consists of these words."""
    found: set[str] = set()
    for group in compounds(words):
        if len(group) > 1:
            found.add("".join(word.text for word in group)[:LONGEST_TOKEN])
        for word in group:
            if word.is_unspaced:
                found.update(word.letters, pairs(word.letters))
            else:
                found |= {word.text[:LONGEST_TOKEN], stem(word.text)[:LONGEST_TOKEN]}
    return found


def whole(words: list[Word]) -> str:
    """Join the words of a title to a single token. It serves to find the whole title or its beginning."""
    return _whole(word.text for word in words)


def _whole(texts: Iterable[str]) -> str:
    return ".".join(texts)[: 2 * LONGEST_TOKEN]


def indexed(text: str) -> tuple[str, set[str]]:
    """
    Return `whole` and `tokens` of the words of a text. This is faster than to split the text, because most pieces of a
    text are known from other texts.
    """
    texts: list[str] = []
    found: set[str] = set()
    for piece in text.split() if text.isascii() else _BETWEEN_PIECES.split(text):
        words, of_piece = _of_piece(piece)
        texts += words
        found |= of_piece
    return _whole(texts), found


@lru_cache(maxsize=1 << 16)
def _of_piece(piece: str) -> tuple[tuple[str, ...], frozenset[str]]:
    if piece.isascii() and piece.isalnum():
        word = piece.lower()
        return (word,), frozenset((word[:LONGEST_TOKEN], stem(word)[:LONGEST_TOKEN]))
    words = split(piece)
    return tuple(word.text for word in words), frozenset(tokens(words))


def is_spellable(word: str) -> bool:
    """
    Return whether the search can correct a typo in the word: it must have 3 to 30 characters, all of them letters.
    """
    return 3 <= len(word) <= 30 and word.isalpha()


def variants(word: str) -> set[str]:
    """
    Return the variants of a word: its first seven letters, and the same letters without the first, without the second,
    and so on. Two words within one typo of each other share a variant (W. Garbe's symmetric delete method, "SymSpell",
    2012).
    """
    start = word[:7]
    return {start} | {start[:place] + start[place + 1 :] for place in range(len(start))}


def is_one_typo(one: str, other: str) -> bool:
    """
    Return whether two words differ by at most one typo: a letter added, left out, changed, or swapped with its
    neighbour. This is a distance of at most 1 in the measure of Damerau (1964) and Levenshtein (1966).

    >>> is_one_typo("alzhimer", "alzheimer"), is_one_typo("robto", "robot"), is_one_typo("lots", "soft")
    (True, True, False)
    """
    if abs(len(one) - len(other)) > 1:
        return False
    same = 0
    while same < min(len(one), len(other)) and one[same] == other[same]:
        same += 1
    one, other = one[same:], other[same:]
    return (
        one[1:] == other[1:] or one[1:] == other or one == other[1:] or (one[1::-1] + one[2:] == other and len(one) > 1)
    )
