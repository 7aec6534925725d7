"""
Chooses the font for each part of a text in a PDF, by the same rules as for pictures (`publishing/typesetting/`).

A text is split into parts with one font each. Typst can't do this well: if its first font lacks an accented letter, it
draws the letter and the accent separately. Each font file contains only the characters of the document: a few kilobytes
instead of ten megabytes for Chinese.
"""

import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import brotli
import uharfbuzz as hb

from publishing.typesetting import TEXT, TITLE, Style
from publishing.typesetting.fonts import FACES, cleaned, clusters
from publishing.typesetting.runs import is_rtl

__all__ = ["PLAIN", "TEXT", "TITLE", "Faces"]

#: The font for text that the template itself adds. This text has only digits, slashes and spaces.
PLAIN = "text-latin"


class Faces:
    """The fonts that one document needs. They are collected while its texts are split."""

    def __init__(self) -> None:
        self._characters: dict[str, set[str]] = defaultdict(set, {PLAIN: set("0123456789/ ")})

    def runs(self, words: str, style: Style, language: str = "") -> dict[str, Any]:
        """
        Split `words` into parts with one font each. Return a dict: `runs` is a list of pairs (font name, part), and
        `rtl` is True if the text runs from right to left.
        """
        line = cleaned(words)
        runs = [
            (face, "".join(cluster for cluster, _face in part))
            for face, part in groupby(clusters(line, style, language or None), key=lambda found: found[1])
        ]
        for face, part in runs:
            self._characters[face].update(part)
        return {"runs": runs, "rtl": is_rtl(line)}

    def write(self, folder: Path) -> None:
        """Write each font that was used to a TrueType file in `folder`. Its family name is the font name in `runs`."""
        for face, characters in self._characters.items():
            with (folder / f"{face}.ttf").open("wb") as file:
                file.writelines(_named(_subset(face, characters), face))


def _subset(face: str, characters: Iterable[str]) -> bytes:
    # `typesetting.fonts.font` is not used here, because it keeps fonts in memory: three fonts for Chinese characters
    # take 23 MB.
    whole = hb.Face(brotli.decompress((FACES / f"{face}.ttf.br").read_bytes()))
    wanted = hb.SubsetInput()
    wanted.sets(hb.SubsetInputSets.UNICODE).update(map(ord, characters))
    return hb.subset(whole, wanted).blob.data


def _named(font: bytes, name: str) -> Iterator[bytes]:
    """
    Give the TrueType font `font` the family name `name`; Typst selects fonts by name. Yield the new font file in
    parts.

    Typst also requires a table of PostScript names ("post"), so the font gets an empty one (version 3). See "post" and
    "name" in OpenType 1.9.
    """
    tables: dict[bytes, bytes] = {}
    for offset in range(12, 12 + 16 * struct.unpack(">H", font[4:6])[0], 16):
        tag, _sum, start, length = struct.unpack(">4sLLL", font[offset : offset + 16])
        tables[tag] = font[start : start + length]
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
        yield table + b"\0" * (-len(table) % 4)
