"""
The world map of the statistics: outlines and spots from Natural Earth, in the Equal Earth projection.

`scripts/world_map` makes `world.json`; lengths are units of a map 1000 wide, x to the right and y down.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from django_countries import countries

DATA = Path(__file__).with_name("world_map.json")
# So many marks have their name beside them; more would cover the map.
NAMED = 8
# The room that a name takes, in units of the map: one line, the gap before it, and about so much for a letter.
LINE, GAP, LETTER = 18, 9, 7


@dataclass(frozen=True)
class Place:
    """A country or region: where its mark goes, its outline (SVG path data) if it has one, and if it is too small."""

    code: str
    x: int
    y: int
    outline: str
    is_small: bool


@dataclass(frozen=True)
class World:
    """The map: its size, its places by ISO 3166 code of two letters, and the land that has no code of its own."""

    width: int
    height: int
    elsewhere: str
    places: dict[str, Place]


@cache
def world() -> World:
    """The map, read once. Antarctica has no place on it."""
    data = json.loads(DATA.read_text(encoding="utf-8"))
    places = {}
    for number, found in data["places"].items():
        if code := countries.alpha2(int(number)):
            x, y = found["at"]
            places[code] = Place(code, x, y, found.get("d", ""), found.get("small", False))
    return World(data["width"], data["height"], data["nobody"], places)


@dataclass(frozen=True)
class Mark:
    """A place that the map points out: its text, its class (0 where it has none), and on which side the text stands."""

    place: Place
    text: str
    step: int = 0
    anchor: str = ""

    @property
    def x(self) -> int:
        """Where the text starts, or ends where its anchor is "end"."""
        return self.place.x + (-GAP if self.anchor == "end" else GAP)

    def room(self, anchor: str) -> tuple[int, int]:
        """From where to where the mark goes with its text at `anchor`; the mark alone where that is empty."""
        x, length = self.place.x, GAP + LETTER * len(self.text)
        return x - (length if anchor == "end" else GAP // 2), x + (length if anchor == "start" else GAP // 2)

    def fits(self, anchor: str, others: Iterable["Mark"]) -> bool:
        """Whether there is room on the map for the text at `anchor`, with `others` and their texts as they stand."""
        left, right = self.room(anchor)
        if left < 0 or right > world().width:
            return False
        near = [other.room(other.anchor) for other in others if abs(other.place.y - self.place.y) < LINE]
        return all(right < start or end < left for start, end in near)


def marks(texts: Iterable[tuple[str, str, int]]) -> tuple[Mark, ...]:
    """
    The marks for (ISO code, text, class) of places, those that the map doesn't have left out. Up to eight have their
    text on the map, after the mark or before it, each unless it would run into another.
    """
    places = world().places
    made = [Mark(places[code], text, step) for code, text, step in texts if code in places]
    if len(made) <= NAMED:
        for index, mark in enumerate(made):
            others = made[:index] + made[index + 1 :]
            anchor = next((side for side in ("start", "end") if mark.fits(side, others)), "")
            made[index] = replace(mark, anchor=anchor)
    return tuple(made)
