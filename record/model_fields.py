"""
Functions that look up the fields and related models of a model. Their return types are narrower than that of
`Options.get_field`.
"""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, ForeignObjectRel, Model


def field_named(model: type[Model], name: str) -> Field:
    """
    Return the field `name` of `model`. Raise `FieldDoesNotExist` if there is no such field, or only a reverse relation.
    """
    field = model._meta.get_field(name)
    if not isinstance(field, Field):
        raise FieldDoesNotExist(name)
    return field


def target_of(field: Any) -> type[Model]:
    """Return the model that a relation, in either direction, leads to. Raise `TypeError` for any other field."""
    if not isinstance(field, Field | ForeignObjectRel) or field.related_model is None:
        raise TypeError(field)
    return field.related_model
