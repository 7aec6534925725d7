"""A queue for SQLite's write lock: first come, first served."""

import sqlite3
import time
from collections import deque
from collections.abc import Callable
from threading import Condition
from typing import Any

#: Seconds between two attempts of the first thread, and how long all threads wait for a lock that does not move.
PAUSE, PATIENCE = 0.005, 1.0
#: How many threads go on waiting after that. The others are for readers, who never need the lock.
FEW = 2


class WriteQueue:
    """
    The threads of a process that wait for the write lock; only the first one asks for it. SQLite itself has no queue:
    each waiting connection sleeps for up to 0.1 seconds and asks again. So some of twenty editors waited for 20
    seconds, and the lock was often free while all were asleep.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: deque[object] = deque()
        self._patient: set[object] = set()
        #: The moment (monotonic clock) at which a thread of this process last got the lock.
        self._moved_at = float("-inf")

    def wait_for(self, write: Callable[[], Any], seconds: float) -> Any:
        """
        Return what `write` returns as soon as it gets the lock. After `seconds`, raise its `OperationalError`. If no
        thread of this process has got the lock for `PATIENCE` seconds, only `FEW` threads go on waiting.
        """
        ticket, came = object(), time.monotonic()
        with self._changed:
            self._waiting.append(ticket)
        try:
            while True:
                is_first = self._is_first(ticket)
                if not is_first and self._may_wait(ticket, came, seconds):
                    continue
                try:
                    written = write()
                    self._moved_at = time.monotonic()
                    return written
                except sqlite3.OperationalError as error:
                    if not is_first or not is_busy(error) or not self._may_wait(ticket, came, seconds):
                        raise
                time.sleep(PAUSE)
        finally:
            with self._changed:
                self._waiting.remove(ticket)
                self._patient.discard(ticket)
                self._changed.notify_all()

    def _is_first(self, ticket: object) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._waiting[0] is ticket, 10 * PAUSE)

    def _may_wait(self, ticket: object, came: float, seconds: float) -> bool:
        now = time.monotonic()
        if now - came >= seconds:
            return False
        if now - max(came, self._moved_at) < PATIENCE or ticket in self._patient:
            return True
        with self._changed:
            if len(self._patient) >= FEW:
                return False
            self._patient.add(ticket)
            return True


def is_busy(error: sqlite3.OperationalError) -> bool:
    """
    Return whether a statement was refused since another connection writes, or repairs the log after a crash. Then it
    has done nothing. A transaction that has read what another one then changed can't go on, however long it waits.
    """
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF == sqlite3.SQLITE_BUSY and code != sqlite3.SQLITE_BUSY_SNAPSHOT
