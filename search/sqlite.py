# ruff: noqa: S608 - the SQL is put together from our own constants; values are parameters.
"""
The search on SQLite: an FTS5 index over the tokens of the entries. FTS5's simplest tokenizer keeps the tokens
unchanged.

FTS5 can stop at a limit, without reading all matches, only if the matches are sorted by rowid. So the rowid of an entry
in the FTS5 table encodes the columns that sort the results: 4 bits for the kind, 10 for `weight`, 9 for
`title_length` and 40 for `object_id`. Measured for the best 1,001 of 20,000 matches among 60,000 entries: 1.2 ms.
Sorting all matches by the columns of `search_entry` takes 46 ms.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from search.models import Kind
from search.query import EVERY, Query, Term, Unit

_ROWID = "({row}.kind << 59) | ({row}.weight << 49) | ({row}.title_length << 40) | {row}.object_id"
_OF_KIND = 1 << 59
OBJECT_ID = f"search_entry_fts.rowid & {(1 << 40) - 1:d}"
# SQL statements to run after many entries have been rebuilt.
SETTLE = ["INSERT INTO search_entry_fts(search_entry_fts) VALUES ('optimize')", "ANALYZE"]
HAS_MANY_WRITERS = False
# While a transaction updates the index, nobody else can write. So it processes few changes, and in the pause after it
# (in seconds), a request that waits can write.
MOST_AT_ONCE, PAUSE = 200, 0.01
PREPARE: list[str] = []
REBUILD = [
    "INSERT INTO search_entry_fts(search_entry_fts) VALUES ('delete-all')",
    f"INSERT INTO search_entry_fts(rowid, tokens) SELECT {_ROWID.format(row='search_entry')}, tokens FROM search_entry",
]
# The FTS5 table stores only an index, not the texts of the entries. So these triggers update it when an entry is
# created or deleted. Entries are never changed, only deleted and created again.
OF_ENTRIES = {
    "search_entry_added": (
        "AFTER INSERT ON search_entry",
        f"INSERT INTO search_entry_fts(rowid, tokens) VALUES ({_ROWID.format(row='NEW')}, NEW.tokens);",
    ),
    "search_entry_removed": (
        "AFTER DELETE ON search_entry",
        "INSERT INTO search_entry_fts(search_entry_fts, rowid, tokens)"
        f" VALUES ('delete', {_ROWID.format(row='OLD')}, OLD.tokens);",
    ),
}
# The SQL condition that no update of the index has read a row of `search_change`. An update of the index and a change
# of the record never run at the same time, so any existing note is still to be processed.
NOTE_IS_UNREAD = "TRUE"


def others_are_writing(connection: BaseDatabaseWrapper) -> bool:
    """Return False: while the index is updated, no other process can write."""
    return False


def any_match(units: Sequence[Unit], marks: Sequence[str], kind: Kind) -> Query:
    """Return a query for a row if at least one entry of this kind matches (see `matches`)."""
    return f"SELECT 1 {_match(kind)}", [_expression(units, marks)]


def matches(
    units: Sequence[Unit], marks: Sequence[str], kind: Kind, limit: int, also: Query = EVERY, stale: int | None = 0
) -> Query:
    """Return the same as `postgresql.matches`. All matches are read in order, so `stale` is not needed."""
    condition, values = also
    rowid = "search_entry_fts.rowid"
    columns = f"{rowid} >> 49 & 1023 AS weight, {rowid} >> 40 & 511 AS title_length, {OBJECT_ID} AS object_id"
    sql = f"SELECT {columns} {_match(kind)} AND {condition} ORDER BY {rowid} LIMIT %s"
    return sql, [_expression(units, marks), *values, limit]


def _match(kind: Kind) -> str:
    rowids = f"BETWEEN {kind * _OF_KIND:d} AND {(kind + 1) * _OF_KIND - 1:d}"
    return f"FROM search_entry_fts WHERE search_entry_fts MATCH %s AND search_entry_fts.rowid {rowids}"


def _expression(units: Sequence[Unit], marks: Sequence[str]) -> str:
    return " OR ".join("(" + " AND ".join(_unit(unit, mark) for unit in units) + ")" for mark in marks)


def _unit(unit: Unit, mark: str) -> str:
    return "(" + " OR ".join(" AND ".join(_term(term.marked(mark)) for term in terms) for terms in unit) + ")"


def _term(term: Term) -> str:
    return f'"{term.text}"' + " *" * term.is_start


def differ(columns: Iterable[str]) -> str:
    """Return the SQL condition that an update changes one of `columns`."""
    return " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)


def triggers(
    name: str, table: str, columns: Iterable[str], inserts: Mapping[str, Iterable[str]]
) -> dict[str, list[str]]:
    """
    Return a dict that maps the name of each trigger to the SQL statements that create it. `inserts` maps the events
    INSERT, UPDATE and DELETE to the SQL statements to run for each row of `table`. An update counts only if it changes
    one of `columns`.
    """
    made = {}
    for event, statements in inserts.items():
        when = f" WHEN {differ(columns)}" if event == "UPDATE" else ""
        body = " ".join(f"{statement};" for statement in statements)
        made[f"{name}_{event.lower()}"] = [
            f"CREATE TRIGGER {name}_{event.lower()} AFTER {event} ON {table}{when} BEGIN {body} END"
        ]
    return made


def own_triggers() -> dict[str, list[str]]:
    return {name: [f"CREATE TRIGGER {name} {at} BEGIN {do} END"] for name, (at, do) in OF_ENTRIES.items()}


@contextmanager
def alone(connection: BaseDatabaseWrapper, seconds: int) -> Iterator[None]:
    """
    Open a transaction in which no other process updates the index. Raise OperationalError if another process is still
    updating it after `seconds`.
    """
    if connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    # The transaction is IMMEDIATE, so no other process can write.
    with connection.waiting_at_most(seconds), transaction.atomic():  # type: ignore[attr-defined]
        yield
