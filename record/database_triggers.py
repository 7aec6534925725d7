"""Create and drop groups of database triggers around migrations, on SQLite and PostgreSQL."""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models.signals import post_migrate, pre_migrate

_INSTALLED = {
    "sqlite": "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s ESCAPE '!'",
    "postgresql": """
        SELECT tgname, relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
        WHERE tgname LIKE %s ESCAPE '!' AND NOT tgisinternal AND relnamespace = current_schema()::regnamespace""",
}
#: On PostgreSQL, the condition that triggers are not paused in the current transaction, for their WHEN clauses.
NOT_PAUSED = "current_setting('laurel.paused', true) IS DISTINCT FROM 'yes'"
_groups: list["TriggerGroup"] = []


def _nothing() -> None:
    pass


@dataclass(frozen=True)
class TriggerGroup:
    """
    The triggers whose names start with `prefix`. They use tables of the apps `apps`.

    Migrations may rebuild tables, on SQLite even implicitly. So `remove` drops the triggers before a migration of one
    of `apps`, and `install` creates them again after it.

    `wanted` returns a dict that maps the name of each trigger to the SQL statements that create it. A name must change
    whenever its SQL changes. If tables or columns that the triggers use don't exist yet, `wanted` returns an empty
    dict. On PostgreSQL, each trigger has a function of the same name, unless `has_functions` is False. `prepare` runs
    before triggers are created, `after_install` when they have been created, and `after_removal` when they have been
    dropped. `after_pause` makes up for what the triggers did not do while they were paused (see `paused`).
    """

    prefix: str
    apps: Collection[str]
    wanted: Callable[[], dict[str, list[str]]]
    has_functions: bool = True
    prepare: Callable[[], None] = _nothing
    after_install: Callable[[], None] = _nothing
    after_removal: Callable[[], None] = _nothing
    after_pause: Callable[[], None] = _nothing

    def connect(self, sender: Any) -> None:
        """Run `remove` before, and `install` after, all migrations of the app config `sender`."""
        _groups.append(self)
        pre_migrate.connect(self.remove, sender=sender, weak=False)
        post_migrate.connect(self.install, sender=sender, weak=False)

    def install(self, using: str = DEFAULT_DB_ALIAS, **signal: Any) -> None:
        """If a trigger is missing or outdated, drop all triggers of the group and create them anew."""
        if using != DEFAULT_DB_ALIAS:
            return
        wanted, present = self.wanted(), self.present()
        if set(wanted) == set(present):
            return
        run(statement for name, table in present.items() for statement in self._drop(name, table))
        if wanted:
            self.prepare()
            run(statement for statements in wanted.values() for statement in statements)
            self.after_install()

    def remove(self, using: str = DEFAULT_DB_ALIAS, plan: Iterable = (), **signal: Any) -> None:
        """Drop all triggers of the group if `plan` has a migration of an app whose tables they use."""
        if using == DEFAULT_DB_ALIAS and any(migration.app_label in self.apps for migration, _backwards in plan):
            run(statement for name, table in self.present().items() for statement in self._drop(name, table))
            self.after_removal()

    def present(self) -> dict[str, str]:
        """Return a dict that maps the name of each existing trigger of the group to its table."""
        with connection.cursor() as cursor:
            cursor.execute(_INSTALLED[connection.vendor], [f"{self.prefix.replace('_', '!_')}%"])
            return dict(cursor.fetchall())

    def _drop(self, name: str, table: str) -> list[str]:
        if connection.vendor == "sqlite":
            return [f"DROP TRIGGER {name}"]
        return [f"DROP TRIGGER {name} ON {table}", *([f"DROP FUNCTION {name}()"] if self.has_functions else [])]


@contextmanager
def paused() -> Iterator[None]:
    """
    Don't run the triggers of all groups in this block, which is part of a transaction. Then run `after_pause` of each
    group. On PostgreSQL, triggers without the condition `NOT_PAUSED` do run.

    The block may only create rows, and change the rows that it created, and these may not make other rows public.
    Because of `after_pause`, the effect is then the same as that of the triggers. If the block fails, what it did is
    undone.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("Triggers can be paused only in a transaction.")
    with transaction.atomic():
        if connection.vendor == "sqlite":
            # SQLite has no way to disable triggers. No other process can write before the end of the transaction.
            with connection.cursor() as cursor:
                cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
                made = dict(cursor.fetchall())
            present = [name for group in _groups for name in group.present()]
            run(f"DROP TRIGGER {name}" for name in present)
            yield
            run(made[name] for name in present)
        else:
            run(["SET LOCAL laurel.paused = 'yes'"])
            yield
            run(["SET LOCAL laurel.paused = 'no'"])
        for group in _groups:
            group.after_pause()


def run(statements: Iterable[str]) -> None:
    """Execute SQL statements without parameters."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
