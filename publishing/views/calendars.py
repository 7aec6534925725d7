"""Calendar downloads. Each view uses only rows that are public at `request.viewpoint`."""

from datetime import datetime
from typing import cast

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from contests.models import Contest, Event
from publishing import calendars
from record.last_modified import last_change_of
from record.slug_lookup import find, moved_to
from record.viewpoint import Request
from record.web.conditional_requests import conditional_page


@require_safe
@conditional_page
def event(request: Request, contest: str, slug: str) -> HttpResponse:
    """Return the calendar file of an event. Return 404 if its start is unknown."""
    found, moved = find(Event.objects.public(request.viewpoint).select_related("contest"), slug, contest=contest)
    if moved:
        return moved_to(request, reverse("event_calendar", args=[found.contest.slug, found.slug]))
    url = request.build_absolute_uri(found.get_absolute_url())
    stamp = last_change_of(found, calendars.OF_EVENT) or cast(datetime, found.contest.published_at)
    return _calendar(calendars.of_event(found, url, stamp), found.slug)


@require_safe
@conditional_page
def contest(request: Request, contest: str) -> HttpResponse:
    """
    Return the calendar file with the dates when a contest opens and closes for entries. Return 404 if both are unknown.
    """
    found, moved = find(Contest.objects.public(request.viewpoint), contest)
    if moved:
        return moved_to(request, reverse("contest_calendar", args=[found.slug]))
    url = request.build_absolute_uri(found.get_absolute_url())
    return _calendar(calendars.of_contest(found, url), found.slug)


def _calendar(calendar: bytes | None, name: str) -> HttpResponse:
    if calendar is None:
        raise Http404
    response = HttpResponse(calendar, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(False, f"{name}.ics") or ""
    return response
