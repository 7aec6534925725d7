"""Text that a reader can see: a name of zero-width characters is as blank as one of spaces."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

# Unicode's Default_Ignorable_Code_Point (DerivedCoreProperties.txt), which `unicodedata` does not tell: fillers of
# Hangul, variation selectors, joiners, directional marks, tags. The last one, a Braille cell without dots, is not among
# them and shows nothing either.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff\u2800]"
)
# Separators, control and format characters, halves of surrogate pairs. A mark shows only on a letter before it.
_NOTHING_ALONE = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Cs", "Mn", "Mc", "Me"})


def is_blank(text: str) -> bool:
    """
    Whether `text` shows nothing on a page: it has only white space, invisible characters and marks without a letter.

    >>> is_blank("\\u200b \\u3164"), is_blank("\\ufe0f"), is_blank("…"), is_blank("🎬\\ufe0f")
    (True, True, False, False)
    """
    return all(unicodedata.category(c) in _NOTHING_ALONE or INVISIBLE.match(c) for c in text)


def validate_visible(text: str) -> None:
    """Refuse text that shows nothing. For fields that must not be blank."""
    if is_blank(text):
        raise _invisible()


def _invisible() -> ValidationError:
    return ValidationError(_("Enter at least one visible character."), code="invisible")


class VisibleTextMixin:
    """
    A model whose text fields show something. `clean_fields` refuses invisible text in a field that must not be blank,
    and empties a field that may be.
    """

    def clean_fields(self, exclude=None) -> None:
        errors: dict[str, list[ValidationError]] = {}
        try:
            super().clean_fields(exclude=exclude)
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        for field in self._meta.fields:
            is_text = field.editable and isinstance(field, models.CharField | models.TextField)
            if not is_text or field.name in {*errors, *(exclude or ())}:
                continue
            text = getattr(self, field.attname)
            if not isinstance(text, str) or not text or not is_blank(text):
                continue
            if field.blank:
                setattr(self, field.attname, "")
            else:
                errors[field.name] = [_invisible()]
        if errors:
            raise ValidationError(errors)
