"""
Remembers for a moment that a server can't be reached, so that not every request waits for it (the "circuit breaker"
pattern).
"""

import logging
import time
from threading import Lock

logger = logging.getLogger(__name__)


class Circuit:
    """
    Whether the server called `name` can be reached. After a failure, nobody tries for `pause` seconds. Then one thread
    tries, and the others go on without the server until that thread knows. If a try takes longer than `patience`
    seconds, the other threads don't begin one of their own.
    """

    def __init__(self, name: str, pause: float = 1, patience: float = 1):
        self.name, self.pause, self.patience = name, pause, patience
        self._lock = Lock()
        # Moments of the monotonic clock: the first and the last failure, and the begin of the oldest try.
        self._away_since: float | None = None
        self._failed_at = float("-inf")
        self._tried_at: float | None = None

    @property
    def is_away(self) -> bool:
        return self._away_since is not None

    def may_try(self) -> bool:
        """Return whether this thread may try to reach the server. Then it must call `succeeded` or `failed`."""
        if self._away_since is None and self._tried_at is None:
            self._tried_at = time.monotonic()
            return True
        with self._lock:
            now = time.monotonic()
            if self._away_since is None:
                return self._tried_at is None or now - self._tried_at < self.patience
            if now - self._failed_at < self.pause or (self._tried_at is not None and now - self._tried_at < 10):
                return False
            self._tried_at = now
            return True

    def succeeded(self) -> None:
        self._tried_at = None
        if self._away_since is None:
            return
        with self._lock:
            since, self._away_since = self._away_since, None
        if since is not None:
            logger.warning("%s can be reached again, after %.0f seconds", self.name, time.monotonic() - since)

    def failed(self) -> None:
        with self._lock:
            self._tried_at, self._failed_at = None, time.monotonic()
            if self._away_since is None:
                self._away_since = self._failed_at
