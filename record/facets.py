"""Facets: list filters that show their possible values as options, each with the number of matching rows."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import django_filters
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import BigIntegerField, F, QuerySet, Subquery, TextField, Value

from record.sort_keys import reading_key
from record.viewpoint import Viewpoint

LARGE = 10_000
LIMIT = 200
SHOWN = 12
MOST = 2**63 - 1

Options = Callable[[QuerySet, Viewpoint], QuerySet]


class Facet(django_filters.CharFilter):
    """
    A filter that can list its options. The function `options` takes a queryset and a `Viewpoint`, and returns the
    queryset annotated with `value` (the value in the URL) and `label`. If `is_ranked` is True, it also annotates
    `rank`, and the options are sorted by it; otherwise the most frequent options come first. `phrase` is a format
    string for the heading of the filtered list, such as "from %(value)s".
    """

    def __init__(
        self, *args: Any, options: Options, phrase: Any = None, is_ranked: bool = False, **kwargs: Any
    ) -> None:
        self.options = options
        self.phrase = phrase or "%(value)s"
        self.is_ranked = is_ranked
        super().__init__(*args, **kwargs)

    def label_of(self, value: str, label: str) -> str:
        """Return the text that is shown for the option with this value and label. By default, this is the label."""
        return label

    def counted(self, rows: QuerySet, viewpoint: Viewpoint) -> "Counted":
        """
        Return the options for `rows`, each with its number of rows, in the order of display. Needs one SQL statement,
        which reads at most 10,000 rows. For longer lists, the numbers are too low.
        """
        labels: dict[str, str] = {}
        ranks: dict[str, int] = {}
        numbers: Counter[str] = Counter()
        read = 0
        # The same value may have several labels, because awards of different contests may have the same slug. Such a
        # value becomes one option, with the label that is first in alphabetical order. No row has two of the labels.
        for value, label, rank, number, in_all in self._grouped(rows, viewpoint):
            labels[value] = min(label, labels.get(value, label))
            ranks[value] = min(rank, ranks.get(value, MOST))
            numbers[value] += number
            read += in_all
        options = [(value, self.label_of(value, label), numbers[value]) for value, label in labels.items()]
        options.sort(key=lambda option: (ranks[option[0]], -option[2], reading_key(str(option[1])), option[0]))
        return Counted(options[:LIMIT], read <= LARGE, len(options) > LIMIT or read > LARGE)

    def _grouped(self, rows: QuerySet, viewpoint: Viewpoint) -> list[tuple[str, str, int, int, int]]:
        """
        Return a tuple (value, label, rank, number of rows, number of options read) for each value and label. At most
        10,001 options are read. The database groups them: 10,001 tuples would take Django longer than reading them
        takes the database. Django can't group a query with a limit, so this is SQL.
        """
        rank = F("rank") if self.is_ranked else Value(MOST, output_field=BigIntegerField())
        found = self.options(rows.order_by(), viewpoint).annotate(facet_rank=rank)
        try:
            sql, params = found.values_list("pk", "value", "label", "facet_rank")[: LARGE + 1].query.sql_with_params()
        except EmptyResultSet:
            return []
        with connections[rows.db].cursor() as cursor:
            cursor.execute(
                f"SELECT value, label, facet_rank, COUNT(DISTINCT pk), COUNT(*) FROM ({sql}) found "  # noqa: S608
                "GROUP BY value, label, facet_rank",
                params,
            )
            return cursor.fetchall()

    def known(self, rows: QuerySet, viewpoint: Viewpoint, value: str) -> Subquery:
        """
        Return a subquery for the label of the option `value`. Its result is null if none of `rows` has this value.
        """
        having = self.options(self.filter(rows.order_by(), value), viewpoint).filter(value=value)
        return Subquery(having.values("label")[:1], output_field=TextField())


@dataclass(frozen=True)
class Counted:
    """
    The counted options of a facet: `options` are tuples (value, text, number of rows). If `are_exact` is False, the
    list was too long to count, and the numbers are too low. If `is_cut` is True, options may be missing.
    """

    options: list[tuple[str, str, int]]
    are_exact: bool
    is_cut: bool


@dataclass(frozen=True)
class Option:
    """
    One option of a facet, as shown on a page. `number` is its formatted number of rows, or empty if it is unknown.
    `href` is the URL of the list filtered by this option; if the option is already chosen, the URL without this filter.
    """

    id: str
    label: str
    number: str
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class ShownFacet:
    """
    A facet as shown on a page. The options in `first` are visible. Those in `rest`, sorted by name, are hidden until
    the visitor unfolds them. If `is_cut` is True, options may be missing.
    """

    name: str
    label: str
    first: list[Option]
    rest: list[Option]
    is_cut: bool


def shown(name: str, label: str, options: Iterable[Option], is_cut: bool) -> ShownFacet:
    """
    Return the facet `name` with its options split into visible ones (the first 12, and those that are chosen) and
    hidden ones, sorted by name. If there are at most 14 options, all are visible.
    """
    everything = list(options)
    # Don't hide only one or two options: the button that unfolds them would need as much space.
    first = everything if len(everything) <= SHOWN + 2 else everything[:SHOWN]
    rest = everything[len(first) :]
    first += [option for option in rest if option.is_chosen]
    rest = [option for option in rest if not option.is_chosen]
    rest.sort(key=lambda option: reading_key(str(option.label)))
    return ShownFacet(name, label, first, rest, is_cut)
