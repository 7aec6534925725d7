"""The layouts of monograms: drawn portraits made of a person's initials."""

from __future__ import annotations

from .geometry import box, brush, disc
from .shapes import PALETTES, SITTING, Dice, Letters, Monogram, Path, Shape, Window, wordless
from .text_layout import initial, words_of

#: Pairs of initials with an offensive or misleading meaning. For them, only the first initial is drawn.
MISREAD = frozenset(
    ["SS", "SA", "KZ", "NS", "HJ", "HH", "AH", "KK", "SD", "BJ", "WC", "FU", "FK", "FY", "IS", "VD", "BO", "BS", "PP"]
    + ["PU", "AS", "XX", "СС", "КЗ", "НС"]
)


def monogram(key: str, name: str) -> Monogram:
    """
    Draw the monogram of a person or a team from the initials of ``name``.

    Both arguments may be any text, also empty. The same key and name give an equal monogram.
    """
    dice = Dice(SITTING, key)
    palette, words = dice.pick(PALETTES), words_of(name)
    one, two, three = dice.shuffled(palette.colours)
    ground, ink = palette.ground, palette.ink
    first = initial(words) if words else ""
    last = initial(words[-1:]) if len(words) > 1 else ""
    if first + last in MISREAD:
        last = ""
    shapes: list[Shape] = []
    composition = dice.pick(("bust", "brush", "halves", "arch", "pair" if last else "halves"))
    weight = dice.pick((400, 600, 900))
    if composition == "bust":
        x = dice.between(170, 230)
        shapes += [
            Path(f"M{x - 240} 520C{x - 230} 350 {x - 100} 330 {x} 330S{x + 230} 350 {x + 240} 520z", fill=one),
            Path(disc(x, 200, 118), fill=two),
        ]
        shapes.append(Letters(first, x, 500, 330, weight, ink))
    elif composition == "brush":
        y, slope = dice.between(90, 150), dice.between(-50, 50)
        shapes += brush(dice, -40, y, 480, 190, (one, two, ground), slope=slope, fray=64, streaks=5, gaps=6)
        shapes += brush(dice, 20, y + 180, 420, 70, (three, one, ground), slope=slope, fray=64)
        shapes.append(Letters(first, dice.between(160, 240), 430, 480, weight, ink))
    elif composition == "halves":
        split = dice.pick((150, 200, 250))
        size = dice.between(560, 660)
        for x, width, back, front in ((0, split, one, ground), (split, 400 - split, ground, ink)):
            letter = Letters(first, 200, 250 + size * 35 // 100, size, weight, front)
            shapes.append(Window(x, 0, width, 500, (Path(box(x, 0, width, 500), fill=back), letter)))
        shapes.append(Path(disc(dice.pick((70, 330)), 80, 34), fill=two))
    elif composition == "arch":
        x = dice.pick((60, 90, 120))
        shapes.append(Path(f"M{x} 510V230a110 110 0 0 1 220 0V510z", fill=one))
        shapes.append(Path(disc(x + 110, 230, 56), fill=two))
        shapes.append(Letters(first, dice.pick((300, 330, 110)), 520, 520, weight, ink))
    else:
        shapes.append(Path(box(0, dice.pick((0, 290)), 400, 210), fill=two))
        shapes.append(Letters(first, 130, 330, 470, weight, one))
        shapes.append(Letters(last, 270, 540, 470, weight, ink))
    return Monogram(composition, palette, ground, tuple(shapes) if first else wordless(shapes))
