"""
Which rows of the record the public may see.

A person or a source is public because something that uses it is public: a credit, a quote, a figure. Those models
belong to other apps, which this app does not import. Each of those apps registers its conditions here at start-up.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db.models import CASCADE, BooleanField, DateTimeField, Expression, F, Model, Q

from record.viewpoint import Viewpoint

Tie = Callable[[Viewpoint], Q]

_ties: dict[str, list[Tie]] = {}

# The cache: SQL with placeholders for the row and the time.
MOST_SAID = 500
_ROW, _MOMENT = "@row@", object()
# Django's aliases for the tables of a subquery.
_NAME = re.compile(r"\b[T-Z][0-9]+\b")
_said: dict[tuple[str, str, int | None], tuple[str, list[Any]]] = {}


def show_through(label: str, tie: Tie) -> None:
    """Register `tie`, which takes a viewpoint and returns the condition under which a `label` row is public."""
    ties = _ties.setdefault(label.lower(), [])
    if tie not in ties:
        ties.append(tie)
        forget()


class IsShown(Expression):
    """
    The condition that a row of model `label`, such as "record.Source", is public at `viewpoint`: any condition
    registered for the model holds. Apart from the time, its SQL is always the same, and Django needs 30 ms to compile
    it for a source. So it is compiled once and cached.
    """

    output_field = BooleanField()
    conditional = True

    def __init__(self, label: str, viewpoint: Viewpoint):
        super().__init__()
        self.label, self.viewpoint = label, viewpoint
        self.row: Any = F("pk")

    def get_source_expressions(self) -> list[Any]:
        return [self.row]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.row,) = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        row, _none = compiler.compile(self.row)
        moment = DateTimeField().get_db_prep_value(self.viewpoint.at, connection)
        # A preview shows the rows of its contest by a rule of its own.
        key = (self.label, connection.alias, self.viewpoint.preview)
        said = _said.get(key)
        if said is None:
            if len(_said) >= MOST_SAID:
                forget()
            said = _said[key] = self._say(connection)
        sql, parameters = said
        return sql.replace(_ROW, row), tuple(moment if value is _MOMENT else value for value in parameters)

    def _say(self, connection: Any) -> tuple[str, list[Any]]:
        """Compile the SQL for two times. Parameters that differ between the two are the time."""
        (sql, earlier), (other_sql, later) = (self._compiled(connection, year) for year in (2001, 2002))
        if sql != other_sql or len(earlier) != len(later):
            raise ImproperlyConfigured(f"What shows a row of {self.label} has to be asked the same at every moment.")
        return sql, [one if one == other else _MOMENT for one, other in zip(earlier, later, strict=True)]

    def _compiled(self, connection: Any, year: int) -> tuple[str, Sequence[Any]]:
        viewpoint = replace(self.viewpoint, at=self.viewpoint.at.replace(year=year, month=1, day=1))
        condition = Q(pk__in=[])
        for tie in _ties.get(self.label.lower(), []):
            condition |= tie(viewpoint)
        model = apps.get_model(self.label)
        query = model._base_manager.filter(condition).query
        sql, parameters = query.get_compiler(connection=connection).compile(query.where)
        quote = connection.ops.quote_name
        sql = sql.replace(f"{quote(model._meta.db_table)}.{quote(model._meta.pk.column)}", _ROW)
        if connection.vendor == "postgresql":
            # "OFFSET 0" stops PostgreSQL from planning each condition a second time, as a hash of all rows, at every
            # level. Measured for a source: 13 ms instead of 50; for the first 24 of 60,000 people: 4 ms instead of 85.
            sql = sql.replace(" LIMIT 1)", " LIMIT 1 OFFSET 0)")
        # Rename the tables, so that their aliases differ from those of the enclosing query.
        sql = _NAME.sub(lambda name: f"{model._meta.model_name}_{name[0]}", sql)
        return f"({sql})", parameters


def forget() -> None:
    """Clear the cache. Needed when ties change while the portal runs, as in tests."""
    _said.clear()


def is_shown(model: type[Model], keys: Sequence[Any]) -> bool:
    """Return whether the public sees one of these rows now, or a row that they belong to."""
    if not keys:
        return False
    public = getattr(model._default_manager, "public", None)
    if public is not None:
        return public(Viewpoint.now()).filter(pk__in=keys).exists()
    rows = model._base_manager.filter(pk__in=keys)
    return any(
        is_shown(owner.related_model, list(rows.values_list(owner.attname, flat=True)))
        for owner in model._meta.fields
        if owner.related_model and getattr(owner.remote_field, "on_delete", None) is CASCADE
    )
