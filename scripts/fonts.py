"""Make the web fonts in ``static/fonts/`` from their npm packages.

Run it with any Python 3.11 or later and ``npm`` on the path::

    python scripts/fonts.py

It fetches the packages named below by ``npm pack``, makes a throw-away virtual environment
with fontTools, keeps the characters and features that the site uses, writes one ``woff2`` per
style and range of characters, copies the licences to ``LICENSES/``, and prints the
``@font-face`` rules of the metric-matched fallbacks, to be kept in ``static/css/base.css``.

Two files per family rather than one: the second holds Latin Extended (Polish, Czech, Turkish,
romanised Chinese...) and a browser asks for it only when a page has one of its characters.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "static" / "fonts"
LICENSES = ROOT / "LICENSES"

TOOLS = ("fonttools==4.68.0", "brotli==1.2.1")
SERIF = "@fontsource-variable/fraunces@5.3.0"
SANS = "@fontsource-variable/instrument-sans@5.3.0"
#: Free fonts with the widths of the ones that a visitor is likely to have.
STAND_INS = {
    "Georgia": "@fontsource/gelasio",
    "Times New Roman": "@fontsource/tinos",
    "Arial": "@fontsource/arimo",
}

LATIN = (
    *range(0x20, 0x7F),
    *range(0xA0, 0x100),
    *(0x131, 0x152, 0x153, 0x2C6, 0x2DA, 0x2DC),
    *range(0x2010, 0x2016),
    *(0x2018, 0x2019, 0x201A, 0x201C, 0x201D, 0x201E, 0x2020, 0x2022, 0x2026),
    *(0x2032, 0x2033, 0x2039, 0x203A, 0x2044, 0x20AC, 0x2122, 0x2191, 0x2193, 0x2212),
)
LATIN_EXTENDED = (
    *range(0x100, 0x131),
    *range(0x132, 0x152),
    *range(0x154, 0x180),
    *(0x18F, 0x192, 0x1A0, 0x1A1, 0x1AF, 0x1B0),
    *range(0x1CD, 0x1DD),
    *range(0x218, 0x21C),
    *(0x237, 0x259, 0x2C7, 0x2D8, 0x2D9, 0x2DB, 0x2DD),
    *range(0x1E80, 0x1E86),
    *(0x1E0C, 0x1E0D, 0x1E24, 0x1E25, 0x1E32, 0x1E33, 0x1E5A, 0x1E5B, 0x1E62, 0x1E63, 0x1E6C, 0x1E6D),
    *(0x1E92, 0x1E93, 0x1E9E, 0x1EF2, 0x1EF3, 0x20B1, 0x20B9, 0x20BA, 0x20BD),
)
#: Layout features worth their bytes; those that a font does not have are skipped.
FEATURES = (
    *("ccmp", "locl", "rlig", "rvrn", "kern", "liga", "mark", "mkmk"),
    *("onum", "lnum", "tnum", "pnum", "smcp", "c2sc", "case", "sups"),
)

#: (file in the package, file made, characters, axes to pin or None)
CUTS: tuple[tuple[str, str, str, tuple[int, ...], dict[str, float] | None], ...] = (
    (SERIF, "fraunces-latin-opsz-normal", "fraunces-latin", LATIN, None),
    (SERIF, "fraunces-latin-ext-opsz-normal", "fraunces-latin-ext", LATIN_EXTENDED, None),
    (SERIF, "fraunces-latin-opsz-italic", "fraunces-italic-latin", LATIN, {"opsz": 18, "wght": 380}),
    (SERIF, "fraunces-latin-ext-opsz-italic", "fraunces-italic-latin-ext", LATIN_EXTENDED,
     {"opsz": 18, "wght": 380}),
    (SANS, "instrument-sans-latin-wght-normal", "instrument-sans-latin", LATIN, None),
    (SANS, "instrument-sans-latin-ext-wght-normal", "instrument-sans-latin-ext", LATIN_EXTENDED, None),
)  # fmt: skip

#: Letters per thousand of running English, the space included: the weights of the average width.
FREQUENCY = {
    " ": 183, "e": 102, "t": 74, "a": 66, "o": 62, "i": 57, "n": 57, "s": 52, "h": 49, "r": 49,
    "d": 34, "l": 33, "c": 22, "u": 22, "m": 20, "w": 19, "f": 18, "g": 16, "y": 16, "p": 15,
    "b": 12, "v": 8, "k": 6, "x": 1, "j": 1, "q": 1, "z": 1, ".": 7, ",": 9,
}  # fmt: skip

#: (family of the fallback, our file and its axes, local faces in order, stand-in to measure)
FALLBACKS: tuple[tuple[str, str, dict[str, float], tuple[str, ...], str], ...] = (
    ("Fraunces Display Fallback", "fraunces-latin", {"opsz": 144, "wght": 380},
     ("Times New Roman", "Liberation Serif", "Tinos", "Nimbus Roman"), "Times New Roman"),
    ("Fraunces Fallback", "fraunces-latin", {"opsz": 28, "wght": 380},
     ("Georgia", "Gelasio"), "Georgia"),
    ("Fraunces Fallback Times", "fraunces-latin", {"opsz": 28, "wght": 380},
     ("Times New Roman", "Liberation Serif", "Tinos", "Nimbus Roman"), "Times New Roman"),
    ("Instrument Sans Fallback", "instrument-sans-latin", {"wght": 400},
     ("Arial", "Liberation Sans", "Arimo", "Helvetica", "Nimbus Sans"), "Arial"),
)  # fmt: skip


def fetch(package: str, into: Path) -> Path:
    """Unpack an npm package below ``into`` and return its folder."""
    folder = into / package.replace("/", "-").strip("@")
    if not folder.exists():
        folder.mkdir(parents=True)
        packed = subprocess.run(
            ["npm", "pack", "--silent", "--pack-destination", str(folder), package],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        with tarfile.open(folder / packed.stdout.split()[-1]) as archive:
            archive.extractall(folder, filter="data")
    return folder / "package"


def cut(source: Path, target: Path, characters: tuple[int, ...], axes: dict[str, float] | None) -> int:
    """Write the part of ``source`` that the site uses; return its size in bytes."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    font = TTFont(source, recalcTimestamp=False)
    if axes:
        font = instancer.instantiateVariableFont(font, axes)
    options = Options()
    options.layout_features = list(FEATURES)
    options.hinting = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[point for point in characters if point in font.getBestCmap()])
    subsetter.subset(font)
    space(font, 0xB7)
    font.flavor = "woff2"
    font.save(target)
    return target.stat().st_size


