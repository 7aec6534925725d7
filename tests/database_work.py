"""Measures how much the database does for a page, in units that are the same on each computer."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

# SQLite calls the progress handler after this number of instructions.
STEP = 10


class Work:
    """The work that was measured: instructions on SQLite, rows on PostgreSQL."""

    done = 0


@contextmanager
def measured() -> Iterator[Work]:
    """
    Measure the work of all statements in this block. On SQLite, this is the number of instructions of its virtual
    machine. On PostgreSQL, it is the number of rows that all steps of the plans read or return; each query runs twice.
    """
    work = Work()
    if connection.vendor == "sqlite":

        def count() -> int:
            work.done += STEP
            return 0

        connection.ensure_connection()
        connection.connection.set_progress_handler(count, STEP)
        try:
            yield work
        finally:
            connection.connection.set_progress_handler(None, STEP)
        return

    def explain(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT"):
            with context["connection"].connection.cursor() as cursor:
                cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
                (plan,) = cursor.fetchone()
            work.done += _rows((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield work


def _rows(plan: dict[str, Any]) -> int:
    removed = sum(number for name, number in plan.items() if name.startswith("Rows Removed"))
    own = round(plan["Actual Loops"] * (plan["Actual Rows"] + removed))
    return own + sum(map(_rows, plan.get("Plans", ())))
