"""The layouts of drawn posters. Each function draws one layout."""

from __future__ import annotations

from collections.abc import Callable

from .geometry import box, brush, disc, leaf
from .shapes import PALETTES, Dice, Letters, Palette, Path, Poster, Shape, Window, merged
from .text_layout import breadth, initial, lines_of, words_of

#: The maximum width of a line of the title, in hundredths of the font size, as measured by `breadth`.
LONGEST = 560
LINES = 3
Draw = Callable[[Dice, Palette, str], tuple[str, list[Shape]]]


def _memory(dice: Dice, palette: Palette, title: str) -> tuple[str, list[Shape]]:
    """Draw a disc that a broad brush has partly wiped away."""
    one, two, three = dice.shuffled(palette.colours)
    ground = palette.ground
    x, y, r = dice.between(150, 250), dice.between(215, 300), dice.between(135, 165)
    shapes: list[Shape] = []
    shapes += brush(dice, -40, -20, 500, dice.between(70, 120), (three, palette.ink, ground), slope=10, streaks=5)
    floor = dice.between(455, 490)
    shapes += brush(dice, -40, floor, 500, 75, (palette.ink, two, ground), slope=dice.between(-20, 20))
    shapes += brush(dice, -40, floor + 62, 500, 110, (two, one, ground), slope=dice.between(-12, 12))
    shapes.append(Path(disc(x, y, r), fill=one))
    right = dice.chance(50)
    top = y - r + dice.between(6, 30)
    smear = dice.chance(50)
    while top < y + r - 16:
        thickness = dice.between(18, 40)
        if smear:
            # Smear the colour of the disc beyond its edge.
            begin, reach, paint = x + (20 if right else -r - 130), r + 110, (one, one, ground)
        else:
            reach = dice.between(170, 380)
            begin = 500 - reach if right else -100
            paint = dice.pick(((ground, ground, one), (ground, three, one), (ground, two, one), (three, ground, two)))
        shapes += brush(
            dice, begin, top, reach, thickness, paint,
            slope=dice.between(-12, 12), sag=dice.between(-8, 8), fray=64, streaks=2, gaps=2,
        )  # fmt: skip
        top += thickness + dice.between(6, 26)
        smear = not smear and dice.chance(40)
    return ground, shapes


def _strokes(dice: Dice, palette: Palette, title: str) -> tuple[str, list[Shape]]:
    """Draw broad horizontal bands of paint."""
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
        shapes += brush(
            dice, x, y, length, thickness, (paint, paints[(turn + 1) % 4], palette.ground),
            slope=slope + dice.between(-14, 14), sag=dice.between(-26, 26), fray=44, gaps=3,
        )  # fmt: skip
        y += thickness + dice.pick((6, 18, 52))
        turn += 1
    return palette.ground, shapes


