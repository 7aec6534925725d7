"""Look up currencies by their ISO 4217 codes and by their names in Unicode's CLDR."""

from functools import cache
from typing import Any

from babel import Locale
from babel.core import get_global
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from record.content_languages import NAMED_IN


def code_of(text: str) -> str | None:
    """
    Return the currency code for `text`, which is a code in upper or lower case, or the name of a currency. Return None
    if it is neither.
    """
    typed = " ".join(text.split())
    return typed.upper() if typed.upper() in Locale("en").currencies else _codes_by_name().get(typed.casefold())


def offered() -> list[tuple[str, str]]:
    """
    Return a list of pairs (code, name), one for each currency in use today, sorted by name. The names are in the
    current language.
    """
    return _offered(to_locale(get_language() or "en"))


@cache
def _offered(locale: str) -> list[tuple[str, str]]:
    names = Locale.parse(locale).currencies
    today = {
        code
        for currencies in get_global("territory_currencies").values()
        for code, _since, until, is_tender in currencies
        if until is None and is_tender
    }
    return sorted(((code, names.get(code, code)) for code in today), key=lambda pair: pair[1].casefold())


@cache
def _codes_by_name() -> dict[str, str]:
    found: dict[str, str] = {}
    for locale in reversed(NAMED_IN):
        found |= {name.casefold(): code for code, name in Locale.parse(locale).currencies.items()}
    return found | {"€": "EUR", "£": "GBP"}


def validate_currency(value: str) -> None:
    """Raise `ValidationError` if `value` isn't a currency code."""
    if value not in Locale("en").currencies:
        raise ValidationError(
            _("Choose a currency from the list, or type its three-letter code: USD, EUR, JPY."), code="currency"
        )


class CurrencyFormField(forms.CharField):
    """A form field for a currency. It accepts the name of a currency or its code, and returns the code."""

    def __init__(self, **kwargs: Any):
        super().__init__(**{**kwargs, "max_length": 60})

    def to_python(self, value: Any) -> str | None:
        text = super().to_python(value)
        return (code_of(text) or text) if text else text

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "list": "currency-names"}
