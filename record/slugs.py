"""Slugs: the last part of a URL, made from a name in any script."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from record.visible_text import INVISIBLE

MAX_LENGTH = 100
_LATIN = {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE"}
_APOSTROPHES = re.compile("['’‘ʼ`´]")
ZWNJ, ZWJ = "\u200c", "\u200d"
_VIRAMA = 9  # the combining class of viramas, which join two consonants
_SLUG_CATEGORIES = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd", "Nl", "No"})


def _is_slug_character(character: str) -> bool:
    # Marks belong to a slug: without its vowel signs, a Hindi or Thai name is another word. Enclosing marks don't.
    return unicodedata.category(character) in _SLUG_CATEGORIES and not INVISIBLE.match(character)


def _is_needed_joiner(text: str, index: int) -> bool:
    """
    Return whether the joiner at `index` changes how the word is written: a joiner or non-joiner after a virama, or a
    non-joiner between two Arabic or Syriac letters. From RFC 5892, appendix A.1 and A.2, the rules for domain names.
    """
    character, before, after = text[index], text[:index], text[index + 1 :]
    if character not in (ZWNJ, ZWJ) or not before or not after or not _is_slug_character(after[0]):
        return False
    if unicodedata.combining(before[-1]) == _VIRAMA:
        return True
    letter = next((c for c in reversed(before) if not unicodedata.combining(c)), "")
    return character == ZWNJ and bool(letter) and {unicodedata.bidirectional(c) for c in (letter, after[0])} == {"AL"}


def _slug_parts(text: str) -> str:
    """Replace characters that a slug can't hold by spaces, and remove invisible ones."""
    kept = (
        c if _is_slug_character(c) or _is_needed_joiner(text, index) else "" if INVISIBLE.match(c) else " "
        for index, c in enumerate(text)
    )
    return "".join(kept)


def normalised(slug: str) -> str:
    """Return `slug` as it is stored and looked up: in NFKC, so composed, without ligatures or full-width letters."""
    return unicodedata.normalize("NFKC", slug)


def slug_from(name: str, *, fallback: str = "untitled") -> str:
    """
    Return a slug for `name`: lower case, words joined by hyphens, letters of every script kept, accents of Latin
    letters dropped, "&" replaced by "and", apostrophes left out. At most 100 characters. `fallback` if no character of
    the name can be used (an emoji, for example). `static/js/slug.js` does the same in the browser.

    >>> slug_from("Lost & Found"), slug_from("C·one"), slug_from("受賞者")
    ('lost-and-found', 'c-one', '受賞者')
    """
    # Twice, because normalisation turns an acute accent into a space, and "ŉ" into an apostrophe and "n".
    text = unicodedata.normalize("NFKC", _APOSTROPHES.sub("", name).replace("&", " and "))
    text = _APOSTROPHES.sub("", text)
    text = "".join(_without_latin_accent(character) for character in text)
    words = (_without_leading_marks(word) for word in _slug_parts(normalised(text.lower())).split())
    return "-".join(filter(None, words))[:MAX_LENGTH].strip("-" + ZWNJ + ZWJ) or fallback


def _without_leading_marks(word: str) -> str:
    return word.lstrip("".join(c for c in word if unicodedata.category(c)[0] == "M"))


def _without_latin_accent(character: str) -> str:
    base = unicodedata.normalize("NFKD", character)
    if len(base) > 1 and base[0].isascii():
        return base[0]
    return _LATIN.get(character, character)


def validate_slug(value: str) -> None:
    """Raise `ValidationError` for a value that is not one readable part of a URL."""
    if (
        not value
        or not (value[0] == "_" or unicodedata.category(value[0])[0] in "LN")
        or not all(_is_slug_character(c) or c in "-_" or _is_needed_joiner(value, n) for n, c in enumerate(value))
    ):
        raise ValidationError(
            _("Use letters, digits, hyphens and underscores only, in any script; start with a letter or a digit."),
            code="invalid_slug",
        )


class SlugField(models.CharField):
    """
    A part of a URL, with letters of any script. The model decides whether it is unique. It is normalised whenever it is
    written or looked up (forms, fixtures, `bulk_create`, `update`), because URLs are normalised too.
    """

    default_validators = [validate_slug]

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", MAX_LENGTH)
        kwargs.setdefault("verbose_name", _("slug"))
        kwargs.setdefault("help_text", _("A short name used in URLs. Leave it blank to have it filled in."))
        super().__init__(*args, **kwargs)

    def to_python(self, value):
        value = super().to_python(value)
        return normalised(value) if isinstance(value, str) else value

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return normalised(value) if isinstance(value, str) else value

    def pre_save(self, model_instance, add):
        value = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value


class SlugConverter:
    """The path converter for slugs in our URLs: one path segment, in any script."""

    regex = r"[^/\s?#\x00-\x1f\x7f]+"

    def to_python(self, value: str) -> str:
        return normalised(value)

    def to_url(self, value: str) -> str:
        return value
