"""Posters and monograms drawn for works and people that have no picture.

A drawing is a pure function of a key and a few words: the same key gives the same shapes on every
machine, today and in ten years, because every choice is drawn from SHA-256 and the arithmetic
stays with sums, products and quotients. Values in, frozen dataclasses out; the templates
``components/artwork_poster.svg`` and ``components/artwork_monogram.svg`` turn them into SVG.

A drawing never passes for a still: whoever shows it says "Artwork by Laurel, not a still".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import ClassVar, TypeVar

T = TypeVar("T")

#: Changing this word redraws every poster and monogram there is.
HAND = "laurel 200972"
#: The same for the monograms alone.
SITTING = "monogram 20"


@dataclass(frozen=True)
class Palette:
    """Colours that belong together: the ground, a strong contrast to it, and one to three more."""

    name: str
    ground: str
    ink: str
    colours: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Every colour of the palette, the ground first."""
        return (self.ground, self.ink, *self.colours)


PALETTES: tuple[Palette, ...] = (
    Palette("persimmon", "#f0e4cf", "#1f1b1a", ("#d24a2c", "#e5a23c", "#2f5568")),
    Palette("nocturne", "#17212d", "#ead9bd", ("#c8553c", "#4e7188", "#d8a341")),
    Palette("moss", "#e8e3d0", "#22302a", ("#5e7b54", "#c9a945", "#b4502f")),
    Palette("fig", "#2d1a2b", "#ecd9c6", ("#a8446a", "#dc8d62", "#6a4a7c")),
    Palette("harbour", "#dde6e1", "#12323a", ("#2a7879", "#e06c49", "#f0c582")),
    Palette("clay", "#e7cfb9", "#38251f", ("#a5472e", "#d98b5c", "#6d7e6c")),
    Palette("cobalt", "#f2ead8", "#141f3a", ("#2d49b0", "#df563a", "#f1b750")),
    Palette("bone", "#f3eee3", "#191716", ("#8b8475", "#c9bda6", "#b33a26")),
    Palette("rosehip", "#f1dacf", "#2a1b22", ("#c64b67", "#7a3450", "#e6a789")),
    Palette("ochre", "#d7a13d", "#231a11", ("#f4e8cf", "#a7381f", "#3c5850")),
    Palette("slate", "#2e393f", "#e8dfd0", ("#8fa5a4", "#d76849", "#c8b079")),
    Palette("ember", "#b4361f", "#f4e4cc", ("#270f0e", "#e98e4c", "#6a1c18")),
    Palette("lagoon", "#10494a", "#f0e6d1", ("#e2ae49", "#d85e42", "#7dada0")),
    Palette("lilac", "#d9d0df", "#241f39", ("#6a59a3", "#e1715a", "#f2e7cf")),
)


@dataclass(frozen=True)
class Path:
    """A flat shape: path data in user units, and one colour."""

    kind: ClassVar[str] = "path"
    d: str
    fill: str


@dataclass(frozen=True)
class Letters:
    """Letterforms, as text in the page's own serif; ``turn`` in degrees around (x, y)."""

    kind: ClassVar[str] = "letters"
    text: str
    x: int
    y: int
    size: int
    weight: int
    fill: str
    anchor: str = "middle"
    turn: int = 0


@dataclass(frozen=True)
class Window:
    """A rectangle through which other shapes are seen, moved sideways by ``shift``."""

    kind: ClassVar[str] = "window"
    x: int
    y: int
    width: int
    height: int
    shapes: tuple[Path | Letters, ...]
    shift: int = 0

    @property
    def view(self) -> str:
        """The ``viewBox`` that shows the shapes where they would be, less the shift."""
        return f"{self.x - self.shift} {self.y} {self.width} {self.height}"


Shape = Path | Letters | Window


