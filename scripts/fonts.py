"""
Makes the web fonts in ``static/fonts/`` from npm packages.

Run it with any Python 3.11 or later and ``npm`` on the path::

    python scripts/fonts.py

It downloads the packages with ``npm pack`` and creates a temporary virtual environment with fontTools. It reduces each
font to the characters and features that the portal uses, writes one ``woff2`` file for each style and range of
characters, and copies the licences to ``LICENSES/``. It writes the ``@font-face`` rules to ``static/css/fonts.css``,
including those of the fallback fonts (``fallback_fonts.py``).

Each style has several files, because a browser downloads a file only if a page contains one of its characters. The
first file has the letters of English and western European languages. The file ``ext`` has those of Polish, Czech,
Hungarian, Romanian, Turkish and romanised Japanese, and ``rare`` the other letters of Latin Extended.

A first visit may download at most 120 KB (tests/browser/test_page_weight.py), and most of that is fonts. Therefore the
serif font has a single weight, and its outlines change with size only; the bold quotation marks are a file of their
own. Its coordinates are rounded to 1,000 units per em, which is a twelfth of a pixel in a title of 80 px. The
sans-serif font has the same kerning in all weights.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

from fallback_fonts import fallback_rules, stacks

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "static" / "fonts"
LICENSES = ROOT / "LICENSES"

TOOLS = ("fonttools==4.68.0", "brotli==1.2.1")
SERIF = "@fontsource-variable/fraunces@5.3.0"
SANS = "@fontsource-variable/instrument-sans@5.3.0"
SHEET = ROOT / "static" / "css" / "fonts.css"


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
#: Latin characters that the web fonts leave out, because they never occur in titles: accents without letters,
#: fractions, typewriter symbols. Browsers use the fallback font for them.
SIGNS = frozenset(map(ord, "¤¦¨¬¯´µ¶¸¼¾ˆ˚˜⁄"))
COMMON = tuple(sorted(map(ord, "ĄąĆćĘęŁłŃńŚśŹźŻżČčĎďĚěŇňŘřŠšŤťŮůŽžĽľŐőŰűĂăȘșȚțĐđĞğİıŞşĀāĒēĪīŌōŪū")))
PLAIN = tuple(sorted(set(LATIN) - SIGNS - set(COMMON)))
RARE = tuple(sorted(set(LATIN_EXTENDED) - set(COMMON)))
#: The large quotation marks beside quotes.
MARKS = tuple(map(ord, "“„"))
#: The OpenType features to keep. Features that a font does not have are skipped.
FEATURES = (
    *("ccmp", "locl", "rlig", "rvrn", "kern", "liga", "mark", "mkmk"),
    *("onum", "lnum", "tnum", "pnum", "smcp", "c2sc", "case", "sups"),
)

#: The weight of the serif font, and its range of optical sizes in px as (minimum, default, maximum).
WEIGHT, SIZES = 380, (9, 9, 144)
SANS_WEIGHTS = (400, 400, 600)


@dataclass(frozen=True)
class FontFile:
    """
    A font file to make: its name, the npm package and the file in it, the characters, and for each axis a fixed value
    or (minimum, default, maximum). `family`, `weights` and `style` are for its ``@font-face`` rule.
    """

    made: str
    package: str
    source: str
    characters: tuple[int, ...]
    axes: dict[str, Any]
    family: str
    weights: str
    style: str = "normal"


ITALIC = {"opsz": 18, "wght": WEIGHT}
RANGES = (("latin", "latin", PLAIN), ("latin-ext", "latin-ext", COMMON), ("latin-rare", "latin-ext", RARE))
CUTS = (
    *(
        # The file with rare letters has a single size.
        FontFile(f"fraunces-{name}", SERIF, f"fraunces-{source}-opsz-normal", characters,
            {"wght": WEIGHT, "opsz": 36 if characters is RARE else SIZES}, "Fraunces", "100 900")
        for name, source, characters in RANGES
    ),
    *(
        FontFile(f"fraunces-italic-{name}", SERIF, f"fraunces-{source}-opsz-italic", characters, ITALIC,
            "Fraunces", "100 900", "italic")
        for name, source, characters in RANGES
    ),
    FontFile("fraunces-marks", SERIF, "fraunces-latin-opsz-normal", MARKS, {"wght": 900, "opsz": 144},
        "Fraunces Marks", "100 900"),
    *(
        FontFile(f"instrument-sans-{name}", SANS, f"instrument-sans-{source}-wght-normal", characters,
            {"wght": 400 if characters is RARE else SANS_WEIGHTS}, "Instrument Sans", "400 600")
        for name, source, characters in RANGES
    ),
)  # fmt: skip


def fetch(package: str, into: Path) -> Path:
    """Download an npm package, unpack it below ``into``, and return its folder."""
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


def cut(plan: FontFile, source: Path, target: Path) -> int:
    """
    Reduce the font ``source`` to the characters and axes in ``plan``, and write it to ``target``. Return its new size
    in bytes.
    """
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont
    from fontTools.ttLib.scaleUpem import scale_upem
    from fontTools.varLib import instancer

    font = instancer.instantiateVariableFont(TTFont(source, recalcTimestamp=False), plan.axes)
    written = BytesIO()
    font.save(written)
    font = TTFont(written, recalcTimestamp=False)
    options = Options()
    options.layout_features = list(FEATURES)
    options.hinting = False
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[point for point in plan.characters if point in font.getBestCmap()])
    subsetter.subset(font)
    space(font, 0xB7)
    if plan.package == SANS:
        one_kerning(font)
    scale_upem(font, 1000)
    font.flavor = "woff2"
    font.save(target)
    return target.stat().st_size


def one_kerning(font: Any) -> None:
    """
    Use the kerning of the regular weight for all weights. Separate kerning for each weight would take up a third of the
    font.
    """
    for lookup in font["GPOS"].table.LookupList.Lookup:
        for subtable in lookup.SubTable:
            pairs = getattr(subtable, "ExtSubTable", subtable)
            if pairs.LookupType != 2:
                continue
            values = (
                [pair.Value1 for of_one in pairs.PairSet for pair in of_one.PairValueRecord]
                if pairs.Format == 1
                else [pair.Value1 for of_one in pairs.Class1Record for pair in of_one.Class2Record]
            )
            for value in values:
                if hasattr(value, "XAdvDevice"):
                    del value.XAdvDevice
            pairs.ValueFormat1 &= 0x0F


def face_rule(plan: FontFile, font: Any) -> str:
    """Return the ``@font-face`` rule of a font file. Its ``unicode-range`` lists the characters in the file."""
    points = sorted(set(font.getBestCmap()) & set(plan.characters))
    runs: list[list[int]] = []
    for point in points:
        if runs and point == runs[-1][-1] + 1:
            runs[-1][1:] = [point]
        else:
            runs.append([point])
    ranges = ", ".join("U+" + "-".join(f"{end:X}" for end in run) for run in runs)
    style = f"  font-style: {plan.style};\n" if plan.style != "normal" else ""
    return (
        f'@font-face {{\n  font-family: "{plan.family}";\n'
        f'  src: url("../fonts/{plan.made}.woff2") format("woff2");\n{style}'
        f"  font-weight: {plan.weights};\n  font-display: swap;\n  unicode-range: {ranges};\n}}"
    )


def space(font: Any, character: int) -> None:
    """
    Give a character the side margins of a full stop if it has none.

    In the sans-serif font, the middle dot has no margins, because it is meant for the Catalan double l. In a name such
    as "C·one" it would overlap the letter before it.
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


