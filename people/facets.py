"""What a list can be narrowed by: each value with how many rows it leads to."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

import django_filters
from django.db.models import Count, Min, QuerySet, TextField, Value

LIMIT = 200
SHOWN = 12

Options = Callable[[QuerySet, datetime], QuerySet]


class Facet(django_filters.CharFilter):
    """
    A filter that shows what there is to choose from. `options` takes rows of the list and the moment and annotates them
    with `value`, as it stands in the address, and `label`; where it adds a `rank`, the options stand in that order, else
    the most frequent come first. `phrase` says the choice in the heading of the list: "from %(value)s".
    """

    def __init__(self, *args, options: Options, phrase=None, **kwargs):
        self.options = options
        self.phrase = phrase or "%(value)s"
        super().__init__(*args, **kwargs)

    def label_of(self, value: str, label: str) -> str:
        """The words for an option."""
        return label

    def counted(self, rows: QuerySet, at: datetime) -> list[tuple[str, str, int]]:
        """
        Value, label and number of `rows` for every option that leads anywhere, at most 200, those first that are to be
        shown first. One statement.
        """
        options = self.options(rows.order_by(), at)
        is_ranked = "rank" in options.query.annotations
        options = options.values("value", "label").annotate(
            count=Count("pk", distinct=True), **({"place": Min("rank")} if is_ranked else {})
        )
        options = options.order_by(*(["place"] if is_ranked else []), "-count", "label", "value")
        found: dict[str, tuple[str, str, int]] = {}
        # Awards of several contests may share a slug, and then an address: they are one option.
        for value, label, count in options.values_list("value", "label", "count")[:LIMIT]:
            _value, first, before = found.get(value, (value, label, 0))
            found[value] = (value, first, before + count)
        return list(found.values())

    def known(self, name: str, rows: QuerySet, at: datetime, value: str) -> QuerySet:
        """`name`, `value` and its label where any of `rows` has it: for one statement that asks after several facets."""
        having = self.options(rows.order_by(), at).filter(value=value)
        return having.values_list(Value(name, output_field=TextField()), "value", "label").distinct()


@dataclass(frozen=True)
class Option:
    """
    One value of a facet, with the `number` of rows it leads to: `href` is the list with it, or without it where it
    `is_chosen`.
    """

    id: str
    label: str
    number: str
    href: str
    is_chosen: bool


@dataclass(frozen=True)
class ShownFacet:
    """A facet as a page shows it: the `first` options, and the `rest` by name; `is_cut` where there are more yet."""

    name: str
    label: str
    first: list[Option]
    rest: list[Option]
    is_cut: bool


def shown(name: str, label: str, options: Iterable[Option]) -> ShownFacet:
    """The first dozen as they come, the chosen one always among them, and the rest by name."""
    everything = list(options)
    # A fold for one or two is more trouble than they are.
    first = everything if len(everything) <= SHOWN + 2 else everything[:SHOWN]
    rest = everything[len(first) :]
    first += [option for option in rest if option.is_chosen]
    rest = [option for option in rest if not option.is_chosen]
    rest.sort(key=lambda option: str(option.label).casefold())
    return ShownFacet(name, label, first, rest, len(everything) >= LIMIT)
