"""Facets: list filters that show their possible values as options, each with the number of matching rows."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import django_filters
from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Count,
    DateTimeField,
    Expression,
    F,
    Model,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.sql.compiler import SQLCompiler
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from record.prepared_queries import Given, compiled_once, filled
from record.sort_keys import reading_key
from record.viewpoint import Viewpoint

# Lists and the options of their filters are counted up to this number of rows. With 5,000, the database takes 50 to 100
# ms; with 1,000, the filters of a contest of 5,000 works would lose their numbers and some of their options.
LARGE = 5_000
LIMIT = 200
SHOWN = 12
MOST = 2**63 - 1

Options = Callable[[QuerySet, Viewpoint], QuerySet]


class Facet(django_filters.CharFilter):
    """
    A filter that can list its options. The function `options` takes a queryset and a `Viewpoint`, and returns the
    queryset annotated with `value` (the value in the URL) and `label`. If `is_ranked` is True, it also annotates
    `option_rank`, and the options are sorted by it; otherwise the most frequent options come first. `phrase` is a
    format string for the heading of the filtered list, such as "from %(value)s".

    `filter` checks each row, which is fast if many rows match. If few do, it is faster to begin with the other end of
    the lookup `path`, such as "credits__person__country": `filter_keys` does so if the facet has a path.
    """

    def __init__(
        self, *args: Any, options: Options, phrase: Any = None, is_ranked: bool = False, path: str = "", **kwargs: Any
    ) -> None:
        self.path = path
        self.options = options
        self.phrase = phrase or "%(value)s"
        self.is_ranked = is_ranked
        super().__init__(*args, **kwargs)

    def label_of(self, value: str, label: str) -> str:
        """Return the text that is shown for the option with this value and label. By default, this is the label."""
        return label

    def filter_keys(self, rows: QuerySet, value: str | Given) -> QuerySet:
        """
        Return what `filter` returns, for a query of primary keys only. If the facet has a path, keys may be repeated.
        """
        return rows.filter(**{self.path: value}) if self.path else self.filter(rows, value)

    def counted(self, rows: QuerySet, keys: Sequence[int], viewpoint: Viewpoint) -> "Counted":
        """
        Return the options for those of `rows` that have the primary keys `keys`, each with its number of rows, in the
        order of display. All these rows must be public. If there are more than `LARGE` keys, the caller has left out
        rows, and the numbers are too low. Needs one SQL statement.
        """
        return counted_together({"": (self, keys)}, rows, viewpoint)[""]

    def known(self, rows: QuerySet, viewpoint: Viewpoint, value: str | Given) -> Subquery:
        """
        Return a subquery for the label of the option `value`. Its result is null if none of `rows` has this value.
        """
        # With a path, the condition on `value` finds the rows by itself.
        having = self.options(rows.order_by() if self.path else self.filter(rows.order_by(), value), viewpoint)
        having = having.filter(value=value)
        return Subquery(having.values("label")[:1], output_field=TextField())


#: The value of a `ScopeFacet` that leaves out nothing.
ALL = "all"


class ScopeFacet(Facet):
    """
    A filter that always has a value in a list: one of `scopes`, which are pairs of a value and a label, or `ALL`. The
    URL omits `default`. Its options are links above the list, not among the other filters, and it is no narrowing: the
    heading says what the list is.
    """

    def __init__(self, *args: Any, scopes: Sequence[tuple[str, Any]], default: str = ALL, **kwargs: Any) -> None:
        self.scopes, self.default = [(ALL, _("All")), *scopes], default
        super().__init__(*args, **kwargs)

    def knows(self, value: str) -> bool:
        return any(value == known for known, _label in self.scopes)

    def value_of(self, asked: str) -> str:
        """Return the value of the filter, given the text in the URL."""
        return asked if self.knows(asked) else self.default


class IsAmong(Expression):
    """The condition that the primary key of a row is in `keys`, the text of a JSON array."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, keys: Given):
        super().__init__()
        self.expressions: list[Any] = [F("pk"), keys]

    def get_source_expressions(self) -> list[Any]:
        return self.expressions

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        self.expressions = list(exprs)

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        (row, _none), (keys, parameters) = (compiler.compile(each) for each in self.expressions)
        if connection.vendor == "postgresql":
            # Not `= ANY(...)`: PostgreSQL would read the text again for each row.
            return f"{row} IN (SELECT UNNEST(TRANSLATE({keys}, '[]', '{{}}')::bigint[]))", tuple(parameters)  # noqa: S608
        return f"{row} IN (SELECT value FROM json_each({keys}))", tuple(parameters)  # noqa: S608


