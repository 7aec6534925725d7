"""Model fields whose values are computed from another field of the same row, for sorting and searching in SQL."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute


class _OfSource(DeferredAttribute):
    """
    The descriptor of a `DerivedField`. It computes the value from the source field. If the source field is deferred, it
    returns the stored value.
    """

    field: "DerivedField"

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        if instance is None:
            return self
        value = self.field.value_in(instance.__dict__)
        return super().__get__(instance, cls) if value is None else value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class DerivedField(models.CharField):
    """
    A text field whose value is computed by `value_of` from the field `source` of the same row. The value is computed on
    each read, so `save`, `loaddata` and `bulk_create` all store the current value. `QuerySet.update` of the source
    field does not update the stored value. On PostgreSQL, the column has the collation "C", so that texts are compared
    by code point, as on SQLite.
    """

    descriptor_class = _OfSource
    #: The `max_length` of the column. Each subclass sets it.
    length = 0
    #: Computes the value from the text of the source field. Each subclass defines this method.
    value_of: Callable[[str], str]

    def __init__(self, *args: Any, source: str, **kwargs: Any) -> None:
        self.source = source
        kwargs |= {"max_length": self.length, "editable": False, "serialize": False, "default": ""}
        super().__init__(*args, **kwargs)

    def value_in(self, values: Mapping[str, Any]) -> str | None:
        """
        Return the value for a row with these values of its fields: {name: value}. Return None if the value of the
        source field is missing. A field with more than one source overrides this method.
        """
        text = values.get(self.source)
        return None if text is None else self.value_of(text)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        for given in ("max_length", "editable", "serialize", "default"):
            kwargs.pop(given, None)
        return name, path, args, {**kwargs, "source": self.source}

    def db_parameters(self, connection):
        collation = "C" if connection.vendor == "postgresql" else None
        return super().db_parameters(connection) | {"collation": collation}
