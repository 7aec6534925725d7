"""
The metrics themselves. This module must be imported after the folder of the metrics is in the environment
(portal/metrics/__init__.py), because the library then writes to files that all workers share.
"""

import errno
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from wsgiref.simple_server import WSGIServer

from django.contrib.auth.signals import user_login_failed
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead

from portal import metrics, page_cache
from portal.metrics.database import DatabaseCollector
from portal.metrics.kinds import status_class_of

logger = logging.getLogger(__name__)
#: So often in a row, the port has to be taken before the log says so: another worker may just be starting to serve it.
SURE = 3
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


class Numbers:
    """The numbers of this process, and the server that gives the sum of all processes."""

    def __init__(self) -> None:
        here = CollectorRegistry()
        self.requests = Counter("laurel_requests", "Requests that Django answered", ["page", "status"], registry=here)
        self.seconds = Histogram(
            "laurel_request_seconds", "Time in Django for a request", ["page"], buckets=SECONDS, registry=here
        )
        self.hits = Counter("laurel_page_cache_hits", "Requests that the page cache answered", registry=here)
        self.misses = Counter("laurel_page_cache_misses", "Pages made for the page cache", registry=here)
        self.pages = Gauge("laurel_page_cache_pages", "Kept pages", multiprocess_mode="livesum", registry=here)
        self.bytes = Gauge(
            "laurel_page_cache_bytes", "Size of the kept pages", multiprocess_mode="livesum", registry=here
        )
        self.outages = Counter(
            "laurel_database_failures", "Requests that failed because of the database", registry=here
        )
        self.refused = Counter("laurel_sign_in_failures", "Sign-ins with a wrong password", registry=here)
        self.errors = Counter("laurel_errors_logged", "Errors in the log", ["source"], registry=here)
        self._noted = (0, 0)
        self._refusals = 0
        self._signals()

    def _signals(self) -> None:
        user_login_failed.connect(self._refused, weak=False, dispatch_uid="laurel.metrics")
        got_request_exception.connect(self._failed, weak=False, dispatch_uid="laurel.metrics")
        self.handler = _Errors(self.errors)
        logging.getLogger().addHandler(self.handler)

    def _refused(self, **_sent: Any) -> None:
        self.refused.inc()

    def _failed(self, **_sent: Any) -> None:
        if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
            self.outages.inc()

    def count_request(self, page: str, status: int, seconds: float) -> None:
        self.requests.labels(page, status_class_of(status)).inc()
        self.seconds.labels(page).observe(seconds)

    def note_page_cache(self) -> None:
        """Write what the page cache of this process has counted since the last call."""
        counts = page_cache.COUNTS
        hits, misses = counts.hits, counts.misses
        self.hits.inc(max(0, hits - self._noted[0]))
        self.misses.inc(max(0, misses - self._noted[1]))
        self._noted = hits, misses
        self.pages.set(counts.pages)
        self.bytes.set(counts.size)

    def serve(self, host: str, port: int) -> WSGIServer | None:
        """
        Serve the sum of all workers. Return None if another one does. If the port belongs to another program, say so in
        the log, once.
        """
        note = Path(os.environ[metrics.FOLDER]) / "served_by"
        try:
            server, _thread = start_http_server(port, addr=host, registry=everything())
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            self._refusals = 0 if _names_a_process(note) else self._refusals + 1
            if self._refusals == SURE:
                logger.error("Another program uses METRICS_PORT, %s: there are no metrics", port)
            return None
        note.write_text(str(os.getpid()))
        return server

    def forget_dead_workers(self) -> None:
        """Remove the gauges of workers that have ended. Their counters stay, so that no sum becomes smaller."""
        for file in Path(os.environ[metrics.FOLDER]).glob("gauge_live*_*.db"):
            process = int(file.stem.rsplit("_", 1)[1])
            if not metrics.is_alive(process):
                mark_process_dead(process)


class _Errors(logging.Handler):
    """Counts the errors in the log by the part of the portal that they come from."""

    SOURCES = frozenset(
        ["accounts", "contests", "django", "django_tasks", "people", "portal", "publishing", "record", "search"]
    )

    def __init__(self, errors: Counter) -> None:
        super().__init__(logging.ERROR)
        self.errors = errors

    def emit(self, record: logging.LogRecord) -> None:
        source = record.name.split(".", 1)[0]
        self.errors.labels(source if source in self.SOURCES else "other").inc()


def _names_a_process(note: Path) -> bool:
    """Return whether the file `note` has the number of a running process."""
    with suppress(OSError, ValueError):
        return metrics.is_alive(int(note.read_text()))
    return False


def everything() -> CollectorRegistry:
    """Return the registry of what the port serves: the sum of all workers, and what is counted when it is asked for."""
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    registry.register(DatabaseCollector())
    return registry
