import zoneinfo

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

validate_currency = RegexValidator(r"^[A-Z]{3}\Z", _("Use the currency’s code of three capitals: USD, EUR, JPY."))


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


class CurrencyField(models.CharField):
    """An ISO 4217 currency code."""

    default_validators = [validate_currency]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 3)
        kwargs.setdefault("help_text", _("Three capitals: USD, EUR, JPY."))
        super().__init__(*args, **kwargs)


class TimeZoneField(models.CharField):
    """The name of a time zone, as the IANA database has it."""

    default_validators = [validate_time_zone]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 64)
        super().__init__(*args, **kwargs)


class LanguageField(models.CharField):
    """A language tag (BCP 47) for the `lang` attribute: en, ja, zh-Hans, pt-BR."""

    default_validators = [
        RegexValidator(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", _("Use a language tag: en, ja, zh-Hans, pt-BR."))
    ]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 16)
        super().__init__(*args, **kwargs)
