"""What the charts' templates share."""

from babel import numbers
from django import template

from contests.formatting import page_locale

register = template.Library()


@register.filter
def percent(part: float) -> str:
    """A part of one in whole per cent, "29%"; one that is there is never written as nothing: "<1%"."""
    written = numbers.format_percent(max(part, 0.01), "#,##0%", locale=page_locale())
    return f"<{written}" if part < 0.005 else written
