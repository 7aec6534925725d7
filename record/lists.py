"""
Lists as a visitor asks for them in an address: narrowed by facets, in one of the orders on offer, a page at a time.

Nothing is kept between two answers, and none reads more than `LARGE` rows to count them: what there is more of is
called "more than 10,000". So a count is never a moment old, and a list of a million rows costs what one of 10,000 does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import django_filters
from babel.numbers import format_decimal
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from record.facets import LARGE, Counted, Facet, Option, ShownFacet, shown
from record.keyset import Page
from record.list_format import enumerated

PER_PAGE = 24
# What needs no narrowing.
GLANCE = 6


def grouped(number: int) -> str:
    """A whole number as a reader of the page's language writes it: "5,000"."""
    return format_decimal(number, locale=to_locale(get_language() or "en"))


def _counted(rows: QuerySet) -> int:
    return rows.order_by().values("pk")[: LARGE + 1].count()


@dataclass(frozen=True)
class Order:
    """One order of a list: its `name` in the address, and its columns, of which the last is unique and none is null."""

    name: str
    label: Any
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Choice:
    """One of several ways to show a list, an order or a view: `href` leads to it."""

    id: str
    label: str
    href: str
    is_chosen: bool


class FilteredList:
    """
    A list as a visitor asked for it: the page of rows, the ways to ask again, and what was wrong with the question. A
    value that is unknown or malformed gives a message and the whole list. `orders` and `views` are what is on offer,
    the first of each the one that an address needn't name.
    """

    def __init__(
        self,
        request: HttpRequest,
        rows: QuerySet,
        orders: Sequence[Order],
        filterset_class: type[django_filters.FilterSet] = django_filters.FilterSet,
        views: Sequence[tuple[str, Any]] = (),
        per_page: int = PER_PAGE,
    ):
        self.path, self.at, self.everything = request.path, request.at, rows
        self.form = (filterset := filterset_class(request.GET, queryset=rows, request=request)).form
        self.offered: dict[str, Facet] = filterset.filters
        self.orders, self.views = orders, views
        asked = request.GET
        self.order = next((order for order in orders if order.name == asked.get("sort")), orders[0])
        names = [name for name, _label in views]
        self.view = asked["view"] if asked.get("view") in names else (names[0] if names else "")
        # Of several values one would count, and nobody would know which.
        self.repeated = [name for name in (*self.offered, "sort", "view") if len(set(asked.getlist(name))) > 1]
        self.chosen, self.unknown = self._chosen()
        self.page = Page(self.narrowed(), self.order.columns, asked, per_page)

    def _chosen(self) -> tuple[dict[str, tuple[str, str]], list[str]]:
        """What the list is narrowed by, value and label by name of the facet; and the names of what is unknown."""
        if self.repeated:
            return {}, []
        if not self.form.is_valid():
            return {}, [name for name in self.offered if name in self.form.errors]
        asked = {name: value for name, value in self.form.cleaned_data.items() if value}
        if not asked:
            return {}, []
        labels = [self.offered[name].known(self.everything, self.at, value) for name, value in asked.items()]
        found = self.everything.order_by().values_list(*labels)[:1]
        known = next(iter(found), [None] * len(asked))
        if unknown := [name for name, label in zip(asked, known, strict=True) if label is None]:
            return {}, unknown
        return {name: (value, label) for (name, value), label in zip(asked.items(), known, strict=True)}, []

    @property
    def is_filtered(self) -> bool:
        return bool(self.chosen)

    def narrowed(self, without: str = "") -> QuerySet:
        """The rows that have what was chosen, in whatever facet but the one named."""
        rows = self.everything
        for name, (value, _label) in self.chosen.items():
            if name != without:
                rows = self.offered[name].filter(rows, value)
        return rows

    # How many there are

    @cached_property
    def size(self) -> int:
        """How many rows the whole list has, counted to the first that is too many."""
        return _counted(self.everything)

    @cached_property
    def total(self) -> int:
        """How many rows there are under what was chosen, counted as far as `size`."""
        if not self.chosen:
            return self.size
        name, (value, _label) = next(iter(self.chosen.items()))
        counted = self._options[name]
        known = [number for found, _label, number in counted.options if found == value]
        # What the facet counted is what its choice leads to.
        return sum(known) if counted.are_exact and (known or not counted.is_cut) else _counted(self.narrowed())

    @property
    def is_more(self) -> bool:
        """Whether there are more than `number` says."""
        return self.total > LARGE

    @property
    def number(self) -> str:
        """How many there are, in words: "14", "12 of 5,000"; 10,000 where there are more."""
        if self.is_more:
            return grouped(LARGE)
        if not self.chosen or self.size > LARGE:
            return grouped(self.total)
        return _("%(some)s of %(all)s") % {"some": grouped(self.total), "all": grouped(self.size)}

    @cached_property
    def position(self) -> str:
        """
        Where the page stands in the list: "49 to 96 of 2,835". Empty for a list of one page, and for a page that more
        than 10,000 rows precede. Rows before it are counted, in one more statement, only where neither end tells.
        """
        rows, total = len(self.page), self.total
        if self.page.is_first and self.page.is_last:
            return ""
        if self.page.is_first:
            before = 0
        elif self.page.is_last and not self.is_more:
            before = total - rows
        else:
            before = _counted(self.page.preceding(self.narrowed()))
        if before > LARGE or self.page.is_last and self.is_more:
            return ""
        shown = {"first": grouped(before + 1), "last": grouped(before + rows), "all": grouped(min(total, LARGE))}
        if self.is_more:
            return _("%(first)s to %(last)s of more than %(all)s") % shown
        if rows == 1:
            return _("%(some)s of %(all)s") % {"some": shown["first"], "all": shown["all"]}
        return _("%(first)s to %(last)s of %(all)s") % shown

    @cached_property
    def _options(self) -> dict[str, Counted]:
        return {name: facet.counted(self.narrowed(without=name), self.at) for name, facet in self.offered.items()}

    # The ways on

    def href(self, **changes: str) -> str:
        """The address of this list with some of the question changed; an empty value takes a part away."""
        asked = {name: value for name, (value, _label) in self.chosen.items()}
        asked["sort"] = "" if self.order is self.orders[0] else self.order.name
        asked["view"] = "" if not self.views or self.view == self.views[0][0] else self.view
        kept = {name: value for name, value in {**asked, **changes}.items() if value}
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

    @cached_property
    def facets(self) -> list[ShownFacet]:
        """The facets that would narrow the list, or do; none for a list that is seen whole at a glance."""
        if not self.chosen and self.size <= GLANCE:
            return []
        found = []
        for name, counted in self._options.items():
            facet, options = self.offered[name], list(counted.options)
            chosen, label = self.chosen.get(name, ("", ""))
            if chosen and chosen not in {value for value, _text, _number in options}:
                options.append((chosen, facet.label_of(chosen, label), 0))
            if not chosen and (not options or len(options) == 1 and options[0][2] >= self.total):
                continue
            links = (
                Option(
                    id=f"{name}-{value}",
                    label=text,
                    number=grouped(number) if counted.are_exact else "",
                    href=self.href(**{name: "" if value == chosen else value}),
                    is_chosen=value == chosen,
                )
                for value, text, number in options
            )
            found.append(shown(name, facet.label, links, counted.is_cut))
        return found

    @property
    def chips(self) -> list[dict[str, Any]]:
        """What the list is narrowed by: `label`, `value` and `href`, the address without it."""
        return [
            {
                "label": self.offered[name].label,
                "value": self.offered[name].label_of(value, label),
                "href": self.href(**{name: ""}),
            }
            for name, (value, label) in self.chosen.items()
        ]

    @property
    def described(self) -> str:
        """What the list is narrowed by, as its heading says it: "Grand Prize · from Poland"; empty for the whole."""
        return " · ".join(
            str(self.offered[name].phrase) % {"value": self.offered[name].label_of(value, label)}
            for name, (value, label) in self.chosen.items()
        )

    @property
    def sorts(self) -> list[Choice]:
        """The orders on offer; none where there is but one."""
        first = self.orders[0]
        return [
            Choice(
                f"sort-{order.name}",
                order.label,
                self.href(sort="" if order is first else order.name),
                order is self.order,
            )
            for order in (self.orders if len(self.orders) > 1 else [])
        ]

    @property
    def looks(self) -> list[Choice]:
        """The views on offer; the page stays where it is."""
        return [
            Choice(f"view-{name}", label, self.href(view=name if place else "", **self.page.asked), name == self.view)
            for place, (name, label) in enumerate(self.views)
        ]

    @property
    def first(self) -> str:
        """The address of the first page."""
        return self.href()

    @property
    def previous(self) -> str:
        """The address of the page before; empty on the first one."""
        return self.href(before=self.page.before) if self.page.before else ""

    @property
    def next(self) -> str:
        """The address of the page after; empty on the last one."""
        return self.href(after=self.page.after) if self.page.after else ""

    @property
    def last(self) -> str:
        """The address of the last page."""
        return self.href(page="last")

    @property
    def canonical(self) -> str:
        """
        The question of this page's one address: none for a list that is narrowed, sorted or reached from behind, since
        the whole list holds the same rows in pages of their own.
        """
        is_plain = not self.chosen and self.order is self.orders[0] and "after" in self.page.asked
        return f"?{urlencode(self.page.asked)}" if is_plain else ""

    @property
    def problem(self) -> str:
        """What to tell a visitor whose filter could not be used; empty where all is well."""
        if self.repeated:
            known = {"sort": _("Order"), "view": _("View")}
            names = enumerated(str(known.get(name) or self.offered[name].label) for name in self.repeated)
            return _("Choose one value for: %(names)s. The whole list is shown.") % {"names": names}
        if not self.unknown:
            return ""
        names = enumerated(str(self.offered[name].label) for name in self.unknown)
        return _("Unknown value for: %(names)s. The whole list is shown.") % {"names": names}
