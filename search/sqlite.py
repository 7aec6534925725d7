"""
The search on SQLite: an FTS5 index over the tokens of the entries. FTS5's simplest tokenizer keeps them unchanged.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from search.query import Term, Unit

PLACE = "search_entry_fts.rowid"
# Whether anything matches an expression in a range of primary keys, and which rows. FTS5 reads in the order of the keys
# and stops at the limit.
_MATCH = "FROM search_entry_fts WHERE search_entry_fts MATCH %s AND search_entry_fts.rowid BETWEEN %s AND %s"
ANY = f"SELECT 1 {_MATCH}"
MATCHES = f"SELECT search_entry_fts.rowid AS place {_MATCH} AND {{also}} ORDER BY search_entry_fts.rowid LIMIT %s"
# Run after many entries were rebuilt.
SETTLE = ["INSERT INTO search_entry_fts(search_entry_fts) VALUES ('optimize')", "ANALYZE"]
REBUILD = ["INSERT INTO search_entry_fts(search_entry_fts) VALUES ('rebuild')"]
# FTS5 reads the tokens from the table of the entries and must be told about each change in it. Entries are never
# updated, only deleted and created again.
OF_ENTRIES = {
    "search_entry_added": (
        "AFTER INSERT ON search_entry",
        "INSERT INTO search_entry_fts(rowid, tokens) VALUES (NEW.id, NEW.tokens);",
    ),
    "search_entry_removed": (
        "AFTER DELETE ON search_entry",
        "INSERT INTO search_entry_fts(search_entry_fts, rowid, tokens) VALUES ('delete', OLD.id, OLD.tokens);",
    ),
}
INSTALLED = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'search!_%%' ESCAPE '!'"


def expression(units: Iterable[Unit], marks: Iterable[str]) -> str:
    """Return the FTS5 expression for entries that match all `units`, with the same one of the `marks`."""
    units = list(units)
    return " OR ".join("(" + " AND ".join(_unit(unit, mark) for unit in units) + ")" for mark in marks)


def _unit(unit: Unit, mark: str) -> str:
    return "(" + " OR ".join(" AND ".join(_term(term.marked(mark)) for term in terms) for terms in unit) + ")"


def _term(term: Term) -> str:
    return f'"{term.text}"' + " *" * term.is_start


def triggers(name: str, table: str, columns: Iterable[str], insert: str, *, updates_only: bool) -> dict[str, list[str]]:
    """
    Return the statements that create each trigger, by its name. The triggers run `insert` for a row of `table` when one
    of its `columns` changes and, unless `updates_only`, when the row is inserted or deleted.
    """
    made = {}
    changed = " OR ".join(f'OLD."{column}" IS NOT NEW."{column}"' for column in columns)
    for moment, rows in [_UPDATE] if updates_only else _MOMENTS:
        inserts = " ".join(insert.format(row=row) + ";" for row in rows)
        when = f" WHEN {changed}" if moment == "UPDATE" else ""
        made[f"{name}_{moment.lower()}"] = [
            f"CREATE TRIGGER {name}_{moment.lower()} AFTER {moment} ON {table}{when} BEGIN {inserts} END"
        ]
    return made


_UPDATE = ("UPDATE", ["OLD", "NEW"])
_MOMENTS = [("INSERT", ["NEW"]), _UPDATE, ("DELETE", ["OLD"])]


def own_triggers() -> dict[str, list[str]]:
    return {name: [f"CREATE TRIGGER {name} {at} BEGIN {do} END"] for name, (at, do) in OF_ENTRIES.items()}


def drop(name: str, table: str) -> list[str]:
    return [f"DROP TRIGGER {name}"]


@contextmanager
def alone(connection: BaseDatabaseWrapper, seconds: int) -> Iterator[None]:
    """
    Open a transaction in which no other process renews the index. Raise OperationalError if that isn't possible within
    `seconds`.
    """
    if connection.in_atomic_block:
        with transaction.atomic():
            yield
        return
    with connection.cursor() as cursor:
        patience = cursor.execute("PRAGMA busy_timeout").fetchone()[0]
        cursor.execute(f"PRAGMA busy_timeout = {seconds * 1000:d}")
        try:
            with transaction.atomic():  # IMMEDIATE: no other process can write
                yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience:d}")
