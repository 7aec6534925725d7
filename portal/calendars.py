"""
What calendars are told (iCalendar, RFC 5545): an event whose beginning is known, and when a contest opens and closes
for entries. No date is made up: of what isn't known there is no entry.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from icalendar import Calendar, enums
from icalendar import Event as Entry

from contests.models import Contest, Event
from contests.models.fields import zone_named
from people.models import Record
from people.synthetic import MARK
from portal.identifiers import uuid_of

# What a line of a calendar can't hold.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_YEAR = timedelta(days=366)
#: The fields of an event that its entry is made of.
OF_EVENT = ("title", "slug", "starts_at", "ends_at", "venue", "city", "description")


def of_event(event: Event, address: str, changed_at: datetime) -> bytes | None:
    """The calendar of one event; None where nobody knows when it begins."""
    if event.starts_at is None:
        return None
    zone = zone_named(event.contest.time_zone)
    entry = Entry.new(
        uid=uuid_of(event),
        summary=_marked(event.contest, f"{event.title}, {event.contest}"),
        start=event.starts_at.astimezone(zone),
        end=event.ends_at and event.ends_at.astimezone(zone),
        location=_clean(", ".join(filter(None, (event.venue, event.city)))) or None,
        description=_clean(event.description) or None,
        url=address,
        stamp=changed_at,
    )
    return _calendar(event, [entry])


def of_contest(contest: Contest, address: str) -> bytes | None:
    """The calendar of when a contest opens and closes for entries; None where neither is known."""
    zone = zone_named(contest.time_zone)
    known = [
        ("opens_at", contest.opens_at, _("%(contest)s opens for entries")),
        ("closes_at", contest.closes_at, _("%(contest)s closes for entries")),
    ]
    entries = [
        Entry.new(
            uid=uuid_of(contest, part),
            summary=_marked(contest, sentence % {"contest": contest}),
            start=moment.astimezone(zone),
            url=address,
            # Not that of its last change, which would tell when its results were approved.
            stamp=contest.published_at,
            # A deadline takes none of anyone's time.
            transparency=enums.TRANSP.TRANSPARENT,
        )
        for part, moment, sentence in known
        if moment is not None
    ]
    return _calendar(contest, entries) if entries else None


def _calendar(row: Record, entries: Iterable[Entry]) -> bytes:
    uid = uuid_of(row, "calendar")
    calendar = Calendar.new(uid=uid, prodid="-//Laurel//Laurel//EN", subcomponents=entries)
    starts = [entry.start for entry in calendar.events]
    # The rules of the time zone around these dates, with the last change of the clocks before and the next one after.
    calendar.add_missing_timezones(min(starts).date() - _YEAR, max(starts).date() + _YEAR)
    return calendar.to_ical()


def _marked(contest: Contest, text: str) -> str:
    return _clean(f"{text} ({MARK})" if contest.is_synthetic else text)


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)
