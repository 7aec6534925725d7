"""
The world map of the statistics: outlines and positions from Natural Earth in the Equal Earth projection.

`scripts/world_map` generates `world_map.json`. Lengths are in units of a map 1000 wide; x runs right, y down.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from django_countries import countries

DATA = Path(__file__).with_name("world_map.json")
# Up to this number, marks have labels; more would cover the map.
NAMED = 8
# The space for a label in map units: line height, distance from the mark, and average letter width.
LINE, GAP, LETTER = 18, 9, 7


@dataclass(frozen=True)
class Place:
    """
    A country or region: the position of its mark, its outline (SVG path data) if any, and whether it is too `small` to
    see.
    """

    code: str
    x: int
    y: int
    outline: str
    is_small: bool


@dataclass(frozen=True)
class World:
    """The map: its size, its places by two-letter ISO 3166 code, and the land without a code."""

    width: int
    height: int
    elsewhere: str
    places: dict[str, Place]


@cache
def world() -> World:
    """Return the map, loaded once. It does not include Antarctica."""
    data = json.loads(DATA.read_text(encoding="utf-8"))
    places = {}
    for number, found in data["places"].items():
        if code := countries.alpha2(int(number)):
            x, y = found["at"]
            places[code] = Place(code, x, y, found.get("d", ""), found.get("small", False))
    return World(data["width"], data["height"], data["nobody"], places)


@dataclass(frozen=True)
class Mark:
    """A marked place: its label, its class (0 for none), and the side of the label (`anchor`)."""

    place: Place
    text: str
    step: int = 0
    anchor: str = ""

    @property
    def x(self) -> int:
        """Return the x where the label starts, or where it ends if its anchor is "end"."""
        return self.place.x + (-GAP if self.anchor == "end" else GAP)

    def room(self, anchor: str) -> tuple[int, int]:
        """
        Return the left and right edge of the mark with its label at `anchor`; without `anchor`, of the mark alone.
        """
        x, length = self.place.x, GAP + LETTER * len(self.text)
        return x - (length if anchor == "end" else GAP // 2), x + (length if anchor == "start" else GAP // 2)

    def fits(self, anchor: str, others: Iterable["Mark"]) -> bool:
        """Return whether the label fits on the map at `anchor`, given `others` and their labels."""
        left, right = self.room(anchor)
        if left < 0 or right > world().width:
            return False
        near = [other.room(other.anchor) for other in others if abs(other.place.y - self.place.y) < LINE]
        return all(right < start or end < left for start, end in near)


def marks(texts: Iterable[tuple[str, str, int]]) -> tuple[Mark, ...]:
    """
    Return the marks for (ISO code, text, class), without places that are not on the map. Up to eight marks have a
    label, after or before the mark, unless it would overlap another one.
    """
    places = world().places
    made = [Mark(places[code], text, step) for code, text, step in texts if code in places]
    if len(made) <= NAMED:
        for index, mark in enumerate(made):
            others = made[:index] + made[index + 1 :]
            anchor = next((side for side in ("start", "end") if mark.fits(side, others)), "")
            made[index] = replace(mark, anchor=anchor)
    return tuple(made)
