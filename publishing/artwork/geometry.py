"""Functions that make SVG path data. All coordinates are whole numbers, so the output is the same on every computer."""

from __future__ import annotations

from .shapes import Dice, Path


def disc(x: int, y: int, r: int) -> str:
    return f"M{x - r} {y}a{r} {r} 0 1 0 {2 * r} 0a{r} {r} 0 1 0 {-2 * r} 0z"


def box(x: int, y: int, width: int, height: int) -> str:
    return f"M{x} {y}h{width}v{height}h{-width}z"


def leaf(x: int, y: int, dx: int, dy: int, fat: int) -> str:
    """
    Return a leaf shape from (x, y) to (x + dx, y + dy). ``fat`` is the bulge on each side, in hundredths of the length.
    """
    nx, ny = -dy * fat // 100, dx * fat // 100
    mx, my = dx * 45 // 100, dy * 45 // 100
    return f"M{x} {y}q{mx + nx} {my + ny} {dx} {dy}q{mx - nx - dx} {my - ny - dy} {-dx} {-dy}z"


def tight(d: str) -> str:
    """Remove the spaces before minus signs. SVG path data does not need them."""
    return d.replace(" -", "-")


def sliver(x: int, y: int, dx: int, dy: int, fat: int) -> str:
    """Return a thin streak from (x, y) to (x + dx, y + dy), pointed at both ends. ``fat`` sets its thickness."""
    return f"M{x} {y}q{dx // 2} {dy // 2 - fat} {dx} {dy}q{-dx // 3} {fat - dy // 3} {-dx} {-dy}z"


def brush(
    dice: Dice, x: int, y: int, length: int, thickness: int, paint: tuple[str, str, str], *,
    slope: int = 0, sag: int = 0, fray: int = 30, streaks: int = 3, gaps: int = 4,
) -> list[Path]:  # fmt: skip
    """
    Return the paths of one stroke of a broad brush, with ragged ends, streaks of a second colour, and gaps.

    ``paint`` has the colours of the stroke, of the streaks and of the gaps. ``slope`` is how much lower the right end
    is than the left end. ``sag`` bends the stroke. ``fray`` is the approximate depth of the ragged ends.
    """
    colour, streak, below = paint
    hairs = max(3, thickness // 7)

    def end(way: int) -> str:
        """
        Return the path data of one ragged end: the right end if ``way`` is 1, the left end if it is -1. The hairs at
        the sides of the brush are shorter than those in the middle.
        """
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
    # Draw a straight end if the end of the stroke is outside the sheet, where nobody sees it.
    far = end(1) if x + length - fray * 3 // 2 < 400 else f"v{thickness}"
    near = end(-1) if x + fray * 3 // 2 > 0 else ""
    paths = [Path(tight(f"M{x} {y}{curve}{far}{back}{near}z"), fill=colour)]
    for count, tint, fat in ((streaks, streak, 9), (gaps, below, 5)):
        d = ""
        for _ in range(count):
            run = length * dice.between(25, 70) // 100
            begin = dice.between(fray // 2, max(fray, length - run - fray // 2))
            drop = sag * begin * (length - begin) * 3 // (length * length)
            top = y + slope * begin // length + drop + dice.between(4, max(5, thickness - 4))
            d += sliver(x + begin, top, run, slope * run // length - drop // 2, dice.between(2, fat))
        if d and tint != colour:
            paths.append(Path(tight(d), fill=tint))
    return paths
