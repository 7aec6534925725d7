"""
Metrics for Prometheus, on a port of their own: how many requests, how long they took, what the page cache and the
background tasks do. Off, and not even loaded, without `METRICS_PORT`.

A server has several worker processes. Each writes its numbers to files in a shared folder, and one of them serves the
sum of all on the port. If that worker ends, another one takes its place.
"""

import logging
import os
import shutil
from pathlib import Path
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest

from portal.metrics.kinds import kind_of

if TYPE_CHECKING:
    from portal.metrics.numbers import Numbers

logger = logging.getLogger(__name__)
#: How often, in seconds, a worker writes the numbers of its page cache, and tries to serve the port.
BEAT = 5
#: The library reads the folder from this variable when it is imported.
FOLDER = "PROMETHEUS_MULTIPROC_DIR"

_numbers: "Numbers | None" = None
_lock = Lock()


def count_request(request: HttpRequest, status: int, seconds: float) -> None:
    """Count a request that Django has answered. Without `METRICS_PORT`, do nothing."""
    if _numbers is not None:
        _numbers.count_request(kind_of(request.path_info), status, seconds)


def start(stopped: Event | None = None) -> None:
    """
    Begin to count in this process, a worker of the server, and to serve the port if no other worker does. `stopped`
    ends both.
    """
    global _numbers
    if not settings.METRICS_PORT:
        return
    with _lock:
        if _numbers is not None:
            return
        try:
            os.environ[FOLDER] = str(_folder())
        except OSError as error:
            logger.error("There are no metrics, since %s", error)  # noqa: TRY400 (the sentence says everything)
            return
        from portal.metrics.numbers import Numbers

        _numbers = Numbers()
    Thread(target=_run, args=(_numbers, stopped or Event()), daemon=True, name="metrics").start()


def _run(numbers: "Numbers", stopped: Event) -> None:
    server = None
    try:
        while True:
            try:
                numbers.note_page_cache()
                server = server or numbers.serve(settings.METRICS_HOST, settings.METRICS_PORT)
                numbers.forget_dead_workers()
            except Exception:
                logger.exception("The metrics could not be written")
            if stopped.wait(BEAT):
                return
    finally:
        if server is not None:
            server.shutdown()
            server.server_close()


def _folder() -> Path:
    """
    Return the folder that the workers of this server share: they have the same parent process. Remove those of servers
    that have ended.
    """
    if given := os.environ.get(FOLDER):
        Path(given).mkdir(mode=0o700, parents=True, exist_ok=True)
        return Path(given)
    above = settings.VAR_DIR / "metrics"
    own = above / str(os.getppid())
    own.mkdir(mode=0o700, parents=True, exist_ok=True)
    for other in above.iterdir():
        if other.name.isdecimal() and not is_alive(int(other.name)):
            shutil.rmtree(other, ignore_errors=True)
    return own


def is_alive(process: int) -> bool:
    """Return whether there is a process with this number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
