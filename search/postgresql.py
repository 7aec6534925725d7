"""The search on PostgreSQL: a GIN index over the tokens of the entries. It needs no dictionary and no extension."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from record.database_triggers import NOT_PAUSED
from search.models import Kind
from search.query import Term, Unit

OBJECT_ID = "matching.object_id"
SETTLE = ["ANALYZE search_entry"]
# Whether several processes can write at the same time.
HAS_MANY_WRITERS = True
# SQL statements to run at the beginning of the transaction of an update. To compile its queries takes longer than to
# run them.
PREPARE = ["SET LOCAL jit = off"]
REBUILD: list[str] = []  # Empty, because PostgreSQL itself keeps its index up to date.
# The SQL condition that no update of the index has read a row of `search_change`: the current transaction has written
# it, so no other process sees it yet. An update of the index may be about to delete any other note, although it has
# read the changed row before this transaction changed it. In four billion transactions, the condition becomes false for
# all rows, because `xmin` then lacks upper digits. This does no harm: rows are just noted several times.
NOTE_IS_UNREAD = "pg_xact_status(search_change.xmin::text::xid8) = 'in progress'"
LOCK = 0x1A07E1  # The key of an advisory lock. It can be any number that no other lock uses.


# PostgreSQL's query planner doesn't know how common a word is. If it knew of the limit, it would scan entries until it
# has found enough matches, and for a rare word it would scan all entries. "MATERIALIZED" hides the limit from the
# planner, so that it uses the index of the tokens.
def any_match(kind: Kind | None = None) -> str:
    """
    Return SQL that selects a row if at least one entry matches a search expression. If `kind` is given, only entries of
    this kind count. The expression is the only parameter of the SQL.
    """
    return f"WITH matching AS MATERIALIZED (SELECT 1 {_match(kind)}) SELECT 1 FROM matching"  # noqa: S608


def matches(kind: Kind, also: str) -> str:
    """
    Return SQL for the entries of one kind that match a search expression and the SQL condition `also`, best first. The
    parameters of the SQL are, in this order: the expression, the parameters of `also`, and the largest number of
    entries.
    """
    order = "weight, title_length, object_id"
    matching = f"WITH matching AS MATERIALIZED (SELECT {order} {_match(kind)} ORDER BY {order})"
    return f"{matching} SELECT {order} FROM matching WHERE {also} LIMIT %s"  # noqa: S608


def _match(kind: Kind | None) -> str:
    matching = "FROM search_entry WHERE vector @@ %s::tsquery"
    return matching if kind is None else f"{matching} AND kind = {kind:d}"


def expression(units: Iterable[Unit], marks: Iterable[str]) -> str:
    """
    Return the tsquery for entries that match all `units` in one of the parts of the index with these `marks` (see
    `partitions`).
    """
    units = list(units)
    return " | ".join("(" + " & ".join(_unit(unit, mark) for unit in units) + ")" for mark in marks)


def _unit(unit: Unit, mark: str) -> str:
    return "(" + " | ".join(" & ".join(_term(term.marked(mark)) for term in terms) for terms in unit) + ")"


def _term(term: Term) -> str:
    return f"'{term.text}'" + ":*" * term.is_start


def differ(columns: Iterable[str]) -> str:
    """Return the SQL condition that an update changes one of `columns`."""
    return " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in columns)


def triggers(
    name: str, table: str, columns: Iterable[str], inserts: Mapping[str, Iterable[str]]
) -> dict[str, list[str]]:
    """
    Return a dict that maps the name of the trigger to the SQL statements that create it. `inserts` maps the events
    INSERT, UPDATE and DELETE to the SQL statements to run for each row of `table`. An update counts only if it changes
    one of `columns`.
    """
    conditions = {event: f"TG_OP = '{event}'" for event in inserts}
    if "UPDATE" in conditions:
        conditions["UPDATE"] += f" AND ({differ(columns)})"
    body = " ".join(
        f"IF {conditions[event]} THEN {' '.join(f'{statement};' for statement in statements)} END IF;"
        for event, statements in inserts.items()
    )
    return {
        name: [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {body} RETURN NULL; END $$",
            f"CREATE TRIGGER {name} AFTER {' OR '.join(inserts)} ON {table} FOR EACH ROW WHEN ({NOT_PAUSED})"
            f" EXECUTE FUNCTION {name}()",
        ]
    }


def own_triggers() -> dict[str, list[str]]:
    return {}


@contextmanager
def alone(connection: BaseDatabaseWrapper, seconds: int) -> Iterator[None]:
    """
    Open a transaction in which no other process updates the index. Raise OperationalError if another process is still
    updating it after `seconds`.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{seconds:d}s'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute("SET LOCAL lock_timeout = 0")
        yield
