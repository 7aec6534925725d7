"""Dates of a contest are typed and read in its own time zone."""

import zoneinfo
from datetime import datetime, tzinfo

from django.http import HttpRequest
from django.utils import formats, timezone

from contests.models import Contest


def zone(name: str | None) -> tzinfo:
    """The time zone of that name; the portal's own where there is none, or none of that name."""
    try:
        return zoneinfo.ZoneInfo(name) if name else timezone.get_default_timezone()
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return timezone.get_default_timezone()


def in_words(moment: datetime, name: str) -> str:
    """A moment in the time zone `name`, and the name of that zone."""
    place = zone(name)
    return f"{formats.date_format(moment.astimezone(place), 'DATETIME_FORMAT')} ({place})"


class InContestZone:
    """A form whose dates are those of a contest. `contest_of` says which; None where it isn't known yet."""

    def contest_of(self, request: HttpRequest, object_id: str | None) -> str | int | None:
        raise NotImplementedError

    def zone_of(self, request: HttpRequest, object_id: str | None) -> tzinfo:
        try:
            contests = Contest.objects.filter(pk=self.contest_of(request, object_id))
            return zone(contests.values_list("time_zone", flat=True).first())
        except ValueError:  # an address or a form that somebody typed
            return zone(None)

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        with timezone.override(self.zone_of(request, object_id)):
            response = super().changeform_view(request, object_id, form_url, extra_context)
            # Now, while the time zone holds, rather than after the view.
            if hasattr(response, "render"):
                response.render()
            return response

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        with timezone.override(self.zone_of(request, object_id)):
            return super().history_form_view(request, object_id, version_id, extra_context)
