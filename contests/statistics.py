"""Count the public rows of contests for the statistics: totals, charts and prize money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256

from django.core.cache import cache
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_countries import countries

from contests.formatting import language_label
from contests.models import Award, Contest, Credit, CreditRole, Quote, Recognition, Submission
from contests.over_time import OverTime, over_years
from contests.tallies import RUNTIMES, Cell, Chart, chart, tally
from record.viewpoint import Viewpoint

# Counts are cached if there are at least this many submissions. Counting fewer takes less than 10 ms.
MANY = 1_000
# The most contests, and the most reported figures or regions, that a page or an API response lists.
CONTESTS, REPORTED = 100, 60
# The lifetime of cached counts, in seconds. The cache key changes with the record, so this only frees memory.
AT_MOST = 3600


@dataclass(frozen=True, order=True)
class Prize:
    """The prize money in one currency: the number of awards, and the sum of their amounts."""

    currency: str
    awards: int
    amount: Decimal


@dataclass(frozen=True)
class Count:
    """
    The number of rows with the same `value` and `detail`. `measure` says what is counted: awards by currency ("prize"),
    recognitions by kind of award and standing ("given", "uncounted", "revoked"), or by year and standing ("year"), or
    all quotes ("quote"). For
    awards, `amount` is the sum of their prize money. For a role in credits ("role"), `value` is its slug, `detail` its
    name and `count` its position.
    """

    measure: str
    value: str
    detail: str
    count: int
    amount: Decimal | None


@dataclass(frozen=True)
class Statistics:
    """The statistics of one contest or of all: totals, charts, and prize money by currency."""

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
    uncounted: int
    over_time: OverTime

    @property
    def is_empty(self) -> bool:
        return not (self.submissions or self.given or self.quotes)


def statistics(viewpoint: Viewpoint, contest: Contest | None, contests: Sequence[Contest]) -> Statistics:
    """
    Return the statistics of the rows of `contest` that are public at `viewpoint`. If `contest` is None, include all
    contests that are not synthetic. The chart that compares contests names only those in `contests`. Needs four SQL
    statements.
    """
    cells, credits = _large_counts(viewpoint, contest)
    small = _small_counts(viewpoint, contest)
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
        roles=_chart_by_role({row.value: row for row in small["role"]}, credited["role"]),
        awards=_chart_by(Award.Kind, kinds),
        standings=_chart_by(Recognition.Standing, tally((row.detail, row.count) for row in small["given"])),
        prizes=tuple(
            sorted(Prize(row.value, row.count, row.amount or Decimal(0)) for row in small["prize"] if row.value)
        ),
        unpriced=sum(row.count for row in small["prize"] if not row.value),
        uncounted=sum(row.count for row in small["uncounted"]),
        over_time=over_years((row.value, row.detail, row.count) for row in small["year"]),
    )


def _large_counts(viewpoint: Viewpoint, contest: Contest | None) -> tuple[list[Cell], list[tuple[str, str, int, int]]]:
    """
    Return the counts of submissions as `Cell` objects, and those of credits as the tuples of
    `CreditQuerySet.for_statistics`. Counts of many rows are cached. The cache key changes with every reveal, every
    approval and every change of the record, so that these take effect at once. A preview has keys of its own.
    """
    state = Contest.objects.public(viewpoint).state_of_record(viewpoint, contest)
    key = f"statistics-{sha256(repr((viewpoint.preview, state)).encode()).hexdigest()}"
    if kept := cache.get(key):
        return kept
    contests = [pk for pk, *_state in state]
    counted = (
        [Cell(*row) for row in Submission.objects.public(viewpoint).for_statistics(contests)],
        list(Credit.objects.for_statistics(viewpoint, contests)),
    )
    if sum(cell.count for cell in counted[0]) >= MANY:
        cache.set(key, counted, AT_MOST)
    return counted


def _small_counts(viewpoint: Viewpoint, contest: Contest | None) -> dict[str, list[Count]]:
    """
    Return the counts of awards, recognitions and quotes, as a dict from each measure ("prize", "given", "uncounted",
    "revoked", "quote", "year") to a list. The list for "role" has the names and the order of the roles in credits:
    here, because the counts of credits are cached for all languages. Needs one SQL statement; nothing is cached.
    """
    awards, recognitions, quotes = (
        model.objects.public(viewpoint).for_small_counts(contest) for model in (Award, Recognition, Quote)
    )
    measures = ("prize", "given", "uncounted", "revoked", "quote", "role", "year")
    found: dict[str, list[Count]] = {name: [] for name in measures}
    roles = CreditRole.objects.public(viewpoint).for_small_counts()
    years = Recognition.objects.public(viewpoint).for_years(contest)
    for row in awards.union(recognitions, quotes, roles, years, all=True):
        found[row[0]].append(Count(*row))
    return found


def _chart_by(choices: type[TextChoices], counts: Mapping[str, int]) -> Chart:
    """
    Return a chart of `counts`, a dict from values of `choices` to numbers. The chart uses the labels and the order of
    `choices`; other values come last.
    """
    values = list(choices.values)
    return chart(
        counts,
        lambda value: choices(value).label if value in values else value,
        order=lambda value: (values.index(value) if value in values else len(values), value),
    )


def _chart_by_role(roles: Mapping[str, Count], counts: Mapping[str, int]) -> Chart:
    """
    Return a chart of `counts`, a dict from slugs of roles to numbers. `roles` has the name and the position of each
    role.
    """
    known = {slug: count for slug, count in counts.items() if slug in roles}
    return chart(known, lambda slug: roles[slug].detail, order=lambda slug: roles[slug].count)


def runtime_label(least: int) -> str:
    """Return the label of the class of runtimes that starts at `least` seconds, such as "1 to 3 minutes"."""
    after = RUNTIMES.index(least) + 1
    if after == len(RUNTIMES):
        return ngettext("%(from)s minute or more", "%(from)s minutes or more", least // 60) % {"from": least // 60}
    minutes = RUNTIMES[after] // 60
    if least == 0:
        return ngettext("under %(to)s minute", "under %(to)s minutes", minutes) % {"to": minutes}
    words = ngettext("%(from)s to %(to)s minute", "%(from)s to %(to)s minutes", minutes)
    return words % {"from": least // 60, "to": minutes}
