"""The public pages of series and of continuing awards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from contests import series_queries as queries
from contests.models import Award, Contest, Recognition
from contests.over_time import Moment, OverTime
from contests.recognition_words import numbers_in_words
from record.limited_lists import limited
from record.lists import FilteredList, Order
from record.slug_lookup import find_page, moved_to
from record.viewpoint import Request
from record.web.query_parameters import of_list, reads

NAMES = [Order("name", _("A to Z"), ("sort_key", "pk"))]
LATEST = [Order("newest", _("Newest first"), ("-edition_key", "-pk"))]
LATEST_AWARDS = [
    Order("newest", _("Newest first"), ("-contest__edition_key", "-contest_id", "precedence", "pk")),
]


@dataclass(frozen=True)
class Edition:
    """A contest as an edition of its series, with its headline winner if the results are public."""

    contest: Contest
    winner: Recognition | None


@dataclass(frozen=True)
class YearOfAward:
    """
    An award of one edition: its first winners, the number of the other ones, and how many others have each standing, in
    words such as "6 nominations".
    """

    award: Award
    winners: list[Recognition]
    more: int
    others: list[str]


def decade_of(contest: Contest) -> str:
    """
    Return the first and the last year of the decade of an edition, such as "1920–1929"; "" if no year is known. The
    year is what people call it, or the first of two, even if the edition was held in the year after.
    """
    label = contest.year_label[:4]
    year = label if len(label) == 4 and label.isdecimal() else contest.edition_key.partition(" ")[0][:4]
    return f"{year[:3]}0–{year[:3]}9" if year else ""


def by_decade(contests: Iterable[Contest], winners: dict[int, Recognition]) -> list[tuple[str, list[Edition]]]:
    return [
        (decade, [Edition(contest, winners.get(contest.pk)) for contest in some])
        for decade, some in groupby(contests, decade_of)
    ]


def over_editions(contests: Sequence[Contest], counts: queries.Counts) -> OverTime:
    """Return the recognitions of `contests`, which are sorted from the latest on. Leave out those without any."""
    moments = (
        Moment(contest.year_label or contest.held_year or contest.title, counts[contest.pk], contest.get_absolute_url())
        for contest in reversed(contests)
        if counts.get(contest.pk)
    )
    return OverTime(list(moments))


@require_safe
@reads(*of_list())
def all_series(request: Request) -> HttpResponse:
    """List all public series by name. Context: `list`, a FilteredList of Series."""
    shown = FilteredList(request, queries.all_series, NAMES, per_page=queries.YEARS)
    return render(request, "contests/all_series.html", {"list": shown})


@require_safe
@reads(*of_list())
def series(request: Request, series: str) -> HttpResponse:
    """
    Show a series. Context: `series`, `organisers`, `list` (a FilteredList of its editions), `decades` (the editions of
    the page as pairs of a decade and a list of `Edition`), `lines` (each with `summary`, its recognitions in words),
    `people` (those with the most recognitions), `over_time` (the recognitions of the editions of the page), `columns`
    and `figures` (the reported figures of the editions, as a table).
    """
    found, moved = find_page(queries.series_pages, request.viewpoint, series)
    if moved:
        return moved_to(request, found.get_absolute_url())
    shown = FilteredList(request, queries.editions_of, LATEST, per_page=queries.EDITIONS, series=found.pk)
    keys = [contest.pk for contest in shown.page]
    columns, figures = queries.figures_over_time(request.viewpoint, keys)
    by_contest, by_line = queries.counts_of(request.viewpoint, found.pk, keys)
    lines = limited(queries.lines_of(request.viewpoint, series=found.pk))
    for line in lines:
        line.summary = numbers_in_words(by_line.get(line.pk, {}))
    return render(
        request,
        "contests/series.html",
        {
            "series": found,
            "organisers": limited(queries.organisers_of(request.viewpoint, series=found.pk)),
            "list": shown,
            "decades": by_decade(shown.page, queries.headline_winners(request.viewpoint, keys)),
            "lines": lines,
            "over_time": over_editions(shown.page.rows, by_contest),
            "people": queries.most_recognised(request.viewpoint, found.pk),
            "columns": columns,
            "figures": [(contest, figures[contest.pk]) for contest in shown.page if contest.pk in figures and columns],
        },
    )


@require_safe
@reads(*of_list())
def award_line(request: Request, series: str, slug: str) -> HttpResponse:
    """
    Show a continuing award. Context: `line`, `series`, `before` (the award that it continues, or None), `after` (the
    awards that continue it), `list` (a FilteredList of Award), `years` (a `YearOfAward` for each award of the page).
    """
    found, moved = find_page(queries.line_pages, request.viewpoint, slug, series, parent="series")
    if moved:
        return moved_to(request, found.get_absolute_url())
    shown = FilteredList(request, queries.awards_of_line, LATEST_AWARDS, per_page=queries.YEARS, line=found.pk)
    beside = queries.lines_beside(request.viewpoint, line=found.pk, before=found.continues_id or 0)
    return render(
        request,
        "contests/award_line.html",
        {
            "line": found,
            "series": found.series,
            "before": next((line for line in beside if line.pk == found.continues_id), None),
            "after": [line for line in beside if line.pk != found.continues_id],
            "list": shown,
            "years": _years(request, shown.page.rows),
        },
    )


def _years(request: Request, awards: list[Any]) -> list[YearOfAward]:
    keys = [award.pk for award in awards]
    winners = queries.winners_of_awards(request.viewpoint, keys)
    standings = queries.standings_of(request.viewpoint, keys)
    win = Recognition.Standing.WINNER.value
    found = []
    for award in awards:
        won, counted = winners.get(award.pk, []), standings.get(award.pk, {})
        more = counted.pop(win, 0) - len(won)
        others = [numbers_in_words({name: counted[name]}) for name in Recognition.Standing.values if name in counted]
        found.append(YearOfAward(award, won, more, others))
    return found
