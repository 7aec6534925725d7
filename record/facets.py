"""Facets: filters of a list that offer their values as options, each with its number of rows."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import django_filters
from django.db.models import QuerySet, Subquery, TextField

from record.sort_keys import reading_key
from record.viewpoint import Viewpoint

LARGE = 10_000
LIMIT = 200
SHOWN = 12
MOST = 2**63

Options = Callable[[QuerySet, Viewpoint], QuerySet]


class Facet(django_filters.CharFilter):
    """
    A filter that can list its options. The function `options` takes a queryset and a viewpoint; it annotates the
    queryset with `value` (the value in the URL) and `label`. If `is_ranked` is True, `options` also annotates `rank`,
    and the options are sorted by it; otherwise the most frequent options come first. `phrase` is a format string for
    the heading of the filtered list, such as "from %(value)s".
    """

    def __init__(
        self, *args: Any, options: Options, phrase: Any = None, is_ranked: bool = False, **kwargs: Any
    ) -> None:
        self.options = options
        self.phrase = phrase or "%(value)s"
        self.is_ranked = is_ranked
        super().__init__(*args, **kwargs)

    def label_of(self, value: str, label: str) -> str:
        """Return the text of an option, given its value and its label. Subclasses override it for another text."""
        return label

    def counted(self, rows: QuerySet, viewpoint: Viewpoint) -> "Counted":
        """
        Return the options for `rows` with their numbers of rows, in the order of display. Needs one SQL statement. It
        reads at most 10,000 rows, so for longer lists the numbers are not exact.
        """
        columns = ["pk", "value", "label", *(["rank"] if self.is_ranked else [])]
        found = list(self.options(rows.order_by(), viewpoint).values_list(*columns)[: LARGE + 1])
        labels: dict[str, str] = {}
        ranks: dict[str, int] = {}
        # Several labels may have the same value: awards of different contests may have the same slug. They become one
        # option, with the first label in alphabetical order.
        for _pk, value, label, *rank in found:
            labels[value] = min(label, labels.get(value, label))
            ranks[value] = min([*rank, ranks.get(value, MOST)])
        numbers = Counter(value for _pk, value in {row[:2] for row in found})
        options = [(value, self.label_of(value, label), numbers[value]) for value, label in labels.items()]
        options.sort(key=lambda option: (ranks[option[0]], -option[2], reading_key(str(option[1])), option[0]))
        return Counted(options[:LIMIT], len(found) <= LARGE, len(options) > LIMIT or len(found) > LARGE)

    def known(self, rows: QuerySet, viewpoint: Viewpoint, value: str) -> Subquery:
        """Return a subquery that selects the label of the option `value`, or null if no row has this value."""
        having = self.options(self.filter(rows.order_by(), value), viewpoint).filter(value=value)
        return Subquery(having.values("label")[:1], output_field=TextField())


@dataclass(frozen=True)
class Counted:
    """
    The counted options of a facet: `options` are tuples (value, text, number of rows). If `are_exact` is False, the
    numbers are too low. If `is_cut` is True, there may be more options.
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
    A facet as shown on a page: the options in `first` are visible, those in `rest` (sorted by name) are folded. If
    `is_cut` is True, there may be more options.
    """

    name: str
    label: str
    first: list[Option]
    rest: list[Option]
    is_cut: bool


def shown(name: str, label: str, options: Iterable[Option], is_cut: bool) -> ShownFacet:
    """
    Split `options` into the visible ones (the first 12 and chosen ones) and the folded rest, sorted by name. Up to 14
    options are all visible.
    """
    everything = list(options)
    # Don't fold only one or two options: the control that unfolds them would need as much space.
    first = everything if len(everything) <= SHOWN + 2 else everything[:SHOWN]
    rest = everything[len(first) :]
    first += [option for option in rest if option.is_chosen]
    rest = [option for option in rest if not option.is_chosen]
    rest.sort(key=lambda option: reading_key(str(option.label)))
    return ShownFacet(name, label, first, rest, is_cut)
