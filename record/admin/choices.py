"""
Form fields for choosing rows by primary key. Without JavaScript, an editor can type a permanent key, slug, name or
title.
"""

from typing import Any

from django import forms
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from .primary_keys import is_key

SEVERAL = _(
    "More than one row is called “%(typed)s”. Open the page of the row that you mean, copy its permanent key, and type "
    "the key here."
)
#: The lookups that `row_called` tries in this order: exact ones first.
NAMES = (
    *("key__exact", "slug__exact", "name__iexact", "title__iexact"),
    *("name__folded_exact", "title__folded_exact"),
)

#: The longest text that is looked for, in characters.
LONGEST = 1000


def row_called(rows: Any, typed: Any) -> Model | None:
    """
    Return the row in `rows` whose permanent key, slug, name or title is `typed`. Return None if no row matches, or if
    `typed` looks like a primary key. Raise `ValidationError` if several rows match.
    """
    text = typed.strip() if isinstance(typed, str) else ""
    # SQLite refuses to compare a very long text without regard to case. No name is that long.
    if not text or is_key(text) or "\x00" in text or len(text) > LONGEST:
        return None
    for name in NAMES:
        try:
            rows.model._meta.get_field(name.partition("__")[0])
        except FieldDoesNotExist:
            continue
        found = list(rows.filter(**{name: text}).order_by()[:2])
        if len(found) > 1:
            raise ValidationError(SEVERAL % {"typed": text}, code="several")
        if found:
            return found[0]
    return None


class RowField(forms.ModelChoiceField):
    """A form field for one row. It accepts a primary key, or a text that `row_called` can find."""

    def to_python(self, value: Any) -> Model | None:
        return row_called(self.queryset, value) or super().to_python(value)


class RowsField(forms.ModelMultipleChoiceField):
    """A form field for several rows. It accepts primary keys, and texts that `row_called` can find."""

    def clean(self, value: Any) -> QuerySet:
        found = [(row_called(self.queryset, text), text) for text in value or ()]
        return super().clean([row.pk if row else text for row, text in found])
