"""
Which font sets which part of a text in a PDF, from those in `portal/typesetting/faces/`.

A text is taken apart into runs of one face each, by what the faces have: a shaper that is left to choose by itself
draws an accented letter as a letter and an accent side by side. Only the faces that a text needs are unpacked.
"""

import atexit
import json
import shutil
import struct
import tempfile
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import brotli
import typst
from django.conf import settings

FOLDER = Path(settings.BASE_DIR) / "portal" / "typesetting" / "faces"
TITLE, TEXT = "title", "text"
# Whose forms of the Han characters a language wants.
_HAN = {"ja": "japanese", "zh": "chinese", "ko": "korean"}
_UNPACKING = Lock()


class Faces:
    """The faces that one document needs, found as its texts are taken apart."""

    def __init__(self) -> None:
        self._used = {"text-latin"}

    def runs(self, words: str, style: str, language: str = "") -> dict[str, Any]:
        """`words` on one line as `runs` of (face, part), and whether they run from right to left."""
        line = " ".join("".join(c for c in words if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs")).split())
        chain = _chain(style, _language(line, language))
        found: list[list[str]] = []
        for cluster in _clusters(line):
            face = _face_of(cluster, chain, found[-1][0] if found else "")
            if found and found[-1][0] == face:
                found[-1][1] += cluster
            else:
                found.append([face, cluster])
        self._used.update(face for face, _part in found)
        return {"runs": found, "rtl": _is_rtl(line)}

    def fonts(self) -> typst.Fonts:
        """Those faces for one document. They are read anew for each: a Chinese one takes 10 MB while it is held."""
        paths = [_unpacked(face) for face in sorted(self._used)]
        return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=paths)


def _language(line: str, language: str) -> str:
    if language:
        return language.partition("-")[0].lower()
    names = {unicodedata.name(c, "").partition(" ")[0] for c in line}
    return "ja" if names & {"HIRAGANA", "KATAKANA"} else "ko" if "HANGUL" in names else ""


@cache
def _coverage() -> dict[str, list[int]]:
    """Of each face the first and last character of each run that it has, one after the other, ascending."""
    return json.loads((FOLDER / "coverage.json").read_text())


def _has(face: str, point: int) -> bool:
    ends = _coverage()[face]
    place = bisect_right(ends, point)
    # Within a run an odd number of ends lies below; the last of a run belongs to it.
    return place % 2 == 1 or (place > 0 and ends[place - 1] == point)


@lru_cache(64)
def _chain(style: str, language: str) -> tuple[str, ...]:
    """The faces in the order in which a character is looked for: the style's own, the language's, all others."""
    other = TEXT if style == TITLE else TITLE
    faces = [face for face in _coverage() if not face.startswith(f"{other}-")]
    alphabets = ["alphabets-text", "alphabets"] if style == TEXT else ["alphabets", "alphabets-text"]
    own = [face for face in faces if face.startswith(f"{style}-")]
    first = [*own, *alphabets, *([_HAN[language]] if language in _HAN else [])]
    return (*first, *(face for face in faces if face not in first))


def _clusters(line: str) -> list[str]:
    """Letters with the marks and joiners that belong to them."""
    found: list[str] = []
    for c in line:
        joins = unicodedata.category(c)[0] == "M" or c in "\u200c\u200d\ufe0e\ufe0f"
        if found and (joins or found[-1][-1] == "\u200d"):
            found[-1] += c
        else:
            found.append(c)
    return found


def _face_of(cluster: str, chain: tuple[str, ...], before: str) -> str:
    """The first face that has all of the cluster; what is no letter stays in the face before it, where that has it."""
    points = [ord(c) for c in cluster if unicodedata.category(c) != "Cf" and c not in "\ufe0e\ufe0f"]
    order = (before, *chain) if before and not cluster[0].isalnum() else chain
    whole = (face for face in order if all(_has(face, point) for point in points))
    in_part = (face for face in order if _has(face, ord(cluster[0])))
    return next(whole, "") or next(in_part, chain[0])


def _is_rtl(line: str) -> bool:
    directions = (unicodedata.bidirectional(c) for c in line)
    return next((direction for direction in directions if direction in ("L", "R", "AL")), "L") != "L"


@cache
def _room() -> Path:
    room = tempfile.mkdtemp(prefix="laurel-fonts-")
    atexit.register(shutil.rmtree, room, ignore_errors=True)
    return Path(room)


def _unpacked(face: str) -> str:
    """The folder with the face as a file, which Typst reads when a document needs it."""
    with _UNPACKING:
        file = _room() / face / f"{face}.ttf"
        if not file.exists():
            packed = (FOLDER / f"{face}.ttf.br").read_bytes()
            file.parent.mkdir(exist_ok=True)
            with file.open("wb") as target:
                target.writelines(_named(brotli.decompress(packed), face))
    return str(file.parent)


def _named(font: bytes, name: str) -> Iterator[bytes]:
    """
    The TrueType font with the family name `name`, so that each face can be asked for by itself, and with a table of
    PostScript names (empty, version 3), without which Typst takes none (OpenType 1.9, "post" and "name").
    """
    whole = memoryview(font)
    tables: dict[bytes, Any] = {}
    for place in range(12, 12 + 16 * struct.unpack(">H", font[4:6])[0], 16):
        tag, _sum, start, length = struct.unpack(">4sLLL", font[place : place + 16])
        tables[tag] = whole[start : start + length]
    tables[b"post"] = struct.pack(">LLhhL4L", 0x30000, 0, -100, 50, 0, 0, 0, 0, 0)
    texts = {number: words.encode("utf-16-be") for number, words in ((1, name), (2, "Regular"), (4, name), (6, name))}
    records, said = b"", b""
    for number, words in texts.items():
        records += struct.pack(">6H", 3, 1, 0x409, number, len(words), len(said))
        said += words
    tables[b"name"] = struct.pack(">3H", 0, len(texts), 6 + len(records)) + records + said
    yield font[:4] + struct.pack(">4H", len(tables), 0, 0, 0)
    start = 12 + 16 * len(tables)
    for tag, table in sorted(tables.items()):
        yield struct.pack(">4sLLL", tag, 0, start, len(table))
        start += len(table) + -len(table) % 4
    for _tag, table in sorted(tables.items()):
        yield table
        yield b"\0" * (-len(table) % 4)
