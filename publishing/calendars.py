"""
What calendars are told (iCalendar, RFC 5545): an event whose beginning is known, and when a contest opens and closes
for entries. No date is made up: of what isn't known there is no entry.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from django.utils.translation import gettext as _
from icalendar import Calendar, enums
from icalendar import Event as Entry

from contests.models import Contest, Event
from publishing.identifiers import uuid_of
from record.models import Record
from record.synthetic import MARK

# What a line of a calendar can't hold.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
#: The fields of an event that its entry is made of.
OF_EVENT = ("title", "slug", "starts_at", "ends_at", "venue", "city", "description")


def of_event(event: Event, address: str, changed_at: datetime) -> bytes | None:
    """The calendar of one event; None where nobody knows when it begins."""
    if event.starts_at is None:
        return None
    entry = Entry.new(
        uid=uuid_of(event),
        summary=_marked(event.contest, f"{event.title}, {event.contest}"),
        start=_moment(event.starts_at),
        # A calendar counts whole seconds, and its entries may not end as they begin.
        end=event.ends_at and _moment(event.ends_at) > _moment(event.starts_at) and _moment(event.ends_at) or None,
        location=_clean(", ".join(filter(None, (event.venue, event.city)))) or None,
        description=_clean(event.description) or None,
        url=address,
        stamp=changed_at,
    )
    return _calendar(event, [entry])


def of_contest(contest: Contest, address: str) -> bytes | None:
    """The calendar of when a contest opens and closes for entries; None where neither is known."""
    known = [
        ("opens_at", contest.opens_at, _("%(contest)s opens for entries")),
        ("closes_at", contest.closes_at, _("%(contest)s closes for entries")),
    ]
    entries = [
        Entry.new(
            uid=uuid_of(contest, part),
            summary=_marked(contest, sentence % {"contest": contest}),
            start=_moment(moment),
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
    return Calendar.new(uid=uid, prodid="-//Laurel//Laurel//EN", subcomponents=entries).to_ical()


def _moment(moment: datetime) -> datetime:
    # In UTC, which every calendar shows in the time of its reader: a local time may be of two moments, or of none.
    return moment.astimezone(UTC).replace(microsecond=0)


def _marked(contest: Contest, text: str) -> str:
    return _clean(f"{text} ({MARK})" if contest.is_synthetic else text)


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)
