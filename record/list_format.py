"""Several things named in a row, as the language of the page does it: "A, B and C"."""

from collections.abc import Iterable

from babel.lists import format_list
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, to_locale


def enumerated(texts: Iterable[str]) -> str:
    """The `texts` in a row."""
    language = get_language() or "en"
    # The English of the portal is British, which sets no comma before "and".
    return format_list(list(texts), locale="en_GB" if language == "en" else to_locale(language))


def enumerated_html(texts: Iterable[str]) -> SafeString:
    """The same for a page: what is not HTML yet is escaped."""
    # No language puts anything between two things that would need to be escaped.
    return mark_safe(enumerated([conditional_escape(text) for text in texts]))  # noqa: S308
