"""Connections to PostgreSQL that notice if the server no longer answers."""

import time
from collections.abc import Generator
from functools import cache
from threading import Lock
from typing import Any

import psycopg
from psycopg import errors

from portal.databases.circuit import Circuit
from portal.databases.time_limits import WebLimits, left

AWAY = "The database can't be reached (the last attempt was a moment ago)"
#: How many seconds an answer to the question whether the server is alive counts.
REMEMBERED = 2


@cache
def circuit_of(host: str, port: str, patience: float) -> Circuit:
    """Return the circuit of a server. All threads of the process share it."""
    return Circuit(f"The database {host}:{port}" if port else "The database", patience=min(patience, 1))


class WatchedConnection(psycopg.Connection[Any]):
    """
    A connection that waits for an answer only as long as `time_limits` allows. It closes itself then, because its next
    answer would be that to an old question.

    If the server is frozen, or the cable is pulled, the operating system waits for minutes. So after a while, and if
    this process serves requests, ask on another connection whether the server answers at all.
    """

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        limit = left()
        timeout = limit if timeout is None else timeout if limit is None else min(limit, timeout)
        watched = gen if WebLimits.statement is None else self._watched(gen)
        try:
            return super().wait(watched, interval, timeout)
        except errors._WaitTimeout as error:
            self.pgconn.finish()
            raise errors.OperationalError("The database did not answer in time") from error

    def _watched(self, gen: Any) -> Generator[Any, Any, Any]:
        began = time.monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                if not ready and time.monotonic() - began > WebLimits.suspicious and not _answers(self):
                    self.pgconn.finish()
                    raise errors.OperationalError("The database no longer answers")
                wanted = gen.send(ready)
        except StopIteration as end:
            return end.value


_lock = Lock()
_asked: dict[str, tuple[float, bool]] = {}


def _answers(connection: WatchedConnection) -> bool:
    """
    Return whether the server answers a new connection. If another thread is asking, assume that it does: this thread
    asks again soon.
    """
    key = f"{connection.info.host}:{connection.info.port}"
    asked_at, answered = _asked.get(key, (float("-inf"), True))
    if time.monotonic() - asked_at < REMEMBERED:
        return answered
    if not _lock.acquire(blocking=False):
        return True
    try:
        known: dict[str, Any] = {
            **connection.info.get_parameters(),
            "password": connection.info.password,
            "connect_timeout": 2,
        }
        try:
            psycopg.connect(**known).close()
            answered = True
        except errors.ConnectionTimeout:
            answered = False
        except psycopg.Error:  # A refusal is an answer too. If the server has stopped, this connection ends by itself.
            answered = True
        _asked[key] = time.monotonic(), answered
        return answered
    finally:
        _lock.release()
