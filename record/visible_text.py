"""
Checks that a text has visible characters, and a text of one line no control characters. Zero-width characters count as
blank, like spaces.
"""

import re
import unicodedata
from collections.abc import Collection
from typing import cast

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

# The characters with the Unicode property Default_Ignorable_Code_Point (from DerivedCoreProperties.txt, because
# Python's `unicodedata` lacks it), such as Hangul fillers, variation selectors, joiners and directional marks. The last
# one, the Braille pattern blank, does not have the property but is invisible too.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\u2800]"
)
# Unicode categories of characters that are invisible on their own: separators, control and format characters,
# surrogates, and combining marks, which need a letter.
_NOTHING_ALONE = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Mn", "Mc", "Me"})

# Characters that are no text: controls, which XML does not allow or reads as spaces, surrogates and noncharacters.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

# Characters that embed, override or isolate a direction of writing. Without their end, the text beside a name would be
# written backwards too, and a title could look like another one. The marks U+200E and U+200F are enough for names.
DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")


def is_blank(text: str) -> bool:
    """
    Return whether `text` has no visible character: only white space, invisible characters and combining marks.

    >>> is_blank("\\u200b \\u3164"), is_blank("\\ufe0f"), is_blank("…"), is_blank("🎬\\ufe0f")
    (True, True, False, False)
    """
    return all(unicodedata.category(c) in _NOTHING_ALONE or INVISIBLE.match(c) for c in text)


def validate_visible(text: str) -> None:
    """Raise `ValidationError` if `text` has no visible character. A validator for fields that must not be blank."""
    if is_blank(text):
        raise _invisible()


def _invisible() -> ValidationError:
    return ValidationError(_("Enter at least one visible character."), code="invisible")


def _with_controls() -> ValidationError:
    message = _("Remove the control characters, such as tabs and line breaks, from this text.")
    return ValidationError(message, code="control_characters")


def validate_line(text: str) -> None:
    """Raise `ValidationError` if `text`, a text of one line, has control characters or changes the direction."""
    if CONTROL.search(text):
        raise _with_controls()
    if DIRECTION.search(text):
        message = _("Remove the invisible characters that change the direction of writing from this text.")
        raise ValidationError(message, code="direction_characters")


class VisibleTextMixin:
    """
    A model mixin that finds texts without visible characters. For such a text, `clean_fields` raises `ValidationError`
    if the field is required, and replaces the text by "" if it is optional. It also raises `ValidationError` for
    control characters in a text of one line, and for characters there that change the direction of writing.
    """

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        errors: dict[str, list[ValidationError]] = {}
        try:
            super().clean_fields(exclude=exclude)  # type: ignore[misc]
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        for field in cast(models.Model, self)._meta.fields:
            is_text = field.editable and isinstance(field, models.CharField | models.TextField)
            if not is_text or field.name in {*errors, *(exclude or ())}:
                continue
            text = getattr(self, field.attname)
            if not isinstance(text, str) or not text:
                continue
            if not is_blank(text):
                if isinstance(field, models.CharField):
                    try:
                        validate_line(text)
                    except ValidationError as error:
                        errors[field.name] = [error]
                continue
            if field.blank:
                setattr(self, field.attname, "")
            else:
                errors[field.name] = [_invisible()]
        if errors:
            raise ValidationError(errors)
