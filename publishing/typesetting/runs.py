"""
Turns text into glyphs. Splits the text into runs with one direction, font and script, in drawing order
from left to right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from unicodedata import bidirectional, category

import uharfbuzz as hb
from bidi import algorithm
from bidi.mirror import MIRRORED
from fontTools.unicodedata import script

from .fonts import Style, clusters, font, weighted

#: Scripts that allow letter spacing (ISO 15924 codes). Many other scripts join their letters.
SPACED = frozenset({"Latn", "Grek", "Cyrl", "Armn", "Geor", "Hani", "Hira", "Kana", "Hang", "Hebr", "Zyyy", "Zinh"})
COMMON = frozenset({"Zyyy", "Zinh"})
RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})


@dataclass(frozen=True)
class Glyph:
    """A glyph, identified by its number in the font. Its position is in em; y runs up."""

    face: str
    number: int
    x: float
    y: float


@dataclass(frozen=True)
class Run:
    """A part of a text with one font, direction and script."""

    text: str
    face: str
    level: int
    script: str


def is_rtl(text: str) -> bool:
    """Return whether a text runs from right to left. The first letter with a direction decides."""
    return next((way in {"R", "AL"} for way in map(bidirectional, text) if way in {"L", "R", "AL"}), False)


def runs_of(text: str, style: Style, language: str | None, rtl: bool, weight: int) -> list[Run]:
    """
    Return the runs of `text` in drawing order from left to right (Unicode UAX #9, rule L2). `text`
    must have been normalised with `cleaned`.
    """
    found = clusters(text, style, language)
    levels = _levels("".join(cluster for cluster, _face in found), rtl)
    pieces: list[tuple[str, str, int, str]] = []
    scripts = [script(cluster[0]) for cluster, _face in found]
    # A character that all scripts share, such as a comma, belongs to the script of the letters before it. At the start
    # of the text, it belongs to the script of the letters after it.
    position, current = 0, next((own for own in scripts if own not in COMMON), "Zyyy")
    for (cluster, face), own in zip(found, scripts, strict=True):
        current = current if own in COMMON else own
        pieces.append((cluster, weighted(face, weight), levels[position], current))
        position += len(cluster)
    return _reordered(
        [Run("".join(piece[0] for piece in group), *key) for key, group in groupby(pieces, key=lambda piece: piece[1:])]
    )


def _levels(text: str, rtl: bool) -> list[int]:
    """Return the embedding level of each character (Unicode UAX #9). Odd levels run from right to left."""
    ways = [bidirectional(character) for character in text]
    if not rtl and RIGHT_TO_LEFT.isdisjoint(ways):
        return [0] * len(text)
    # Characters of the class "BN", such as joiners, have no direction. They get the embedding level of the character
    # before them.
    directed = [position for position, way in enumerate(ways) if way != "BN"]
    storage = algorithm.get_empty_storage()
    storage["base_level"] = int(rtl)
    storage["base_dir"] = "R" if rtl else "L"
    algorithm.get_embedding_levels("".join(text[position] for position in directed), storage)
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    _resolve_brackets(storage["chars"], storage["base_dir"])
    algorithm.resolve_neutral_types(storage, False)
    algorithm.resolve_implicit_levels(storage, False)
    levels = [int(rtl)] * len(text)
    for position, told in zip(directed, storage["chars"], strict=True):
        levels[position] = told["level"]
    for position, way in enumerate(ways):
        if way == "BN" and position:
            levels[position] = levels[position - 1]
    return levels


def _resolve_brackets(told: list[dict[str, Any]], base: str) -> None:
    """
    Set the direction of paired brackets by rule N0 of Unicode UAX #9, which python-bidi does not implement. `told` are
    the characters in the format of python-bidi; they are changed in place. `base` is the base direction, "L" or "R".
    """
    opened: list[int] = []
    pairs = []
    for position, character in enumerate(told):
        kind = category(character["ch"]) if character["type"] == "ON" else ""
        if kind == "Ps":
            opened.append(position)
        elif kind == "Pe":
            ends = (start for start in reversed(opened) if MIRRORED.get(told[start]["ch"]) == character["ch"])
            start = next(ends, None)
            if start is not None:
                del opened[opened.index(start) :]
                pairs.append((start, position))
    for start, end in sorted(pairs):
        within = {_strong(character["type"]) for character in told[start + 1 : end]} - {""}
        if within and base not in within:
            before = next(filter(None, (_strong(character["type"]) for character in reversed(told[:start]))), base)
            told[start]["type"] = told[end]["type"] = before
        elif within:
            told[start]["type"] = told[end]["type"] = base


def _strong(way: str) -> str:
    return {"L": "L", "R": "R", "EN": "R", "AN": "R"}.get(way, "")


def _reordered(runs: list[Run]) -> list[Run]:
    order = list(runs)
    highest = max((run.level for run in runs), default=0)
    for level in range(highest, 0, -1):
        position = 0
        while position < len(order):
            end = position
            while end < len(order) and order[end].level >= level:
                end += 1
            if end > position:
                order[position:end] = reversed(order[position:end])
            position = max(end, position + 1)
    return order


def glyphs_of(runs: list[Run], language: str | None, spacing: float) -> tuple[list[Glyph], float]:
    """Return the glyphs of all runs, and their total width in em. `spacing` is the letter spacing in em."""
    glyphs: list[Glyph] = []
    x = 0.0
    for run in runs:
        spaced = spacing if run.script in SPACED else 0
        for number, dx, dy, advance, ends_letter in _shaped(run, language, plain=bool(spaced)):
            glyphs.append(Glyph(run.face, number, x + dx, dy))
            x += advance + (spaced if ends_letter else 0)
    return glyphs, x - (spacing if runs and runs[-1].script in SPACED else 0)


def _shaped(run: Run, language: str | None, plain: bool) -> Iterator[tuple[int, float, float, float, bool]]:
    face = font(run.face)
    buffer = hb.Buffer()
    buffer.add_str(run.text)
    buffer.guess_segment_properties()
    if run.script not in COMMON:
        buffer.script = run.script
    buffer.direction = "rtl" if run.level % 2 else "ltr"
    if language:
        buffer.language = language
    # Turn off ligatures in text with letter spacing.
    hb.shape(face, buffer, {"liga": False, "clig": False} if plain else {})
    em = face.face.upem
    infos, positions = buffer.glyph_infos, buffer.glyph_positions
    for index, (info, position) in enumerate(zip(infos, positions, strict=True)):
        ends = index + 1 == len(infos) or infos[index + 1].cluster != info.cluster
        yield info.codepoint, position.x_offset / em, position.y_offset / em, position.x_advance / em, ends
