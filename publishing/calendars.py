"""
Calendar files (iCalendar, RFC 5545) for events and for the opening and closing dates of contests. An unknown date gets
no calendar entry.
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

# Control characters, which are not allowed in a line of a calendar file.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
#: The fields of an event that appear in its calendar entry.
OF_EVENT = ("title", "slug", "starts_at", "ends_at", "venue", "city", "description")


def of_event(event: Event, url: str, changed_at: datetime) -> bytes | None:
    """
    Return the calendar file of an event, or None if the start of the event is unknown. `url` is the URL of the event's
    page. `changed_at` is the time of the last change of the calendar entry.
    """
    if event.starts_at is None:
        return None
    entry = Entry.new(
        uid=uuid_of(event),
        summary=_marked(event.contest, f"{event.title}, {event.contest}"),
        start=_moment(event.starts_at),
        # Calendar files have no fractions of a second, and the end must be after the start.
        end=event.ends_at and _moment(event.ends_at) > _moment(event.starts_at) and _moment(event.ends_at) or None,
        location=_clean(", ".join(filter(None, (event.venue, event.city)))) or None,
        description=_clean(event.description) or None,
        url=url,
        stamp=changed_at,
    )
    return _calendar(event, [entry])


def of_contest(contest: Contest, url: str) -> bytes | None:
    """
    Return the calendar file with the opening and closing dates of a contest, or None if both dates are unknown. `url`
    is the URL of the contest's page.
    """
    known = [
        ("opens_at", contest.opens_at, _("%(contest)s opens for entries")),
        ("closes_at", contest.closes_at, _("%(contest)s closes for entries")),
    ]
    entries = [
        Entry.new(
            uid=uuid_of(contest, part),
            summary=_marked(contest, sentence % {"contest": contest}),
            start=_moment(moment),
            url=url,
            # Use `published_at`. The time of the last change would reveal when the results were approved.
            stamp=contest.published_at,
            # Calendar programs must not mark the reader as busy at a deadline.
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
    # Use UTC, which calendar programs convert to the reader's time zone. When clocks change, a local time can be
    # ambiguous or not exist.
    return moment.astimezone(UTC).replace(microsecond=0)


def _marked(contest: Contest, text: str) -> str:
    return _clean(f"{text} ({MARK})" if contest.is_synthetic else text)


def _clean(text: str) -> str:
    return _CONTROL.sub("", text)
