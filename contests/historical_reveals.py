"""
Reveals as of a time in the past. An archive enters an edition that was decided long ago; its results are approved now,
and were known to the public then. Such a reveal is earlier than the approval, and is no news (`Contest.is_history`).
"""

from datetime import UTC, datetime, timedelta

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from contests.models import Contest
from record.models import check_within
from record.partial_dates import DAY, MOMENT, MONTH, YEAR, moment_of
from record.time_zones import local, zone_named


def end_of(contest: Contest) -> datetime | None:
    """
    Return the last second of the date on which `contest` ended, as exactly as it is known: for "1929" the end of the
    year, in the time zone of the contest. Return None if the date is not known.
    """
    ended = contest.ended
    first = moment_of(ended)
    if first is None:
        return None
    if len(ended) == YEAR:
        after = first.replace(year=first.year + 1)
    elif len(ended) == MONTH:
        after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    else:
        after = first + (timedelta(days=1) if len(ended) == DAY else timedelta(seconds=1))
    last = after - timedelta(seconds=1)
    return last.replace(tzinfo=zone_named(contest.time_zone)).astimezone(UTC)


def had_ended(contest: Contest, at: datetime) -> bool:
    """
    Return whether `contest` had ended at `at`, as far as its dates say so. On the day, in the month or in the year of
    the end, it may have.
    """
    clock = f"{local(at, zone_named(contest.time_zone)):%Y-%m-%dT%H:%M}"[:MOMENT]
    return bool(contest.ended) and clock[: len(contest.ended)] >= contest.ended


def check(contest: Contest, at: datetime, now: datetime) -> None:
    """Raise `ValidationError` if the results of `contest` can't be revealed as of `at`, a time in the past."""
    check_within(at, "at")
    if contest.approved_at is None:
        raise ValidationError(_("Approve the results of %(contest)s first.") % {"contest": contest})
    if contest.published_at is None or contest.published_at > now:
        raise ValidationError(
            _("Publish %(contest)s first: set a time in “published from” that has passed.") % {"contest": contest}
        )
