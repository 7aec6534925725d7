from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from contests.currencies import CurrencyFormField, code_of, validate_currency
from contests.quotation_marks import without_outer_marks
from record.content_languages import LanguageField, LanguagesField
from record.time_zones import TimeZoneField, validate_time_zone, zone_named

__all__ = [
    "CurrencyField",
    "LanguageField",
    "LanguagesField",
    "SpokenField",
    "TimeZoneField",
    "validate_time_zone",
    "zone_named",
]


class CurrencyField(models.CharField):
    """
    A model field for an ISO 4217 currency code. It also accepts the name of a currency or a code in lower case, and
    stores the code.
    """

    default_validators = [validate_currency]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 3)
        kwargs.setdefault("help_text", _("A currency code of three capital letters, for example USD, EUR or JPY."))
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
    A model field for the exact words of a person. Pages add the quotation marks, so the field removes a pair of
    quotation marks around the whole text, both when the text is stored and when it is read.
    """

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return without_outer_marks(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return without_outer_marks(value) if isinstance(value, str) else value
