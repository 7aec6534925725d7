"""
Which rows the public may see, for the models that belong to no contest: people, organisations and sources.

A row of these models is public if a public row refers to it, such as a credit, a quote or a figure. The models of the
referring rows are in other apps, which this app does not import. So each of these apps registers conditions ("ties") at
start-up with `show_through`, and querysets filter by `IsShown`.

The rule of a model is the condition that at least one of its ties holds. Rules are long: the rule of sources has 16
ties, and some of them contain the rule of people. Django needs 30 ms to compile a rule to SQL, so the compiled SQL is
cached. The same SQL must fit into every query:

- For sources, the rule is used as `EXISTS(SELECT 1 FROM (SELECT <row> AS id) shown_source WHERE <rule>)`. It refers to
  the row only as `shown_source.id`.
- The rule is compiled with a placeholder instead of a time. Each query replaces it by its own time.

Only a preview has a rule, and a cache entry, of its own. docs/decisions/13-compiled-rules.md compares the alternatives.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django.apps import apps
from django.db import connections
from django.db.models import CASCADE, BooleanField, DateTimeField, Exists, Expression, F, Model, Q
from django.db.models.sql.compiler import SQLCompiler

from record.prepared_queries import Given, Slot, compiled_once, forget
from record.viewpoint import Viewpoint

#: A function that takes a viewpoint and returns a condition. A row that meets the condition is public.
Tie = Callable[[Viewpoint], Q]
Parameters = tuple[Any, ...]

_ties: dict[str, list[Tie]] = {}

#: The time of a viewpoint in a compiled rule. Each query replaces it by the time of its own viewpoint.
_AT = Given("at", DateTimeField())


def show_through(label: str, tie: Tie) -> None:
    """
    Register the condition `tie` for the model `label`, such as "record.Source". A row of the model is public if any of
    the registered conditions holds. The only column of the row that the condition may use is the primary key.
    """
    ties = _ties.setdefault(label.lower(), [])
    if tie not in ties:
        ties.append(tie)
        forget()


class AnyRow(Exists):
    """
    `Exists` for conditions that are registered with `show_through`. On PostgreSQL, "OFFSET 0" is added to the subquery.
    Without it, PostgreSQL would plan the subquery twice, the second time as a hash of all rows, and would do the same
    for each nested subquery.
    """

    def as_postgresql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Parameters]:
        return self.as_sql(compiler, connection, template="EXISTS(%(subquery)s OFFSET 0)")


class IsShown(Expression):
    """The condition that a row of the model `label` is public at `viewpoint`."""

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

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Parameters]:
        row, _none = compiler.compile(self.row)
        rule = _compiled(self.label, connection.alias, self.viewpoint.preview)
        at: Any = self.viewpoint.at
        is_given = isinstance(at, Given)  # The query around this condition is prepared itself.
        moment = at.slot if is_given else _AT.output_field.get_db_prep_value(at, connection)
        filled = tuple(moment if isinstance(parameter, Slot) else parameter for parameter in rule.parameters)
        return f"EXISTS(SELECT 1 FROM (SELECT {row} AS {rule.column}) {rule.alias} WHERE {rule.sql})", filled  # noqa: S608


@dataclass(frozen=True)
class _Rule:
    """A compiled rule: the row with the primary key `alias`.`column` is public if the SQL condition `sql` is true."""

    alias: str
    column: str
    sql: str
    parameters: Parameters


@compiled_once
def _compiled(label: str, database: str, preview: int | None) -> _Rule:
    viewpoint = Viewpoint(cast(Any, _AT), preview)
    condition = Q(pk__in=[])
    for tie in _ties.get(label.lower(), []):
        condition |= tie(viewpoint)
    connection = connections[database]
    model = apps.get_model(label)
    query = model._base_manager.filter(condition).query
    alias = f"shown_{model._meta.model_name}"
    query.change_aliases({model._meta.db_table: alias})
    sql, parameters = query.get_compiler(connection=connection).compile(query.where)
    return _Rule(alias, connection.ops.quote_name(model._meta.pk.column), sql, tuple(parameters))


def is_shown(model: type[Model], keys: Sequence[Any]) -> bool:
    """
    Return whether the public now sees one of the rows of `model` with the primary keys `keys`. If `model` has no
    visibility rule, return whether the public sees the parent row of one of them.
    """
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
