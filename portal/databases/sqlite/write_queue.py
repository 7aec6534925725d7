"""The order in which the threads of a process get SQLite's write lock."""

import sqlite3
import time
from collections import deque
from collections.abc import Callable
from threading import Condition

from django.db import OperationalError

#: Seconds between two attempts of the first thread.
PAUSE = 0.005
#: How many threads may go on waiting while the lock does not move. The others are for readers, who never need the lock.
FEW = 2


class WriteQueue:
    """
    Threads that wait for the write lock, in the order in which they came; only the first one asks for it. SQLite itself
    has no order: each waiting connection sleeps for up to 0.1 seconds and asks again. So some of twenty editors waited
    for 20 seconds, and the lock was often free while all were asleep.
    """

    def __init__(self) -> None:
        self._changed = Condition()
        self._waiting: deque[object] = deque()
        self._patient: set[object] = set()
        #: The moment (monotonic clock) at which a thread of this process last got the lock.
        self._moved_at = float("-inf")

    def wait_for(self, begin: Callable[[], None], seconds: float, patience: float) -> None:
        """
        Call `begin` until it gets the lock, for `seconds`; then raise its `OperationalError`. If no thread of this
        process has got the lock for `patience` seconds, only `FEW` threads go on waiting.
        """
        ticket, came = object(), time.monotonic()
        with self._changed:
            self._waiting.append(ticket)
        try:
            while True:
                is_first = self._is_first(ticket)
                if not is_first and self._may_wait(ticket, came, seconds, patience):
                    continue
                try:
                    begin()
                    self._moved_at = time.monotonic()
                    return
                except OperationalError as error:
                    if not is_first or not is_busy(error) or not self._may_wait(ticket, came, seconds, patience):
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

    def _may_wait(self, ticket: object, came: float, seconds: float, patience: float) -> bool:
        now = time.monotonic()
        if now - came >= seconds:
            return False
        if now - max(came, self._moved_at) < patience or ticket in self._patient:
            return True
        with self._changed:
            if len(self._patient) >= FEW:
                return False
            self._patient.add(ticket)
            return True


def is_busy(error: OperationalError) -> bool:
    cause = error.__cause__
    return isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorcode", 0) == sqlite3.SQLITE_BUSY
