"""Facets of a list: the values by which it can be filtered, each with its number of rows."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

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
    A filter that knows its options. `options` takes rows of the list and the viewpoint, and annotates the rows with
    `value` (as in the URL) and `label`. If `is_ranked`, it also annotates `rank`, which sorts the options; otherwise
    the most frequent come first. `phrase` describes the choice in the heading: "from %(value)s".
    """

    def __init__(self, *args, options: Options, phrase=None, is_ranked=False, **kwargs):
        self.options = options
        self.phrase = phrase or "%(value)s"
        self.is_ranked = is_ranked
        super().__init__(*args, **kwargs)

    def label_of(self, value: str, label: str) -> str:
        """Return the text of an option."""
        return label

    def counted(self, rows: QuerySet, viewpoint: Viewpoint) -> "Counted":
        """
        Return the options for `rows` with their counts, in display order. One statement, which reads at most `LARGE`
        rows; for longer lists the counts are not exact and are not shown.
        """
        columns = ["pk", "value", "label", *(["rank"] if self.is_ranked else [])]
        found = list(self.options(rows.order_by(), viewpoint).values_list(*columns)[: LARGE + 1])
        labels: dict[str, str] = {}
        ranks: dict[str, int] = {}
        # Awards of several contests may share a slug, which is their value in the URL: they become one option.
        for _pk, value, label, *rank in found:
            labels[value] = min(label, labels.get(value, label))
            ranks[value] = min([*rank, ranks.get(value, MOST)])
        numbers = Counter(value for _pk, value in {row[:2] for row in found})
        options = [(value, self.label_of(value, label), numbers[value]) for value, label in labels.items()]
        options.sort(key=lambda option: (ranks[option[0]], -option[2], reading_key(str(option[1])), option[0]))
        return Counted(options[:LIMIT], len(found) <= LARGE, len(options) > LIMIT or len(found) > LARGE)

    def known(self, rows: QuerySet, viewpoint: Viewpoint, value: str) -> Subquery:
        """Return a subquery for the label of `value`; null if no row has it. One statement can hold several."""
        having = self.options(self.filter(rows.order_by(), value), viewpoint).filter(value=value)
        return Subquery(having.values("label")[:1], output_field=TextField())


@dataclass(frozen=True)
class Counted:
    """
    The `options` of a facet, as (value, text, number of rows). Ignore the numbers unless `are_exact`. If `is_cut`,
    there may be more options.
    """

    options: list[tuple[str, str, int]]
    are_exact: bool
    is_cut: bool


@dataclass(frozen=True)
class Option:
    """
    One option of a facet. `number` is its number of rows, formatted, or empty if not known. `href` is the URL of the
    list filtered by it, or without this filter if the option `is_chosen`.
    """

    id: str
    label: str
    number: str
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class ShownFacet:
    """A facet as shown on a page: the `first` options, and the `rest` sorted by name. `is_cut` as in `Counted`."""

    name: str
    label: str
    first: list[Option]
    rest: list[Option]
    is_cut: bool


def shown(name: str, label: str, options: Iterable[Option], is_cut: bool) -> ShownFacet:
    """Split the options: the first dozen in their order, plus the chosen one, and the rest sorted by name."""
    everything = list(options)
    # Don't hide just one or two options: a fold would take as much space.
    first = everything if len(everything) <= SHOWN + 2 else everything[:SHOWN]
    rest = everything[len(first) :]
    first += [option for option in rest if option.is_chosen]
    rest = [option for option in rest if not option.is_chosen]
    rest.sort(key=lambda option: reading_key(str(option.label)))
    return ShownFacet(name, label, first, rest, is_cut)
