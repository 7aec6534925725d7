"""Template filters for charts."""

from babel import numbers
from django import template

from contests.formatting import page_locale

register = template.Library()


@register.filter
def percent(part: float) -> str:
    """
    Format a fraction as a whole percentage: "29%". A value below half a per cent is shown as "<1%", never as "0%".
    """
    written = numbers.format_percent(max(part, 0.01), "#,##0%", locale=page_locale())
    return f"<{written}" if part < 0.005 else written
