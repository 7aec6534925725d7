"""
The values of fields as text for readers: in the history, bulk changes, merges, edit conflicts and public corrections.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.core.files import File
from django.db.models import Field, ForeignKey, Model
from django.utils import formats
from django.utils.choices import flatten_choices
from django.utils.translation import gettext as _
from django_countries.fields import Country, MultipleCountriesDescriptor

from record.content_languages import (
    LanguageField,
    LanguageFormField,
    LanguagesField,
    LanguagesFormField,
    named,
    tags_in,
)
from record.partial_dates import PartialDateField, PartialDateFormField, formatted
from record.time_zones import told

BLANK = "—"
#: How the values of some fields are written: a runtime, in seconds, as minutes and seconds. Each app adds its own.
FORMATS: dict[Field, Callable[[Any], str]] = {}


def as_text(
    value: Any,
    field: Field | forms.Field | None = None,
    *,
    blank: str = BLANK,
    join: Callable[[Iterable[str]], str] = ", ".join,
    moment: Callable[[datetime], str] = told,
) -> str:
    """
    Return `value` as text. If `field` has choices, the text is the label of the choice; if `field` is a language field,
    it is the name of the language; if it is a partial date, the text is as exact as the date. A field in `FORMATS` has
    a format of its own. An empty value becomes `blank`. `join` joins the texts of a list, and `moment` formats a
    datetime.
    """
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if value in (None, ""):
        return blank
    if isinstance(field, Field) and field in FORMATS:
        return FORMATS[field](value)
    if isinstance(value, list | tuple | MultipleCountriesDescriptor):
        return join([as_text(part) for part in value]) or blank
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return formats.date_format(value)
    if isinstance(value, Country | File):
        return str(value.name)
    if isinstance(field, LanguageField | LanguageFormField):
        return named(value)
    if isinstance(field, LanguagesField | LanguagesFormField):
        return join(list(map(named, tags_in(value))))
    if isinstance(field, PartialDateField | PartialDateFormField):
        return formatted(value)
    if isinstance(field, Field) and field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    return str(value)


def labels_of(field: Field) -> dict[Any, Any]:
    """
    Return the labels of the choices of a field, empty if it has none. For a field with several countries, these are the
    labels of single countries: its `flatchoices` is None, although it has choices.
    """
    return dict(flatten_choices(field.choices or ()))


def field_text(row: Model, field: Field) -> str:
    """Return the value of a field of `row` as text. The row may be a historical record."""
    if field.many_to_many:
        return as_text([str(other) for other in getattr(row, field.name).all()], join="; ".join)
    value = getattr(row, field.attname)
    if isinstance(field, ForeignKey) and value is not None:
        try:
            other = getattr(row, field.name)
        except ObjectDoesNotExist:
            other = None
        return str(other) if other else deleted(value)
    return as_text(value, field)


def deleted(key: Any) -> str:
    """Return the text for a related row that no longer exists. `key` is its primary key."""
    return _("deleted (%(id)s)") % {"id": key}
