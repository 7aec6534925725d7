import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, ClassVar

from django.db.backends.sqlite3 import base

from portal.databases.commits import CountedCommits
from portal.databases.sqlite.write_queue import WriteQueue, is_busy

#: How long SQLite itself waits for a lock in a process that serves requests, in milliseconds.
AT_FIRST = 20
#: The beginnings of statements that need the write lock, if they are not in a transaction that has it. An export begins
#: with BEGIN DEFERRED, which needs none.
WRITES = ("BEGIN IMMEDIATE", "INSERT", "UPDATE", "DELETE")


class Cursor(base.SQLiteCursorWrapper):
    """
    A cursor that runs a statement again if it could not be started. Then it has not read or written anything.

    The tables may have changed while it was prepared. SQLite handles that itself, but not for a virtual table, such as
    the index of the search: "vtable constructor failed". During an upgrade, `migrate` changes tables while visitors
    search.

    Or another connection is writing. In a process that serves requests, the statement then waits in a queue.
    """

    #: Seconds: how long to try while tables change, and the pause between two tries.
    PATIENCE, PAUSE = 2.0, 0.005
    database: "DatabaseWrapper"

    def execute(self, query: str, params: Any = None) -> Any:
        if self.database.web_timeout is None or self.connection.in_transaction:
            return self._executed(query, params)
        if not query.startswith(WRITES):
            try:
                return self._executed(query, params)
            except sqlite3.OperationalError as error:
                if not is_busy(error):
                    raise
        return self.database.queue.wait_for(partial(self._executed, query, params), self.database.lock_seconds)

    def _executed(self, query: str, params: Any) -> Any:
        end = time.monotonic() + self.PATIENCE
        while True:
            try:
                return super().execute(query, params)
            except sqlite3.OperationalError as error:
                # sqlite3 sets the code only on errors that come from SQLite itself.
                if getattr(error, "sqlite_errorcode", 0) != sqlite3.SQLITE_SCHEMA or time.monotonic() >= end:
                    raise
            time.sleep(self.PAUSE)


class DatabaseWrapper(CountedCommits, base.DatabaseWrapper):
    """
    The backend for SQLite. In a process that serves requests (`web_timeout` is set), a statement waits at most so many
    seconds for the write lock, in a queue with the other threads (`WriteQueue`).
    """

    FAILS_FOR_CERTAIN = True
    #: Seconds, set by `configuration.limit_requests`.
    web_timeout: ClassVar[float | None] = None
    queue: ClassVar[WriteQueue] = WriteQueue()
    #: Seconds, set by `waiting_at_most`.
    _most: float | None = None

    @property
    def lock_seconds(self) -> float:
        """How long a statement waits for the write lock in a process that serves requests."""
        return min(seconds for seconds in (self._most, self.web_timeout) if seconds is not None)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        made = super().get_new_connection(conn_params)
        if self.web_timeout is not None:
            made.execute(f"PRAGMA busy_timeout = {AT_FIRST:d}")
        return made

    def create_cursor(self, name: Any = None) -> Cursor:
        cursor: Cursor = self.connection.cursor(factory=Cursor)
        cursor.database = self
        return cursor

    @contextmanager
    def waiting_at_most(self, seconds: float) -> Iterator[None]:
        """Let statements in this block wait at most `seconds` for the write lock."""
        self.ensure_connection()
        before = self.connection.execute("PRAGMA busy_timeout").fetchone()[0]
        self._most, outer = seconds, self._most
        if self.web_timeout is None:
            self.connection.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}")
        try:
            yield
        finally:
            self._most = outer
            if self.connection is not None:
                self.connection.execute(f"PRAGMA busy_timeout = {before:d}")
