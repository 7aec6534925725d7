"""
Who and what of the record the public may see.

A person or a source is public through what is public about it: a credit, a quote, a figure. Those live in other
apps, which this one doesn't know; each of them registers its ties here when it starts.
"""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db.models import CASCADE, BooleanField, DateTimeField, Expression, F, Model, Q
from django.utils import timezone

Tie = Callable[[datetime], Q]

_ties: dict[str, list[Tie]] = {}

# What is kept: SQL with marks for the row and the moment that are asked about.
MOST_SAID = 500
_ROW, _MOMENT = "@row@", object()
# How Django names the tables of a subquery.
_NAME = re.compile(r"\b[T-Z][0-9]+\b")
_said: dict[tuple[str, str, int | None], tuple[str, list[Any]]] = {}


def show_through(label: str, tie: Tie) -> None:
    """Registers `tie`: it takes a moment and returns the condition under which a `label` row is public then."""
    ties = _ties.setdefault(label.lower(), [])
    if tie not in ties:
        ties.append(tie)
        forget()


class IsShown(Expression):
    """
    The condition under which a row of model `label`, such as "record.Source", is public at the moment `at`: any of its
    ties holds. Its SQL is the same at every moment, and of a source Django takes 30 ms to say it: so it is said once.
    """

    output_field = BooleanField()
    conditional = True

    def __init__(self, label: str, at: datetime):
        super().__init__()
        self.label, self.at = label, at
        self.row: Any = F("pk")

    def get_source_expressions(self) -> list[Any]:
        return [self.row]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.row,) = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        row, _none = compiler.compile(self.row)
        moment = DateTimeField().get_db_prep_value(self.at, connection)
        # A moment may be one at which a preview shows the rows of one contest, by a rule of its own.
        key = (self.label, connection.alias, getattr(self.at, "contest", None))
        said = _said.get(key)
        if said is None:
            if len(_said) >= MOST_SAID:
                forget()
            said = _said[key] = self._say(connection)
        sql, parameters = said
        return sql.replace(_ROW, row), tuple(moment if value is _MOMENT else value for value in parameters)

    def _say(self, connection: Any) -> tuple[str, list[Any]]:
        """The SQL and its parameters; asked about two moments, it shows which of these are the moment."""
        (sql, earlier), (other_sql, later) = (self._compiled(connection, year) for year in (2001, 2002))
        if sql != other_sql or len(earlier) != len(later):
            raise ImproperlyConfigured(f"What shows a row of {self.label} has to be asked the same at every moment.")
        return sql, [one if one == other else _MOMENT for one, other in zip(earlier, later, strict=True)]

    def _compiled(self, connection: Any, year: int) -> tuple[str, Sequence[Any]]:
        at = self.at.replace(year=year, month=1, day=1)
        if (contest := getattr(self.at, "contest", None)) is not None:
            at.contest = contest  # type: ignore[attr-defined]
        condition = Q(pk__in=[])
        for tie in _ties.get(self.label.lower(), []):
            condition |= tie(at)
        model = apps.get_model(self.label)
        query = model._base_manager.filter(condition).query
        sql, parameters = query.get_compiler(connection=connection).compile(query.where)
        quote = connection.ops.quote_name
        sql = sql.replace(f"{quote(model._meta.db_table)}.{quote(model._meta.pk.column)}", _ROW)
        if connection.vendor == "postgresql":
            # So that it doesn't plan each condition a second time, as a hash of all rows, at every level: of a source
            # in 13 ms instead of 50; and the first 24 of 60,000 people come in 4 ms instead of 85.
            sql = sql.replace(" LIMIT 1)", " LIMIT 1 OFFSET 0)")
        # Tables get names that no query around this one gives, so that none is taken for another.
        sql = _NAME.sub(lambda name: f"{model._meta.model_name}_{name[0]}", sql)
        return f"({sql})", parameters


def forget() -> None:
    """Has every condition said anew: for who changes what is public while the portal runs, as tests do."""
    _said.clear()


def is_shown(model: type[Model], keys: Sequence[Any]) -> bool:
    """Whether the public sees one of these rows now, or the row that they are a part of."""
    if not keys:
        return False
    public = getattr(model._default_manager, "public", None)
    if public is not None:
        return public(timezone.now()).filter(pk__in=keys).exists()
    rows = model._base_manager.filter(pk__in=keys)
    return any(
        is_shown(owner.related_model, list(rows.values_list(owner.attname, flat=True)))
        for owner in model._meta.fields
        if owner.related_model and getattr(owner.remote_field, "on_delete", None) is CASCADE
    )
