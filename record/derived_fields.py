"""Columns computed from another column of the same row, so that the database can sort and search by them."""

from collections.abc import Callable

from django.db import models
from django.db.models.query_utils import DeferredAttribute


class _OfSource(DeferredAttribute):
    """A descriptor that computes the value from the source field, or loads it if the source is not loaded."""

    def __get__(self, instance, cls=None):
        if instance is None:
            return self
        text = instance.__dict__.get(self.field.source)
        return super().__get__(instance, cls) if text is None else self.field.value_of(text)

    def __set__(self, instance, value):
        instance.__dict__[self.field.attname] = value


class DerivedField(models.CharField):
    """
    A column with the value that `value_of` computes from the field `source`. The value is computed whenever it is read,
    so that rows saved raw by `loaddata` and rows created in bulk have it too. Only `update()` of the source doesn't
    change it. PostgreSQL compares it byte by byte, as SQLite does.
    """

    descriptor_class = _OfSource
    length = 0  # in characters, set by each subclass
    #: Computes the value from the text of the source; set by each subclass.
    value_of: Callable[[str], str]

    def __init__(self, *args, source: str, **kwargs):
        self.source = source
        kwargs |= {"max_length": self.length, "editable": False, "serialize": False, "default": ""}
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        for given in ("max_length", "editable", "serialize", "default"):
            kwargs.pop(given, None)
        return name, path, args, {**kwargs, "source": self.source}

    def db_parameters(self, connection):
        collation = "C" if connection.vendor == "postgresql" else None
        return super().db_parameters(connection) | {"collation": collation}
