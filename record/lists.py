"""
Lists that visitors can filter, sort and page through. Their choices are in the URL.

Nothing is cached between requests, so counts are always current. Counting stops after 5,000 rows, and the page then
says "more than 5,000". So counting a million rows takes no longer than counting 5,000. A list of rows that the database
counts faster may have a higher limit, but not its filters.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.utils.translation import gettext as _

from record.facets import ALL, LARGE, Counted, Facet, Option, ScopeFacet, ShownFacet, counted_together, shown
from record.keyset import Page
from record.letters import MOST, Jump, LetterFacet, in_order, numbers_by_letter
from record.list_format import enumerated, grouped
from record.list_orders import Choice, Order
from record.list_queries import ListPage, ListQuery, Names, Rows
from record.viewpoint import Request

PER_PAGE = 24
# Lists with at most this many rows are shown without facets.
GLANCE = 6


class FilteredList:
    """
    A list as the visitor has filtered and sorted it: one page of rows, and the links to change the filters and the
    order. `rows` is a function that returns all rows, given a viewpoint and the primary keys `keys`; `list_queries`
    says what it may do. If the value of a filter is unknown or malformed, the list is not filtered, and `problem` is an
    error message. The first of `orders` and the first of `views` are the defaults, which the URL omits. If the list is
    not filtered, it is counted up to `count_to` or `LARGE` rows, whichever is more.

    Creating a `FilteredList` runs no SQL. The first use of `page`, `chosen`, `unknown`, `size`, `total`, `position` or
    `facets` runs the statements that it needs, and the result is cached.
    """

    def __init__(
        self,
        request: Request,
        rows: Rows,
        orders: Sequence[Order],
        filterset_class: type[django_filters.FilterSet] = django_filters.FilterSet,
        views: Sequence[tuple[str, Any]] = (),
        per_page: int = PER_PAGE,
        count_to: int = 0,
        **keys: int,
    ):
        self.path, self.viewpoint = request.path, request.viewpoint
        self.query = ListQuery(rows, tuple(keys), filterset_class, request.viewpoint.preview)
        self.values = {"at": request.viewpoint.at, **keys}
        filterset = filterset_class(request.GET, queryset=self.query.template.rows, request=request)
        self.form = filterset.form
        self.offered: dict[str, Facet] = filterset.filters
        self.orders, self.views, self.per_page = orders, views, per_page
        self.count_to = max(count_to, LARGE)
        self.asked = asked = request.GET
        self.order = next((order for order in orders if order.name == asked.get("sort")), orders[0])
        # A parameter with several values is ambiguous. The list is then not filtered and shows a message.
        self.repeated = [name for name in (*self.offered, "sort", "view") if len(set(asked.getlist(name))) > 1]
        self.scopes = {name: facet for name, facet in self.offered.items() if isinstance(facet, ScopeFacet)}
        read = {name: "" if name in self.repeated else asked.get(name, "") for name in self.scopes}
        #: The value of each `ScopeFacet`: which rows the list has before it is filtered.
        self.scope = {name: facet.value_of(read[name]) for name, facet in self.scopes.items()}
        self.base = tuple(name for name, value in self.scope.items() if value != ALL)
        self.values |= {f"only_{name}": self.scope[name] for name in self.base}

    @cached_property
    def page(self) -> Page:
        """The page of rows that the visitor asked for. Needs one SQL statement, or two if that page is empty."""
        # If few rows match, don't look for them again one by one.
        are_few = any(self.offered[name].path for name in self.chosen) and len(self._keys()) <= LARGE
        among = self._keys() if are_few else None
        names, order = self._names, self.order.columns
        return ListPage(self.query, names, self._given, order, self.asked, self.per_page, among)

    @property
    def _names(self) -> Names:
        """The names of all filters that apply."""
        return *self.base, *self.chosen

    @property
    def _given(self) -> dict[str, Any]:
        """The values of the prepared statements."""
        return self.values | {f"only_{name}": value for name, (value, _label) in self.chosen.items()}

    @property
    def chosen(self) -> dict[str, tuple[str, str]]:
        """The active filters: {name of the facet: (value, label)}."""
        return self._checked[0]

    @property
    def unknown(self) -> list[str]:
        """The names of the facets whose value in the URL is unknown."""
        return self._checked[1]

    @cached_property
    def _checked(self) -> tuple[dict[str, tuple[str, str]], list[str]]:
        """The pair (`chosen`, `unknown`). Needs one SQL statement if the URL has filters, otherwise none."""
        if self.repeated:
            return {}, []
        if not self.form.is_valid():
            return {}, [name for name in self.offered if name in self.form.errors]
        asked = {name: value for name, value in self.form.cleaned_data.items() if value}
        if wrong := [name for name, facet in self.scopes.items() if not facet.knows(asked.pop(name, facet.default))]:
            return {}, wrong
        if not asked:
            return {}, []
        values = self.values | {f"only_{name}": value for name, value in asked.items()}
        known = self.query.labels(tuple(asked), values)
        if unknown := [name for name, label in zip(asked, known, strict=True) if label is None]:
            return {}, unknown
        return {name: (value, str(label)) for (name, value), label in zip(asked.items(), known, strict=True)}, []

    @property
    def is_filtered(self) -> bool:
        return bool(self.chosen)

    def _keys(self, without: str = "") -> list[int]:
        """
        Return the primary keys of the rows that match all active filters, except the filter `without`: all of them, or
        `LARGE` + 1 if there are more.
        """
        return self._found_keys[tuple(name for name in self._names if name != without)]

    @cached_property
    def _found_keys(self) -> dict[tuple[str, ...], list[int]]:
        """
        The primary keys of the whole list, of the filtered list, and of the lists without one of the filters, by the
        names of their filters. Needs one SQL statement, sometimes two, or none if the list is not filtered and fits on
        one page.
        """
        names = self._names
        without_one = (tuple(name for name in names if name != without) for without in names)
        found: dict[Names, list[int]] = {each: [] for each in (self.base, names, *without_one)}
        wanted = list(found)
        if names == self.base and self.page.is_first and self.page.is_last:
            found[names] = [row.pk for row in self.page]
            wanted.remove(names)
        if wanted:
            found |= self.query.matching(tuple(wanted), LARGE + 1, self._given)
        return found

    # How many rows match, and how many the list has in all

    @cached_property
    def size(self) -> int:
        """The number of rows in the unfiltered list, at most `count_to` + 1."""
        number = len(self._found_keys[self.base])
        is_cut = LARGE < number <= self.count_to
        return self.query.number(self.base, self.count_to + 1, self.values) if is_cut else number

    @property
    def total(self) -> int:
        """The number of rows that match the filters, at most one more than `_limit`."""
        return len(self._keys()) if self.chosen else self.size

    @property
    def _limit(self) -> int:
        return LARGE if self.chosen else self.count_to

    @property
    def is_more(self) -> bool:
        """True if there are more rows than `number` says."""
        return self.total > self._limit

    @property
    def number(self) -> str:
        """
        The number of rows as text: "500", "12 of 500" if the list is filtered, or "5,000" if there are more than that.
        """
        if self.is_more:
            return grouped(self._limit)
        if not self.chosen or self.size > self.count_to:
            return grouped(self.total)
        return _("%(some)s of %(all)s") % {"some": grouped(self.total), "all": grouped(self.size)}

    @property
    def plural(self) -> int:
        """The number that decides the plural form of the text around `number`."""
        return self._limit if self.is_more else self.size

    @cached_property
    def position(self) -> str:
        """
        The position of the page in the list: "49 to 96 of 835". Empty if the list has one page, or if too many rows to
        count come before the page. Needs one more SQL statement, which counts the rows before the page. The first and
        the last page need none.
        """
        rows, total = len(self.page), self.total
        if self.page.is_first and self.page.is_last or self.page.is_last and self.is_more:
            return ""
        if self.page.is_first:
            before = 0
        elif self.page.is_last:
            before = total - rows
        else:
            place, names = self.page.place_of(self.page.rows[0]), self._names
            before = self.query.number_before(place, names, self.order.columns, self._limit + 1, self._given)
        if before > self._limit:
            return ""
        shown = {"first": grouped(before + 1), "last": grouped(before + rows), "all": grouped(min(total, self._limit))}
        if self.is_more:
            return _("%(first)s to %(last)s of more than %(all)s") % shown
        if rows == 1:
            return _("%(some)s of %(all)s") % {"some": shown["first"], "all": shown["all"]}
        return _("%(first)s to %(last)s of %(all)s") % shown

    @cached_property
    def _options(self) -> dict[str, Counted]:
        asked = {
            name: (facet, self._keys(without=name))
            for name, facet in self.offered.items()
            if not isinstance(facet, LetterFacet)
        }
        return counted_together(asked, self.query.template.rows, self.viewpoint)

    # The links to the same list with other parameters

    @property
    def default_view(self) -> str:
        """The name of the view that the URL omits; "" if the list has no views."""
        return self.views[0][0] if self.views else ""

    @cached_property
    def view(self) -> str:
        """The name of the view that the visitor has chosen."""
        asked = self.asked.get("view", "")
        return asked if asked in [name for name, _label in self.views] else self.default_view

    @property
    def _kept_scope(self) -> dict[str, str]:
        return {name: value for name, value in self.scope.items() if value != self.scopes[name].default}

    def href(self, **changes: str) -> str:
        """Return the URL of this list with some parameters changed; an empty value removes a parameter."""
        asked = {name: value for name, (value, _label) in self.chosen.items()}
        asked |= {"sort": "" if self.order is self.orders[0] else self.order.name, **self._kept_scope}
        asked["view"] = "" if self.view == self.default_view else self.view
        kept = {name: value for name, value in {**asked, **changes}.items() if value}
        return f"{self.path}?{urlencode(kept)}" if kept else self.path

    @cached_property
    def facets(self) -> list[ShownFacet]:
        """
        The facets to show: those that can narrow the list, and those that already do. Empty if the list is short and
        not filtered.
        """
        if not self.chosen and self.size <= GLANCE:
            return []
        found = []
        for name, counted in self._options.items():
            if name in self.scopes:
                continue
            facet, options = self.offered[name], list(counted.options)
            chosen, label = self.chosen.get(name, ("", ""))
            if chosen and chosen not in {value for value, _text, _number in options}:
                options.append((chosen, facet.label_of(chosen, label), 0))
            # The only option narrows nothing if all rows have it. Of a longer list, not all rows have been read.
            narrows_nothing = len(options) == 1 and options[0][2] >= self.total and not counted.is_cut
            if not chosen and (not options or narrows_nothing):
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

    @cached_property
    def jumps(self) -> list[Jump]:
        """
        The links to the rows under each letter, in the order of the list. None if the list has no letters, or if it
        fits on one page without them. Needs one SQL statement, unless other filters are active.
        """
        name = next((name for name, facet in self.offered.items() if isinstance(facet, LetterFacet)), "")
        chosen, _label = self.chosen.get(name, ("", ""))
        if not name or (not chosen and self.page.is_first and self.page.is_last):
            return []
        others, facet = set(self.chosen) - {name}, self.offered[name]
        counted = facet.counted(self.query.template.rows, self._keys(name), self.viewpoint) if others else None
        if counted is None or not counted.are_exact:
            rows = self.query.rows(self.viewpoint)
            pairs = numbers_by_letter(rows, facet.field_name)
        else:
            pairs = in_order(counted.options)
        is_known = counted is None or counted.are_exact
        return [
            Jump(
                id=f"{name}-{letter}",
                letter=letter,
                number=grouped(min(number, MOST) if counted is None else number) if is_known else "",
                plus="+" if counted is None and number > MOST else "",
                href=self.href(**{name: "" if letter == chosen else letter}),
                is_chosen=letter == chosen,
            )
            for letter, number in pairs
        ]

    @property
    def chips(self) -> list[dict[str, Any]]:
        """
        The active filters, as dicts with the keys `label`, `value` and `href`. `href` is the URL without that filter.
        """
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
        """The active filters as text for the heading: "Grand Prize · from Poland"; empty if there are none."""
        return " · ".join(
            str(self.offered[name].phrase) % {"value": self.offered[name].label_of(value, label)}
            for name, (value, label) in self.chosen.items()
        )

    @property
    def sorts(self) -> list[Choice]:
        """Links to the sort orders; none if there is only one."""
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
        """Links to the views of the list, such as posters. Each leads to the same page of rows."""
        return [
            Choice(
                f"view-{name}",
                label,
                self.href(view="" if name == self.default_view else name, **self.page.params),
                name == self.view,
            )
            for name, label in self.views
        ]

    @property
    def first(self) -> str:
        """The URL of the first page."""
        return self.href()

    @property
    def previous(self) -> str:
        """The URL of the previous page; empty on the first page."""
        return self.href(before=self.page.before) if self.page.before else ""

    @property
    def next(self) -> str:
        """The URL of the next page; empty on the last page."""
        return self.href(after=self.page.after) if self.page.after else ""

    @property
    def last(self) -> str:
        """The URL of the last page."""
        return self.href(page="last")

    @property
    def canonical(self) -> str:
        """
        The query string of the canonical URL of this page. It is empty for the first page. It is also empty if the list
        is filtered, sorted or paged backwards: the canonical URL is then the URL of the unfiltered list, which contains
        the same rows.
        """
        is_plain = not self.chosen and self.order is self.orders[0] and "after" in self.page.params
        kept = {**self._kept_scope, **(self.page.params if is_plain else {})}
        return f"?{urlencode(kept)}" if kept else ""

    @property
    def problem(self) -> str:
        """The message if a filter could not be used; empty otherwise."""
        if self.repeated:
            known = {"sort": _("Order"), "view": _("View")}
            names = enumerated(str(known.get(name) or self.offered[name].label) for name in self.repeated)
            return _("Only one value is allowed for: %(names)s. The whole list is shown.") % {"names": names}
        if not self.unknown:
            return ""
        names = enumerated(str(self.offered[name].label) for name in self.unknown)
        return _("Unknown value for: %(names)s. The whole list is shown.") % {"names": names}
