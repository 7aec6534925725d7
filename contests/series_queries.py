"""The queries of the pages of series and of continuing awards. Each begins with the rows that are public."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, Window
from django.db.models.functions import RowNumber

from contests.makers import load_first_credits
from contests.models import Award, AwardLine, Contest, Figure, Party, Recognition, Series, SeriesOrganiser
from record.limited_lists import NumberOf, cut
from record.prepared_queries import KEY, Given, prepared
from record.viewpoint import Viewpoint

#: Numbers by primary key and standing.
Counts = dict[int, dict[str, int]]
#: The most editions, and the most years of an award, on one page.
EDITIONS, YEARS = 120, 50
#: The most lines of a series, organisers, people, winners of one award, and figures of one edition on a page.
LINES, ORGANISERS, PEOPLE, WINNERS, FIGURES = 100, 24, 12, 6, 3


# For `find_page` and `FilteredList`


def series_pages(viewpoint: Viewpoint) -> QuerySet:
    return Series.objects.public(viewpoint).for_page()


def line_pages(viewpoint: Viewpoint) -> QuerySet:
    return AwardLine.objects.public(viewpoint).for_page()


def all_series(viewpoint: Viewpoint) -> QuerySet:
    """Return the public series, each with `edition_count`."""
    editions = Contest.objects.public(viewpoint).filter(series=OuterRef("pk"))
    return Series.objects.public(viewpoint).annotate(edition_count=NumberOf(editions))


def editions_of(viewpoint: Viewpoint, series: Given) -> QuerySet:
    return Contest.objects.public(viewpoint).filter(series=series)


def awards_of_line(viewpoint: Viewpoint, line: Given) -> QuerySet:
    return Award.objects.public(viewpoint).filter(line=line).select_related("contest", "source")


# The rows of a series


@prepared()
def first_series(viewpoint: Viewpoint) -> QuerySet:
    return cut(all_series(viewpoint), PEOPLE)


@prepared(series=KEY)
def organisers_of(viewpoint: Viewpoint, series: Given) -> QuerySet:
    rows = SeriesOrganiser.objects.public(viewpoint).filter(series=series)
    return cut(rows.select_related("organisation", "source").order_by("since", "pk"), ORGANISERS)


@prepared(series=KEY)
def lines_of(viewpoint: Viewpoint, series: Given) -> QuerySet:
    """Return the continuing awards of a series, each with `award_count`: how often it was on the programme."""
    awards = Award.objects.public(viewpoint).filter(line=OuterRef("pk"))
    rows = AwardLine.objects.public(viewpoint).filter(series=series).annotate(award_count=NumberOf(awards))
    return cut(rows.select_related("series", "source").order_by("order", "pk"), LINES)


@prepared(series=KEY, contest=KEY, edition=CharField())
def neighbours(viewpoint: Viewpoint, series: Given, contest: Given, edition: Given) -> QuerySet:
    """
    Return the edition before and the edition after a contest, the earlier one first. `edition` is the sort key of the
    contest.
    """
    editions = Contest.objects.public(viewpoint).filter(series=series)
    same = Q(edition_key=edition)
    earlier = editions.filter(Q(edition_key__lt=edition) | same & Q(pk__lt=contest)).order_by("-edition_key", "-pk")
    later = editions.filter(Q(edition_key__gt=edition) | same & Q(pk__gt=contest)).order_by("edition_key", "pk")
    beside = Q(pk__in=earlier.values("pk")[:1]) | Q(pk__in=later.values("pk")[:1])
    return editions.filter(beside).order_by("edition_key", "pk")


def earlier_and_later(contest: Contest, viewpoint: Viewpoint) -> tuple[Contest | None, Contest | None]:
    """Return the public editions right before and after `contest` in its series. Needs one SQL statement, or none."""
    if contest.series_id is None:
        return None, None
    place = (contest.edition_key, contest.pk)
    given = {"series": contest.series_id, "contest": contest.pk, "edition": contest.edition_key}
    found = neighbours(viewpoint, **given)
    earlier = next((row for row in found if (row.edition_key, row.pk) < place), None)
    return earlier, next((row for row in found if (row.edition_key, row.pk) > place), None)


def headline_winners(viewpoint: Viewpoint, contests: Sequence[int]) -> dict[int, Recognition]:
    """
    Return the headline winner of each of `contests`, by primary key: the first public win, not revoked, with the
    highest award. A contest without one is left out. Needs two SQL statements.
    """
    won = Recognition.objects.public(viewpoint).winning().filter(award__contest=OuterRef("pk"))
    first = Subquery(won.order_by("award__precedence", "order", "pk").values("pk")[:1])
    wanted = Contest.objects.filter(pk__in=contests).order_by().annotate(first=first).values("first")
    rows = Recognition.objects.filter(pk__in=wanted).for_mentions()
    return {row.award.contest_id: row for row in rows.order_by()}


def counts_of(viewpoint: Viewpoint, series: int, contests: Sequence[int]) -> tuple[Counts, Counts]:
    """
    Return how many recognitions that count have each standing: for each of `contests`, and for each continuing award of
    a series, by primary key. Needs one SQL statement.
    """
    rows = Recognition.objects.public(viewpoint).counted().order_by()
    of_contests, of_lines = rows.filter(award__contest__in=contests), rows.filter(award__line__series=series)
    counted = [
        some.annotate(by=Value(path), row=F(path)).values_list("by", "row", "standing").annotate(number=Count("pk"))
        for some, path in ((of_contests, "award__contest"), (of_lines, "award__line"))
    ]
    found: dict[str, Counts] = {"award__contest": defaultdict(dict), "award__line": defaultdict(dict)}
    for path, row, standing, number in counted[0].union(counted[1], all=True):
        found[path][row][standing] = number
    return found["award__contest"], found["award__line"]


def most_recognised(viewpoint: Viewpoint, series: int) -> list[Any]:
    """
    Return the people who are named in the most recognitions of a series that are public and count: dicts with `slug`,
    `name`, `disambiguation`, `number` and `won` (how many of them are wins). People with a single one are left out.
    Needs one SQL statement.
    """
    rows = Recognition.objects.public(viewpoint).counted().filter(award__contest__series=series).order_by()
    named = Party.objects.filter(recognition__in=rows.values("pk"), person__isnull=False).order_by()
    won = Q(recognition__standing=Recognition.Standing.WINNER)
    of_person = {name: F(f"person__{name}") for name in ("slug", "name", "disambiguation")}
    counted: Any = named.values("person", **of_person).annotate(
        number=Count("recognition", distinct=True), won=Count("recognition", distinct=True, filter=won)
    )
    return list(counted.filter(number__gt=1).order_by("-number", "-won", "person__sort_key", "person")[:PEOPLE])


def figures_over_time(viewpoint: Viewpoint, contests: Sequence[int]) -> tuple[list[str], dict[int, list[Any]]]:
    """
    Return the reported figures of `contests` as a table: the labels of the columns, and for each contest that has
    figures a list with one figure or None for each column. The columns are the figures that most editions have, at
    least two. Needs one SQL statement.
    """
    rows = Figure.objects.public(viewpoint).of_contest_itself().filter(contest__in=contests)
    found = list(rows.select_related("source").order_by("contest", "order")[: EDITIONS * 12])
    often = Counter(figure.slug for figure in found).most_common(FIGURES)
    slugs = [slug for slug, number in often if number > 1]
    labels = {figure.slug: figure.label for figure in found}
    table: dict[int, list[Any]] = defaultdict(lambda: [None] * len(slugs))
    for figure in found:
        if figure.slug in slugs:
            table[figure.contest_id][slugs.index(figure.slug)] = figure
    return [labels[slug] for slug in slugs], dict(table)


# The rows of a continuing award


@prepared(line=KEY, before=KEY)
def lines_beside(viewpoint: Viewpoint, line: Given, before: Given) -> QuerySet:
    """Return the continuing award with the primary key `before`, and the first of those that continue `line`."""
    rows = AwardLine.objects.public(viewpoint).filter(Q(pk=before) | Q(continues=line))
    return rows.select_related("series").order_by("order", "pk")[: PEOPLE + 1]


def winners_of_awards(viewpoint: Viewpoint, awards: Sequence[int]) -> dict[int, list[Recognition]]:
    """
    Return the first winners of each of `awards`, by primary key: at most `WINNERS`. Needs five SQL statements.
    """
    place = Window(RowNumber(), partition_by="award", order_by=["order", "pk"])
    won = Recognition.objects.public(viewpoint).winning().filter(award__in=awards).annotate(place=place)
    first = won.filter(place__lte=WINNERS).values("pk")
    rows = Recognition.objects.filter(pk__in=first)
    found: dict[int, list[Recognition]] = defaultdict(list)
    first_winners = list(rows.for_names().order_by("award", "order", "pk"))
    load_first_credits(first_winners)
    for row in first_winners:
        found[row.award_id].append(row)
    return dict(found)


def standings_of(viewpoint: Viewpoint, awards: Sequence[int]) -> dict[int, dict[str, int]]:
    """
    Return for each of `awards`, by primary key, how many of its public recognitions that count have each standing.
    Needs one SQL statement.
    """
    rows = Recognition.objects.public(viewpoint).counted().filter(award__in=awards).order_by()
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for award, standing, number in rows.values_list("award", "standing").annotate(number=Count("pk")):
        found[award][standing] = number
    return dict(found)
