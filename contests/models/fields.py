from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from people.time_zones import TimeZoneField, validate_time_zone, zone_named

__all__ = ["CurrencyField", "LanguageField", "TimeZoneField", "validate_time_zone", "zone_named"]

validate_currency = RegexValidator(r"^[A-Z]{3}\Z", _("Use the currency’s code of three capitals: USD, EUR, JPY."))


class CurrencyField(models.CharField):
    """An ISO 4217 currency code."""

    default_validators = [validate_currency]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 3)
        kwargs.setdefault("help_text", _("Three capitals: USD, EUR, JPY."))
        super().__init__(*args, **kwargs)


class LanguageField(models.CharField):
    """A language tag (BCP 47) for the `lang` attribute: en, ja, zh-Hans, pt-BR."""

    default_validators = [
        RegexValidator(r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z", _("Use a language tag: en, ja, zh-Hans, pt-BR."))
    ]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 16)
        super().__init__(*args, **kwargs)
