"""Dates of a contest are typed and read in its own time zone."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from django.http import HttpRequest
from django.utils import formats, timezone

from contests.models import Contest
from contests.models.fields import zone_named


def in_words(moment: datetime, name: str) -> str:
    """A moment in the time zone `name`, and the name of that zone."""
    place = zone_named(name)
    return f"{formats.date_format(moment.astimezone(place), 'DATETIME_FORMAT')} ({place})"


class InContestZone:
    """A form whose dates are those of a contest. `contest_of` says which; None where it isn't known yet."""

    contest_of: Callable[[HttpRequest, str | None], str | int | None]

    def zone_of(self, request: HttpRequest, object_id: str | None) -> tzinfo:
        try:
            contests = Contest.objects.filter(pk=self.contest_of(request, object_id))
            return zone_named(contests.values_list("time_zone", flat=True).first() or "")
        except ValueError:  # an address or a form that somebody typed
            return zone_named("")

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
