"""The values of the fields of stored rows, as an import compares and keeps them."""

import unicodedata
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import models
from django_countries.fields import CountryField

from record.forms import RecordForm, unique_beside
from record.importing.headers import AT_ENDS
from record.model_fields import field_named
from record.models import Record

#: The fields that number the rows of a parent.
POSITIONS = RecordForm.POSITION_FIELDS


@cache
def not_cleaned(model: type[Record]) -> frozenset[str]:
    """
    Return the fields whose values need no more checks: relations, and countries, which were read as codes. The check of
    a country goes through all countries of the world, which takes half of the time for a table of people.
    """
    return frozenset(
        field.name for field in model._meta.fields if field.remote_field or isinstance(field, CountryField)
    )


def worked_out(row: Record) -> set[str]:
    """Return the fields that are filled in before the row is written: a blank slug, and a position."""
    return {
        field.name
        for field in row._meta.fields
        if (field.name == "slug" and not getattr(row, "slug", "")) or field.name in POSITIONS
    }


def is_position(model: type[Record], name: str) -> bool:
    """Return whether the field `name` of `model` numbers the rows of a parent."""
    names = {field.name for field in model._meta.fields}
    return name in names and unique_beside(model, name) is not None


def as_read(value: Any) -> Any:
    """Return a stored value as a file has it: a text in normal form C, without "\\r" and white space around it."""
    if not isinstance(value, str):
        return value
    return unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip(AT_ENDS)


def stored_value(column: models.Field, value: Any) -> Any:
    """Return a value in a form for comparisons and JSON."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, list | tuple) or type(value).__name__ == "MultipleCountriesDescriptor":
        return ",".join(str(getattr(part, "code", part)) for part in value)
    return str(getattr(value, "code", value))


def compared(column: Any, value: Any) -> Any:
    """Return a value that a line gives a field, in a form for comparisons. A new row has no primary key yet."""
    if column.remote_field and value is not None:
        return f"new {id(value)}" if value.pk is None else stored_value(column, value.pk)
    return as_read(stored_value(column, value))


def has_value(row: Record, name: str, value: Any) -> bool:
    """Return whether the field `name` of `row` has this value, as a file has it."""
    column: Any = field_named(type(row), name)
    if column.remote_field and value is not None and value.pk is None:
        return column.get_cached_value(row, default=None) is value
    return as_read(stored_value(column, getattr(row, column.attname))) == compared(column, value)
