"""
The identifiers that connect log lines: of the current request, and of the current background task. The error page shows
the identifier of its request, so that a visitor can tell it.
"""

import re
from contextvars import ContextVar
from random import getrandbits
from typing import Any

#: The identifier of the request that this thread is processing, or "".
request_id: ContextVar[str] = ContextVar("request_id", default="")
#: The identifier of the background task that this thread is doing, or "".
task_id: ContextVar[str] = ContextVar("task_id", default="")
#: An identifier that a proxy may give to a request.
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{7,63}")


def accepted(given: str) -> str:
    """Return `given`, the identifier from a proxy, or a new one if it could harm the log or the page that shows it."""
    return given if _SAFE.fullmatch(given) else f"{getrandbits(64):016x}"  # noqa: S311 (not a secret)


def begin_task(*, task_result: Any, **_sent: Any) -> None:
    """Note the task that begins. A receiver of the signal `task_started`."""
    task_id.set(str(task_result.id))


def end_task(**_sent: Any) -> None:
    """Forget the task that has ended. A receiver of the signal `task_finished`, after those that log."""
    task_id.set("")
