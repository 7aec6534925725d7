from datetime import datetime
from functools import partial
from threading import Event, Thread
from typing import Any

from django.db import OperationalError, connection
from django.utils import timezone
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from record import background


class Worker(db_worker.Worker):
    """A worker that saves the result of an attempt only if no other worker has taken up the task meanwhile."""

    def run_task(self, db_task_result: DBTaskResult) -> None:
        db_task_result.save = partial(background.save_if_held, db_task_result)  # type: ignore[method-assign]
        super().run_task(db_task_result)


class Command(db_worker.Command):
    help = "Do background tasks, also those that a killed worker has left"

    def handle(self, *, worker_id: str, **options: Any) -> None:
        db_worker.Worker = Worker  # type: ignore[misc] # The library has no setting for it.
        background.take_up_lost()
        stopped = Event()
        Thread(target=_watch, args=(worker_id, timezone.now(), stopped), daemon=True).start()
        try:
            super().handle(worker_id=worker_id, **options)
        finally:
            stopped.set()


def _watch(worker: str, since: datetime, stopped: Event) -> None:
    """
    Hold the task that this worker, which began at `since`, is doing, and take up those that no worker holds any more.
    """
    while not stopped.wait(background.BEAT.total_seconds()):
        try:
            background.hold(worker, since)
            background.take_up_lost()
        except OperationalError:  # The database is locked, or not there for a moment.
            continue
        finally:
            connection.close()