def _beam(dice: Dice, palette: Palette, title: str) -> tuple[str, list[Shape]]:
    """Draw the beam of a projector in a dark room."""
    one, two, three = dice.shuffled(palette.colours)
    left = dice.chance(50)
    source, wall = (0, 400) if left else (400, 0)
    y, r = dice.between(60, 200), dice.between(70, 130)
    top, bottom = dice.between(170, 300), dice.between(520, 640)
    middle = (top + bottom) // 2 + dice.between(-40, 40)
    floor = dice.between(430, 500)
    shapes: list[Shape] = [
        Path(box(0, floor, 400, 600 - floor), fill=three),
        Path(f"M{source} {y}L{wall} {top}V{bottom}z", fill=one),
        Path(f"M{source} {y}L{wall} {middle}V{bottom}z", fill=two),
        Path(disc(200 + (wall - 200) * dice.between(20, 70) // 100, (top + bottom) // 2, r), fill=palette.ink),
        Path(disc(source, y, dice.between(34, 60)), fill=palette.ink),
    ]
    return palette.ground, shapes


def _audience(dice: Dice, palette: Palette, title: str) -> tuple[str, list[Shape]]:
    """Draw rows of heads in front of a bright screen; one head has a different colour."""
    one, two, three = dice.shuffled(palette.colours)
    shapes: list[Shape] = [Path(box(0, 0, 400, dice.between(230, 330)), fill=two)]
    rows, r, y = (palette.ink, one, palette.ink, one), 34, 290
    chosen, seat = dice.between(0, 2), dice.between(1, 2)
    for row, colour in enumerate(rows):
        pitch = r * 235 // 100
        x, d, odd = dice.between(-20, 30) - (pitch // 2 if row % 2 else 0), "", ""
        for column in range(400 // pitch + 3):
            rise = dice.between(-7, 7)
            shoulder = r * 112 // 100
            head = disc(x, y + rise, r * 62 // 100) + (
                f"M{x - shoulder} 620V{y + rise + r * 2}q0 {-r * 105 // 100} {shoulder} {-r * 105 // 100}"
                f"t{shoulder} {r * 105 // 100}V620z"
            )
            if row == chosen and column == seat:
                odd = head
            else:
                d += head
            x += pitch
        shapes.append(Path(d, fill=colour))
        if odd:
            shapes.append(Path(odd, fill=three))
        y, r = y + r * 2, r * 138 // 100
    return palette.ground, shapes


def _frames(dice: Dice, palette: Palette, title: str) -> tuple[str, list[Shape]]:
    """Draw an enlarged strip of film with a disc that moves from frame to frame."""
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
        cut = Path(disc(x + dx * frame, top + y + dy * frame, r), fill=front)
        inside = (Path(box(left, top, 400 - left, height), fill=back), cut)
        shapes.append(Window(left, top, 400 - left, height - 8, inside))
    return palette.ground, shapes


def _initial_cut(dice: Dice, palette: Palette, title: str) -> tuple[str, list[Shape]]:
    """Draw one letter that is larger than the sheet."""
    one, two, _ = dice.shuffled(palette.colours)
    size = dice.between(660, 860)
    x, y = dice.pick(((140, 560), (250, 610), (200, 530), (240, 470)))
    shapes: list[Shape] = []
    if dice.chance(50):
        shapes.append(Path(disc(dice.pick((90, 320)), dice.pick((130, 470)), dice.between(80, 150)), fill=two))
    else:
        shapes.append(Path(box(0, dice.pick((0, 330, 400)), 400, dice.between(150, 270)), fill=two))
    shapes.append(Letters(initial(words_of(title)), x, y, size, dice.pick((300, 500, 900)), one))
    return palette.ground, shapes


def _spine(dice: Dice, palette: Palette, title: str) -> tuple[str, list[Shape]]:
    """
    Draw the whole title in a few vertical lines. If the title is too long, draw only its first letter, because a
    shortened title could be misread.
    """
    one, two, _ = dice.shuffled(palette.colours)
    lines = lines_of(title, LONGEST, LINES) or [initial(words_of(title))]
    width = dice.between(90, 150)
    shapes: list[Shape] = [Path(box(dice.pick((0, 400 - width)), 0, width, 600), fill=two)]
    x, y, largest = dice.between(330, 372), dice.between(560, 590), dice.between(390, 470)
    size = min(largest, y * 100 // max(1, *map(breadth, lines)))
    if len(lines) > 1:
        size = min(size, x // len(lines))
    weight, colour = dice.pick((400, 700, 900)), dice.pick((one, palette.ink))
    for behind, line in enumerate(reversed(lines)):
        shapes.append(Letters(line, x - behind * size, y, size, weight, colour, "start", -90))
    return palette.ground, shapes


def _slices(dice: Dice, palette: Palette, title: str) -> tuple[str, list[Shape]]:
    """Draw a letter that is cut into slices. The slices are shifted sideways."""
    one, two, _ = dice.shuffled(palette.colours)
    letter = initial(words_of(title))
    weight, size = dice.pick((600, 900)), dice.between(560, 680)
    shapes: list[Shape] = []
    y, shift = 0, dice.pick((-1, 1))
    while y < 600:
        height = min(dice.pick((60, 90, 120, 150)), 600 - y)
        colour = palette.ink if dice.chance(62) else one
        inside = Letters(letter, 200, 300 + size * 35 // 100, size, weight, colour)
        below = (Path(box(-200, y, 800, height), fill=two),) if dice.chance(22) else ()
        shapes.append(Window(0, y, 400, height, (*below, inside), shift * dice.between(14, 74)))
        y, shift = y + height, -shift
    return palette.ground, shapes


def _eclipse(dice: Dice, palette: Palette, title: str) -> tuple[str, list[Shape]]:
    """Draw vertical bars and a disc that changes colour at each bar."""
    one, two, three = dice.shuffled(palette.colours)
    x, y, r = dice.between(120, 280), dice.between(200, 400), dice.between(140, 190)
    shapes: list[Shape] = []
    left, dark = 0, dice.chance(50)
    while left < 400:
        width = min(dice.pick((24, 40, 64, 100, 130)), 400 - left)
        back, front = (one, palette.ground) if dark else (palette.ground, dice.pick((one, two)))
        shapes.append(
            Window(left, 0, width, 600, (
                Path(box(left, 0, width, 600), fill=back), Path(disc(x, y, r), fill=front),
            ))
        )  # fmt: skip
        left, dark = left + width, not dark
    shapes.append(Path(disc(400 - x, 600 - y // 2, dice.between(24, 44)), fill=three))
    return palette.ground, shapes


def _tiles(dice: Dice, palette: Palette, title: str) -> tuple[str, list[Shape]]:
    """Draw six large tiles made of quarter circles, discs and bars."""
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
                quarter, quarter, disc(x + 100, y + 100, dice.pick((62, 100))),
                box(x, y, 100, 200), leaf(x, y, 200, 200, 46), leaf(x + 200, y, -200, 200, 46),
            ))  # fmt: skip
            if dice.chance(64):
                drawn[back] = drawn.get(back, "") + box(x, y, 200, 200)
            drawn[front + " "] = drawn.get(front + " ", "") + form
    backs = [Path(d, fill=colour) for colour, d in drawn.items() if not colour.endswith(" ")]
    fronts = [Path(d, fill=colour.strip()) for colour, d in drawn.items() if colour.endswith(" ")]
    return palette.ground, [*backs, *fronts]


def _rings(dice: Dice, palette: Palette, title: str) -> tuple[str, list[Shape]]:
    """Draw overlapping circles that run off the sheet."""
    order = [*dice.shuffled(palette.colours), palette.ground, palette.ink]
    x, y, r = dice.pick((0, 60, 340, 400)), dice.between(120, 480), dice.between(380, 470)
    dx, dy = dice.between(-22, 22), dice.between(-22, 22)
    shapes: list[Shape] = []
    turn = 0
    while r > 26:
        shapes.append(Path(disc(x, y, r), fill=order[turn % 5]))
        step = dice.pick((26, 44, 70, 96))
        x, y, r, turn = x + dx * step // 40, y + dy * step // 40, r - step, turn + 1
    return palette.ground if order[0] != palette.ground else palette.ink, shapes


def _paper(dice: Dice, palette: Palette, title: str) -> tuple[str, list[Shape]]:
    """Draw overlapping sheets of torn paper."""
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
        sun = Path(disc(dice.between(90, 310), dice.between(110, 300), dice.between(44, 84)), fill=paints[0])
        shapes.insert(dice.between(0, 2), sun)
    return palette.ground, shapes


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
    """
    Draw the poster of a work. The key chooses the layout and colours; the title provides the letters.

    Both arguments may be any text, also empty. The same key and title give an equal poster.
    """
    dice = Dice("poster", key)
    palette = dice.pick(PALETTES)
    name, draw = dice.pick((*SHAPES, *LETTERFORMS, *LETTERFORMS))
    if not words_of(title) and (name, draw) in LETTERFORMS:
        name, draw = dice.pick(SHAPES)
    ground, shapes = draw(dice, palette, title)
    return Poster(name, palette, ground, merged(shapes))
