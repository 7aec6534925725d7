"""Format numbers, amounts of money, runtimes, languages and URLs in the current language."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal
from unicodedata import east_asian_width

from babel import Locale, UnknownLocaleError, numbers
from django.utils.encoding import uri_to_iri
from django.utils.html import format_html, strip_tags
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext_lazy, to_locale
from django.utils.translation import gettext as _
from django_countries import countries

from contests.models import Figure
from record.partial_dates import YEAR, formatted


def figure_number(figure: Figure) -> SafeString:
    """
    Format the value of a figure as HTML, such as "4,600". What comes before and after the digits, such as a currency
    sign, is in small type.
    """
    if figure.currency:
        text = money(figure.value, figure.currency)
    else:
        text = _compact(figure.value) or numbers.format_decimal(figure.value, locale=page_locale())
    found = _AROUND_DIGITS.fullmatch(text)
    before, digits, after = found.groups() if found else ("", text, "")
    return format_html("{}{}{}", _small(before), digits, _small(after))


def figure_length(figure: Figure) -> str:
    """Return a CSS class for the estimated width of `figure_number(figure)`, so that CSS can choose a font size."""
    text = strip_tags(figure_number(figure))
    digits = sum(character.isdigit() for character in text)
    # Estimate the width, in hundredths of the digits' font size. Digits are large, all other characters are small.
    width = 56 * digits + 25 * (len(text) - digits)
    return next((name for name, limit in (("short", 360), ("medium", 480), ("long", 900)) if width <= limit), "endless")


_AROUND_DIGITS = re.compile(r"(\D*+)(.*\d)(\D*)")


def _small(text: str) -> SafeString | str:
    return format_html("<small>{}</small>", text) if text else ""


def period(since: str, until: str) -> str:
    """
    Format a time between two partial dates, such as "1927–1950", "since 1990" or "until May 1950". Return one date if
    both are the same.
    """
    first, last = formatted(since), formatted(until)
    if since and until:
        dash = "\N{EN DASH}" if len(since) == len(until) == YEAR else " \N{EN DASH} "
        return first if since == until else f"{first}{dash}{last}"
    if since:
        return _("since %(date)s") % {"date": first}
    return _("until %(date)s") % {"date": last} if until else ""


def number(value: Decimal | int) -> str:
    """Format a number in the current language, such as "4,729"."""
    return numbers.format_decimal(value, locale=page_locale())


def money(amount: Decimal | None, currency: str) -> str:
    """
    Format an amount of money in the current language, such as "$42,000" or "$100M". Whole amounts have no decimals.
    Return "" if the amount is None.
    """
    if amount is None:
        return ""
    if compact := _compact(amount, currency):
        return compact
    pattern = page_locale().currency_formats["standard"].pattern
    whole = amount == amount.to_integral_value()
    shape = pattern.replace(".00", "") if whole else pattern
    return numbers.format_currency(amount, currency, shape, locale=page_locale(), currency_digits=not whole)


def _compact(value: Decimal, currency: str = "") -> str:
    # Use the short form only if it is exact: "45 million" for 45,000,000, but no short form for 45,678,901.
    if value < 1_000_000 or value % 100_000:
        return ""
    # Drop the decimals that the database column adds (45.00). They would change the plural form in Polish: "45,00
    # miliona" instead of "45 milionów".
    value, locale, digits = Decimal(int(value)), page_locale(), 7
    if currency:
        return numbers.format_compact_currency(
            value, currency, format_type="short", locale=locale, fraction_digits=digits
        )
    # For some languages, Babel has no long form of large numbers, so the short form is used.
    style: Literal["short", "long"] = "long" if "long" in locale.compact_decimal_formats else "short"
    return numbers.format_compact_decimal(value, format_type=style, locale=locale, fraction_digits=digits)


def page_locale() -> Locale:
    """Return the Babel locale of the current language."""
    return Locale.parse(to_locale(get_language() or "en"))


#: Phrases with a qualifier and a number. Each translation puts the two in the order of its language.
QUALIFIED = {
    Figure.Qualifier.MORE_THAN: pgettext_lazy("number", "more than {number}"),
    Figure.Qualifier.ABOUT: pgettext_lazy("number", "about {number}"),
}


def qualified_number(figure: Figure) -> SafeString:
    """Format a figure for use in a line of text, such as "more than 4,600". An exact figure has the number alone."""
    number = figure_number(figure)
    words = QUALIFIED.get(Figure.Qualifier(figure.qualifier))
    return format_html(str(words), number=number) if words else number


def qualifier(figure: Figure) -> str:
    """
    Return the qualifier that a page shows above a large number, such as "More than". Return "" if the number is exact,
    or if the current language puts the qualifier after the number.
    """
    word = _around_number(figure)[0].strip()
    return word[:1].upper() + word[1:]


def qualifier_behind(figure: Figure) -> SafeString | str:
    """
    Return the qualifier that a page shows after a large number, as HTML in small type, as in "4,600超". Return "" if
    the current language puts no qualifier there.
    """
    return _small(_around_number(figure)[2])


def _around_number(figure: Figure) -> tuple[str, str, str]:
    return str(QUALIFIED.get(Figure.Qualifier(figure.qualifier), "")).partition("{number}")


def title_length(title: Any) -> str:
    """Return a CSS class for the length of a title, so that CSS can choose a font size."""
    return _length(title, short=12, medium=28, long=70)


def quote_length(text: str) -> str:
    """Return a CSS class for the length of a quote, so that CSS can choose the layout of the quote's poster."""
    return _length(text, short=60, medium=200, long=700)


def quote_size(text: str) -> str:
    """
    Return the font size of a quote in a list: "l" for a short quote, "m" for a medium one, "s" for a very long one, and
    "" (the default size) for the others.
    """
    return {"short": "l", "medium": "m", "endless": "s"}.get(quote_length(text), "")


def _length(text: Any, **limits: int) -> str:
    # Count a full-width character, such as a Chinese one, as two and a half Latin letters, because it is that wide.
    length = sum(2.5 if east_asian_width(character) in "WF" else 1 for character in str(text))
    return next((name for name, limit in limits.items() if length <= limit), "endless")


def language_label(tag: str) -> str:
    """
    Return the name of the language with the BCP 47 tag `tag`, in the current language. Return `tag` itself if Babel
    doesn't know the language.
    """
    try:
        return Locale.parse(tag, sep="-").get_display_name(page_locale()) or tag
    except (UnknownLocaleError, ValueError):
        return tag


def country_name(country: Any) -> str:
    """
    Return the name of a country or region in the current language. `country` is an ISO 3166 code, or a Country of
    django-countries, which translates the name slowly each time.
    """
    return _country_name(str(country), get_language() or "en")


@lru_cache(maxsize=2000)
def _country_name(code: str, language: str) -> str:
    return countries.name(code)


def clock(seconds: int | None) -> str:
    """
    Format a runtime, given in seconds, as minutes and seconds, "12:05", or as hours, minutes and seconds, "1:02:05".
    Return "" if `seconds` is None or 0.
    """
    if not seconds:
        return ""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def readable(url: str) -> str:
    """Return a URL in readable form: percent-encoded letters of other scripts are decoded."""
    return uri_to_iri(url) if "%" in url else url
