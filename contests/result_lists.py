"""Lists of recognitions: as a table if they are long, or with posters and texts, and grouped by contest and award."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

import django_filters
from django.db.models import Prefetch, prefetch_related_objects
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from contests.makers import load_first_credits
from contests.models import Award, Contest, Credit, Recognition
from contests.querysets import parts_of_winners, works_and_parties
from contests.recognition_filters import PLURALS
from record.facets import ALL
from record.list_format import grouped
from record.list_orders import Choice, Order
from record.list_queries import Rows
from record.lists import GLANCE, PER_PAGE, FilteredList
from record.viewpoint import Request

Standing = Recognition.Standing
LARGE, TABLE = "large", "table"
VIEWS = [(LARGE, _("Pictures")), (TABLE, _("Table"))]
#: A list with at most so many recognitions is large, unless the visitor asks for a table. A longer one is a table.
FEW = 12
#: The most rows of a table on one page: of the results of one contest, and of several contests.
ROWS_OF_CONTEST, ROWS = 150, 60


@dataclass(frozen=True)
class Jump:
    """A link to the results of an award, on the same page or not. `number` is their number, "" if it is unknown."""

    label: str
    href: str
    number: str


@dataclass(frozen=True)
class OfAward:
    """The recognitions of a page with the same award, winners first."""

    award: Award
    rows: list[Recognition]

    @property
    def anchor(self) -> str:
        """The id of its first row on the page of the contest."""
        return f"results-{self.award.slug}"


@dataclass(frozen=True)
class OfContest:
    """The recognitions of a page that belong to the same contest, by award."""

    contest: Contest
    awards: list[OfAward]


def _ranked(rows: Iterable[Recognition]) -> list[Recognition]:
    return sorted(rows, key=lambda row: Standing.values.index(row.standing))


class ResultList(FilteredList):
    """
    A list of recognitions. `rows_of_table` is the most rows of a page of the table. The view calls `load_parts` before
    it shows the rows.
    """

    def __init__(
        self,
        request: Request,
        rows: Rows,
        orders: Sequence[Order],
        filterset_class: type[django_filters.FilterSet],
        rows_of_table: int = ROWS,
        **keys: int,
    ):
        super().__init__(request, rows, orders, filterset_class, VIEWS, **keys)
        # Whether the list is long is known only after the page is read. A short one fits on a page of the table too.
        self.per_page = PER_PAGE if self.asked.get("view") == LARGE else rows_of_table

    @property
    def default_view(self) -> str:
        return LARGE if self.size <= FEW else TABLE

    def load_parts(self) -> None:
        """Load what the page shows of each row, in at most five SQL statements; three for a table."""
        rows = self.page.rows
        if self.view == LARGE:
            prefetch_related_objects(rows, *parts_of_winners(with_credits=False))
            load_first_credits(rows)
            return
        creators = Prefetch(
            "submissions__work__credits", Credit.objects.by_role().select_related("source").filter(role__is_author=True)
        )
        prefetch_related_objects(rows, *works_and_parties(), creators)

    @cached_property
    def contests(self) -> list[OfContest]:
        """The rows of the page, by contest and award."""
        return [
            OfContest(contest, [OfAward(award, _ranked(own)) for award, own in groupby(some, lambda row: row.award)])
            for contest, some in groupby(self.page, lambda row: row.award.contest)
        ]

    @cached_property
    def _standings(self) -> set[str]:
        """The standings that the rows of the list have. One that doesn’t count, such as a withdrawn win, has none."""
        (scope,) = self.scope.values()
        if scope != ALL:
            return {scope}
        if not (self.page.is_first and self.page.is_last):
            return {value for value, _text, _number in self._options["standing"].options}
        return {row.standing for row in self.page if row.counts}

    @cached_property
    def _has_uncounted(self) -> bool:
        """
        Whether there are recognitions, whatever their standing, that were withdrawn or are not official. False if the
        list is too long to know.
        """
        counted = self._options["standing"]
        number = sum(number for _value, _text, number in counted.options)
        return counted.are_exact and number < len(self._keys("standing"))

    @property
    def _only_standing(self) -> str:
        """The standing of all rows, if they have the same one and all of them count; otherwise ""."""
        if len(self._standings) != 1 or ALL in self.scope.values() and self._has_uncounted:
            return ""
        return next(iter(self._standings))

    @property
    def is_of_winners(self) -> bool:
        """Whether all rows are wins that count. True for a contest without results."""
        return self._only_standing == Standing.WINNER or not self.page.rows and not self._standings

    @property
    def title(self) -> str | Promise:
        """The heading: "Winners" only if all rows are wins."""
        if self.is_of_winners:
            return PLURALS[Standing.WINNER]
        if self._only_standing:
            return PLURALS[Standing(self._only_standing)]
        return _("Winners and nominees") if self._standings == {Standing.WINNER, Standing.NOMINEE} else _("Results")

    @property
    def counted(self) -> str:
        """The number of rows in words. Rows that don’t count are recognitions, but no awards and no nominations."""
        values = {"number": self.number}
        if self.is_of_winners:
            return ngettext("%(number)s award", "%(number)s awards", self.plural) % values
        if self._only_standing == Standing.NOMINEE:
            return ngettext("%(number)s nomination", "%(number)s nominations", self.plural) % values
        return ngettext("%(number)s recognition", "%(number)s recognitions", self.plural) % values

    @property
    def says_standing(self) -> bool:
        """
        Whether the table says the standing or the outcome of each row: not if all rows are what the heading says, and
        were given.
        """
        found = {(row.standing, row.outcome == Recognition.Outcome.GIVEN) for row in self.page}
        return len(self._standings) != 1 or found != {(*self._standings, True)}

    @property
    def says_detail(self) -> bool:
        """Whether a row of the page has more to say: what was recognised, its place or a note."""
        return any(row.has_detail for row in self.page)

    @property
    def standing_links(self) -> list[Choice]:
        """The links to the winners, the nominees and so on, and to all results. None if there is no choice."""
        counted = self._options["standing"]
        numbers = {value: number for value, _text, number in counted.options}
        is_without_winners = not self.is_of_winners and Standing.WINNER not in numbers
        if len(numbers) + max(is_without_winners, self._has_uncounted) < 2:
            return []
        facet = self.scopes["standing"]
        numbers[ALL] = len(self._keys("standing"))
        return [
            Choice(
                f"standing-{value}",
                f"{label} {grouped(numbers[value])}" if counted.are_exact else str(label),
                self.href(standing="" if value == facet.default else value),
                value == self.scope["standing"],
            )
            for value, label in facet.scopes
            if value in numbers
        ]

    @property
    def award_jumps(self) -> list[Jump]:
        """
        The links to the results of each award of a contest: on this page if they are there, otherwise as a list of
        their own. None if the list is short or has one award only.
        """
        options = self._options["award"]
        if self.size <= GLANCE or len(options.options) < 2:
            return []
        chosen, _label = self.chosen.get("award", ("", ""))
        here = {row.award.slug for row in self.page}
        return [
            Jump(
                label,
                f"#results-{slug}" if slug in here and not chosen else self.href(award=slug),
                grouped(number) if options.are_exact else "",
            )
            for slug, label, number in options.options
            if slug != chosen
        ]
