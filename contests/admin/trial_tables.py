"""
Run queries as if the changes of a trial were saved.

The changed tables are common table expressions with the names of the real tables: in `WITH contests_contest AS (SELECT
... FROM main.contests_contest) SELECT ...`, the name `contests_contest` means the expression wherever the query uses
it. So the same queries work for changes that are not saved.
"""

from typing import Any, cast

from django.db import connection
from django.db.models import Field, Model

from contests.models import Contest, Recognition, Submission
from contests.step_saving import Trial

# For each model, the columns that a step (a change of the state of results) sets and that the queries for public rows
# read.
_SET_BY_STEPS: dict[type[Model], tuple[str, ...]] = {
    Contest: ("approved_at", "reveal_at", "public_entries"),
    Recognition: ("approved_at", "reveal_at", "revoked_on"),
    Submission: ("reveal_at", "status", "is_selected"),
}


def changed_tables(trial: Trial) -> tuple[str, list[Any]]:
    """
    Return an SQL `WITH` clause and its parameters. The clause replaces each table that `trial` changes by an expression
    with the changed values. Without changes, the clause is "".
    """
    quote = connection.ops.quote_name
    # In SQLite, a common table expression with the name of a table must use the schema (`main`) to read the real table.
    schema = f"{quote('main')}." if connection.vendor == "sqlite" else ""
    tables: list[str] = []
    parameters: list[Any] = []
    for model, rows in trial.changed.items():
        columns = []
        for each in model._meta.concrete_fields:
            column, keys_by_value = quote(cast(str, each.column)), {}
            if each.name in _SET_BY_STEPS[model]:
                keys_by_value = _by_value(each, rows)
                parameters += keys_by_value
            changes = "".join(f"WHEN id IN ({', '.join(map(str, keys))}) THEN %s " for keys in keys_by_value.values())
            columns.append(f"CASE {changes}ELSE {column} END AS {column}" if changes else column)
        table = quote(model._meta.db_table)
        tables.append(f"{table} AS NOT MATERIALIZED (SELECT {', '.join(columns)} FROM {schema}{table})")  # noqa: S608
    return (f"WITH {', '.join(tables)} ", parameters) if tables else ("", [])


def _by_value(column: Field, rows: dict[int, Model]) -> dict[Any, list[int]]:
    """
    Group `rows`, objects by primary key, by their value of `column`. Return a dict from each value, in the form for the
    database, to a list of primary keys.
    """
    keys: dict[Any, list[int]] = {}
    for key, row in rows.items():
        value = column.get_db_prep_value(getattr(row, column.attname), connection)
        keys.setdefault(value, []).append(key)
    return keys
