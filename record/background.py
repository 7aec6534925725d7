"""
Work that a visitor or an editor should not wait for.

    @task
    def make_press_kit(*, contest: int) -> None: ...

    start(make_press_kit, contest=1)

If the environment variable `TASKS` is "database", `manage.py db_worker` does the work, and each task is a row in the
admin. Otherwise there is no worker, and `start` does the work at once.

The function must be idempotent, because it may run twice: if it has failed, if its worker was killed, or if two
requests start it at the same moment. Its arguments must be numbers or texts.

A task that fails is tried again in the same row; the column `worker_ids` has an entry for each attempt. `described`
sets how often and how soon. While a task is running, its worker sets `run_after` to a moment in the near future again
and again (`hold`). If that moment has passed, the worker was killed, and another one does the task (`take_up_lost`).
"""

import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from django_tasks import TaskResultStatus, default_task_backend, task
from django_tasks.base import Task, TaskResult
from django_tasks_db.models import DBTaskResult, get_date_max

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as StrPromise

__all__ = ["NotNow", "WorkFailed", "has_worker", "start", "start_after_change", "task"]

logger = logging.getLogger(__name__)
#: How often work is tried, and how long to wait before the second attempt. Each further wait is twice as long.
ATTEMPTS, WAIT = 3, timedelta(seconds=10)
#: How long a worker holds the task that it does, how often it holds it anew, and for how long in all.
HELD, BEAT, LONGEST = timedelta(minutes=1), timedelta(seconds=15), timedelta(hours=6)
#: The priority of work that anybody can ask for. All other work comes first. If so many of these tasks are waiting,
#: `start` ignores further ones: visitors ask again. So nobody can fill the queue, or delay the work of editors.
FOR_VISITORS, MOST_WAITING = -10, 100
#: After the last attempt, the same work is not started again for this time.
PAUSE = timedelta(minutes=10)


class NotNow(Exception):  # noqa: N818 - nothing is wrong
    """The work can't be done at the moment; a later attempt may succeed."""


class WorkFailed(Exception):  # noqa: N818 - the error itself is the cause, or in the admin
    """The work has failed in all attempts."""


class PermanentFailure(Exception):  # noqa: N818 - like the others
    """The work has failed, and a further attempt would fail too."""


class WorkerStopped(Exception):  # noqa: N818 - never raised, only named in the row of a task
    """The worker was killed during the work."""


@dataclass(frozen=True)
class Kind:
    """One kind of work."""

    #: What the admin calls it, such as "Press kit".
    label: "StrPromise | str"
    attempts: int = ATTEMPTS
    #: The pause before the second attempt. Each further pause is twice as long.
    wait: timedelta = WAIT
    #: The names of the arguments that the admin does not show, and that are deleted after the last attempt.
    secret: tuple[str, ...] = ()


_kinds: dict[str, Kind] = {}


def described(label: "StrPromise | str", **options: Any) -> Callable[[Task], Task]:
    """Return a decorator for tasks, to be used above `@task`. See `Kind` for the options."""

    def register(work: Task) -> Task:
        _kinds[work.module_path] = Kind(label, **options)
        return work

    return register


def kind_of(row: DBTaskResult) -> Kind:
    """Return the kind of a task. A task that no longer exists in the code has its path as label."""
    if row.task_path not in _kinds:
        with suppress(ImportError):
            import_string(row.task_path)  # It registers itself.
    return _kinds.get(row.task_path) or Kind(row.task_path)


def has_worker() -> bool:
    """Return whether a worker does the work, so that `start` returns at once."""
    return default_task_backend.supports_defer


def start(work: Task, **arguments: Any) -> None:
    """
    Start the task, unless it is already waiting or running with the same arguments. Raise `WorkFailed` if it has failed
    at once, or in its last attempt a short time ago.
    """
    _start(work, arguments, (TaskResultStatus.READY, TaskResultStatus.RUNNING))


def start_after_change(work: Task, **arguments: Any) -> None:
    """
    Like `start`, but also start the task if it is running: it may have read the record before the change. Call this
    after the transaction of the change.
    """
    _start(work, arguments, (TaskResultStatus.READY,))


