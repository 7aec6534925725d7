"""What a list can be narrowed by: each value with how many rows it leads to."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import django_filters
from django.db.models import QuerySet, Subquery, TextField

from record.sort_keys import reading_key

LARGE = 10_000
LIMIT = 200
SHOWN = 12
MOST = 2**63

Options = Callable[[QuerySet, datetime], QuerySet]


class Facet(django_filters.CharFilter):
    """
    A filter that shows what there is to choose from. `options` takes rows of the list and the moment and annotates them
    with `value`, as it stands in the address, and `label`; where the facet `is_ranked`, with the `rank` by which
    they stand too; else the most frequent come first. `phrase` says the choice in the heading: "from %(value)s".
    """

    def __init__(self, *args, options: Options, phrase=None, is_ranked=False, **kwargs):
        self.options = options
        self.phrase = phrase or "%(value)s"
        self.is_ranked = is_ranked
        super().__init__(*args, **kwargs)

    def label_of(self, value: str, label: str) -> str:
        """The words for an option."""
        return label

    def counted(self, rows: QuerySet, at: datetime) -> "Counted":
        """
        How many of `rows` each option leads to, those first that are to be shown first. One statement, which reads
        `LARGE` rows at most: where there are more, it says what there is to choose from, and no numbers.
        """
        columns = ["pk", "value", "label", *(["rank"] if self.is_ranked else [])]
        found = list(self.options(rows.order_by(), at).values_list(*columns)[: LARGE + 1])
        labels: dict[str, str] = {}
        ranks: dict[str, int] = {}
        # Awards of several contests may share a slug, and then an address: they are one option.
        for _pk, value, label, *rank in found:
            labels[value] = min(label, labels.get(value, label))
            ranks[value] = min([*rank, ranks.get(value, MOST)])
        numbers = Counter(value for _pk, value in {row[:2] for row in found})
        options = [(value, self.label_of(value, label), numbers[value]) for value, label in labels.items()]
        options.sort(key=lambda option: (ranks[option[0]], -option[2], reading_key(str(option[1])), option[0]))
        return Counted(options[:LIMIT], len(found) <= LARGE, len(options) > LIMIT or len(found) > LARGE)

    def known(self, rows: QuerySet, at: datetime, value: str) -> Subquery:
        """The label of `value` where any of `rows` has it, else null; a part of one statement on several facets."""
        having = self.options(self.filter(rows.order_by(), value), at).filter(value=value)
        return Subquery(having.values("label")[:1], output_field=TextField())


@dataclass(frozen=True)
class Counted:
    """
    The `options` of a facet, each with its value, its words and its number. The numbers say nothing unless they
    `are_exact`; `is_cut` where there may be other options.
    """

    options: list[tuple[str, str, int]]
    are_exact: bool
    is_cut: bool


@dataclass(frozen=True)
class Option:
    """
    One value of a facet, with the `number` of rows it leads to, empty where that is not known: `href` is the list with
    it, or without it where it `is_chosen`.
    """

    id: str
    label: str
    number: str
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class ShownFacet:
    """A facet as a page shows it: the `first` options, the `rest` by name; `is_cut` where there may be others yet."""

    name: str
    label: str
    first: list[Option]
    rest: list[Option]
    is_cut: bool


def shown(name: str, label: str, options: Iterable[Option], is_cut: bool) -> ShownFacet:
    """The first dozen as they come, the chosen one always among them, and the rest by name."""
    everything = list(options)
    # A fold for one or two is more trouble than they are.
    first = everything if len(everything) <= SHOWN + 2 else everything[:SHOWN]
    rest = everything[len(first) :]
    first += [option for option in rest if option.is_chosen]
    rest = [option for option in rest if not option.is_chosen]
    rest.sort(key=lambda option: reading_key(str(option.label)))
    return ShownFacet(name, label, first, rest, is_cut)