@dataclass(frozen=True)
class Poster:
    """A drawn poster, 2:3."""

    width: ClassVar[int] = 400
    height: ClassVar[int] = 600
    composition: str
    palette: Palette
    ground: str
    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class Monogram:
    """A drawn portrait, 4:5: a person's initials in the same hand as the posters."""

    width: ClassVar[int] = 400
    height: ClassVar[int] = 500
    composition: str
    palette: Palette
    ground: str
    shapes: tuple[Shape, ...]


class Dice:
    """An endless row of choices that follows from a key alone."""

    def __init__(self, *key: str) -> None:
        self._seed = "\x1f".join((HAND, *key)).encode("utf-8", "surrogatepass")
        self._round = 0
        self._bytes = b""

    def below(self, limit: int) -> int:
        """A whole number from 0 to ``limit - 1``."""
        if len(self._bytes) < 4:
            self._bytes = sha256(self._seed + self._round.to_bytes(4, "big")).digest()
            self._round += 1
        number, self._bytes = int.from_bytes(self._bytes[:4], "big"), self._bytes[4:]
        return number % limit

    def between(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        """True in so many of a hundred throws."""
        return self.below(100) < percent

    def pick(self, items: Sequence[T]) -> T:
        """One of the items."""
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """The items in another order."""
        rest = list(items)
        return [rest.pop(self.below(len(rest))) for _ in range(len(rest))]


# Geometry. Path data in whole numbers only: nothing to localise, nothing to round differently.


def _disc(x: int, y: int, r: int) -> str:
    return f"M{x - r} {y}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0z"


def _box(x: int, y: int, width: int, height: int) -> str:
    return f"M{x} {y}h{width}v{height}h{-width}z"


def _leaf(x: int, y: int, dx: int, dy: int, fat: int) -> str:
    """A leaf from (x, y) to (x + dx, y + dy), ``fat`` hundredths of its length on each side."""
    nx, ny = -dy * fat // 100, dx * fat // 100
    mx, my = dx * 45 // 100, dy * 45 // 100
    return f"M{x} {y}q{mx + nx} {my + ny} {dx} {dy}q{mx - nx - dx} {my - ny - dy} {-dx} {-dy}z"


def _tight(d: str) -> str:
    """Path data without the spaces that a minus sign makes needless."""
    return d.replace(" -", "-")


def _sliver(x: int, y: int, dx: int, dy: int, fat: int) -> str:
    """A streak that swells and runs dry again."""
    return f"M{x} {y}q{dx // 2} {dy // 2 - fat} {dx} {dy}q{-dx // 3} {fat - dy // 3} {-dx} {-dy}z"


def _brush(
    dice: Dice, x: int, y: int, length: int, thickness: int, paint: tuple[str, str, str], *,
    slope: int = 0, sag: int = 0, fray: int = 30, streaks: int = 3, gaps: int = 4,
) -> list[Path]:  # fmt: skip
    """One stroke of a broad brush, dry at its ends, with streaks of a second paint.

    ``paint`` is the colour, the streaks' colour and the colour that shows where the brush ran dry.
    """
    colour, streak, below = paint
    hairs = max(3, thickness // 7)

    def end(way: int) -> str:
        """The ragged end: the hairs of the brush let go one by one, the outer ones first."""
        d, depth, left = "", 0, thickness
        for hair in range(hairs):
            pitch = left // (hairs - hair)
            left -= pitch
            bite = fray * dice.between(15, 100) // 100 + abs(2 * hair - hairs + 1) * fray // hairs // 2
            up = pitch * dice.between(25, 60) // 100
            d += f"l{way * (depth - bite)} {way * up}"
            depth = bite
            reach = bite * dice.between(0, 55) // 100
            d += f"l{way * (depth - reach)} {way * (pitch - up)}"
            depth = reach
        return d + f"h{way * depth}"

    third = length // 3
    curve = f"c{third} {sag} {length - third} {slope - sag} {length} {slope}"
    back = f"c{-third} {dice.between(-3, 3) - sag} {third - length} {sag - slope} {-length} {-slope}"
    # An end beyond the edge of the sheet needs no hairs.
    far = end(1) if x + length - fray * 3 // 2 < 400 else f"v{thickness}"
    near = end(-1) if x + fray * 3 // 2 > 0 else ""
    paths = [Path(_tight(f"M{x} {y}{curve}{far}{back}{near}z"), fill=colour)]
    for count, tint, fat in ((streaks, streak, 9), (gaps, below, 5)):
        d = ""
        for _ in range(count):
            run = length * dice.between(25, 70) // 100
            begin = dice.between(fray // 2, max(fray, length - run - fray // 2))
            drop = sag * begin * (length - begin) * 3 // (length * length)
            top = y + slope * begin // length + drop + dice.between(4, max(5, thickness - 4))
            d += _sliver(x + begin, top, run, slope * run // length - drop // 2, dice.between(2, fat))
        if d and tint != colour:
            paths.append(Path(_tight(d), fill=tint))
    return paths


# Words. Any script, any length; a title without a letter is drawn with shapes alone.


def _clusters(text: str) -> list[str]:
    """The characters as a reader counts them: marks and joiners stay with their letter."""
    clusters: list[str] = []
    joined = False
    for character in text:
        category = unicodedata.category(character)
        if category in {"Cc", "Cs", "Cn", "Co"}:
            continue
        if clusters and (joined or category.startswith("M") or category == "Cf" or character in SKIN):
            clusters[-1] += character
        else:
            clusters.append(character)
        joined = character == "\u200d"
    return clusters


SKIN = frozenset("\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")


def _words(text: str) -> list[str]:
    """The words from their first letter or digit on, without what cannot be drawn."""
    words = []
    for word in text.split():
        clusters = _clusters(word)
        while clusters and unicodedata.category(clusters[0][0])[0] not in "LN":
            del clusters[0]
        if clusters:
            words.append("".join(clusters))
    return words


def _initial(words: Sequence[str]) -> str:
    """The first letter as it stands at the head of a title."""
    first = _clusters(words[0])[0]
    return first.upper() if len(first.upper()) == len(first) else first


# Posters.

Draw = Callable[[Dice, Palette, Sequence[str]], tuple[str, list[Shape]]]


def _memory(dice: Dice, palette: Palette, words: Sequence[str]) -> tuple[str, list[Shape]]:
    """A disc in oil, wiped by a broad brush: part of it has gone already."""
    one, two, three = dice.shuffled(palette.colours)
    ground = palette.ground
    x, y, r = dice.between(150, 250), dice.between(215, 300), dice.between(135, 165)
    shapes: list[Shape] = []
    shapes += _brush(dice, -40, -20, 500, dice.between(70, 120), (three, palette.ink, ground), slope=10, streaks=5)
    floor = dice.between(455, 490)
    shapes += _brush(dice, -40, floor, 500, 75, (palette.ink, two, ground), slope=dice.between(-20, 20))
    shapes += _brush(dice, -40, floor + 62, 500, 110, (two, one, ground), slope=dice.between(-12, 12))
    shapes.append(Path(_disc(x, y, r), fill=one))
    right = dice.chance(50)
    top = y - r + dice.between(6, 30)
    smear = dice.chance(50)
    while top < y + r - 16:
        thickness = dice.between(18, 40)
        if smear:
            # The disc's own paint, dragged out beyond its edge.
            begin, reach, paint = x + (20 if right else -r - 130), r + 110, (one, one, ground)
        else:
            reach = dice.between(170, 380)
            begin = 500 - reach if right else -100
            paint = dice.pick(((ground, ground, one), (ground, three, one), (ground, two, one), (three, ground, two)))
        shapes += _brush(
            dice, begin, top, reach, thickness, paint,
            slope=dice.between(-12, 12), sag=dice.between(-8, 8), fray=64, streaks=2, gaps=2,
        )  # fmt: skip
        top += thickness + dice.between(6, 26)
        smear = not smear and dice.chance(40)
    return ground, shapes


def _strokes(dice: Dice, palette: Palette, words: Sequence[str]) -> tuple[str, list[Shape]]:
    """Broad bands of paint, one above the other."""
    paints = [*dice.shuffled(palette.colours), palette.ink]
    shapes: list[Shape] = []
    y = dice.between(30, 80)
    slope = dice.between(-46, 46)
    turn = dice.below(4)
    while y < 560:
        thickness = dice.pick((38, 60, 84, 118))
        paint = paints[turn % 4]
        x = dice.pick((-100, -100, 20, 60))
        length = dice.pick((600, 450, 320)) - x
        shapes += _brush(
            dice, x, y, length, thickness, (paint, paints[(turn + 1) % 4], palette.ground),
            slope=slope + dice.between(-14, 14), sag=dice.between(-26, 26), fray=44, gaps=3,
        )  # fmt: skip
        y += thickness + dice.pick((6, 18, 52))
        turn += 1
    return palette.ground, shapes


def _beam(dice: Dice, palette: Palette, words: Sequence[str]) -> tuple[str, list[Shape]]:
    """Light from a projector, across a dark room."""
    one, two, three = dice.shuffled(palette.colours)
    left = dice.chance(50)
    source, wall = (0, 400) if left else (400, 0)
    y, r = dice.between(60, 200), dice.between(70, 130)
    top, bottom = dice.between(170, 300), dice.between(520, 640)
    middle = (top + bottom) // 2 + dice.between(-40, 40)
    floor = dice.between(430, 500)
    shapes: list[Shape] = [
        Path(_box(0, floor, 400, 600 - floor), fill=three),
        Path(f"M{source} {y}L{wall} {top}V{bottom}z", fill=one),
        Path(f"M{source} {y}L{wall} {middle}V{bottom}z", fill=two),
        Path(_disc(200 + (wall - 200) * dice.between(20, 70) // 100, (top + bottom) // 2, r), fill=palette.ink),
        Path(_disc(source, y, dice.between(34, 60)), fill=palette.ink),
    ]
    return palette.ground, shapes


def _audience(dice: Dice, palette: Palette, words: Sequence[str]) -> tuple[str, list[Shape]]:
    """Heads in rows before a lit screen; one of them is another colour."""
    one, two, three = dice.shuffled(palette.colours)
    shapes: list[Shape] = [Path(_box(0, 0, 400, dice.between(230, 330)), fill=two)]
    rows, r, y = (palette.ink, one, palette.ink, one), 34, 290
    chosen, seat = dice.between(0, 2), dice.between(1, 2)
    for row, colour in enumerate(rows):
        pitch = r * 235 // 100
        x, d, odd = dice.between(-20, 30) - (pitch // 2 if row % 2 else 0), "", ""
        for place in range(400 // pitch + 3):
            rise = dice.between(-7, 7)
            shoulder = r * 112 // 100
            head = _disc(x, y + rise, r * 62 // 100) + (
                f"M{x - shoulder} 620V{y + rise + r * 2}q0 {-r * 105 // 100} {shoulder} {-r * 105 // 100}"
                f"t{shoulder} {r * 105 // 100}V620z"
            )
            if row == chosen and place == seat:
                odd = head
            else:
                d += head
            x += pitch
        shapes.append(Path(d, fill=colour))
        if odd:
            shapes.append(Path(odd, fill=three))
        y, r = y + r * 2, r * 138 // 100
    return palette.ground, shapes


def _frames(dice: Dice, palette: Palette, words: Sequence[str]) -> tuple[str, list[Shape]]:
    """A strip of film, enlarged: a disc travels through its frames."""
    one, two, three = dice.shuffled(palette.colours)
    count = dice.pick((3, 4, 5))
    height = 600 // count
    x, y, r = dice.between(60, 140), dice.between(20, 80), height * dice.between(36, 62) // 100
    dx, dy = dice.between(160, 240) // (count - 1), dice.between(-16, 16)
    shapes: list[Shape] = []
    left = dice.pick((0, 36, 72))
    for frame in range(count):
        top = frame * height
        back, front = ((one, palette.ink), (palette.ink, one))[frame % 2]
        if frame == count - 2:
            back, front = two, three
        disc = Path(_disc(x + dx * frame, top + y + dy * frame, r), fill=front)
        inside = (Path(_box(left, top, 400 - left, height), fill=back), disc)
        shapes.append(Window(left, top, 400 - left, height - 8, inside))
    return palette.ground, shapes


def _initial_cut(dice: Dice, palette: Palette, words: Sequence[str]) -> tuple[str, list[Shape]]:
    """One letter, larger than the sheet."""
    one, two, _ = dice.shuffled(palette.colours)
    size = dice.between(660, 860)
    x, y = dice.pick(((140, 560), (250, 610), (200, 530), (240, 470)))
    shapes: list[Shape] = []
    if dice.chance(50):
        shapes.append(Path(_disc(dice.pick((90, 320)), dice.pick((130, 470)), dice.between(80, 150)), fill=two))
    else:
        shapes.append(Path(_box(0, dice.pick((0, 330, 400)), 400, dice.between(150, 270)), fill=two))
    shapes.append(Letters(_initial(words), x, y, size, dice.pick((300, 500, 900)), one))
    return palette.ground, shapes


def _spine(dice: Dice, palette: Palette, words: Sequence[str]) -> tuple[str, list[Shape]]:
    """The longest word, running up the sheet and off it."""
    one, two, _ = dice.shuffled(palette.colours)
    word = "".join(_clusters(max(words, key=len))[:9])
    width = dice.between(90, 150)
    shapes: list[Shape] = [Path(_box(dice.pick((0, 400 - width)), 0, width, 600), fill=two)]
    shapes.append(
        Letters(word, dice.between(330, 372), dice.between(600, 640), dice.between(390, 470),
                dice.pick((400, 700, 900)), dice.pick((one, palette.ink)), "start", -90)
    )  # fmt: skip
    return palette.ground, shapes


def _slices(dice: Dice, palette: Palette, words: Sequence[str]) -> tuple[str, list[Shape]]:
    """A letter cut across and put together again, not quite."""
    one, two, _ = dice.shuffled(palette.colours)
    letter = _initial(words)
    weight, size = dice.pick((600, 900)), dice.between(560, 680)
    shapes: list[Shape] = []
    y, shift = 0, dice.pick((-1, 1))
    while y < 600:
        height = min(dice.pick((60, 90, 120, 150)), 600 - y)
        colour = palette.ink if dice.chance(62) else one
        inside = Letters(letter, 200, 300 + size * 35 // 100, size, weight, colour)
        below = (Path(_box(-200, y, 800, height), fill=two),) if dice.chance(22) else ()
        shapes.append(Window(0, y, 400, height, (*below, inside), shift * dice.between(14, 74)))
        y, shift = y + height, -shift
    return palette.ground, shapes


def _eclipse(dice: Dice, palette: Palette, words: Sequence[str]) -> tuple[str, list[Shape]]:
    """Upright bars and a disc that changes colour with each of them."""
    one, two, three = dice.shuffled(palette.colours)
    x, y, r = dice.between(120, 280), dice.between(200, 400), dice.between(140, 190)
    shapes: list[Shape] = []
    left, dark = 0, dice.chance(50)
    while left < 400:
        width = min(dice.pick((24, 40, 64, 100, 130)), 400 - left)
        back, front = (one, palette.ground) if dark else (palette.ground, dice.pick((one, two)))
        shapes.append(
            Window(left, 0, width, 600, (
                Path(_box(left, 0, width, 600), fill=back), Path(_disc(x, y, r), fill=front),
            ))
        )  # fmt: skip
        left, dark = left + width, not dark
    shapes.append(Path(_disc(400 - x, 600 - y // 2, dice.between(24, 44)), fill=three))
    return palette.ground, shapes


def _tiles(dice: Dice, palette: Palette, words: Sequence[str]) -> tuple[str, list[Shape]]:
    """Six large tiles of quarter circles, discs and bars."""
    drawn: dict[str, str] = {}
    colours = [*palette.colours, palette.ink]
    for row in range(3):
        for column in range(2):
            x, y = column * 200, row * 200
            back, front = dice.shuffled(colours)[:2]
            corner = dice.below(4)
            cx, cy = x + 200 * (corner % 2), y + 200 * (corner // 2)
            inward, down = (200, -200)[corner % 2], (200, -200)[corner // 2]
            sweep = int((inward > 0) == (down > 0))
            quarter = f"M{cx} {cy}h{inward}a200 200 0 0 {sweep} {-inward} {down}z"
            form = dice.pick((
                quarter, quarter, _disc(x + 100, y + 100, dice.pick((62, 100))),
                _box(x, y, 100, 200), _leaf(x, y, 200, 200, 46), _leaf(x + 200, y, -200, 200, 46),
            ))  # fmt: skip
            if dice.chance(64):
                drawn[back] = drawn.get(back, "") + _box(x, y, 200, 200)
            drawn[front + " "] = drawn.get(front + " ", "") + form
    backs = [Path(d, fill=colour) for colour, d in drawn.items() if not colour.endswith(" ")]
    fronts = [Path(d, fill=colour.strip()) for colour, d in drawn.items() if colour.endswith(" ")]
    return palette.ground, [*backs, *fronts]


def _rings(dice: Dice, palette: Palette, words: Sequence[str]) -> tuple[str, list[Shape]]:
    """Circles that lean on one another, cut by the edge."""
    order = [*dice.shuffled(palette.colours), palette.ground, palette.ink]
    x, y, r = dice.pick((0, 60, 340, 400)), dice.between(120, 480), dice.between(380, 470)
    dx, dy = dice.between(-22, 22), dice.between(-22, 22)
    shapes: list[Shape] = []
    turn = 0
    while r > 26:
        shapes.append(Path(_disc(x, y, r), fill=order[turn % 5]))
        step = dice.pick((26, 44, 70, 96))
        x, y, r, turn = x + dx * step // 40, y + dy * step // 40, r - step, turn + 1
    return palette.ground if order[0] != palette.ground else palette.ink, shapes


def _paper(dice: Dice, palette: Palette, words: Sequence[str]) -> tuple[str, list[Shape]]:
    """Torn sheets laid over one another."""
    shapes: list[Shape] = []
    paints = [*dice.shuffled(palette.colours), palette.ink]
    y = dice.between(90, 170)
    for paint in dice.shuffled(paints):
        slope = dice.between(-120, 120)
        d, x = f"M-10 {y}", -10
        while x < 410:
            step = dice.between(14, 46)
            d += f"l{step} {slope * step // 420 + dice.between(-7, 7)}"
            x += step
        shapes.append(Path(f"{d}V610H-10z", fill=paint))
        y += dice.between(80, 150)
    if dice.chance(60):
        disc = Path(_disc(dice.between(90, 310), dice.between(110, 300), dice.between(44, 84)), fill=paints[0])
        shapes.insert(dice.between(0, 2), disc)
    return palette.ground, shapes


def _merged(shapes: Sequence[Shape]) -> tuple[Shape, ...]:
    """The shapes, with neighbours of one colour in a single path."""
    merged: list[Shape] = []
    for shape in shapes:
        before = merged[-1] if merged else None
        if isinstance(shape, Path) and isinstance(before, Path) and shape.fill == before.fill:
            merged[-1] = replace(before, d=before.d + shape.d)
        else:
            merged.append(shape)
    return tuple(merged)


SHAPES: tuple[tuple[str, Draw], ...] = (
    ("memory", _memory),
    ("strokes", _strokes),
    ("eclipse", _eclipse),
    ("tiles", _tiles),
    ("beam", _beam),
    ("audience", _audience),
    ("frames", _frames),
    ("rings", _rings),
    ("paper", _paper),
)
LETTERFORMS: tuple[tuple[str, Draw], ...] = (
    ("initial", _initial_cut),
    ("spine", _spine),
    ("slices", _slices),
)


def poster(key: str, title: str) -> Poster:
    """Draw the poster of a work: the key chooses, the title lends its letters.

    Any text will do for both, the empty one included. The same key and title give an equal poster.
    """
    dice = Dice("poster", key)
    palette, words = dice.pick(PALETTES), _words(title)
    name, draw = dice.pick((*SHAPES, *LETTERFORMS, *LETTERFORMS))
    if not words and (name, draw) in LETTERFORMS:
        name, draw = dice.pick(SHAPES)
    ground, shapes = draw(dice, palette, words)
    return Poster(name, palette, ground, _merged(shapes))


# Monograms.


def monogram(key: str, name: str) -> Monogram:
    """Draw the portrait of a person or a team from the initials of their name.

    Any text will do for both, the empty one included. The same key and name give an equal monogram.
    """
    dice = Dice(SITTING, key)
    palette, words = dice.pick(PALETTES), _words(name)
    one, two, three = dice.shuffled(palette.colours)
    ground, ink = palette.ground, palette.ink
    first = _initial(words) if words else ""
    last = _initial(words[-1:]) if len(words) > 1 else ""
    shapes: list[Shape] = []
    composition = dice.pick(("bust", "brush", "halves", "arch", "pair" if last else "halves"))
    weight = dice.pick((400, 600, 900))
    if composition == "bust":
        x = dice.between(170, 230)
        shapes += [
            Path(f"M{x - 240} 520C{x - 230} 350 {x - 100} 330 {x} 330S{x + 230} 350 {x + 240} 520z", fill=one),
            Path(_disc(x, 200, 118), fill=two),
        ]
        shapes.append(Letters(first, x, 500, 330, weight, ink))
    elif composition == "brush":
        y, slope = dice.between(90, 150), dice.between(-50, 50)
        shapes += _brush(dice, -40, y, 480, 190, (one, two, ground), slope=slope, fray=64, streaks=5, gaps=6)
        shapes += _brush(dice, 20, y + 180, 420, 70, (three, one, ground), slope=slope, fray=64)
        shapes.append(Letters(first, dice.between(160, 240), 430, 480, weight, ink))
    elif composition == "halves":
        split = dice.pick((150, 200, 250))
        size = dice.between(560, 660)
        for x, width, back, front in ((0, split, one, ground), (split, 400 - split, ground, ink)):
            letter = Letters(first, 200, 250 + size * 35 // 100, size, weight, front)
            shapes.append(Window(x, 0, width, 500, (Path(_box(x, 0, width, 500), fill=back), letter)))
        shapes.append(Path(_disc(dice.pick((70, 330)), 80, 34), fill=two))
    elif composition == "arch":
        x = dice.pick((60, 90, 120))
        shapes.append(Path(f"M{x} 510V230a110 110 0 0 1 220 0V510z", fill=one))
        shapes.append(Path(_disc(x + 110, 230, 56), fill=two))
        shapes.append(Letters(first, dice.pick((300, 330, 110)), 520, 520, weight, ink))
    else:
        shapes.append(Path(_box(0, dice.pick((0, 290)), 400, 210), fill=two))
        shapes.append(Letters(first, 130, 330, 470, weight, one))
        shapes.append(Letters(last, 270, 540, 470, weight, ink))
    return Monogram(composition, palette, ground, tuple(shapes) if first else _wordless(shapes))


def _wordless(shapes: Sequence[Shape]) -> tuple[Shape, ...]:
    """The shapes alone, for a name without a letter."""
    return tuple(
        replace(shape, shapes=tuple(inner for inner in shape.shapes if isinstance(inner, Path)))
        if isinstance(shape, Window)
        else shape
        for shape in shapes
        if not isinstance(shape, Letters)
    )
