"""
Chooses the font for each part of a text in a PDF, the same as in pictures (`publishing/typesetting/`).

A text is split into runs of one face each. If the PDF engine chose fonts itself, it would draw an accented letter that
is missing in its first font as a letter with a separate accent beside it. Each font file contains only the characters
of the document: a few kilobytes instead of ten megabytes for Chinese.
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

#: The face of the template's own text: numbers.
PLAIN = "text-latin"


class Faces:
    """The faces that one document needs; collected while its texts are split."""

    def __init__(self) -> None:
        self._characters: dict[str, set[str]] = defaultdict(set, {PLAIN: set("0123456789/ ")})

    def runs(self, words: str, style: Style, language: str = "") -> dict[str, Any]:
        """Return `words` on one line as `runs` of (face, part), and whether they run from right to left (`rtl`)."""
        line = cleaned(words)
        runs = [
            (face, "".join(cluster for cluster, _face in part))
            for face, part in groupby(clusters(line, style, language or None), key=lambda found: found[1])
        ]
        for face, part in runs:
            self._characters[face].update(part)
        return {"runs": runs, "rtl": is_rtl(line)}

    def write(self, folder: Path) -> None:
        """Write each face as a TrueType file. Its family name is the face name that the runs use."""
        for face, characters in self._characters.items():
            with (folder / f"{face}.ttf").open("wb") as file:
                file.writelines(_named(_subset(face, characters), face))


def _subset(face: str, characters: Iterable[str]) -> bytes:
    # Not with `typesetting.fonts.font`, which keeps fonts in memory: three faces for Han characters take 23 MB.
    whole = hb.Face(brotli.decompress((FACES / f"{face}.ttf.br").read_bytes()))
    wanted = hb.SubsetInput()
    wanted.sets(hb.SubsetInputSets.UNICODE).update(map(ord, characters))
    return hb.subset(whole, wanted).blob.data


def _named(font: bytes, name: str) -> Iterator[bytes]:
    """
    Return the TrueType font with the family name `name`, so that each face can be selected, and with an empty table of
    PostScript names (version 3), which Typst requires (OpenType 1.9, "post" and "name").
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