def _start(work: Task, arguments: dict[str, Any], enough: tuple[TaskResultStatus, ...]) -> None:
    if not has_worker():
        result = work.enqueue(**arguments)
        if result.status == TaskResultStatus.FAILED and result.errors[0].exception_class is not NotNow:
            raise WorkFailed(result.errors[0].traceback)
        return
    tasks = DBTaskResult.objects.filter(task_path=work.module_path)
    same = tasks.filter(**{f"args_kwargs__kwargs__{name}": value for name, value in arguments.items()})
    if same.filter(status__in=enough).exists():
        return
    failed = same.filter(status=TaskResultStatus.FAILED, finished_at__gt=timezone.now() - PAUSE)
    failed = failed.exclude(exception_class_path=_path(NotNow))
    if not all(has_attempts_left(row) for row in failed.only("worker_ids")):
        raise WorkFailed(f"{work.module_path} has failed too often; the error is in the admin.")
    if work.priority <= FOR_VISITORS and tasks.filter(status=TaskResultStatus.READY).count() >= MOST_WAITING:
        return
    work.enqueue(**arguments)


def has_attempts_left(row: DBTaskResult) -> bool:
    return len(row.worker_ids) < kind_of(row).attempts


def is_over(row: DBTaskResult) -> bool:
    """Return whether the task is done, or has failed and is not tried again."""
    if row.status == TaskResultStatus.FAILED:
        return not has_attempts_left(row) or row.exception_class_path == _path(PermanentFailure)
    return row.status == TaskResultStatus.SUCCESSFUL


def try_again(*, task_result: TaskResult, **_sent: Any) -> None:
    """After a failed attempt, put the task back into the queue. Called by the worker after each attempt."""
    row = getattr(task_result, "db_result", None)
    if row and row.status == TaskResultStatus.FAILED and not is_over(row):
        later = timezone.now() + kind_of(row).wait * 2 ** (len(row.worker_ids) - 1)
        _rows(row).update(status=TaskResultStatus.READY, run_after=later, finished_at=None)


def run_again(rows: "QuerySet[DBTaskResult]") -> int:
    """
    Put failed tasks back into the queue, as if they had never been tried. Return how many there were. Tasks whose
    arguments have been deleted can't run again.
    """
    failed = rows.filter(status=TaskResultStatus.FAILED, args_kwargs__deleted__isnull=True)
    return failed.update(status=TaskResultStatus.READY, run_after=get_date_max(), finished_at=None, worker_ids=[])


def hold(worker: str, since: datetime) -> None:
    """
    Hold the task that the worker is doing for one more minute. A task from before `since`, when the worker began,
    belongs to a killed worker of the same name. A task is held for `LONGEST` at most, because it may hang.
    """
    now = timezone.now()
    running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING, started_at__gte=max(since, now - LONGEST))
    for row in running.only("status", "started_at", "worker_ids"):
        if row.worker_ids[-1:] == [worker]:
            _rows(row).update(run_after=now + HELD)


def save_if_held(row: DBTaskResult, *, update_fields: Iterable[str]) -> None:
    """
    Save the result of an attempt, unless its worker was away for so long that another one has taken up the task. After
    the last attempt, also delete its secret arguments.
    """
    held = DBTaskResult.objects.filter(pk=row.pk, status=TaskResultStatus.RUNNING, started_at=row.started_at)
    if not held.update(**{name: getattr(row, name) for name in update_fields}, **_without_secrets(row)):
        logger.warning("The result of an attempt at %s comes too late", row.task_path)


def take_up_lost() -> None:
    """Put the tasks back into the queue that no worker holds any more. After the last attempt, they count as failed."""
    now = timezone.now()
    running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING, started_at__lt=now - HELD)
    for row in running.filter(Q(run_after__lt=now) | Q(run_after=get_date_max())):
        reason = {
            "exception_class_path": _path(WorkerStopped),
            "traceback": f"{WorkerStopped.__qualname__}: {WorkerStopped.__doc__}",
        }
        if has_attempts_left(row):
            _rows(row).update(status=TaskResultStatus.READY, run_after=now, **reason)
        else:
            failed = {"status": TaskResultStatus.FAILED, "finished_at": now, **reason}
            _rows(row).update(**failed, **_without_secrets(row, is_last=True))


def _without_secrets(row: DBTaskResult, *, is_last: bool = False) -> dict[str, Any]:
    """If the task is over and has secret arguments, return the value of `args_kwargs` without them."""
    secret = kind_of(row).secret
    if not secret or not (is_last or is_over(row)):
        return {}
    left = {name: value for name, value in row.args_kwargs["kwargs"].items() if name not in secret}
    return {"args_kwargs": {"args": [], "kwargs": left, "deleted": True}}


def _rows(row: DBTaskResult) -> "QuerySet[DBTaskResult]":
    """Return a query for the row that finds nothing if another process has changed its state since it was read."""
    return DBTaskResult.objects.filter(pk=row.pk, status=row.status, started_at=row.started_at)


def _path(error: type[Exception]) -> str:
    """Return the name of the class as in the column `exception_class_path`."""
    return f"{error.__module__}.{error.__qualname__}"
