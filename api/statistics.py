"""The statistics in the API: the same numbers as on the statistics page."""

from typing import Any

from django.http import Http404

from contests.models import Contest, Figure, LeadingRegion
from contests.statistics import CONTESTS, REPORTED, statistics
from contests.tallies import Chart

from . import schemas as shapes
from .serializers import Writer


def statistics_of(writer: Writer, asked: str) -> shapes.Statistics:
    """
    Return the statistics of the contest with the slug `asked`, or of all contests except synthetic ones if `asked` is
    empty. Raise `Http404` if no public contest has this slug.
    """
    listed = list(Contest.objects.public(writer.viewpoint).for_statistics(asked)[:CONTESTS])
    contest = listed[0] if asked and listed and listed[0].slug == asked else None
    if asked and contest is None:
        raise Http404
    return shapes.Statistics(
        contest=writer.reference(contest) if contest else None,
        reported=_reported(writer, contest, [contest] if contest else listed),
        counted=_counted(writer, contest, listed),
    )


def _reported(writer: Writer, contest: Contest | None, listed: list[Contest]) -> shapes.Reported:
    figures = Figure.objects.public(writer.viewpoint).of_contest_itself().for_statistics(contest)
    regions = LeadingRegion.objects.public(writer.viewpoint).for_statistics(contest)
    return shapes.Reported(
        figures=[
            shapes.ContestFigure(**dict(writer.figure(row)), contest=writer.reference(row.contest))
            for row in figures[:REPORTED]
        ],
        leading_regions=[
            shapes.ContestRegion(**dict(writer.leading_region(row)), contest=writer.reference(row.contest))
            for row in regions[:REPORTED]
        ],
        prize_pools=[
            shapes.PrizePool(
                contest=writer.reference(each),
                prize_pool=shapes.Money(amount=each.prize_pool, currency=each.prize_currency),
                sources=[writer.reference(source) for source in each.sources.all()],
            )
            for each in listed
            if each.prize_pool is not None
        ],
    )


def _counted(writer: Writer, contest: Contest | None, listed: list[Contest]) -> shapes.Counted:
    found = statistics(writer.viewpoint, contest, listed)
    by_id = {each.pk: each for each in listed}
    return shapes.Counted(
        submissions=found.submissions,
        people=found.people,
        quotes=found.quotes,
        recognitions=found.given,
        revoked=found.revoked,
        by_contest=[
            shapes.ContestCount(contest=writer.reference(by_id[row.key]), count=row.count)
            for row in found.contests.rows
            if row.key in by_id
        ],
        by_country=_counts(found.countries),
        by_year=_counts(found.years),
        by_language=_counts(found.languages),
        by_runtime=_counts(found.runtimes),
        by_role=_counts(found.roles),
        by_award_kind=_counts(found.awards),
        by_standing=_counts(found.standings),
        prize_money=[
            shapes.AwardedMoney(amount=prize.amount, currency=prize.currency, awards=prize.awards)
            for prize in found.prizes
        ],
        awards_without_amount=found.unpriced,
    )


def _counts(chart: Chart) -> shapes.Counts:
    # Sort equal counts by value. The chart on the statistics page sorts them by label, which depends on the language.
    ordered: list[Any] = sorted(chart.rows, key=lambda row: (-row.count, row.key))
    return shapes.Counts(rows=[shapes.Count(value=row.key, count=row.count) for row in ordered], unknown=chart.unknown)
