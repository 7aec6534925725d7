"""How numbers, amounts, lengths and languages are written in the language of the page."""

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
    """The value of a figure as a reader of the page's language writes it, "4,600", with what is no digit set small."""
    if figure.currency:
        text = money(figure.value, figure.currency)
    else:
        text = _compact(figure.value) or numbers.format_decimal(figure.value, locale=page_locale())
    before, digits, after = _AROUND_DIGITS.fullmatch(text).groups()
    return format_html("{}{}{}", _small(before), digits, _small(after))


def figure_length(figure: Figure) -> str:
    """The class of the width that `figure_number` takes: digits are set large, all else small or narrow."""
    text = strip_tags(figure_number(figure))
    digits = sum(character.isdigit() for character in text)
    # In hundredths of the size of the digits.
    width = 56 * digits + 25 * (len(text) - digits)
    return next((name for name, limit in (("short", 360), ("medium", 480), ("long", 900)) if width <= limit), "endless")


_AROUND_DIGITS = re.compile(r"(\D*)(.*\d)(\D*)")


def _small(text: str) -> SafeString | str:
    return format_html("<small>{}</small>", text) if text else ""


def number(value: Decimal | int) -> str:
    """A number as a reader of the page's language writes it: "4,729"."""
    return numbers.format_decimal(value, locale=page_locale())


def money(amount: Decimal | None, currency: str) -> str:
    """An amount in its currency, "$42,000" or "$100M"; whole amounts without decimals."""
    if amount is None:
        return ""
    if compact := _compact(amount, currency):
        return compact
    pattern = page_locale().currency_formats["standard"].pattern
    whole = amount == amount.to_integral_value()
    shape = pattern.replace(".00", "") if whole else pattern
    return numbers.format_currency(amount, currency, shape, locale=page_locale(), currency_digits=not whole)


def _compact(value: Decimal, currency: str = "") -> str:
    # Only where nothing is lost: 45,000,000 is "45 million", 45,678,901 stays as it is.
    if value < 1_000_000 or value % 100_000:
        return ""
    # Without the decimals of its column, by which Polish would have "45,00 miliona" and not "45 milionów".
    value, locale, digits = Decimal(int(value)), page_locale(), 7
    if currency:
        return numbers.format_compact_currency(
            value, currency, format_type="short", locale=locale, fraction_digits=digits
        )
    # Where a language has one short way to write it, Babel knows of no long one.
    style: Literal["short", "long"] = "long" if "long" in locale.compact_decimal_formats else "short"
    return numbers.format_compact_decimal(value, format_type=style, locale=locale, fraction_digits=digits)


def page_locale() -> Locale:
    """The Babel locale of the page's language."""
    return Locale.parse(to_locale(get_language() or "en"))


#: A number in a line, with its qualifier at the side where the language has it.
QUALIFIED = {
    Figure.Qualifier.MORE_THAN: pgettext_lazy("number", "more than {number}"),
    Figure.Qualifier.ABOUT: pgettext_lazy("number", "about {number}"),
}


def qualified_number(figure: Figure) -> SafeString:
    """The number of a figure within a line: "more than 4,600"; the number alone where it is exact."""
    number = figure_number(figure)
    words = QUALIFIED.get(Figure.Qualifier(figure.qualifier))
    return format_html(str(words), number=number) if words else number


def qualifier(figure: Figure) -> str:
    """The qualifier above a number that stands alone, "More than": nothing for an exact one, or where it follows."""
    word = _around_number(figure)[0].strip()
    return word[:1].upper() + word[1:]


def qualifier_behind(figure: Figure) -> SafeString | str:
    """The qualifier behind a number that stands alone, set small, in a language that has it there: "4,600超"."""
    return _small(_around_number(figure)[2])


def _around_number(figure: Figure) -> tuple[str, str, str]:
    return str(QUALIFIED.get(Figure.Qualifier(figure.qualifier), "")).partition("{number}")


def title_length(title: Any) -> str:
    """The class of a title's length, by which the style sheet sets its size."""
    return _length(title, short=12, medium=28, long=70)


def quote_length(text: str) -> str:
    """The class of a quote's length, by which its poster is set."""
    return _length(text, short=60, medium=200, long=700)


def quote_size(text: str) -> str:
    """The size in which a list sets a quote: short words large, a long speech small."""
    return {"short": "l", "medium": "m", "endless": "s"}.get(quote_length(text), "")


def _length(text: Any, **limits: int) -> str:
    # A full-width character, such as a Chinese one, takes the room of two and a half Latin letters.
    length = sum(2.5 if east_asian_width(character) in "WF" else 1 for character in str(text))
    return next((name for name, limit in limits.items() if length <= limit), "endless")


def language_label(tag: str) -> str:
    """The name of the language with a BCP 47 tag, in the language of the page; the tag where it has no name."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(page_locale()) or tag
    except (UnknownLocaleError, ValueError):
        return tag


def clock(seconds: int | None) -> str:
    """A runtime in seconds as minutes and seconds, "12:05"; hours where there are any."""
    if not seconds:
        return ""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def readable(url: str) -> str:
    """A URL as people read and type it: in its own script."""
    return uri_to_iri(url)
