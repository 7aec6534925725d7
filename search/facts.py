"""The facts that lead a search to a work, besides its title: the awards that it won, with their years."""

import re
from collections.abc import Iterator

from contests.models import Contest, Recognition

_YEARS = re.compile(r"(\d\d)?(\d\d)\s*[/–-]\s*(\d\d|\d{4})", re.ASCII)


def years_of(contest: Contest) -> list[str]:
    """
    Return the year of a contest in each form that people write it: its label and, of a label with two years, each of
    them. Without a label, return the year when the contest was held, or the number of the edition.

    >>> years_of(Contest(year_label="1927/28")), years_of(Contest(held_from="1975-03"))
    (['1927/28', '1927', '1928'], ['1975'])
    """
    if two := _YEARS.fullmatch(contest.year_label):
        century, first, last = two.groups(default="")
        return [contest.year_label, century + first, last if len(last) == 4 else century + last]
    return list(filter(None, [contest.year_label or contest.held_year]))


def facts_of(win: Recognition) -> Iterator[str]:
    """
    Yield the texts that people type to find the winner of an award: its name, or that of the continuing award, with the
    year and perhaps the series, or with the contest.
    """
    contest, line = win.award.contest, win.award.line
    for name in dict.fromkeys([win.award.name, *([line.name] if line else [])]):
        for year in years_of(contest):
            yield f"{name} {year}"
            if contest.series:
                yield f"{name} {contest.series.name} {year}"
        yield f"{name} {contest}"
