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

from django.db import Error, connection
from django.utils import timezone

from portal.databases.time_limits import at_most
from record import public_version
from search.next_moment import next_moment

logger = logging.getLogger(__name__)

#: A worker reads the public version at most every `EVERY` seconds. A page is never served if the version was last read
#: more than `AT_MOST` seconds ago, unless the database refuses, or does not answer within `ANSWER` seconds. Then pages
#: go on for `UNREACHABLE` seconds, but never past the next moment at which something changes by time, such as a reveal.
#: So a page shows at most this long what was withdrawn meanwhile by another machine that still reaches the database. A
#: thread waits at most `PATIENCE` seconds while another one asks for the version.
EVERY, AT_MOST, ANSWER, UNREACHABLE, PATIENCE = 0.25, 0.75, 0.9, 300, 1


def read_version() -> int | None:
    """
    Return the public version, or None if changes are not noticed. Replace this thread's connection first if the
    database has closed it.
    """
    with at_most(ANSWER):
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
        #: The size of all pages in bytes, and that of each.
        self.size = 0
        self._sizes: dict[Any, int] = {}
        #: Keys of responses that turned out not to be public.
        self.not_kept: set[Any] = set()
        #: For each page that a thread is making now, an event on which other threads wait for it.
        self.in_progress: dict[Any, Event] = {}
        self.lock = Lock()

    def weigh(self, key: Any, size: int) -> None:
        """Note that the page with `key` takes `size` bytes now. The caller holds the lock."""
        self.size += size - self._sizes.pop(key, 0)
        if size:
            self._sizes[key] = size

    def note_not_kept(self, key: Any) -> None:
        """Remember, for a while, that the response with `key` is not public."""
        with self.lock:
            if len(self.not_kept) >= 1000:
                self.not_kept.clear()
            self.not_kept.add(key)

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
        read: Callable[[], int | None] = read_version,
        moment: Callable[[datetime], datetime] = next_moment,
        every: float = EVERY,
    ) -> None:
        self._read, self._moment, self._every = read, moment, every
        self._lock = Lock()
        # Times of the monotonic clock: when the version was last asked for, when the database last answered, and since
        # when a thread has been asking.
        self._asked_at = self._answered_at = float("-inf")
        self._asking_since = float("inf")
        self._is_known = False
        # Whether the database did not answer the last time.
        self._is_away = False
        self.generation = Generation(-1, 0, 0)

    def current(self, *, at_once: bool = False) -> Generation | None:
        """
        Return the current generation, or None if nothing is known about it. Ask the database if the last answer is
        older than `every` or, with `at_once`, in any case.
        """
        began, generation = time.monotonic(), self.generation
        is_valid = generation.is_at(time.time())
        age = began - self._asked_at
        if age < self._every and is_valid and self._is_known and not at_once:
            return generation
        # While one thread asks, the others go on with the generation they have, but not for long. Then they wait for
        # the answer, unless it is late already.
        if self._is_away:
            # Nobody waits: one thread at a time asks whether the database is there again.
            is_valid = is_valid and began - self._answered_at < UNREACHABLE
            may_go_on = is_valid
        else:
            may_go_on = is_valid and age < AT_MOST and not at_once
        is_late = began - self._asking_since > PATIENCE
        if not self._lock.acquire(timeout=0 if may_go_on or is_late else PATIENCE):
            return generation if may_go_on else None
        try:
            self._asking_since = began
            return self._renewed(began - (0 if at_once else self._every))
        finally:
            self._asking_since = float("inf")
            self._lock.release()

    def _renewed(self, since: float) -> Generation | None:
        """Ask the database, unless another thread has done so after the time `since` of the monotonic clock."""
        now, clock = timezone.now(), time.monotonic()
        if self._asked_at > since and self.generation.is_at(now.timestamp()):
            return self.generation if self._is_known else None
        try:
            version = self._read()
            self._is_known = version is not None
            if version is None:
                self.generation = Generation(-1, 0, 0)
            elif version != self.generation.version or not self.generation.is_at(now.timestamp()):
                # The old pages end here, also if reading the next moment fails or takes long. Read it after the
                # version, so that it is at least as new.
                self.generation = Generation(-1, 0, 0)
                self.generation = Generation(version, now.timestamp(), self._moment(now).timestamp())
            self._answered_at, self._is_away = clock, False
        except Error:
            logger.warning("The database could not be asked for the public version", exc_info=True)
            connection.close()
            self._is_known, self._is_away = clock - self._answered_at < UNREACHABLE, True
            clock = time.monotonic()
        self._asked_at = clock
        return self.generation if self._is_known and self.generation.is_at(time.time()) else None
