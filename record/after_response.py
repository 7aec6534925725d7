"""
Work that a server process without a worker does after its response, in one thread with low priority: an editor should
not wait for it, and other requests come first. What is waiting when the process ends is lost, so this is only for work
that a command can do later, such as `make_renditions`.
"""

import logging
import os
import threading
from contextlib import suppress
from queue import Full, Queue
from typing import Any

from django.db import connections
from django_tasks.base import Task

from record.background import has_worker, start

logger = logging.getLogger(__name__)
#: The most tasks that wait, and the priority of the thread: from 0, the usual one, to 19, the lowest.
MOST, NICE = 500, 10
_waiting: "Queue[tuple[Task, dict[str, Any]]]" = Queue(MOST)
_serving = threading.Event()


def serve() -> None:
    """Let this process work after its responses from now on. Called by a server, not by commands."""
    if not _serving.is_set():
        _serving.set()
        _start()
        # A server that loads the portal once and then forks has no threads in its new processes.
        os.register_at_fork(after_in_child=_start)


def _start() -> None:
    threading.Thread(target=_work, name="after-response", daemon=True).start()


def start_soon(work: Task, **arguments: Any) -> None:
    """
    Like `record.background.start`, but in a server without a worker, do the work after the response. A failure is only
    in the log.
    """
    if has_worker() or not _serving.is_set():
        start(work, **arguments)
        return
    try:
        _waiting.put_nowait((work, arguments))
    except Full:
        logger.warning("Too much work is waiting: %s was not started", work.module_path)


def _work() -> None:
    with suppress(OSError, AttributeError):
        # On Linux, each thread has a priority of its own.
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)
    while True:
        work, arguments = _waiting.get()
        try:
            start(work, **arguments)
        except Exception as error:  # Nothing may end this thread.
            logger.warning("%s has failed: %s", work.module_path, str(error).strip().rpartition("\n")[2])
        finally:
            connections.close_all()
            _waiting.task_done()
