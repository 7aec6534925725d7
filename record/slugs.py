"""Slugs, which identify rows in URLs. They are made from names and may contain letters of all scripts."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from record.visible_text import INVISIBLE

MAX_LENGTH = 100
_LATIN = {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE"}
_APOSTROPHES = re.compile("['’‘ʼ`´]")
_YEAR_TWICE = re.compile(r"(?<=-)([0-9]{4}(?:-[0-9]{2,4})?)-(?=\1\Z)")
ZWNJ, ZWJ = "\u200c", "\u200d"
_VIRAMA = 9  # the combining class of viramas, which join two consonants
_SLUG_CATEGORIES = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd", "Nl", "No"})


def _is_slug_character(character: str) -> bool:
    # Combining marks (the Unicode categories Mn and Mc) are allowed in slugs, because Hindi and Thai write vowels with
    # them. Enclosing marks (Me) are not allowed.
    return unicodedata.category(character) in _SLUG_CATEGORIES and not INVISIBLE.match(character)


def _is_needed_joiner(text: str, index: int) -> bool:
    """
    Return whether the character at the index `index` of `text` is a zero-width joiner or non-joiner that changes how
    the word is written: a joiner or non-joiner after a virama, or a non-joiner between two Arabic or Syriac letters.
    Based on the rules for domain names in RFC 5892, appendix A.1 and A.2.
    """
    character, before, after = text[index], text[:index], text[index + 1 :]
    if character not in (ZWNJ, ZWJ) or not before or not after or not _is_slug_character(after[0]):
        return False
    if unicodedata.combining(before[-1]) == _VIRAMA:
        return True
    letter = next((c for c in reversed(before) if not unicodedata.combining(c)), "")
    return character == ZWNJ and bool(letter) and {unicodedata.bidirectional(c) for c in (letter, after[0])} == {"AL"}


def _slug_parts(text: str) -> str:
    """Return `text` without invisible characters. Other characters that a slug can't contain are replaced by spaces."""
    kept = (
        c if _is_slug_character(c) or _is_needed_joiner(text, index) else "" if INVISIBLE.match(c) else " "
        for index, c in enumerate(text)
    )
    return "".join(kept)


def normalised(slug: str) -> str:
    """
    Return `slug` as it is stored and looked up, in the Unicode normalisation form NFKC: composed characters, no
    ligatures, no full-width letters.
    """
    return unicodedata.normalize("NFKC", slug)


def slug_from(name: str, *, fallback: str = "untitled") -> str:
    """
    Return a slug for `name`, at most 100 characters long: in lower case, with hyphens between words, with letters of
    all scripts, without accents on Latin letters, with "and" for "&", and without apostrophes. Return `fallback` if a
    slug can't contain any character of the name, such as an emoji. `static/js/slug.js` does the same in the browser.

    A year that comes twice at the end is kept once, because the slug of a contest is made from its title and its year.

    >>> slug_from("Lost & Found"), slug_from("C·one"), slug_from("受賞者"), slug_from("Specimen Prize 2026 2026")
    ('lost-and-found', 'c-one', '受賞者', 'specimen-prize-2026')
    """
    # Remove apostrophes before and after the normalisation, because it turns "´" into a space, and "ŉ" into an
    # apostrophe and "n".
    text = unicodedata.normalize("NFKC", _APOSTROPHES.sub("", name).replace("&", " and "))
    text = _APOSTROPHES.sub("", text)
    text = "".join(_without_latin_accent(character) for character in text)
    words = (_without_leading_marks(word) for word in _slug_parts(normalised(text.lower())).split())
    slug = _YEAR_TWICE.sub("", "-".join(filter(None, words)))
    return slug[:MAX_LENGTH].strip("-" + ZWNJ + ZWJ) or fallback


def _without_leading_marks(word: str) -> str:
    return word.lstrip("".join(c for c in word if unicodedata.category(c)[0] == "M"))


def _without_latin_accent(character: str) -> str:
    base = unicodedata.normalize("NFKD", character)
    if len(base) > 1 and base[0].isascii():
        return base[0]
    return _LATIN.get(character, character)


def validate_slug(value: str) -> None:
    """Raise `ValidationError` if `value` is not a valid slug. It must start with a letter, a number or "_"."""
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
    A model field for a slug, which may contain letters of all scripts. Its values are normalised whenever they are
    saved or used in a query, because slugs in URLs are normalised too.
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
    """The path converter for slugs in URL patterns. It matches one path segment and normalises it."""

    regex = r"[^/\s?#\x00-\x1f\x7f]+"

    def to_python(self, value: str) -> str:
        return normalised(value)

    def to_url(self, value: str) -> str:
        return value
