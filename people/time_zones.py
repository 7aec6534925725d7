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


def told(moment: datetime, zone: tzinfo | None = None) -> str:
    """An aware moment as clocks in `zone` (the current one, if none is given) say it, with the name of that zone."""
    place = zone or timezone.get_current_timezone()
    return f"{formats.date_format(moment.astimezone(place), 'DATETIME_FORMAT')} {place}"


class TimeZoneField(models.CharField):
    """The name of a time zone, as the IANA database has it."""

    default_validators = [validate_time_zone]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 64)
        super().__init__(*args, **kwargs)
