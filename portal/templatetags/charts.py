"""What the charts' templates share."""

from babel import numbers
from django import template
from django.utils.translation import get_language, to_locale

register = template.Library()


@register.filter
def number(value: int) -> str:
    """A whole number as a reader of the page's language writes it: "4,600"."""
    return numbers.format_decimal(value, locale=to_locale(get_language() or "en"))
