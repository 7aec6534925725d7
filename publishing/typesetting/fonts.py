"""The fonts that drawn things are set in, and which of them has a character.

The files in `faces/` are made by `scripts/typesetting_fonts.py`. Which characters each has is known from
`coverage.json`, so that a font is unpacked, once per process, when the first text needs it.
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
    TITLE is Fraunces, TEXT is Instrument Sans, and POSTER is Fraunces in its largest cut and in any weight. Scripts
    that those don't have come from the same fallbacks.
    """

    TITLE = "title"
    TEXT = "text"
    POSTER = "poster"


TITLE, TEXT, POSTER = Style.TITLE, Style.TEXT, Style.POSTER
#: The one face that varies. `weighted` names it in a weight.
VARIABLE = "poster-latin"
FIRST = {
    POSTER: (VARIABLE, "title-latin-ext", "title-vietnamese", "alphabets"),
    TITLE: ("title-latin", "title-latin-ext", "title-vietnamese", "alphabets"),
    TEXT: ("text-latin", "text-latin-ext", "alphabets-text", "alphabets"),
}
SYMBOLS = ("symbols", "signs", "mathematics", "emoji")
#: Whose shapes of Han characters come first, by the language of a text.
HAN = {
    "ja": ("japanese", "chinese", "korean"),
    "ko": ("korean", "chinese", "japanese"),
    "zh": ("chinese", "japanese", "korean"),
}
#: More marks than any language puts on one letter are left out: they are there to break a page.
MARKS = 4
_MARKS = ((0x300, 0x36F), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF))
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")


def cleaned(text: str) -> str:
    """`text` composed (NFC), on one line, without what can't be drawn, and with no more marks than a letter bears."""
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
        # Without embeddings and isolates the direction follows from the letters alone.
        elif unicodedata.category(character) not in {"Cc", "Cs", "Cn", "Co"} and character not in _EMBEDDINGS:
            kept.append(character)
    return " ".join(part for part in "".join(kept).split(" ") if part)


_EMBEDDINGS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u2028\u2029")


def _is_any_mark(character: str) -> bool:
    return any(first <= ord(character) <= last for first, last in _MARKS)


def is_invisible(character: str) -> bool:
    """Whether a character works on its neighbours and has no shape of its own: joiners, selectors, fillers."""
    return (
        unicodedata.category(character) == "Cf"
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
        or character in _FILLERS
    )


def missing(text: str) -> set[str]:
    """The characters of `text` that no font of the chain has. What is never drawn (joiners, controls) isn't missing."""
    chain = chain_for(text, TITLE, None)
    return {
        character
        for character in cleaned(text)
        if not is_invisible(character) and not any(has(face, character) for face in chain)
    }


def clusters(text: str, style: Style, language: str | None) -> list[tuple[str, str]]:
    """
    `text` as readers count its characters, each with the face that has all of it. What no face has is left out, so that
    no box is ever drawn in its place.
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
    """The names of all faces, in the order in which `text` looks for its characters."""
    return _chain(style, HAN[_han_language(text, language)])


@cache
def _chain(style: Style, han: tuple[str, ...]) -> tuple[str, ...]:
    first = {name for names in FIRST.values() for name in names}
    others = [name for name in _coverage() if name not in {*first, *han, *SYMBOLS}]
    return (*FIRST[style], *others, *han, *SYMBOLS)


def _han_language(text: str, language: str | None) -> str:
    return _named_han(language) or likely_language(text) or "zh"


def language_of(text: str, language: str | None) -> str | None:
    """What to set a whole text in, so that all its lines have the same shapes: `language`, or what its letters tell."""
    return language if _named_han(language) else likely_language(text) or language


def _named_han(language: str | None) -> str:
    named = (language or "").lower().partition("-")[0]
    return named if named in HAN else ""


def likely_language(text: str) -> str | None:
    """The language whose Han characters a text needs, by what else it holds; None where nothing tells."""
    if any("\u3040" <= character <= "\u30ff" for character in text):
        return "ja"
    return "ko" if any("\uac00" <= character <= "\ud7a3" for character in text) else None


def _face_for(cluster: str, chain: tuple[str, ...], before: str) -> str:
    shown = [character for character in cluster if not is_invisible(character)]
    if not shown:
        return before
    if cluster == " " and before not in {"", "emoji"} and has(before, " "):
        return before  # a space is part of the words around it
    if _is_emoji(cluster):
        chain = ("emoji", *chain)
    whole = (face for face in chain if all(has(face, character) for character in shown))
    base = (face for face in chain if has(face, shown[0]))
    return next(whole, None) or next(base, "")


def _is_emoji(cluster: str) -> bool:
    return cluster[0] >= "\U0001f000" and cluster[0] <= "\U0001faff" or "\ufe0f" in cluster or "\u20e3" in cluster


def has(face: str, character: str) -> bool:
    # First and last of each run, one after the other: an odd place is within a run.
    runs, point = _coverage()[face], ord(character)
    place = bisect_left(runs, point)
    return place < len(runs) and (place % 2 == 1 or runs[place] == point)


@cache
def _coverage() -> dict[str, list[int]]:
    return json.loads((FACES / "coverage.json").read_text())


def weighted(face: str, weight: int) -> str:
    """The name of a face in a weight (100 to 900), where it has more than one."""
    return f"{face}@{weight}" if face == VARIABLE else face


@cache
def font(face: str) -> hb.Font:
    """The font of a face, unpacked and ready; it stays for as long as the process."""
    name, _, weight = face.partition("@")
    if weight:
        varied = hb.Font(font(name).face)
        varied.set_variations({"wght": float(weight)})
        return varied
    return hb.Font(hb.Face(brotli.decompress((FACES / f"{name}.ttf.br").read_bytes())))
