"""
The fonts for drawings, and which characters each of them has.

`scripts/typesetting_fonts.py` makes the files in `faces/`. `coverage.json` lists the characters of all fonts, so a font
is decompressed only when a text first needs it, once per process.
"""

from __future__ import annotations

import json
import unicodedata
from bisect import bisect_left
from enum import Enum
from functools import cache
from pathlib import Path

import brotli
import uharfbuzz as hb
from uniseg.graphemecluster import grapheme_clusters

FACES = Path(__file__).parent / "faces"


class Style(Enum):
    """
    A style of text. TITLE is Fraunces. TEXT is Instrument Sans. POSTER is Fraunces in its design for the largest sizes,
    in any weight. All three use the same fallback fonts for other scripts.
    """

    TITLE = "title"
    TEXT = "text"
    POSTER = "poster"


TITLE, TEXT, POSTER = Style.TITLE, Style.TEXT, Style.POSTER
#: The only font with variable weight. `weighted` adds a weight to its name.
VARIABLE = "poster-latin"
FIRST = {
    POSTER: (VARIABLE, "title-latin-ext", "title-vietnamese", "alphabets"),
    TITLE: ("title-latin", "title-latin-ext", "title-vietnamese", "alphabets"),
    TEXT: ("text-latin", "text-latin-ext", "alphabets-text", "alphabets"),
}
SYMBOLS = ("symbols", "signs", "mathematics", "emoji")
#: The search order of fonts for Chinese characters, by the language of the text.
HAN = {
    "ja": ("japanese", "chinese", "korean"),
    "ko": ("korean", "chinese", "japanese"),
    "zh": ("chinese", "japanese", "korean"),
}
#: The maximum number of combining accents on one letter. No language needs more; longer stacks are used to break the
#: layout of pages.
MARKS = 4
_MARKS = ((0x300, 0x36F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF))
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")


def cleaned(text: str) -> str:
    """
    Normalise `text` to NFC and put it on one line. Remove characters that can't be drawn, and all but the first `MARKS`
    combining accents on a letter.
    """
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text):
        if _is_any_mark(character):
            marks += 1
            if marks > MARKS:
                continue
        else:
            marks = 0
        if character.isspace():
            kept.append(" " if character not in "\u00a0\u3000" else character)
        # Remove control characters that set the text direction. Only the letters decide the direction.
        elif unicodedata.category(character) not in {"Cc", "Cs", "Cn", "Co"} and character not in _EMBEDDINGS:
            kept.append(character)
    return " ".join(part for part in "".join(kept).split(" ") if part)


_EMBEDDINGS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u2028\u2029")


def _is_any_mark(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _MARKS)


def is_invisible(character: str) -> bool:
    """
    Return whether a character is never drawn but affects its neighbours, such as a joiner or a variation selector.
    """
    return (
        unicodedata.category(character) == "Cf"
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
        or character in _FILLERS
    )


def missing(text: str) -> set[str]:
    """Return the characters of `text` that no font has. Characters that are never drawn are left out."""
    chain = chain_for(text, TITLE, None)
    return {
        character
        for character in cleaned(text)
        if not is_invisible(character) and not any(has(face, character) for face in chain)
    }


def clusters(text: str, style: Style, language: str | None) -> list[tuple[str, str]]:
    """
    Split `text` into characters as a reader counts them. Return pairs of a character and the name of a font that has
    it. Characters that no font has are left out, so that no empty box is drawn.
    """
    chain = chain_for(text, style, language)
    found: list[tuple[str, str]] = []
    for cluster in [*text] if text.isascii() else grapheme_clusters(text):
        face = _face_for(cluster, chain, found[-1][1] if found else "")
        drawn = "".join(c for c in cluster if face and (is_invisible(c) or has(face, c)))
        if drawn:
            found.append((drawn, face))
    return found


def chain_for(text: str, style: Style, language: str | None) -> tuple[str, ...]:
    """Return the names of all fonts in search order for the characters of `text`."""
    return _chain(style, HAN[_han_language(text, language)])


@cache
def _chain(style: Style, han: tuple[str, ...]) -> tuple[str, ...]:
    first = {name for names in FIRST.values() for name in names}
    others = [name for name in _coverage() if name not in {*first, *han, *SYMBOLS}]
    return (*FIRST[style], *others, *han, *SYMBOLS)


def _han_language(text: str, language: str | None) -> str:
    return _named_han(language) or likely_language(text) or "zh"


def language_of(text: str, language: str | None) -> str | None:
    """
    Return the language that decides which glyphs are used for all lines of `text`. This is `language` if it is Chinese,
    Japanese or Korean. Otherwise it is the result of `likely_language`, or `language` if that is None.
    """
    return language if _named_han(language) else likely_language(text) or language


def _named_han(language: str | None) -> str:
    named = (language or "").lower().partition("-")[0]
    return named if named in HAN else ""


def likely_language(text: str) -> str | None:
    """
    Return "ja" if `text` contains kana and "ko" if it contains hangul, otherwise None. The language matters because
    Chinese characters look different in Japanese, Korean and Chinese fonts.
    """
    if any("\u3040" <= character <= "\u30ff" for character in text):
        return "ja"
    return "ko" if any("\uac00" <= character <= "\ud7a3" for character in text) else None


def _face_for(cluster: str, chain: tuple[str, ...], before: str) -> str:
    shown = [character for character in cluster if not is_invisible(character)]
    if not shown:
        return before
    if cluster == " " and before not in {"", "emoji"} and has(before, " "):
        return before  # A space uses the font of the character before it.
    if _is_emoji(cluster):
        chain = ("emoji", *chain)
    whole = (face for face in chain if all(has(face, character) for character in shown))
    base = (face for face in chain if has(face, shown[0]))
    return next(whole, None) or next(base, "")


def _is_emoji(cluster: str) -> bool:
    return cluster[0] >= "\U0001f000" and cluster[0] <= "\U0001faff" or "\ufe0f" in cluster or "\u20e3" in cluster


def has(face: str, character: str) -> bool:
    # The list has the first and the last code point of each range in turn. At an odd index, `point` is inside a range.
    runs, point = _coverage()[face], ord(character)
    index = bisect_left(runs, point)
    return index < len(runs) and (index % 2 == 1 or runs[index] == point)


@cache
def _coverage() -> dict[str, list[int]]:
    return json.loads((FACES / "coverage.json").read_text())


def weighted(face: str, weight: int) -> str:
    """
    Return the font name with the weight (100 to 900) added, such as "poster-latin@400". If the font has no variable
    weight, return its name unchanged.
    """
    return f"{face}@{weight}" if face == VARIABLE else face


@cache
def font(face: str) -> hb.Font:
    """
    Return a font by its name, which may include a weight (see `weighted`). The font is decompressed once and stays in
    memory for the whole process.
    """
    name, _, weight = face.partition("@")
    if weight:
        varied = hb.Font(font(name).face)
        varied.set_variations({"wght": float(weight)})
        return varied
    return hb.Font(hb.Face(brotli.decompress((FACES / f"{name}.ttf.br").read_bytes())))
