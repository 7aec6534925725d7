"""
Makes the fonts for drawings, in ``publishing/typesetting/faces/``, from npm packages.

Run it with any Python 3.11 or later and ``npm`` on the path; it takes about three minutes::

    python scripts/typesetting_fonts.py

Like ``scripts/fonts.py``, which makes the web fonts, this script works in a temporary virtual environment. Each font
has one weight and the characters of its script. It is stored as TrueType, compressed with Brotli, because HarfBuzz can
read TrueType directly; decoding the 20,000 outlines of a large ``woff2`` file in Python takes seconds.
``coverage.json`` lists the characters of each font, so that a font is loaded only when a text needs it.

Fonts are searched for a character in the order of ``FACES``. ``publishing/typesetting/fonts.py`` moves the fonts for
the style and the language of the text to the front.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from fonts import LICENSES, ROOT, SANS, SERIF, fetch, space, with_tools

FACES_DIR = ROOT / "publishing" / "typesetting" / "faces"
BEFORE_LICENSE = "This Font Software is licensed under the SIL Open Font License"


def span(*ranges: tuple[int, int]) -> frozenset[int]:
    return frozenset(point for first, last in ranges for point in range(first, last + 1))


def japanese() -> frozenset[int]:
    """
    Return the characters of the Japanese font: levels 1 and 2 of JIS X 0208, the extensions of CP932, and the other
    characters in Japan's official lists for names and everyday use.
    """
    found = set(map(ord, "塡剝頰𠮟𠮷"))
    for lead in (*range(0x81, 0xA0), *range(0xE0, 0xFD)):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFD)):
            try:
                found.update(map(ord, bytes([lead, trail]).decode("cp932")))
            except UnicodeDecodeError:
                continue
    return frozenset(found)


LATIN = span((0x20, 0x24F), (0x1E00, 0x1EFF), (0x2000, 0x206F), (0x20A0, 0x20C0), (0x2C60, 0x2C7F), (0xA720, 0xA7FF))
#: Characters that every script may need: spaces, joiners, hyphens, and the dotted circle, which carries an accent that
#: has no letter.
JOINTS = span((0x20, 0x20), (0xA0, 0xA0), (0x2000, 0x200F), (0x25CC, 0x25CC))
ALPHABETS = LATIN | span(
    (0x250, 0x3FF), (0x400, 0x52F), (0x1AB0, 0x1AFF), (0x1C80, 0x1C8F), (0x1D00, 0x1DFF), (0x1F00, 0x1FFF),
    (0x2070, 0x209F), (0x2100, 0x218F), (0x2212, 0x2212), (0x25CC, 0x25CC), (0x2DE0, 0x2DFF), (0xA640, 0xA69F),
    (0xAB30, 0xAB6F), (0xFB00, 0xFB06),
)  # fmt: skip
SYMBOLS = span((0x2100, 0x2BFF), (0x1F000, 0x1F0FF), (0x1F100, 0x1F1FF), (0x1F780, 0x1F8FF))
PUNCTUATION = span((0x3000, 0x303F), (0x3105, 0x312F), (0xFE30, 0xFE4F), (0xFF00, 0xFF60))
FULL_WIDTH = span((0x3000, 0x30FF), (0x31F0, 0x31FF), (0x3200, 0x33FF), (0xFE30, 0xFE4F), (0xFF00, 0xFFEF))
HAN = span((0x3007, 0x3007), (0x4E00, 0x9FFF), (0xF900, 0xFAFF))
HANGUL = span((0x1100, 0x11FF), (0x3131, 0x318E), (0xA960, 0xA97F), (0xAC00, 0xD7A3), (0xD7B0, 0xD7FF))


@dataclass(frozen=True)
class Face:
    """
    A font to make: its name, its npm package, its file in the package, its characters (None for all of them), and the
    axes with a fixed value.
    """

    name: str
    package: str
    source: str
    characters: frozenset[int] | None = None
    axes: Mapping[str, float] = field(default_factory=dict)


def noto(name: str, package: str, characters: frozenset[int] | None = None) -> Face:
    """Return the regular weight of a Noto font from Google's npm packages, which have one file per weight."""
    return Face(name, f"@expo-google-fonts/{package}", "*_400Regular.ttf", characters)


def noto_of(script: str, version: str = "") -> Face:
    """Return a serif Noto font for one script from Fontsource's npm packages."""
    return Face(script, f"@fontsource/noto-serif-{script}{version}", f"files/*-{script}-400-normal.woff2")


