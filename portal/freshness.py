"""
How long kept pages are up to date: until a change of what the public could see (`record.public_version`), or until the
next moment at which something changes by time alone, such as a reveal.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from threading import Event, Lock
from typing import Any

from django.db import DatabaseError, connection
from django.utils import timezone

from record import public_version
from search.next_moment import next_moment

logger = logging.getLogger(__name__)

#: A worker reads the public version at most every `EVERY` seconds. A page is never served if the version was last read
#: more than `AT_MOST` seconds ago, unless the database can't be reached: then pages go on for `UNREACHABLE` seconds.
EVERY, AT_MOST, UNREACHABLE = 0.25, 0.75, 60


def read_version() -> int:
    """Return the public version. Replace this thread's connection first if the database has closed it."""
    connection.close_if_unusable_or_obsolete()
    return public_version.current()


class Generation:
    """
    The pages that were made from one public version, between the times `began` and `until` (in seconds since 1970). If
    the version has changed or the time is over, the whole generation is dropped, so no page needs a check of its own.

    The version was read before the pages were made. So a page can be newer than its generation, but not older.
    """

    def __init__(self, version: int, began: float, until: float):
        self.version, self.began, self.until = version, began, until
        self.pages: OrderedDict[Any, Any] = OrderedDict()
        #: The size of all pages in bytes.
        self.size = 0
        #: For each page that a thread is making now, an event on which other threads wait for it.
        self.in_progress: dict[Any, Event] = {}
        self.lock = Lock()

    def is_at(self, now: float) -> bool:
        # `began` matters if the clock is set back.
        return self.began <= now < self.until


class Freshness:
    """
    The current generation of kept pages. `read` returns the public version, and `moment` the first moment after a given
    one at which a page may change. The version is read at most once in `every` seconds.
    """

    def __init__(
        self,
        read: Callable[[], int] = read_version,
        moment: Callable[[datetime], datetime] = next_moment,
        every: float = EVERY,
    ) -> None:
        self._read, self._moment, self._every = read, moment, every
        self._lock = Lock()
        # Times of the monotonic clock: when the version was last asked for, and when the database last answered.
        self._asked_at = self._answered_at = float("-inf")
        self.generation = Generation(-1, 0, 0)

    def current(self, *, at_once: bool = False) -> Generation | None:
        """
        Return the current generation, or None if nothing is known about it. Ask the database if the last answer is
        older than `every` or, with `at_once`, in any case.
        """
        began, generation = time.monotonic(), self.generation
        is_valid = generation.is_at(time.time())
        age = began - self._asked_at
        if age < self._every and is_valid and not at_once:
            return generation
        # While one thread asks, the others go on with the generation they have, but not for long.
        may_go_on = is_valid and age < AT_MOST and not at_once
        if not self._lock.acquire(timeout=0 if may_go_on else 2):
            return generation if may_go_on else self._unconfirmed(began)
        try:
            return self._renewed(began - (0 if at_once else self._every))
        finally:
            self._lock.release()

    def _renewed(self, since: float) -> Generation | None:
        """Ask the database, unless another thread has done so after the time `since` of the monotonic clock."""
        now, clock = timezone.now(), time.monotonic()
        if self._asked_at <= since or not self.generation.is_at(now.timestamp()):
            try:
                version = self._read()
                if version != self.generation.version or not self.generation.is_at(now.timestamp()):
                    # Read the next moment after the version, so that it is at least as new.
                    until = self._moment(now).timestamp()
                    self.generation = Generation(version, now.timestamp(), until)
                self._answered_at = clock
            except DatabaseError:
                logger.warning("The database could not be asked for the public version", exc_info=True)
                connection.close()
            self._asked_at = clock
        return self._unconfirmed(clock)

    def _unconfirmed(self, clock: float) -> Generation | None:
        generation = self.generation
        is_recent = clock - self._answered_at < UNREACHABLE
        return generation if is_recent and generation.is_at(time.time()) else None
