from threading import Event, Thread
from typing import Any

from django.db import OperationalError, connection
from django_tasks_db.management.commands import db_worker

from record import background


class Command(db_worker.Command):
    help = "Do background tasks, also those that a killed worker has left"

    def handle(self, *, worker_id: str, **options: Any) -> None:
        background.take_up_lost()
        stopped = Event()
        Thread(target=_watch, args=(worker_id, stopped), daemon=True).start()
        try:
            super().handle(worker_id=worker_id, **options)
        finally:
            stopped.set()


def _watch(worker: str, stopped: Event) -> None:
    """Hold the task that this worker is doing, and take up those that no worker holds any more."""
    while not stopped.wait(background.BEAT.total_seconds()):
        try:
            background.hold(worker)
            background.take_up_lost()
        except OperationalError:  # The database is locked, or not there for a moment.
            continue
        finally:
            connection.close()
