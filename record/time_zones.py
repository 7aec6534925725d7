"""Time zones by their names in the IANA database."""

import zoneinfo
from datetime import datetime, tzinfo

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _


def validate_time_zone(value: str) -> None:
    """Refuses a name that the time zone database doesn't have."""
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValidationError(_("Use a name such as Asia/Tokyo or Europe/Warsaw."), code="time_zone") from error


def zone_named(name: str) -> zoneinfo.ZoneInfo:
    """The zone of that name; UTC where there is none of that name: a fixture may bring what a form refuses."""
    try:
        return zoneinfo.ZoneInfo(name or "UTC")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return zoneinfo.ZoneInfo("UTC")


def local(moment: datetime, zone: tzinfo) -> datetime:
    """An aware moment in `zone`; as it is where it is of the first or last hours that Python can count."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


def on_clocks(moment: datetime, zone: tzinfo) -> str:
    """
    Day and time of an aware moment as clocks in `zone` show them; with the offset from UTC where they show this time
    twice, since they are set back.
    """
    there = local(moment, zone)
    text = formats.date_format(there, "DATETIME_FORMAT")
    if there.replace(fold=1 - there.fold).utcoffset() == there.utcoffset():
        return text
    offset = f"{there:%z}"
    return f"{text} (UTC{offset[:3]}:{offset[3:5]})"


def told(moment: datetime, zone: tzinfo | None = None) -> str:
    """An aware moment as clocks in `zone` (the current one, if none is given) say it, with the name of that zone."""
    place = zone or timezone.get_current_timezone()
    return f"{on_clocks(moment, place)} {place}"


class TimeZoneField(models.CharField):
    """The name of a time zone, as the IANA database has it."""

    default_validators = [validate_time_zone]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 64)
        super().__init__(*args, **kwargs)
