"""
The arithmetic of the statistics: it turns tallies into charts and map classes, without database queries.

Numbers reported by a source are never input: no sum or chart mixes them with the portal's own counts.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# The lower limits of the runtime classes, in seconds; the last class has no upper limit.
RUNTIMES = (0, 60, 180, 300, 600, 1200, 2400)
# A chart draws dots if no count is larger than this, otherwise bars.
DOTS = 12
# The width of a dot with its gap, in pixels.
DOT = 16
# The most rows that a chart draws; the table below it has all of them.
DRAWN = 12
CLASSES = 4


@dataclass(frozen=True)
class Cell:
    """
    The number of submissions with the same contest (its id), year, language and runtime class. None or "" means
    unknown.
    """

    contest: int
    year: int | None
    language: str
    runtime: int | None
    count: int


@dataclass(frozen=True)
class Row:
    """
    One row of a chart. `share` is the count divided by the largest count; `part` is the count divided by the total.
    """

    key: Any
    label: str
    count: int
    share: float
    part: float

    @property
    def is_most(self) -> bool:
        return self.share == 1

    @property
    def width(self) -> str:
        """The length of the bar, as an SVG attribute. It is never too short to be seen."""
        return f"{max(self.share * 100, 0.5):.1f}%"

    @property
    def dots(self) -> range:
        """The positions of the dots in the row, in pixels from its start."""
        return range(7, 7 + DOT * self.count, DOT)


@dataclass(frozen=True)
class Chart:
    """The counts for each value of one property, and the number of rows for which it is unknown."""

    rows: tuple[Row, ...]
    unknown: int = 0

    @property
    def is_telling(self) -> bool:
        """Whether there is something to compare: a chart with one row says no more than a number."""
        return len(self.rows) > 1

    @property
    def is_dotted(self) -> bool:
        return all(row.count <= DOTS for row in self.rows)

    @property
    def drawn(self) -> tuple[Row, ...]:
        return self.rows[:DRAWN]

    @property
    def undrawn(self) -> int:
        return max(0, len(self.rows) - DRAWN)


def tally(pairs: Iterable[tuple[Any, int]]) -> Counter:
    """Return the sum of the counts for each key."""
    counts: Counter = Counter()
    for key, count in pairs:
        counts[key] += count
    return counts


def chart(
    counts: Mapping[Any, int],
    label: Callable[[Any], str] = str,
    *,
    order: Callable[[Any], Any] | None = None,
    total: int = 0,
) -> Chart:
    """
    Return the chart of `counts`, with the largest first, or sorted by `order` of the key (for years, runtimes). The
    keys None and "" mean unknown; they are counted separately and never drawn. Each row's `part` is relative to
    `total`. The default is the sum of the counts, which is right if each thing has only one key.
    """
    known = {key: count for key, count in counts.items() if key not in (None, "") and count}
    most, total = max(known.values(), default=1), total or sum(known.values())
    named = [(key, str(label(key)), count) for key, count in known.items()]
    named.sort(key=(lambda row: order(row[0])) if order else (lambda row: (-row[2], row[1].casefold())))
    rows = tuple(Row(key, name, count, count / most, count / total) for key, name, count in named)
    return Chart(rows, sum(counts.values()) - sum(known.values()))


@dataclass(frozen=True)
class Step:
    """A class of counts on the map, from `least` to `most` (inclusive). Its number, 1 to 4, selects the tint."""

    number: int
    least: int
    most: int


def steps(counts: Iterable[int]) -> tuple[Step, ...]:
    """
    Return at most four classes with round limits (1, 2, 5, 10, 20...), evenly spaced in that series, so that a few
    large counts don't put all small ones in the same class. The last class ends with the largest count.
    """
    largest = max(counts, default=0)
    series = [digit * 10**power for power in range(len(str(largest))) for digit in (1, 2, 5)]
    series = [limit for limit in series if limit <= largest]
    if not series:
        return ()
    number = min(CLASSES, len(series))
    chosen = [series[round(index * (len(series) - 1) / max(1, number - 1))] for index in range(number)]
    # A single class gets the middle tint; of several, the last one gets the darkest.
    first = CLASSES // 2 if number == 1 else CLASSES + 1 - number
    ends = [limit - 1 for limit in chosen[1:]] + [largest]
    return tuple(
        Step(index, least, most) for index, (least, most) in enumerate(zip(chosen, ends, strict=True), start=first)
    )


def step_of(count: int, among: Iterable[Step]) -> int:
    """Return the number of the class that contains `count` (at least 1)."""
    return max(step.number for step in among if step.least <= count)