TITLE, TEXT, POSTER = {"opsz": 72, "wght": 380}, {"wght": 500}, {"opsz": 144}
FACES = (
    *(
        Face(f"title-{part}", SERIF, f"files/fraunces-{part}-opsz-normal.woff2", axes=TITLE)
        for part in ("latin", "latin-ext", "vietnamese")
    ),
    *(
        Face(f"text-{part}", SANS, f"files/instrument-sans-{part}-wght-normal.woff2", axes=TEXT)
        for part in ("latin", "latin-ext")
    ),
    # The font of drawn posters keeps the weight axis.
    Face("poster-latin", SERIF, "files/fraunces-latin-opsz-normal.woff2", axes=POSTER),
    noto("alphabets", "noto-serif", ALPHABETS),
    noto("alphabets-text", "noto-sans", ALPHABETS),
    noto("hebrew", "noto-serif-hebrew"),
    noto("arabic", "noto-naskh-arabic"),
    noto("devanagari", "noto-serif-devanagari"),
    noto("bengali", "noto-serif-bengali"),
    noto("telugu", "noto-serif-telugu"),
    noto("khmer", "noto-serif-khmer"),
    noto("gurmukhi", "noto-sans-gurmukhi"),
    noto("kannada", "noto-sans-kannada"),
    noto("ethiopic", "noto-sans-ethiopic"),
    *map(noto_of, ("armenian", "georgian", "gujarati", "lao", "malayalam", "myanmar", "sinhala", "tamil", "thai")),
    noto("tibetan", "noto-serif-tibetan"),
    noto("mongolian", "noto-sans-mongolian"),
    noto("syllabics", "noto-sans-canadian-aboriginal"),
    noto("cherokee", "noto-sans-cherokee"),
    noto("thaana", "noto-sans-thaana"),
    noto("tifinagh", "noto-sans-tifinagh"),
    noto("chinese", "noto-serif-sc", HAN | PUNCTUATION),
    noto("japanese", "noto-serif-jp", japanese() - LATIN | FULL_WIDTH),
    noto("korean", "noto-serif-kr", HANGUL | FULL_WIDTH),
    noto("symbols", "noto-sans-symbols-2", SYMBOLS),
    noto("signs", "noto-sans-symbols", SYMBOLS),
    noto("mathematics", "noto-sans-math", span((0x2190, 0x22FF), (0x27C0, 0x2AFF), (0x1D400, 0x1D7FF))),
    noto("emoji", "noto-emoji"),
)  # fmt: skip

#: Fonts whose coordinates are rounded to 500 units per em. In a title of 100 px, one unit is 0.2 px. This saves a tenth
#: of the size of all fonts.
HALVED = frozenset({"chinese", "japanese", "korean", "emoji"})


def make(face: Face, source: Path, target: Path) -> set[int]:
    """
    Write the characters of ``face`` from the font ``source`` to ``target``. Return the code points of these characters.
    """
    import brotli
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.ttLib.scaleUpem import scale_upem
    from fontTools.varLib import instancer

    font = TTFont(source, recalcTimestamp=False)
    if face.axes:
        font = instancer.instantiateVariableFont(font, face.axes)
    options = Options()
    options.layout_features = [*options.layout_features, "ljmo", "vjmo", "tjmo"]
    options.hinting = False
    options.glyph_names = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 13, 14]
    options.drop_tables = [*options.drop_tables, "vhea", "vmtx", "VORG", "STAT", "BASE", "DSIG", "post"]
    points = set(font.getBestCmap())
    # Noto fonts also contain Latin letters, but we draw these with our own fonts, so leave them out. The emoji font
    # keeps Latin characters, because some emoji contain digits.
    repeated = LATIN if "noto" in face.package and face.name != "emoji" else frozenset()
    points &= (face.characters or points - repeated) | JOINTS
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    if face.name.startswith("text-"):
        space(font, 0xB7)
    if face.name in HALVED:
        scale_upem(font, 500)
    font.flavor = None
    written = BytesIO()
    font.save(written)
    packed = brotli.compress(written.getvalue(), quality=11, lgwin=24)
    target.write_bytes(packed)
    print(f"{face.name:16} {len(points):6,d} characters {len(written.getvalue()):10,d} bytes, packed {len(packed):9,d}")
    return points


def runs(points: Iterable[int]) -> list[int]:
    """Return the ranges of consecutive code points in `points` as one flat list: [first, last, first, last, …]."""
    found: list[int] = []
    for point in sorted(points):
        if found and point == found[-1] + 1:
            found[-1] = point
        else:
            found += [point, point]
    return found


def licenses(packages: Iterable[Path]) -> str:
    """Return the text of the licence that all Noto fonts have, preceded by the copyright lines from all `packages`."""
    lines, text = set(), ""
    for package in packages:
        file = next((path for name in ("LICENSE_FONT", "LICENSE") if (path := package / name).exists()), None)
        before, _, after = (file.read_text() if file else "").partition(BEFORE_LICENSE)
        # The licence of a package with many styles repeats this line for each font file.
        lines |= {re.split(r" Noto\S+\.ttf:", line.strip())[0] for line in before.splitlines() if line.strip()}
        text = after or text
    return "\n".join(sorted(lines)) + f"\n\n{BEFORE_LICENSE}{text}"


def build(work: Path) -> None:
    """Make all fonts. Needs fontTools and Brotli."""
    FACES_DIR.mkdir(parents=True, exist_ok=True)
    for old in FACES_DIR.glob("*.ttf.br"):
        old.unlink()
    coverage: dict[str, Any] = {}
    for face in FACES:
        package = fetch(face.package, work)
        source = sorted(package.rglob(face.source))[0]
        coverage[face.name] = runs(make(face, source, FACES_DIR / f"{face.name}.ttf.br"))
    (FACES_DIR / "coverage.json").write_text(json.dumps(coverage, separators=(",", ":")) + "\n")
    noto = sorted({face.package for face in FACES if "noto" in face.package})
    (LICENSES / "OFL-Noto.txt").write_text(licenses(fetch(package, work) for package in noto))
    print(f"{sum(path.stat().st_size for path in FACES_DIR.iterdir()):,d} bytes in all")


if __name__ == "__main__":
    raise SystemExit(with_tools(build, __file__))