def build(work: Path) -> None:
    """Make all web fonts and the style sheet with their ``@font-face`` rules. Needs fontTools."""
    from fontTools.ttLib import TTFont

    FONTS.mkdir(parents=True, exist_ok=True)
    LICENSES.mkdir(exist_ok=True)
    rules = []
    for plan in CUTS:
        source = fetch(plan.package, work) / "files" / f"{plan.source}.woff2"
        size = cut(plan, source, FONTS / f"{plan.made}.woff2")
        print(f"{size:9,d} bytes  {plan.made}")
        rules.append(face_rule(plan, TTFont(FONTS / f"{plan.made}.woff2")))
    for package, name in ((SERIF, "Fraunces"), (SANS, "Instrument-Sans")):
        shutil.copyfile(fetch(package, work) / "LICENSE", LICENSES / f"OFL-{name}.txt")
    head = "/* Web fonts, and system fonts with the same widths until they have loaded. Made by scripts/fonts.py. */"
    SHEET.write_text("\n".join((head, *rules, *fallback_rules(FONTS, partial(fetch, into=work)), stacks())) + "\n")


def with_tools(build: Callable[[Path], None], script: str) -> int:
    """
    Create a temporary virtual environment with fontTools, and run `script` again in it. The second run calls `build`
    with a temporary folder. Return the exit code.
    """
    if len(sys.argv) > 1:
        build(Path(sys.argv[1]))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        venv.create(Path(folder) / "venv", with_pip=True)
        python = Path(folder) / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", *TOOLS], check=True)
        return subprocess.run([python, script, folder], check=False).returncode


if __name__ == "__main__":
    raise SystemExit(with_tools(build, __file__))
