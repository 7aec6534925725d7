"""The parts of a drawing: colour palettes, shapes, and repeatable random choices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import ClassVar, TypeVar

T = TypeVar("T")

#: The seed of all drawings. A different value would change every poster and monogram.
HAND = "laurel 200972"
#: An additional seed, for monograms only.
SITTING = "monogram 20"


@dataclass(frozen=True)
class Palette:
    """Colours that go together: a background, a colour with strong contrast to the background, and three more."""

    name: str
    ground: str
    ink: str
    colours: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Return every colour of the palette, the background first."""
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
    """A filled shape: SVG path data and one colour."""

    d: str
    fill: str


@dataclass(frozen=True)
class Letters:
    """Text in the portal's serif font, rotated around (x, y) by ``turn`` degrees."""

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
    """Shapes within a rectangle, cut off at its edges. They are moved to the right by ``shift`` units."""

    x: int
    y: int
    width: int
    height: int
    shapes: tuple[Path | Letters, ...]
    shift: int = 0

    @property
    def view(self) -> str:
        """Return the SVG ``viewBox`` of the window. It moves the shapes to the right by ``shift`` units."""
        return f"{self.x - self.shift} {self.y} {self.width} {self.height}"


Shape = Path | Letters | Window


@dataclass(frozen=True)
class Poster:
    """A drawn poster with the aspect ratio 2:3."""

    kind: ClassVar[str] = "poster"
    width: ClassVar[int] = 400
    height: ClassVar[int] = 600
    composition: str
    palette: Palette
    ground: str
    shapes: tuple[Shape, ...]


@dataclass(frozen=True)
class Monogram:
    """A drawn portrait with the aspect ratio 4:5, made of a person's initials."""

    kind: ClassVar[str] = "monogram"
    width: ClassVar[int] = 400
    height: ClassVar[int] = 500
    composition: str
    palette: Palette
    ground: str
    shapes: tuple[Shape, ...]


class Dice:
    """An endless sequence of pseudo-random choices. The same key always gives the same sequence."""

    def __init__(self, *key: str) -> None:
        self._seed = "\x1f".join((HAND, *key)).encode("utf-8", "surrogatepass")
        self._round = 0
        self._bytes = b""

    def below(self, limit: int) -> int:
        """Return a whole number from 0 to ``limit - 1``."""
        if len(self._bytes) < 4:
            self._bytes = sha256(self._seed + self._round.to_bytes(4, "big")).digest()
            self._round += 1
        number, self._bytes = int.from_bytes(self._bytes[:4], "big"), self._bytes[4:]
        return number % limit

    def between(self, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``, both included."""
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        """Return True with a probability of ``percent`` per cent."""
        return self.below(100) < percent

    def pick(self, items: Sequence[T]) -> T:
        """Return one of the items at random."""
        return items[self.below(len(items))]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return the items in random order."""
        rest = list(items)
        return [rest.pop(self.below(len(rest))) for _ in range(len(rest))]


def merged(shapes: Sequence[Shape]) -> tuple[Shape, ...]:
    """Merge consecutive paths of the same colour into one path. This makes the SVG smaller."""
    merged: list[Shape] = []
    for shape in shapes:
        before = merged[-1] if merged else None
        if isinstance(shape, Path) and isinstance(before, Path) and shape.fill == before.fill:
            merged[-1] = replace(before, d=before.d + shape.d)
        else:
            merged.append(shape)
    return tuple(merged)


def wordless(shapes: Sequence[Shape]) -> tuple[Shape, ...]:
    """Return the shapes without any ``Letters``. Used for names that have no letters or digits."""
    return tuple(
        replace(shape, shapes=tuple(inner for inner in shape.shapes if isinstance(inner, Path)))
        if isinstance(shape, Window)
        else shape
        for shape in shapes
        if not isinstance(shape, Letters)
    )
