"""Texts and numbers of lists in the language of the page, such as "A, B and C" or "5,000"."""

from collections.abc import Iterable
from functools import lru_cache

from babel.lists import format_list
from babel.numbers import format_decimal
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, to_locale


def enumerated(texts: Iterable[str]) -> str:
    """Join `texts` into one text, such as "A, B and C", in the language of the page."""
    language = get_language() or "en"
    # The portal's English is British, without a comma before "and".
    return format_list(list(texts), locale="en_GB" if language == "en" else to_locale(language))


def enumerated_html(texts: Iterable[str]) -> SafeString:
    """
    Join `texts` into one text, such as "A, B and C", as HTML. Each text is escaped, unless it is already safe HTML.
    """
    # Only the texts need escaping: the separators of all languages are safe in HTML.
    return mark_safe(enumerated([conditional_escape(text) for text in texts]))  # noqa: S308


def grouped(number: int) -> str:
    """Format a whole number for the current language: "5,000"."""
    return _grouped(number, get_language() or "en")


@lru_cache(maxsize=10_000)
def _grouped(number: int, language: str) -> str:
    return format_decimal(number, locale=to_locale(language))
