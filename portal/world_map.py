"""
The world map of the statistics page: outlines and positions from Natural Earth in the Equal Earth projection.

`scripts/world_map` generates `world_map.json`. Coordinates are in units of the map, which is 1000 units wide; x runs
right, y down.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from django_countries import countries

DATA = Path(__file__).with_name("world_map.json")
# A map with more marks than this has no labels, because the labels would cover the map.
NAMED = 8
# Line height of a label, distance between label and mark, and average letter width, in units of the map.
LINE, GAP, LETTER = 18, 9, 7


@dataclass(frozen=True)
class Place:
    """
    A country or region: its ISO 3166 code, the position of its mark, its outline as SVG path data, and whether the
    outline is too small to see.
    """

    code: str
    x: int
    y: int
    outline: str
    is_small: bool


@dataclass(frozen=True)
class World:
    """
    The map: its size, its places by two-letter ISO 3166 code, and `elsewhere`, the outline of all land without such a
    code.
    """

    width: int
    height: int
    elsewhere: str
    places: dict[str, Place]


@cache
def world() -> World:
    """Return the map, which is loaded only once. Antarctica is not on the map."""
    data = json.loads(DATA.read_text(encoding="utf-8"))
    places = {}
    for number, found in data["places"].items():
        if code := countries.alpha2(int(number)):
            x, y = found["at"]
            places[code] = Place(code, x, y, found.get("d", ""), found.get("small", False))
    return World(data["width"], data["height"], data["nobody"], places)


@dataclass(frozen=True)
class Mark:
    """
    A mark on the map, and its label `text`. `step` is the number of the range of counts that decides the colour (0 for
    none). `anchor` is the SVG `text-anchor` of the label: "start" for a label to the right of the mark, "end" for the
    left, empty for no label.
    """

    place: Place
    text: str
    step: int = 0
    anchor: str = ""

    @property
    def x(self) -> int:
        """Return the x coordinate of the start of the label, or of its end if `anchor` is "end"."""
        return self.place.x + (-GAP if self.anchor == "end" else GAP)

    def room(self, anchor: str) -> tuple[int, int]:
        """
        Return the x coordinates of the left and right edge of the mark with a label on the side `anchor`. If `anchor`
        is empty, return the edges of the mark alone.
        """
        x, length = self.place.x, GAP + LETTER * len(self.text)
        return x - (length if anchor == "end" else GAP // 2), x + (length if anchor == "start" else GAP // 2)

    def fits(self, anchor: str, others: Iterable["Mark"]) -> bool:
        """Return whether a label on the side `anchor` fits on the map without overlapping `others` and their labels."""
        left, right = self.room(anchor)
        if left < 0 or right > world().width:
            return False
        near = [other.room(other.anchor) for other in others if abs(other.place.y - self.place.y) < LINE]
        return all(right < start or end < left for start, end in near)


def marks(texts: Iterable[tuple[str, str, int]]) -> tuple[Mark, ...]:
    """
    Return the marks for triples of ISO country code, label and step (see `Mark`). Codes that are not on the map are
    skipped. If there are at most `NAMED` marks, each has a label to the right or left, unless the label would overlap
    another mark.
    """
    places = world().places
    made = [Mark(places[code], text, step) for code, text, step in texts if code in places]
    if len(made) <= NAMED:
        for index, mark in enumerate(made):
            others = made[:index] + made[index + 1 :]
            anchor = next((side for side in ("start", "end") if mark.fits(side, others)), "")
            made[index] = replace(mark, anchor=anchor)
    return tuple(made)
