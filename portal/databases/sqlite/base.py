import sqlite3
import time
from threading import Lock
from typing import Any, ClassVar

from django.db import OperationalError
from django.db.backends.sqlite3 import base

from portal.databases.commits import CountedCommits


class Cursor(base.SQLiteCursorWrapper):
    """
    A cursor that runs a statement again if the tables changed while it was prepared. SQLite does that itself, but not
    for a virtual table, such as the index of the search: "vtable constructor failed". During an upgrade, `migrate`
    changes tables while visitors search. A statement that fails like this has not read or written anything.
    """

    #: Seconds: how long to try, and the pause between two tries.
    PATIENCE, PAUSE = 2.0, 0.005

    def execute(self, query: str, params: Any = None) -> Any:
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
    The backend for SQLite. In a process that serves requests (`web_timeout` is set), a transaction waits at most so
    many seconds for the write lock. If `FEW` threads are waiting already, it waits only for the `timeout` of the
    connection: the other threads of the process are for readers, who never need the lock.
    """

    FAILS_FOR_CERTAIN = True
    FEW = 2
    #: Seconds, set by `configuration.limit_requests`.
    web_timeout: ClassVar[float | None] = None
    _waiting: ClassVar[int] = 0
    _lock = Lock()

    def create_cursor(self, name: Any = None) -> Cursor:
        return self.connection.cursor(factory=Cursor)

    def _start_transaction_under_autocommit(self) -> None:
        if self.web_timeout is None:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
            return
        end, is_waiting = time.monotonic() + self.web_timeout, False
        try:
            while True:
                try:
                    super()._start_transaction_under_autocommit()  # type: ignore[misc]
                    return
                except OperationalError as error:
                    cause = error.__cause__
                    is_busy = isinstance(cause, sqlite3.Error) and cause.sqlite_errorcode == sqlite3.SQLITE_BUSY
                    is_waiting = is_waiting or self._may_wait()
                    if not is_busy or not is_waiting or time.monotonic() >= end:
                        raise
        finally:
            if is_waiting:
                with self._lock:
                    type(self)._waiting -= 1

    def _may_wait(self) -> bool:
        """Return whether this thread is one of the few that may go on waiting, and count it then."""
        with self._lock:
            if self._waiting >= self.FEW:
                return False
            type(self)._waiting += 1
            return True
