"""Time zones, which are stored as names in the IANA database, and the formatting of times in them."""

import zoneinfo
from datetime import datetime, tzinfo

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import formats, timezone
from django.utils.translation import gettext_lazy as _


def validate_time_zone(value: str) -> None:
    """Raise `ValidationError` if the IANA database has no time zone with the name `value`."""
    try:
        zoneinfo.ZoneInfo(value)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValidationError(_("Use a name such as Asia/Tokyo or Europe/Warsaw."), code="time_zone") from error


def zone_named(name: str) -> zoneinfo.ZoneInfo:
    """Return the time zone `name`; UTC if the name is blank or invalid. Rows from a fixture may have invalid names."""
    try:
        return zoneinfo.ZoneInfo(name or "UTC")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return zoneinfo.ZoneInfo("UTC")


def local(moment: datetime, zone: tzinfo) -> datetime:
    """Return the aware datetime `moment` in `zone`. Return it unchanged if the result is out of Python's range."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


def on_clocks(moment: datetime, zone: tzinfo) -> str:
    """
    Format the aware datetime `moment` as date and time in `zone`. Add the offset from UTC if this local time occurs
    twice because clocks are set back.
    """
    there = local(moment, zone)
    text = formats.date_format(there, "DATETIME_FORMAT")
    if there.replace(fold=1 - there.fold).utcoffset() == there.utcoffset():
        return text
    offset = f"{there:%z}"
    return f"{text} (UTC{offset[:3]}:{offset[3:5]})"


def told(moment: datetime, zone: tzinfo | None = None) -> str:
    """
    Format the aware datetime `moment` as date and time in `zone`, followed by the name of the zone. By default, `zone`
    is the current time zone.
    """
    time_zone = zone or timezone.get_current_timezone()
    return f"{on_clocks(moment, time_zone)} {time_zone}"


class TimeZoneField(models.CharField):
    """A model field with the name of a time zone in the IANA database, such as "Asia/Tokyo"."""

    default_validators = [validate_time_zone]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 64)
        super().__init__(*args, **kwargs)
