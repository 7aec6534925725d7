"""The next scheduled reveals: what becomes public, when, and how long until then."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, cast

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.utils.timesince import timeuntil

from accounts.models import User
from contests.models import Contest, Recognition, Submission
from record.admin.picker_labels import for_choice
from record.models import Record
from record.time_zones import on_clocks, zone_named

from . import Line, joins_of, line

SHOWN = 5
NEED = "reveal"


@dataclass(frozen=True)
class Moment:
    """A time as text, and the name of its time zone."""

    text: str
    zone: str


@dataclass(frozen=True)
class Reveal:
    """
    A row that becomes public at a scheduled time. `there` is this time in the contest's time zone. `here` is the same
    time in the user's time zone, or None if the user has no time zone or the same one.
    """

    line: Line
    at: datetime
    there: Moment
    here: Moment | None
    until: str
    is_approved: bool


# For each model, a function that returns the contest of a row. The reveal is shown in the time zone of the contest.
CONTEST_OF: dict[type[Record], Callable[[Any], Contest]] = {
    Contest: lambda row: row,
    Recognition: lambda row: row.award.contest,
    Submission: lambda row: row.contest,
}


def reveals(site: AdminSite, request: HttpRequest, now: datetime) -> list[Reveal]:
    """
    Return the next reveals that the user may view, earliest first and at most `SHOWN`. Runs one SQL statement per
    model.
    """
    found = []
    for model, contest_of in CONTEST_OF.items():
        model_admin = site.get_model_admin(model)
        need = next((need for need in getattr(model_admin, "needs", ()) if need.name == NEED), None)
        if need is None or not model_admin.has_view_permission(request):
            continue
        rows = for_choice(model_admin, need.of(model._default_manager.select_related(*joins_of(model_admin))))
        for row in rows.order_by(*need.ordering)[:SHOWN]:
            found.append(_reveal(line(model_admin, row), row.reveal_at, contest_of(row), cast(User, request.user), now))
    return sorted(found, key=lambda reveal: reveal.at)[:SHOWN]


def _reveal(line: Line, at: datetime, contest: Contest, user: User, now: datetime) -> Reveal:
    there, here = zone_named(contest.time_zone), zone_named(user.time_zone)
    return Reveal(
        line=line,
        at=at,
        there=_moment(at, there),
        # None if the user has no time zone, or the same time zone as the contest.
        here=_moment(at, here) if user.time_zone and str(here) != str(there) else None,
        # Show at least one minute: in the last minute, Django would write "0 minutes".
        until=timeuntil(max(at, now + timedelta(minutes=1)), now),
        is_approved=contest.approved_at is not None,
    )


def _moment(at: datetime, zone: tzinfo) -> Moment:
    return Moment(on_clocks(at, zone), str(zone))
