"""
Makes ``@font-face`` rules that give system fonts the widths and heights of our web fonts. So the text of a page does
not move when the web fonts have loaded.

``local()`` uses the first font that exists, so system fonts with different widths need separate rules. Each rule has
its own family name, and a font stack such as ``--fraunces`` lists these names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

#: System fonts that visitors may have. Each tuple contains the npm package of a free font with the same widths, for
#: measuring; the names of upright fonts for ``local()``; and those of italic fonts.
SYSTEM: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "Georgia": (
        "@fontsource/gelasio", ("Georgia", "Gelasio", "Gelasio Regular"), ("Georgia Italic", "Gelasio Italic"),
    ),
    "Times": (
        "@fontsource/tinos",
        ("Times New Roman", "Liberation Serif", "Tinos", "Tinos Regular", "Nimbus Roman", "NimbusRoman-Regular",
         "FreeSerif"),
        ("Times New Roman Italic", "Liberation Serif Italic", "Tinos Italic", "Nimbus Roman Italic",
         "NimbusRoman-Italic", "FreeSerifItalic"),
    ),
    "Noto Serif": (
        "@fontsource/noto-serif", ("Noto Serif", "Noto Serif Regular", "NotoSerif-Regular", "NotoSerif", "Droid Serif"),
        ("Noto Serif Italic", "NotoSerif-Italic", "Droid Serif Italic"),
    ),
    "DejaVu Serif": (
        "@fontsource/dejavu-serif", ("DejaVu Serif", "Bitstream Vera Serif"), ("DejaVu Serif Italic",),
    ),
    "Arial": (
        "@fontsource/arimo",
        ("Arial", "Helvetica", "Liberation Sans", "Arimo", "Arimo Regular", "Nimbus Sans", "NimbusSans-Regular",
         "FreeSans"),
        (),
    ),
    "Roboto": ("@fontsource/roboto", ("Roboto", "Roboto Regular", "Roboto-Regular"), ()),
    "Noto Sans": (
        "@fontsource/noto-sans",
        ("Noto Sans", "Noto Sans Regular", "NotoSans-Regular", "NotoSans", "Open Sans", "Open Sans Regular",
         "OpenSans-Regular", "Droid Sans"),
        (),
    ),
    "DejaVu Sans": ("@fontsource/dejavu-sans", ("DejaVu Sans", "Bitstream Vera Sans"), ()),
}  # fmt: skip

#: How often each character occurs in about a thousand characters of English text. Used to compute the average width of
#: a letter.
FREQUENCY = {
    " ": 183, "e": 102, "t": 74, "a": 66, "o": 62, "i": 57, "n": 57, "s": 52, "h": 49, "r": 49,
    "d": 34, "l": 33, "c": 22, "u": 22, "m": 20, "w": 19, "f": 18, "g": 16, "y": 16, "p": 15,
    "b": 12, "v": 8, "k": 6, "x": 1, "j": 1, "q": 1, "z": 1, ".": 7, ",": 9,
}  # fmt: skip

#: The assumed share of capital letters. It is higher than in ordinary text, because pages have many titles and names.
CAPITALS = 0.08
#: The characters for which the fallback rules apply: Latin, Greek, Cyrillic and symbols. Other scripts have their own
#: font stacks in static/css/tokens.css.
RANGE = "U+0-52F, U+1E00-22FF"
#: Fallbacks for the serif web font. The last two are sans-serif fonts, for systems without any of these serif fonts.
SERIFS = ("Georgia", "Times", "Noto Serif", "DejaVu Serif", "Noto Sans", "Roboto")
NARROW_FIRST = ("Times", "Georgia", *SERIFS[2:])
SANSES = ("Arial", "Roboto", "Noto Sans", "DejaVu Sans")
#: For each fallback: the family and the file of our web font, the axis values at which it is measured, the range of
#: weights, whether it is italic, and the system fonts in order of preference.
FALLBACKS: tuple[tuple[str, str, dict[str, float], str, bool, tuple[str, ...]], ...] = (
    ("Fraunces", "fraunces-latin", {"opsz": 24}, "100 900", False, SERIFS),
    ("Fraunces", "fraunces-italic-latin", {}, "100 900", True, SERIFS),
    ("Fraunces Display", "fraunces-latin", {"opsz": 84}, "100 900", False, NARROW_FIRST),
    ("Instrument Sans", "instrument-sans-latin", {"wght": 400}, "400", False, SANSES),
    ("Instrument Sans", "instrument-sans-latin", {"wght": 500}, "500 600", False, SANSES),
)


def average_width(font: Any) -> float:
    """Return the average width of a letter in em, for English text with many names."""
    cmap, widths = font.getBestCmap(), font["hmtx"]
    total = sum(
        weight * ((1 - CAPITALS) * widths[cmap[ord(letter)]][0] + CAPITALS * widths[cmap[ord(letter.upper())]][0])
        for letter, weight in FREQUENCY.items()
    )
    return float(total / sum(FREQUENCY.values()) / font["head"].unitsPerEm)


def fallback_rule(family: str, weights: str, style: str, font: Any, faces: tuple[str, ...], stand_in: Any) -> str:
    """
    Return the ``@font-face`` rule that gives a system font the widths and heights of our web font `font`. `faces` are
    the names of the system font for ``local()``. `stand_in` is a free font that is measured instead of the system font.
    """
    adjust = average_width(font) / average_width(stand_in)
    em, head = font["head"].unitsPerEm, font["hhea"]
    local = ", ".join(f'local("{face}")' for face in faces)
    return (
        f'@font-face {{\n  font-family: "{family}";\n  src: {local};\n{style}'
        f"  font-weight: {weights};\n"
        f"  size-adjust: {adjust:.2%};\n"
        f"  ascent-override: {head.ascent / em / adjust:.2%};\n"
        f"  descent-override: {-head.descent / em / adjust:.2%};\n"
        f"  line-gap-override: {head.lineGap / em / adjust:.2%};\n"
        f"  unicode-range: {RANGE};\n}}"
    )


def fallback_rules(fonts: Path, fetch: Callable[[str], Path]) -> Iterator[str]:
    """
    Yield the ``@font-face`` rules of all fallbacks. `fonts` is the folder with our web fonts. `fetch` downloads an npm
    package and returns its folder.
    """
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    for ours, made, axes, weights, italic, theirs in FALLBACKS:
        font = TTFont(fonts / f"{made}.woff2")
        if axes:
            font = instancer.instantiateVariableFont(font, axes)
        for name in theirs:
            package, upright, slanted = SYSTEM[name]
            style = "italic" if italic else "normal"
            (measured,) = (fetch(package) / "files").glob(f"*-latin-400-{style}.woff2")
            said = f"  font-style: {style};\n" if italic else ""
            faces = (*slanted, *upright) if italic else upright
            yield fallback_rule(f"{ours} in {name}", weights, said, font, faces, TTFont(measured))


def stacks() -> str:
    """Return the font stacks of our web fonts as CSS custom properties: each font family, followed by its fallbacks."""
    families = {ours: (ours.removesuffix(" Display"), *(f"{ours} in {name}" for name in theirs))
                for ours, *_, theirs in FALLBACKS}  # fmt: skip
    lines = (
        f"  --{ours.lower().replace(' ', '-')}: " + ", ".join(f'"{name}"' for name in names) + ";"
        for ours, names in families.items()
    )
    return "\n".join((":root {", *lines, "}"))
