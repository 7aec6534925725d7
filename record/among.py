"""The lookup `among`: like `in`, for many whole numbers, such as primary keys."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import Lookup
from django.db.models.sql.compiler import SQLCompiler


class Among(Lookup):
    """
    The value is one of these whole numbers. They are written into the SQL: to pass thousands of parameters takes longer
    than the query.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        numbers = ", ".join([f"{number:d}" for number in self.rhs])
        if not numbers:
            raise EmptyResultSet
        sql, params = self.process_lhs(compiler, connection)
        return f"{sql} IN ({numbers})", params


def register() -> None:
    for field in (models.IntegerField, models.ForeignKey):
        field.register_lookup(Among)
