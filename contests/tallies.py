"""
Turn counts into charts, and into the ranges of counts that have the same colour on the map of the statistics. This
module makes no database queries.

The counts are those of the portal's own rows. Numbers that a source reports are never mixed with them.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

# The lower limits of the classes of runtimes, in seconds. The last class has no upper limit.
RUNTIMES = (0, 60, 180, 300, 600, 1200, 2400)
# The largest count that a chart draws as dots. If any count is larger, the chart has bars.
DOTS = 12
# The distance between two dots in a chart, in pixels.
DOT = 16
# The largest number of rows that a chart draws. The table below the chart has all rows.
DRAWN = 12
CLASSES = 4


@dataclass(frozen=True)
class Cell:
    """
    The number of submissions with the same contest (its primary key), year, language and class of runtimes (its lower
    limit in seconds). None and "" mean that a value is unknown.
    """

    contest: int
    year: int | None
    language: str
    runtime: int | None
    count: int


@dataclass(frozen=True)
class Row:
    """
    A row of a chart. `share` is its count divided by the largest count; `part` is its count divided by the total.
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
        """The length of the bar as an SVG attribute, at least 0.5% so that the bar is visible."""
        return f"{max(self.share * 100, 0.5):.1f}%"

    @property
    def dots(self) -> range:
        """The horizontal positions of the dots, in pixels from the start of the row."""
        return range(7, 7 + DOT * self.count, DOT)


@dataclass(frozen=True)
class Chart:
    """
    A chart with a row for each value of one property, such as the country. `unknown` is the count of unknown values.
    """

    rows: tuple[Row, ...]
    unknown: int = 0

    @property
    def is_telling(self) -> bool:
        """Whether the chart is worth showing: it has at least two rows to compare."""
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
    """Return a `Counter` with the sum of the counts for each key. `pairs` has pairs of a key and a count."""
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
    Return a chart of `counts`. `label` returns the label of a key. The rows are sorted by `order`, a function of the
    key, or by default with the largest count first. The keys None and "" mean that the value is unknown; they get no
    row. Each count is divided by `total` to give the row's `part`. By default, `total` is the sum of the known counts;
    pass another number if an object can be counted under several keys.
    """
    known = {key: count for key, count in counts.items() if key not in (None, "") and count}
    most, total = max(known.values(), default=1), total or sum(known.values())
    named = [(key, str(label(key)), count) for key, count in known.items()]
    named.sort(key=(lambda row: order(row[0])) if order else (lambda row: (-row[2], row[1].casefold())))
    rows = tuple(Row(key, name, count, count / most, count / total) for key, name, count in named)
    return Chart(rows, sum(counts.values()) - sum(known.values()))


@dataclass(frozen=True)
class Step:
    """
    A range of counts that have the same colour on the map of countries: from `least` to `most`. `number`, 1 to 4, is
    the number of the colour.
    """

    number: int
    least: int
    most: int


def steps(counts: Iterable[int]) -> tuple[Step, ...]:
    """
    Return at most four classes of counts for the map of countries. Their lower limits are spread evenly over the series
    1, 2, 5, 10, 20, 50 ..., so that the map still distinguishes small counts if there are a few large ones. The last
    class ends with the largest count.
    """
    largest = max(counts, default=0)
    series = [digit * 10**power for power in range(len(str(largest))) for digit in (1, 2, 5)]
    series = [limit for limit in series if limit <= largest]
    if not series:
        return ()
    number = min(CLASSES, len(series))
    chosen = [series[round(index * (len(series) - 1) / max(1, number - 1))] for index in range(number)]
    # The last class gets the darkest colour. A single class gets a medium one.
    first = CLASSES // 2 if number == 1 else CLASSES + 1 - number
    ends = [limit - 1 for limit in chosen[1:]] + [largest]
    return tuple(
        Step(index, least, most) for index, (least, most) in enumerate(zip(chosen, ends, strict=True), start=first)
    )


def step_of(count: int, among: Iterable[Step]) -> int:
    """Return the number of the class in `among` that contains `count`, which is at least 1."""
    return max(step.number for step in among if step.least <= count)
