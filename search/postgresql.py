# ruff: noqa: S608 - the SQL is put together from our own constants; values are parameters.
"""
The search on PostgreSQL: a GIN index over the tokens of the entries. It needs no dictionary and no extension.

In the column `vector`, each token starts with the number of the entry's kind. So the index finds the entries of one
kind, and PostgreSQL knows how common a token is among them. From its statistics of the column (`SETTLE` and autovacuum
make them), the planner sees whether to look tokens up, or to read the entries of the kind, newest first, until enough
of them match. That is faster for a common word.

A GIN index returns all matches, in no useful order. A search for a common word would have to read and sort a million
entries, so of many matches only the newest `SAMPLE` are read, and the best with recognitions, which come first. All
matches are sorted by the columns that sort results.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from record.database_triggers import NOT_PAUSED
from search.models import NO_AWARD, RANKED, Kind
from search.query import EVERY, Query, Term, Unit

OBJECT_ID = "matching.object_id"
# SQL statements to run after many entries have been rebuilt. Searches read new entries one by one, until these have
# been moved from the pending list to the index.
SETTLE = ["SELECT gin_clean_pending_list('search_entry_by_token')", "ANALYZE search_entry"]
# The condition of entries with recognitions. They have an index of their own.
AWARDED = f"weight < {NO_AWARD:d}"
# Whether several processes can write at the same time.
HAS_MANY_WRITERS = True
# Transactions that update the index keep nobody from writing, so they may be long.
MOST_AT_ONCE, PAUSE = 2_000, 0.0
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
# A transaction keeps this lock on each table that it has written to, and gives it up when others see its changes.
_OTHERS_ARE_WRITING = """
    SELECT EXISTS (
        SELECT FROM pg_locks JOIN pg_trigger ON tgrelid = relation
        WHERE locktype = 'relation' AND mode = 'RowExclusiveLock' AND granted
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND pid IS DISTINCT FROM pg_backend_pid() AND tgname LIKE 'search!_%' ESCAPE '!'
    )"""

# Of more matches, this many are read and sorted: twice as many as asked for, but at least and at most these.
LEAST, SAMPLE = 1_000, 2_000


def others_are_writing(connection: BaseDatabaseWrapper) -> bool:
    """
    Return whether another transaction that is in progress has written to a table of the record. If not, then all
    changes that were made so far can be seen, and the triggers of later changes see them.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS_ARE_WRITING)
        return cursor.fetchone()[0]


def any_match(units: Sequence[Unit], marks: Sequence[str], kind: Kind) -> Query:
    """Return a query for a row if at least one entry of this kind matches (see `matches`)."""
    # Without ORDER BY, PostgreSQL may read all entries of other kinds first.
    return _matching("object_id", kind, "object_id DESC", 1), [_expression(units, marks, kind)]


def matches(
    units: Sequence[Unit], marks: Sequence[str], kind: Kind, limit: int, also: Query = EVERY, stale: int | None = 0
) -> Query:
    """
    Return a query for at most `limit` entries of one kind that match all `units` in one of the parts of the index with
    these `marks` (see `partitions`), and that meet the condition `also`, best first. `stale` is the largest number of
    entries that may not meet the condition; so many more are read. If it is None, all matches are read.
    """
    condition, values = also
    columns = "weight, title_length, object_id"
    sample = None if stale is None else min(max(LEAST, 2 * limit), SAMPLE) + stale
    some, expression = _matching(columns, kind, "object_id DESC", sample), [_expression(units, marks, kind)]
    if kind in RANKED and sample:
        some += f") UNION ({_matching(columns, kind, columns, sample, also=AWARDED)}"
        expression *= 2
    # "MATERIALIZED" stops PostgreSQL from checking the condition before the limit of the matches.
    best = f"WITH matching AS MATERIALIZED (SELECT {columns} FROM (({some})) found ORDER BY {columns})"
    return f"{best} SELECT {columns} FROM matching WHERE {condition} LIMIT %s", [*expression, *values, limit]


def _matching(columns: str, kind: Kind, order: str, limit: int | None, also: str = "TRUE") -> str:
    """
    Return SQL for the first `limit` matches of one kind, or for all of them. The only parameter is the expression.
    """
    where = f"vector @@ %s::tsquery AND kind = {kind:d} AND {also}"
    last = "" if limit is None else f" ORDER BY {order} LIMIT {limit:d}"
    return f"SELECT {columns} FROM search_entry WHERE {where}{last}"


def _expression(units: Sequence[Unit], marks: Sequence[str], kind: Kind) -> str:
    return " | ".join("(" + " & ".join(_unit(unit, f"{kind:d}{mark}") for unit in units) + ")" for mark in marks)


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
