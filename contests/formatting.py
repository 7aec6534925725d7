"""Format numbers, amounts, lengths and languages in the language of the page."""

import re
from decimal import Decimal
from typing import Any, Literal
from unicodedata import east_asian_width

from babel import Locale, UnknownLocaleError, numbers
from django.utils.encoding import uri_to_iri
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext_lazy, to_locale

from contests.models import Figure


def figure_number(figure: Figure) -> SafeString:
    """Format the value of a figure, such as "4,600", with everything before and after the digits in small type."""
    if figure.currency:
        text = money(figure.value, figure.currency)
    else:
        text = _compact(figure.value) or numbers.format_decimal(figure.value, locale=page_locale())
    before, digits, after = _AROUND_DIGITS.fullmatch(text).groups()
    return format_html("{}{}{}", _small(before), digits, _small(after))


def figure_length(figure: Figure) -> str:
    """Return the CSS class for the width of `figure_number`: digits are large, everything else is small or narrow."""
    text = strip_tags(figure_number(figure))
    digits = sum(character.isdigit() for character in text)
    # In hundredths of the font size of the digits.
    width = 56 * digits + 25 * (len(text) - digits)
    return next((name for name, limit in (("short", 360), ("medium", 480), ("long", 900)) if width <= limit), "endless")


_AROUND_DIGITS = re.compile(r"(\D*)(.*\d)(\D*)")


def _small(text: str) -> SafeString | str:
    return format_html("<small>{}</small>", text) if text else ""


def number(value: Decimal | int) -> str:
    """Format a number, such as "4,729"."""
    return numbers.format_decimal(value, locale=page_locale())


def money(amount: Decimal | None, currency: str) -> str:
    """Format an amount in its currency, such as "$42,000" or "$100M"; whole amounts have no decimals."""
    if amount is None:
        return ""
    if compact := _compact(amount, currency):
        return compact
    pattern = page_locale().currency_formats["standard"].pattern
    whole = amount == amount.to_integral_value()
    shape = pattern.replace(".00", "") if whole else pattern
    return numbers.format_currency(amount, currency, shape, locale=page_locale(), currency_digits=not whole)


def _compact(value: Decimal, currency: str = "") -> str:
    # Only if this loses no digits: 45,000,000 is "45 million", 45,678,901 stays as it is.
    if value < 1_000_000 or value % 100_000:
        return ""
    # Drop the decimals of the column (45.00). With them, Polish would have "45,00 miliona" instead of "45 milionów".
    value, locale, digits = Decimal(int(value)), page_locale(), 7
    if currency:
        return numbers.format_compact_currency(
            value, currency, format_type="short", locale=locale, fraction_digits=digits
        )
    # If a language has only one short form, Babel has no long one.
    style: Literal["short", "long"] = "long" if "long" in locale.compact_decimal_formats else "short"
    return numbers.format_compact_decimal(value, format_type=style, locale=locale, fraction_digits=digits)


def page_locale() -> Locale:
    """Return the Babel locale of the page's language."""
    return Locale.parse(to_locale(get_language() or "en"))


#: The qualifier and the number within a line of text, in the order of each language.
QUALIFIED = {
    Figure.Qualifier.MORE_THAN: pgettext_lazy("number", "more than {number}"),
    Figure.Qualifier.ABOUT: pgettext_lazy("number", "about {number}"),
}


def qualified_number(figure: Figure) -> SafeString:
    """Format a figure within a line of text: "more than 4,600", or the number alone if it is exact."""
    number = figure_number(figure)
    words = QUALIFIED.get(Figure.Qualifier(figure.qualifier))
    return format_html(str(words), number=number) if words else number


def qualifier(figure: Figure) -> str:
    """
    Return the qualifier above a number that is shown on its own, such as "More than"; "" if the number is exact or the
    language puts the qualifier after it.
    """
    word = _around_number(figure)[0].strip()
    return word[:1].upper() + word[1:]


def qualifier_behind(figure: Figure) -> SafeString | str:
    """
    Return the qualifier after a number that is shown on its own, in small type, if the language puts it there:
    "4,600超".
    """
    return _small(_around_number(figure)[2])


def _around_number(figure: Figure) -> tuple[str, str, str]:
    return str(QUALIFIED.get(Figure.Qualifier(figure.qualifier), "")).partition("{number}")


def title_length(title: Any) -> str:
    """Return the CSS class for the length of a title, which sets its font size."""
    return _length(title, short=12, medium=28, long=70)


def quote_length(text: str) -> str:
    """Return the CSS class for the length of a quote, which sets the layout of its poster."""
    return _length(text, short=60, medium=200, long=700)


def quote_size(text: str) -> str:
    """Return the font size of a quote in a list: large for short quotes, small for long ones."""
    return {"short": "l", "medium": "m", "endless": "s"}.get(quote_length(text), "")


def _length(text: Any, **limits: int) -> str:
    # A full-width character, such as a Chinese one, is as wide as two and a half Latin letters.
    length = sum(2.5 if east_asian_width(character) in "WF" else 1 for character in str(text))
    return next((name for name, limit in limits.items() if length <= limit), "endless")


def language_label(tag: str) -> str:
    """
    Return the name of the language with this BCP 47 tag, in the language of the page, or the tag if it has no name.
    """
    try:
        return Locale.parse(tag, sep="-").get_display_name(page_locale()) or tag
    except (UnknownLocaleError, ValueError):
        return tag


def clock(seconds: int | None) -> str:
    """Format a runtime in seconds as minutes and seconds, "12:05", with hours if there are any."""
    if not seconds:
        return ""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def readable(url: str) -> str:
    """Format a URL as people read and type it: in its own script."""
    return uri_to_iri(url)
