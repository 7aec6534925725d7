from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from contests.currencies import CurrencyFormField, code_of, validate_currency
from contests.quotation_marks import without_outer_marks
from record.content_languages import LanguageField
from record.time_zones import TimeZoneField, validate_time_zone, zone_named

__all__ = ["CurrencyField", "LanguageField", "SpokenField", "TimeZoneField", "validate_time_zone", "zone_named"]


class CurrencyField(models.CharField):
    """An ISO 4217 currency code. The name of a currency, or a code in lower case, is stored as the code."""

    default_validators = [validate_currency]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 3)
        kwargs.setdefault("help_text", _("Three capitals: USD, EUR, JPY."))
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return (code_of(value) or value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def formfield(self, **kwargs):
        return super().formfield(**{"form_class": CurrencyFormField, **kwargs})


class SpokenField(models.TextField):
    """
    Somebody's exact words. Pages put quotation marks around them, so a pair of marks around the whole text is removed
    when it is stored and when it is read.
    """

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return without_outer_marks(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def from_db_value(self, value: Any, expression, connection) -> Any:
        return without_outer_marks(value) if isinstance(value, str) else value
