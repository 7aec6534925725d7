"""Slugs: the last part of an address, made from a name in any script."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

MAX_LENGTH = 100
_LATIN = {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE"}
_APOSTROPHES = re.compile("['’‘ʼ`´]")


def _is_slug_character(character: str) -> bool:
    # Marks count: without its vowel signs a Hindi or Thai name is another word.
    return unicodedata.category(character)[0] in "LMN"


def slug_from(name: str, *, fallback: str = "untitled") -> str:
    """
    A slug for `name`: lower case, words joined by hyphens, letters of every script kept, accents of Latin
    letters dropped, "&" read as "and", apostrophes left out. At most 100 characters; `fallback` where
    nothing of the name can be used (an emoji, say). `static/js/slug.js` does the same while one types.

    >>> slug_from("Lost & Found"), slug_from("C·one"), slug_from("受賞者")
    ('lost-and-found', 'c-one', '受賞者')
    """
    # Normalisation takes an acute accent for a space and makes an apostrophe of "ŉ": hence before and after it.
    text = unicodedata.normalize("NFKC", _APOSTROPHES.sub("", name).replace("&", " and "))
    text = _APOSTROPHES.sub("", text)
    text = "".join(_without_latin_accent(character) for character in text)
    text = "".join(c if _is_slug_character(c) else " " for c in unicodedata.normalize("NFKC", text.lower()))
    return "-".join(text.split())[:MAX_LENGTH].strip("-") or fallback


def _without_latin_accent(character: str) -> str:
    base = unicodedata.normalize("NFKD", character)
    if len(base) > 1 and base[0].isascii():
        return base[0]
    return _LATIN.get(character, character)


def validate_slug(value: str) -> None:
    """Refuses what can't stand as one readable part of an address."""
    if not value or value.startswith("-") or not all(_is_slug_character(c) or c in "-_" for c in value):
        raise ValidationError(
            _("Use letters, digits, hyphens and underscores only, in any script; it can't start with a hyphen."),
            code="invalid_slug",
        )


class SlugField(models.CharField):
    """An address part that may hold letters of every script. Unique where its model says so."""

    default_validators = [validate_slug]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", MAX_LENGTH)
        kwargs.setdefault("verbose_name", _("slug"))
        kwargs.setdefault("help_text", _("The last part of the page’s address. Filled in from the name."))
        super().__init__(*args, **kwargs)


class SlugConverter:
    """The `<slug:…>` of our URLs: one path segment, in any script."""

    regex = r"[^/\s?#\x00-\x1f\x7f]+"

    def to_python(self, value: str) -> str:
        return unicodedata.normalize("NFKC", value)

    def to_url(self, value: str) -> str:
        return value
