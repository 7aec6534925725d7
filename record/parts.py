"""
The parts of a page with many rows. Each has its own URL, so that no page is too heavy and no row is left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import Http404

# The most parts of a page.
PARTS = 100


@dataclass(frozen=True)
class Parts:
    """
    Where the rows of a page are among all rows: part `number`, counted from 1, of `total` rows in all, `size` in each
    part. `name` is the query parameter that selects the part. `years` has the year of each row, if it is known.
    """

    name: str
    number: int
    total: int
    size: int
    years: Sequence[str] = ()

    @property
    def links(self) -> list[tuple[str, int]]:
        """
        Pairs of a label for each part, and its number. The label has the first and the last year, such as "2020–1987",
        or the first and the last row if a year is unknown, such as "101–200". [] if there is one part.
        """
        starts = range(0, self.total, self.size) if self.total > self.size else ()
        return [(self._label(start, min(start + self.size, self.total)), start // self.size + 1) for start in starts]

    def _label(self, start: int, end: int) -> str:
        if len(self.years) >= end and (first := self.years[start]) and (last := self.years[end - 1]):
            return first if first == last else f"{first}–{last}"
        return f"{start + 1}–{end}" if end > start + 1 else str(end)


def part_of(given: Mapping[str, str], name: str) -> int:
    """Return the number of the part in the query parameters: 1 if there is none. Raise `Http404` if it is too large."""
    text = given.get(name, "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
    if number > PARTS:
        raise Http404
    return max(1, number)
