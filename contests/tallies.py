"""
The arithmetic of the statistics: tallies in, charts and map classes out. Nothing here asks the database.

What a source reported never comes in: it is no count of ours, and no sum or chart mixes the two.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# The lower limits of the runtime classes, in seconds; the last class is open.
RUNTIMES = (0, 60, 180, 300, 600, 1200, 2400)
# Up to so many of each, a chart draws a dot for every one; beyond, bars.
DOTS = 12
# The room of a dot, in pixels.
DOT = 16
# So many rows are drawn; the table beneath has them all.
DRAWN = 12
CLASSES = 4


@dataclass(frozen=True)
class Cell:
    """How many submissions are alike in contest (its id), year, language and runtime class; None or "" is unknown."""

    contest: int
    year: int | None
    language: str
    runtime: int | None
    count: int


@dataclass(frozen=True)
class Row:
    """One line of a chart. `share` is that of the largest count, 0 to 1; `part` that of all that are known."""

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
        """The length of the bar, for an SVG attribute: never so short that it can't be seen."""
        return f"{max(self.share * 100, 0.5):.1f}%"

    @property
    def dots(self) -> range:
        """Where the dots of the line stand, from the start of the line, in pixels."""
        return range(7, 7 + DOT * self.count, DOT)


@dataclass(frozen=True)
class Chart:
    """Counts of one kind, and of how many that kind is unknown."""

    rows: tuple[Row, ...]
    unknown: int = 0

    @property
    def is_telling(self) -> bool:
        """Whether there is something to compare: a chart of one line says nothing that a number doesn't."""
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
    """The sum of the counts of each key."""
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
    The chart of `counts` by key: the largest first, or by `order` of the key where that says more (years, runtimes).
    The key None or "" holds what is unknown: it is counted apart and never drawn. `total` is what each count is a part
    of; without it, the sum of the counts, which holds where each thing has one key only.
    """
    known = {key: count for key, count in counts.items() if key not in (None, "") and count}
    most, total = max(known.values(), default=1), total or sum(known.values())
    named = [(key, str(label(key)), count) for key, count in known.items()]
    named.sort(key=(lambda row: order(row[0])) if order else (lambda row: (-row[2], row[1].casefold())))
    rows = tuple(Row(key, name, count, count / most, count / total) for key, name, count in named)
    return Chart(rows, sum(counts.values()) - sum(known.values()))


@dataclass(frozen=True)
class Step:
    """A class of counts on the map, from `least` to `most`, both included; its tint goes by its number, 1 to 4."""

    number: int
    least: int
    most: int


def steps(counts: Iterable[int]) -> tuple[Step, ...]:
    """
    At most four classes whose limits are round (1, 2, 5, 10, 20...) and evenly spread in that series, so that a
    handful of large counts leaves the small ones apart from each other. The last class ends with the largest count.
    """
    largest = max(counts, default=0)
    series = [digit * 10**power for power in range(len(str(largest))) for digit in (1, 2, 5)]
    series = [limit for limit in series if limit <= largest]
    if not series:
        return ()
    number = min(CLASSES, len(series))
    chosen = [series[round(index * (len(series) - 1) / max(1, number - 1))] for index in range(number)]
    # One class alone has the middle tint; more end with the fullest.
    first = CLASSES // 2 if number == 1 else CLASSES + 1 - number
    ends = [limit - 1 for limit in chosen[1:]] + [largest]
    return tuple(
        Step(index, least, most) for index, (least, most) in enumerate(zip(chosen, ends, strict=True), start=first)
    )


def step_of(count: int, among: Iterable[Step]) -> int:
    """The number of the class that `count`, of 1 or more, falls in."""
    return max(step.number for step in among if step.least <= count)
