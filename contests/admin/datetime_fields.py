"""Date and time fields in the time zone of the contest."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, tzinfo
from operator import itemgetter
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import formats, timezone
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contests.models import Contest
from contests.models.fields import zone_named
from record.admin.base import RecordAdmin
from record.models import OUT_OF_BOUNDS, is_within
from record.time_zones import local, told


def in_words(moment: datetime, name: str) -> str:
    """Format `moment` in the time zone `name`, with the name of the zone; add UTC if the zone differs from it."""
    place = zone_named(name)
    said = told(moment, place)
    return f"{said} ({told(moment, UTC)})" if local(moment, place).utcoffset() else said


_WITH_OFFSET = re.compile(r"\s*(?P<clock>[\d:]+)\s*(?P<offset>[+-]\d\d:?\d\d)\s*")


def readings(clock: datetime) -> dict[str, datetime]:
    """
    Return the times that `clock` (with a time zone) can mean, in order; each key is an unambiguous way to type it, such
    as "02:30+02:00". Usually there is one. There are two when clocks in that zone are set back and show the time twice,
    or are set forward and skip it.
    """
    found = {}
    for fold in (0, 1):
        reading = clock.replace(fold=fold)
        offset = reading.strftime("%z")
        found[f"{clock:%H:%M}{offset[:3]}:{offset[3:5]}"] = reading.astimezone(UTC)
    return dict(sorted(found.items(), key=itemgetter(1)))


def only_reading(clock: datetime) -> datetime:
    """
    Return `clock` (with a time zone) if it means exactly one time. If clocks in that zone skip it or show it twice,
    raise a `ValidationError` that explains this and offers both readings.
    """
    found = readings(clock)
    if len(found) == 1:
        return clock
    first, second = found
    shown = [formats.time_format(moment.astimezone(clock.tzinfo), "TIME_FORMAT") for moment in found.values()]
    words = {
        "clock": formats.date_format(clock, "DATETIME_FORMAT"),
        "zone": clock.tzinfo,
        "first": first,
        "second": second,
        "earlier": shown[0],
        "later": shown[1],
    }
    if shown[0] == shown[1]:
        text = _(
            "%(clock)s happens twice in %(zone)s: the clocks go back then. Type %(first)s for the "
            "earlier time or %(second)s for the later one."
        )
        raise ValidationError(text % words, code="twice")
    text = _(
        "%(clock)s does not exist in %(zone)s: the clocks go forward then. Type %(first)s "
        "(clocks show %(earlier)s) or %(second)s (clocks show %(later)s)."
    )
    raise ValidationError(text % words, code="skipped")


class ClockField(forms.TimeField):
    """A time of day, optionally with an offset from UTC: "02:30+02:00"."""

    def to_python(self, value: Any) -> time | None:
        found = _WITH_OFFSET.fullmatch(value) if isinstance(value, str) else None
        if not found:
            return super().to_python(value)
        clock = super().to_python(found["clock"])
        try:
            return clock and clock.replace(tzinfo=datetime.strptime(found["offset"], "%z").tzinfo)
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


def _zone_named_behind(help_text: Any) -> str:
    zone = _("Time zone: %(zone)s.") % {"zone": timezone.get_current_timezone_name()}
    return f"{help_text} {zone}".strip()


# Lazy: a form may be created before the time zone of its page is known.
_with_zone = lazy(_zone_named_behind, str)


def _unreadable_day() -> str:
    return _("This isn’t a date. Type it like this: %(example)s.") % {
        "example": formats.localize_input(date(2027, 12, 31))
    }


UNREADABLE_DAY = lazy(_unreadable_day, str)()
UNREADABLE_TIME = gettext_lazy("This isn’t a time. Type it like this: 20:00.")


def _clock_in_form(clock: time) -> str:
    """A time of day as a form writes it: with seconds only where it has some, so that saving it changes nothing."""
    exact = "%H:%M:%S.%f" if clock.microsecond else "%H:%M:%S"
    return clock.strftime(exact) if clock.second or clock.microsecond else formats.localize_input(clock)


class MomentWidget(AdminSplitDateTime):
    # Without it, a form would drop the microseconds that it does not show.
    supports_microseconds = True
    #: Whether the time zone is that of a contest still to be chosen on the same page.
    zone_to_come = False

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__(attrs)
        # Screen readers don't take the visible words beside the inputs as labels.
        for part, name in zip(self.widgets, (gettext_lazy("Date"), gettext_lazy("Time")), strict=True):
            part.attrs["aria-label"] = name

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        # For "Now" and "Today" (static/js/moments.js). The text below the field is attached to the input for the time
        # of day.
        context = super().get_context(name, value, attrs)
        zone = "" if self.zone_to_come else timezone.get_current_timezone_name()
        words = _("Time zone: %(zone)s.")
        said = words % {"zone": zone} if zone else _("Time zone: the contest’s.")
        day, clock = context["widget"]["subwidgets"]
        day["attrs"]["data-zone"] = clock["attrs"]["data-zone"] = zone
        clock["attrs"] |= {"data-zone-words": words % {"zone": "{zone}"}, "data-zone-said": said}
        clock["attrs"]["data-moment-words"] = _("The time zone was changed: this is now %(moment)s UTC.") % {
            "moment": "{moment}"
        }
        return context

    def decompress(self, value: datetime | None) -> list[Any]:
        parts = super().decompress(value)
        if value:
            parts = [formats.localize_input(parts[0]), _clock_in_form(parts[1])]
        if value and timezone.is_aware(value):
            typed = {moment: text for text, moment in readings(timezone.localtime(value)).items()}
            if len(typed) > 1:  # the clock shows this time twice, so add the offset
                parts[1] = typed[value.astimezone(UTC)]
        return parts


class MomentField(forms.SplitDateTimeField):
    """
    Date and time in the current time zone, which is named below the field. If clocks in that zone skip a time or show
    it twice, the error offers both readings, and either can be typed.
    """

    widget = MomentWidget
    default_error_messages = {"invalid_date": UNREADABLE_DAY, "invalid_time": UNREADABLE_TIME}

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        day, clock = self.fields
        self.fields = (day, ClockField(required=clock.required, error_messages=clock.error_messages))
        self.own_help_text, self.help_text = self.help_text, _with_zone(self.help_text)

    def compress(self, data_list: list[Any]) -> datetime | None:
        if not data_list or any(part in self.empty_values for part in data_list):
            return super().compress(data_list)
        day, clock = data_list
        # Check this before any conversion between time zones, which could leave the range of `datetime`.
        if not is_within(day):
            raise ValidationError(OUT_OF_BOUNDS, code="out_of_bounds")
        if clock.tzinfo is None:
            return only_reading(datetime.combine(day, clock, timezone.get_current_timezone()))
        return datetime.combine(day, clock).astimezone(timezone.get_current_timezone())


class ContestZoneMixin(RecordAdmin):
    """
    A form whose dates are in the time zone of a contest. `contest_of` returns its primary key, or None if it isn't
    known yet.
    """

    contest_of: Callable[[HttpRequest, str | None], str | int | None]
    #: For each field, the read-only column that shows its time with the zone (record/admin/lists.py).
    moments: dict[str, str]
    formfield_overrides = {
        **RecordAdmin.formfield_overrides,
        models.DateTimeField: {"form_class": MomentField, "widget": MomentWidget},
    }

    def zone_of(self, request: HttpRequest, object_id: str | None) -> tzinfo:
        try:
            contests = Contest.objects.filter(pk=self.contest_of(request, object_id))
            return zone_named(contests.values_list("time_zone", flat=True).first() or "")
        except ValueError:  # a URL or a form that somebody typed
            return zone_named("")

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        # Read-only times are shown with their time zone.
        return [
            (name, {**options, "fields": [self.moments.get(field, field) for field in options["fields"]]})
            for name, options in fieldsets
        ]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fields
        return [*fields, *self.moments.values()]

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        if not change and request.method != "POST" and not self.contest_of(request, None):
            # The contest is chosen on this page; its time zone is used when the form is submitted.
            zone = _("Time zone: the contest’s.")
            for field in form.base_fields.values():
                if isinstance(field, MomentField):
                    field.help_text = f"{field.own_help_text} {zone}".strip()
                    field.widget.zone_to_come = True
        return form
