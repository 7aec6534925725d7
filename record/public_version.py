"""
The public version: one number that the database raises in the same transaction as any change of rows that the public
could see. Code that keeps something made from such rows reads this number before the rows, stores it too, and throws
both away when the number has changed.

Database triggers raise the number, so every change counts: of the admin, `loaddata`, `update()` or plain SQL.

- SQLite has one writer at a time. Each changed row raises the number.
- On PostgreSQL, a single row with the number would make all transactions that write wait for each other, and could
  make two of them wait forever (a deadlock). So the number is the sum of several rows, the slots. A transaction raises
  one slot, once, that no other transaction holds. If all slots are held, it waits for the first one.

The table is not a Django model, so `flush` and `loaddata` can't set the number back to an earlier value.
"""

from collections.abc import Iterator
from hashlib import sha256

from django.apps import apps
from django.db import connection

from record.database_triggers import TriggerGroup, run

#: The apps whose tables contain what the public can see.
APPS = ("record", "people", "contests", "search")
#: The tables of these apps that no public page, feed or file uses.
PRIVATE = {
    *("contests_previewlink", "contests_historicalpreviewlink"),  # Links for single visitors, never kept.
    *("record_distinct", "record_historicaldistinct"),  # People who are not duplicates of each other.
    "search_change",  # The queue of the search index.
}
TABLE = "record_public_version"
SLOTS = 32
_PREFIX = "public_version_"

_RAISE = f"UPDATE {TABLE} SET number = number + 1 WHERE slot = 0"  # noqa: S608
# A setting of the transaction remembers that it has raised the number. PostgreSQL undoes the setting together with the
# number if the transaction returns to a savepoint.
_FUNCTION = f"""
    CREATE OR REPLACE FUNCTION {TABLE}_raise() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF current_setting('laurel.public_version', true) = pg_current_xact_id()::text THEN RETURN NULL; END IF;
        UPDATE {TABLE} SET number = number + 1 WHERE slot = (
            SELECT slot FROM {TABLE} ORDER BY slot LIMIT 1 FOR UPDATE SKIP LOCKED
        );
        IF NOT FOUND THEN {_RAISE}; END IF;
        PERFORM set_config('laurel.public_version', pg_current_xact_id()::text, true);
        RETURN NULL;
    END $$"""  # noqa: S608
CURRENT = f"SELECT SUM(number) FROM {TABLE}"  # noqa: S608
#: The slot that exists while there are no triggers: during migrations, and after one that failed.
UNWATCHED = -1


def current() -> int | None:
    """
    Return the number of the committed changes so far, and of those of the current transaction. Return None if there are
    no triggers now, so that nothing may be kept.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT SUM(number), MIN(slot) FROM {TABLE}")  # noqa: S608
        number, slot = cursor.fetchone()
        return None if slot == UNWATCHED else int(number)


def tables() -> list[str]:
    """Return the sorted names of all tables with rows that the public could see."""
    models = [model for app in APPS for model in apps.get_app_config(app).get_models(include_auto_created=True)]
    return sorted({model._meta.db_table for model in models} - PRIVATE)


def _wanted() -> dict[str, list[str]]:
    present = set(connection.introspection.table_names())
    if TABLE not in present:
        return {}
    return {name: [sql] for table in tables() if table in present for name, sql in _triggers(table)}


def _triggers(table: str) -> Iterator[tuple[str, str]]:
    # PostgreSQL cuts names after 63 bytes. The longest one has 61.
    if connection.vendor == "postgresql":
        name = f"{_PREFIX}{table}_{sha256(_FUNCTION.encode()).hexdigest()[:4]}"
        events = "INSERT OR UPDATE OR DELETE OR TRUNCATE"
        yield name, f"CREATE TRIGGER {name} AFTER {events} ON {table} EXECUTE FUNCTION {TABLE}_raise()"
        return
    for event in ("INSERT", "UPDATE", "DELETE"):
        name = f"{_PREFIX}{table}_{event.lower()}"
        yield name, f"CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {_RAISE}; END"


def _prepare() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        # Rows may have changed while there were no triggers.
        cursor.execute(_RAISE)
        cursor.execute(f"DELETE FROM {TABLE} WHERE slot = {UNWATCHED}")  # noqa: S608


def _after_removal() -> None:
    if TABLE in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {TABLE} WHERE slot = {UNWATCHED}")  # noqa: S608
            cursor.execute(f"INSERT INTO {TABLE} (slot, number) VALUES ({UNWATCHED}, 0)")  # noqa: S608


def _after_pause() -> None:
    # On PostgreSQL, the triggers also run during a pause, because they run only once for each statement.
    if connection.vendor == "sqlite":
        run([_RAISE])


TRIGGERS = TriggerGroup(
    _PREFIX,
    APPS,
    _wanted,
    has_functions=False,
    prepare=_prepare,
    after_removal=_after_removal,
    after_pause=_after_pause,
)
