"""Fields and widgets of the admin for dates and times, in the time zone of the contest."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, tzinfo
from operator import itemgetter
from typing import Any, ClassVar

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
    """
    Format the time `moment` in the time zone `name`, followed by that name. If the zone differs from UTC at `moment`,
    add the time in UTC in brackets.
    """
    zone = zone_named(name)
    said = told(moment, zone)
    return f"{said} ({told(moment, UTC)})" if local(moment, zone).utcoffset() else said


_WITH_OFFSET = re.compile(r"\s*(?P<clock>[\d:]+)\s*(?P<offset>[+-]\d\d:?\d\d)\s*")


def readings(clock: datetime) -> dict[str, datetime]:
    """
    Return the UTC times that the local time `clock` can mean, as a dict in order of time. A key is the time of day with
    its offset from UTC, such as "02:30+02:00". The dict has two items if clocks in the time zone show `clock` twice
    (when they are set back) or skip it (when they are set forward). Otherwise it has one.
    """
    found: dict[str, datetime] = {}
    for fold in (0, 1):
        reading = clock.replace(fold=fold)
        offset = reading.strftime("%z")
        found[f"{clock:%H:%M}{offset[:3]}:{offset[3:5]}"] = reading.astimezone(UTC)
    return dict(sorted(found.items(), key=itemgetter(1)))


def only_reading(clock: datetime) -> datetime:
    """
    Return the local time `clock` if clocks in its time zone show it exactly once. If clocks skip it or show it twice,
    raise a `ValidationError` whose message explains how to type each of the two times that `clock` can mean.
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
    """A form field for a time of day. It also accepts an offset from UTC, as in "02:30+02:00"."""

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


# The help text is lazy, because a form field may be created before the time zone of its page is active.
_with_zone = lazy(_zone_named_behind, str)


def _unreadable_day() -> str:
    return _("This isn’t a date. Type it like this: %(example)s.") % {
        "example": formats.localize_input(date(2027, 12, 31))
    }


UNREADABLE_DAY = lazy(_unreadable_day, str)()
UNREADABLE_TIME = gettext_lazy("This isn’t a time. Type it like this: 20:00.")
MISSING_TIME = gettext_lazy("Type the time, too, such as 20:00.")


def _clock_in_form(clock: time) -> str:
    """
    Return a time of day as text for a form. Seconds and microseconds are left out only if they are zero, so that saving
    the form doesn't change the time.
    """
    exact = "%H:%M:%S.%f" if clock.microsecond else "%H:%M:%S"
    return clock.strftime(exact) if clock.second or clock.microsecond else formats.localize_input(clock)


class MomentWidget(AdminSplitDateTime):
    """Two inputs, for a date and a time of day in the current time zone."""

    # If this were False, Django would remove the microseconds from the value.
    supports_microseconds = True
    #: Whether the time zone is not known yet: it is that of the contest, which the editor chooses in the same form.
    zone_to_come = False

    def __init__(self, attrs: dict[str, Any] | None = None):
        super().__init__(attrs)
        # Screen readers need a label for each input: the visible words “Date” and “Time” are plain text, not labels.
        for part, name in zip(self.widgets, (gettext_lazy("Date"), gettext_lazy("Time")), strict=True):
            part.attrs["aria-label"] = name

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        # Add data attributes for static/js/moments.js: the time zone (for the buttons "Now" and "Today"), and the texts
        # that the script shows below the field.
        context = super().get_context(name, value, attrs)
        zone = "" if self.zone_to_come else timezone.get_current_timezone_name()
        words = _("Time zone: %(zone)s.")
        said = words % {"zone": zone} if zone else _("Time zone: that of the contest.")
        day, clock = context["widget"]["subwidgets"]
        day["attrs"]["data-zone"] = clock["attrs"]["data-zone"] = zone
        clock["attrs"] |= {"data-zone-words": words % {"zone": "{zone}"}, "data-zone-said": said}
        clock["attrs"]["data-moment-words"] = _(
            "The time zone was changed. The time entered is now %(moment)s UTC."
        ) % {"moment": "{moment}"}
        return context

    def decompress(self, value: datetime | None) -> Any:
        parts: Any = super().decompress(value)
        if value:
            parts = [formats.localize_input(parts[0]), _clock_in_form(parts[1])]
        if value and timezone.is_aware(value):
            typed = {moment: text for text, moment in readings(timezone.localtime(value)).items()}
            if len(typed) > 1:  # Clocks show this time twice, so the text needs the offset from UTC.
                parts[1] = typed[value.astimezone(UTC)]
        return parts


class MomentField(forms.SplitDateTimeField):
    """
    A form field for a date and time in the current time zone. The text below the field names the zone. For a time that
    clocks in this zone skip or show twice, the error message explains how to type each possible time.
    """

    widget = MomentWidget
    default_error_messages = {"invalid_date": UNREADABLE_DAY, "invalid_time": UNREADABLE_TIME}

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        day, clock = self.fields
        self.fields = (day, ClockField(required=clock.required, error_messages=clock.error_messages))
        self.own_help_text, self.help_text = self.help_text, _with_zone(self.help_text)

    def compress(self, data_list: Any) -> datetime | None:
        if data_list and data_list[0] not in self.empty_values and data_list[1] in self.empty_values:
            raise ValidationError(MISSING_TIME, code="no_time")
        if not data_list or any(part in self.empty_values for part in data_list):
            return super().compress(data_list)
        day, clock = data_list
        # Check the range before converting between time zones: near the limits of `datetime`, the conversion fails.
        if not is_within(day):
            raise ValidationError(OUT_OF_BOUNDS, code="out_of_bounds")
        if clock.tzinfo is None:
            return only_reading(datetime.combine(day, clock, timezone.get_current_timezone()))
        return datetime.combine(day, clock).astimezone(timezone.get_current_timezone())


class ContestZoneMixin(RecordAdmin):
    """A model admin whose forms have dates in the time zone of a contest."""

    #: A method that returns the primary key of the contest, or None if it isn't known yet. It takes the request and the
    #: primary key of the form's row, or None for a new row.
    contest_of: Callable[[HttpRequest, str | None], str | int | None]
    #: For each field with a time, the name of the read-only field that shows the time with its time zone.
    moments: dict[str, str]
    formfield_overrides: ClassVar[Any] = {
        **RecordAdmin.formfield_overrides,
        models.DateTimeField: {"form_class": MomentField, "widget": MomentWidget},
    }

    def zone_of(self, request: HttpRequest, object_id: str | None) -> tzinfo:
        """
        Return the time zone for the form of the row whose primary key is `object_id` (None for a new row). The default
        is UTC.
        """
        try:
            contest = self.contest_of(request, object_id)
            contests = Contest.objects.filter(pk__in=[] if contest is None else [contest])
            return zone_named(contests.values_list("time_zone", flat=True).first() or "")
        except ValueError:  # The primary key in the URL or in the form is not a number.
            return zone_named("")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets: Any = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        # A user who can't change the row sees times as text, with their time zone.
        return [
            (name, {**options, "fields": [self.moments.get(field, field) for field in options["fields"]]})
            for name, options in fieldsets
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = super().get_readonly_fields(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fields
        return [*fields, *self.moments.values()]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        if not change and request.method != "POST" and not self.contest_of(request, None):
            # The editor chooses the contest on this page, so the time zone is only known when the form is submitted.
            zone = _("Time zone: that of the contest.")
            for field in form.base_fields.values():
                if isinstance(field, MomentField):
                    field.help_text = f"{field.own_help_text} {zone}".strip()
                    field.widget.zone_to_come = True
        return form
