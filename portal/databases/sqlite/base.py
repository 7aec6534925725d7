import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from django.db.backends.sqlite3 import base

from portal.databases.commits import CountedCommits
from portal.databases.sqlite.write_queue import WriteQueue


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
    many seconds for the write lock, in a queue with the other threads (`WriteQueue`).
    """

    FAILS_FOR_CERTAIN = True
    #: Seconds, set by `configuration.limit_requests`.
    web_timeout: ClassVar[float | None] = None
    _queue = WriteQueue()
    #: Seconds, set by `waiting_at_most`.
    _most: float | None = None

    def create_cursor(self, name: Any = None) -> Cursor:
        return self.connection.cursor(factory=Cursor)

    @contextmanager
    def waiting_at_most(self, seconds: float) -> Iterator[None]:
        """Let transactions in this block wait at most `seconds` for the write lock."""
        self._most, before = seconds, self._most
        try:
            yield
        finally:
            self._most = before

    def _start_transaction_under_autocommit(self) -> None:
        begin = super()._start_transaction_under_autocommit  # type: ignore[misc]
        if self.web_timeout is None and self._most is None:
            begin()
            return
        patience = self.settings_dict["OPTIONS"].get("timeout", 5.0)
        try:
            if self.web_timeout is None:
                self._be_patient(self._most or 0)
                begin()
            else:
                self._be_patient(0)
                self._queue.wait_for(begin, min(self._most or self.web_timeout, self.web_timeout), patience)
        finally:
            self._be_patient(patience)

    def _be_patient(self, seconds: float) -> None:
        """Let SQLite itself wait so long for a lock."""
        self.connection.execute(f"PRAGMA busy_timeout = {seconds * 1000:.0f}")
