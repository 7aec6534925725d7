"""
Work that a visitor or an editor should not wait for.

    @background
    def make_press_kit(*, contest: int) -> None: ...

    start(make_press_kit, contest=1)

If the environment variable `TASKS` is "database", `manage.py db_worker` does the work, and each attempt is a row in the
admin. Otherwise there is no worker, and `start` does the work at once.

The function must be idempotent, because it may run twice: if it has failed, or if two requests start it at the same
moment. Its arguments must be JSON values.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks.base import Task
from django_tasks_db.models import DBTaskResult

#: How often work is tried, and how long to wait before the second attempt. Each further wait is twice as long.
ATTEMPTS, WAIT = 3, timedelta(seconds=10)
#: A task that has been running for so long belongs to a worker that was stopped.
LOST = timedelta(minutes=15)
#: After the last attempt, the same work is not started again for this time.
PAUSE = timedelta(minutes=10)
UNFINISHED = (TaskResultStatus.READY, TaskResultStatus.RUNNING)


class NotNow(Exception):  # noqa: N818 - nothing is wrong
    """The work can't be done at the moment; a later attempt may succeed."""


class WorkFailed(Exception):  # noqa: N818 - the error itself is the cause, or in the admin
    """The work has failed in all attempts."""


def background(work: Callable[..., None]) -> Task:
    """Return a task that does `work`. If it fails in a worker, the task tries again later, up to three times in all."""

    @wraps(work)
    def attempted(attempt: int = 1, **arguments: Any) -> None:
        try:
            work(**arguments)
        except Exception:
            if attempt < ATTEMPTS and made.get_backend().supports_defer:
                later = timezone.now() + WAIT * 2 ** (attempt - 1)
                made.using(run_after=later).enqueue(attempt=attempt + 1, **arguments)
            raise

    made = task(attempted)
    return made


def start(work: Task, **arguments: Any) -> None:
    """
    Start the task, unless it is already waiting or running with the same arguments. Raise `WorkFailed` if it has failed
    at once, or in its last attempt a short time ago.
    """
    if not work.get_backend().supports_defer:
        result = work.enqueue(**arguments)
        if result.status == TaskResultStatus.FAILED and result.errors[0].exception_class is not NotNow:
            raise WorkFailed(result.errors[0].traceback)
        return
    now = timezone.now()
    recent = DBTaskResult.objects.filter(
        Q(status=TaskResultStatus.READY)
        | Q(status=TaskResultStatus.RUNNING, started_at__gt=now - LOST)
        | Q(status=TaskResultStatus.FAILED, finished_at__gt=now - PAUSE),
        task_path=work.module_path,
    )
    # SQLite can't compare JSON objects, and there are few recent tasks.
    found = [(row.status, row.args_kwargs["kwargs"]) for row in recent.only("status", "args_kwargs")]
    attempts = [(status, given.get("attempt", 1)) for status, given in found if given | arguments == given]
    if any(status == TaskResultStatus.FAILED and attempt >= ATTEMPTS for status, attempt in attempts):
        raise WorkFailed(f"{work.module_path} has failed {ATTEMPTS} times; the errors are in the admin.")
    if not any(status in UNFINISHED for status, _attempt in attempts):
        work.enqueue(**arguments)