def space(font: Any, character: int) -> None:
    """Give a character the room of a full stop on each side, where the font gives it none.

    The sans has its middle dot from the Catalan double l, without any room: it would draw the dot
    of a name such as "C·one" into the letter before it.
    """
    name, stop = font.getBestCmap().get(character), font.getBestCmap().get(0x2E)
    if name is None or font["hmtx"][name][1] > 0:
        return
    room = font["hmtx"][stop][1]
    glyph = font["glyf"][name]
    if glyph.isComposite():
        for component in glyph.components:
            component.x += room
    else:
        glyph.coordinates.translate((room, 0))
    glyph.recalcBounds(font["glyf"])
    font["hmtx"][name] = (font["hmtx"][name][0] + 2 * room, room)


def average_width(font: Any) -> float:
    """The mean advance of running English, in em."""
    cmap, widths = font.getBestCmap(), font["hmtx"]
    total = sum(widths[cmap[ord(letter)]][0] * weight for letter, weight in FREQUENCY.items())
    return total / sum(FREQUENCY.values()) / font["head"].unitsPerEm


def fallback_rule(family: str, font: Any, faces: tuple[str, ...], stand_in: Any) -> str:
    """The ``@font-face`` rule that gives a local face the widths and heights of ours."""
    adjust = average_width(font) / average_width(stand_in)
    em, head = font["head"].unitsPerEm, font["hhea"]
    local = ", ".join(f'local("{face}")' for face in faces)
    return (
        f'@font-face {{\n  font-family: "{family}";\n  src: {local};\n'
        f"  size-adjust: {adjust:.2%};\n"
        f"  ascent-override: {head.ascent / em / adjust:.2%};\n"
        f"  descent-override: {-head.descent / em / adjust:.2%};\n"
        f"  line-gap-override: {head.lineGap / em / adjust:.2%};\n}}"
    )


def build(work: Path) -> None:
    """Make every font and print the fallbacks; needs fontTools."""
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    FONTS.mkdir(parents=True, exist_ok=True)
    LICENSES.mkdir(exist_ok=True)
    for package, name, made, characters, axes in CUTS:
        source = fetch(package, work) / "files" / f"{name}.woff2"
        size = cut(source, FONTS / f"{made}.woff2", characters, axes)
        print(f"{size:7,d}  static/fonts/{made}.woff2")
    for package, name in ((SERIF, "Fraunces"), (SANS, "Instrument-Sans")):
        shutil.copyfile(fetch(package, work) / "LICENSE", LICENSES / f"OFL-{name}.txt")
    for family, made, axes, faces, measured in FALLBACKS:
        font = instancer.instantiateVariableFont(TTFont(FONTS / f"{made}.woff2"), axes)
        stand_in = fetch(STAND_INS[measured], work) / "files"
        normal = next(iter(sorted(stand_in.glob("*-latin-400-normal.woff2"))))
        print(fallback_rule(family, font, faces, TTFont(normal)))


def main() -> int:
    """Set up a throw-away environment and build the fonts in it."""
    if len(sys.argv) > 1:
        build(Path(sys.argv[1]))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        venv.create(Path(folder) / "venv", with_pip=True)
        python = Path(folder) / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", *TOOLS], check=True)
        return subprocess.run([python, __file__, folder], check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