def array(keys: Sequence[int]) -> str:
    """Return the text for `IsAmong`."""
    return f"[{','.join(map(str, keys))}]"


def counted_together(
    asked: Mapping[str, tuple[Facet, Sequence[int]]], rows: QuerySet, viewpoint: Viewpoint
) -> dict[str, "Counted"]:
    """
    Return what `Facet.counted` returns, for several facets, by name. Each has its own primary keys. Needs one SQL
    statement in all.
    """
    labels: dict[str, dict[str, str]] = {name: {} for name in asked}
    ranks: dict[str, dict[str, int]] = {name: {} for name in asked}
    numbers: dict[str, Counter[str]] = {name: Counter() for name in asked}
    # The same value may have several labels, because awards of different contests may have the same slug. Such a value
    # becomes one option, with the label that is first in alphabetical order. No row has two of the labels.
    for place, value, label, rank, number in _read(asked, rows, viewpoint):
        name = [*asked][place]
        labels[name][value] = min(label, labels[name].get(value, label))
        ranks[name][value] = min(rank, ranks[name].get(value, MOST))
        numbers[name][value] += number
    found = {}
    for name, (facet, keys) in asked.items():
        options = [(value, facet.label_of(value, label), numbers[name][value]) for value, label in labels[name].items()]
        rank_of = ranks[name]
        options.sort(key=lambda option: (rank_of[option[0]], -option[2], reading_key(str(option[1])), option[0]))
        are_exact = len(keys) <= LARGE
        found[name] = Counted(options[:LIMIT], are_exact, len(options) > LIMIT or not are_exact)
    return found


def _read(
    asked: Mapping[str, tuple[Facet, Sequence[int]]], rows: QuerySet, viewpoint: Viewpoint
) -> list[tuple[int, str, str, int, int]]:
    """Return tuples (place of the facet in `asked`, value, label, rank, number of rows)."""
    kinds = tuple((facet.options, facet.is_ranked) for facet, _keys in asked.values())
    # Labels depend on the language.
    sql, parameters = _grouped(viewpoint.preview, rows.model, kinds, get_language())
    if not sql:
        return []
    keys = {f"among_{place}": array(some) for place, (_facet, some) in enumerate(asked.values())}
    connection = connections[rows.db]
    with connection.cursor() as cursor:
        cursor.execute(sql, filled(parameters, {"at": viewpoint.at, **keys}, connection))
        return cursor.fetchall()


@compiled_once
def _grouped(
    preview: int | None, model: type[Model], kinds: tuple[tuple[Options, bool], ...], _language: str
) -> tuple[str, list[Any]]:
    parts = []
    for place, (options, is_ranked) in enumerate(kinds):
        rank = F("option_rank") if is_ranked else Value(MOST, output_field=BigIntegerField())
        among = Given(f"among_{place}", TextField())
        rows = model._default_manager.filter(IsAmong(among)).order_by()
        viewpoint = Viewpoint(cast(Any, Given("at", DateTimeField())), preview)
        found = options(rows, viewpoint).annotate(facet_rank=rank).values_list("value", "label", "facet_rank")
        try:
            sql, some = found.annotate(number=Count("pk", distinct=True)).query.sql_with_params()
        except EmptyResultSet:  # No row can have an option.
            continue
        parts.append((f"SELECT {place}, part.* FROM ({sql}) part", some))  # noqa: S608
    return " UNION ALL ".join(sql for sql, _some in parts), [value for _sql, some in parts for value in some]


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
