"""What the portal counts of its own record, from what is public at one moment."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_countries import countries

from contests.formatting import language_label
from contests.models import Award, Contest, Credit, Quote, Recognition, Submission
from contests.tallies import RUNTIMES, Cell, Chart, chart, tally

# Fewer rows than these are counted anew each time: it takes no longer than to ask whether they have changed.
MANY = 20_000
# The most contests, and reported figures or regions, that a page or an answer of the API lists.
CONTESTS, REPORTED = 100, 60
# For so many seconds a change in bulk, which leaves no history, may go unseen where there are many rows.
AT_MOST = 60


@dataclass(frozen=True, order=True)
class Prize:
    """The prize money that awards state in one currency."""

    currency: str
    awards: int
    amount: Decimal


class Count(NamedTuple):
    """How many there are of one value, and of one detail of it; with an amount where it is money."""

    measure: str
    value: str
    detail: str
    count: int
    amount: Decimal | None


@dataclass(frozen=True)
class Statistics:
    """Everything that is counted: numbers, and charts by what is counted."""

    submissions: int
    people: int
    quotes: int
    given: int
    revoked: int
    contests: Chart
    countries: Chart
    years: Chart
    languages: Chart
    runtimes: Chart
    roles: Chart
    awards: Chart
    standings: Chart
    prizes: tuple[Prize, ...]
    unpriced: int

    @property
    def is_empty(self) -> bool:
        return not (self.submissions or self.given or self.quotes)


def statistics(at: datetime, contest: Contest | None, contests: Sequence[Contest]) -> Statistics:
    """
    What is public at the moment `at` of `contest`; of all contests but the made-up ones where it is None. `contests`
    are those that have their names in the chart by contest. Four statements.
    """
    cells, credits = _large_counts(at, contest)
    small = _small_counts(at, contest)
    credited: dict[str, dict[str, int]] = {"country": {}, "role": {}}
    for measure, value, count, _people in credits:
        credited[measure][value] = count
    total = sum(cell.count for cell in cells)
    kinds = tally((row.value, row.count) for row in small["given"] if row.detail == Recognition.Standing.WINNER)
    titles = {listed.pk: str(listed) for listed in contests}
    return Statistics(
        submissions=total,
        people=sum(people for _measure, _value, _count, people in credits),
        quotes=sum(row.count for row in small["quote"]),
        given=sum(kinds.values()),
        revoked=sum(row.count for row in small["revoked"]),
        contests=chart(
            tally((cell.contest, cell.count) for cell in cells), lambda pk: titles.get(pk, _("another contest"))
        ),
        countries=chart(credited["country"], countries.name, total=total),
        years=chart(tally((cell.year, cell.count) for cell in cells), order=int),
        languages=chart(tally((cell.language, cell.count) for cell in cells), language_label),
        runtimes=chart(tally((cell.runtime, cell.count) for cell in cells), runtime_label, order=int),
        roles=chart(credited["role"], **_named(Credit.Role)),
        awards=chart(kinds, **_named(Award.Kind)),
        standings=chart(tally((row.detail, row.count) for row in small["given"]), **_named(Recognition.Standing)),
        prizes=tuple(sorted(Prize(row.value, row.count, row.amount) for row in small["prize"] if row.value)),
        unpriced=sum(row.count for row in small["prize"] if not row.value),
    )


def _large_counts(at: datetime, contest: Contest | None) -> tuple[list[Cell], list[tuple[str, str, int, int]]]:
    """
    The counts that go through every submission and credit. They are kept for a short time under a key that names all
    they depend on: a reveal, a seal, an edit or a deletion makes another key, at once.
    """
    state = Contest.objects.public(at).state_of_record(at, contest)
    key = f"statistics-{sha256(repr(state).encode()).hexdigest()}"
    if kept := cache.get(key):
        return kept
    counted = (
        [Cell(*row) for row in Submission.objects.public(at).for_statistics(contest)],
        list(Credit.objects.public(at).for_statistics(contest)),
    )
    if sum(cell.count for cell in counted[0]) >= MANY:
        cache.set(key, counted, AT_MOST)
    return counted


def _small_counts(at: datetime, contest: Contest | None) -> dict[str, list[Count]]:
    """The counts of what there is little of, by what is measured, in one statement and always anew."""
    awards, recognitions, quotes = (
        model.objects.public(at).for_small_counts(contest) for model in (Award, Recognition, Quote)
    )
    found: dict[str, list[Count]] = {"prize": [], "given": [], "revoked": [], "quote": []}
    for row in awards.union(recognitions, quotes, all=True):
        found[row[0]].append(Count(*row))
    return found


def _named(choices: type[TextChoices]) -> dict[str, Callable[[str], Any]]:
    """How a chart names and orders values: as the model does; a value that the model doesn't know goes last."""
    values = list(choices.values)
    return {
        "label": lambda value: choices(value).label if value in values else value,
        "order": lambda value: (values.index(value) if value in values else len(values), value),
    }


def runtime_label(least: int) -> str:
    """The runtime class from `least` seconds on, in words."""
    after = RUNTIMES.index(least) + 1
    if after == len(RUNTIMES):
        return ngettext("%(from)s minute and more", "%(from)s minutes and more", least // 60) % {"from": least // 60}
    minutes = RUNTIMES[after] // 60
    if least == 0:
        return ngettext("under %(to)s minute", "under %(to)s minutes", minutes) % {"to": minutes}
    words = ngettext("%(from)s to %(to)s minute", "%(from)s to %(to)s minutes", minutes)
    return words % {"from": least // 60, "to": minutes}
