"""
Recognitions by year or edition, wins apart from the other standings, as a chart and a table. This module makes no
database queries.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from contests.models import Recognition

Standing = Recognition.Standing
# The size of the chart. Its width is that of the page, so it has no text.
WIDTH, HEIGHT = 1000, 100
# A chart of fewer times tells nothing. Of more than these, each decade has one column.
FEWEST, MOST = 3, 120


@dataclass(frozen=True)
class Moment:
    """A year, a decade or an edition, with the numbers of its recognitions by standing. `url` may be ""."""

    label: str
    counts: Mapping[str, int]
    url: str = ""

    @property
    def won(self) -> int:
        return self.counts.get(Standing.WINNER, 0)

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Column:
    """A column of the chart: the numbers are SVG attributes. The wins are below, the other standings above them."""

    x: str
    width: str
    top: str
    other: str
    middle: str
    won: str
    title: str


@dataclass(frozen=True)
class OverTime:
    """Recognitions over time, the earliest first."""

    moments: Sequence[Moment]

    @property
    def is_telling(self) -> bool:
        """Whether the chart is worth showing: it has enough times to compare."""
        return len(self.moments) >= FEWEST

    @property
    def standings(self) -> list[tuple[str, str]]:
        """The standings that occur, as pairs of value and label, wins first."""
        found = {value for moment in self.moments for value, number in moment.counts.items() if number}
        return [(value, str(label)) for value, label in Standing.choices if value in found]

    @property
    def others(self) -> list[str]:
        """The labels of the standings other than wins."""
        return [label for value, label in self.standings if value != Standing.WINNER]

    @property
    def rows(self) -> list[tuple[Moment, list[int]]]:
        """The rows of the table, the latest first, with a number for each of `standings`."""
        return [(m, [m.counts.get(value, 0) for value, _label in self.standings]) for m in reversed(self.moments)]

    @property
    def columns(self) -> list[Column]:
        step, most = WIDTH / max(1, len(self.moments)), max((m.total for m in self.moments), default=1) or 1
        found = []
        for number, moment in enumerate(self.moments):
            total, won = HEIGHT * moment.total / most, HEIGHT * moment.won / most
            sizes = (number * step, step * 0.72, HEIGHT - total, total - won, HEIGHT - won, won)
            x, width, top, other, middle, low = (f"{size:.1f}" for size in sizes)
            found.append(Column(x, width, top, other, middle, low, f"{moment.label}: {moment.total}"))
        return found


def over_years(counts: Iterable[tuple[str, str, int]]) -> OverTime:
    """
    Return recognitions by year, or by decade if there are many years. `counts` has tuples (year, standing, number); a
    year without four digits is unknown and left out.
    """
    years: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for year, standing, number in counts:
        if len(year) == 4 and year.isdigit():  # noqa: PLR2004
            years[year][standing] += number
    if len(years) <= MOST:
        return OverTime([Moment(year, dict(years[year])) for year in sorted(years)])
    moments = []
    for decade, some in groupby(sorted(years), lambda year: year[:3]):
        summed: dict[str, int] = defaultdict(int)
        for year in some:
            for standing, number in years[year].items():
                summed[standing] += number
        moments.append(Moment(f"{decade}0–{decade}9", dict(summed)))
    return OverTime(moments)
