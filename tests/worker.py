"""The worker of background tasks, inside a test."""

import pytest
from django.core.management import call_command


@pytest.fixture
def worker(settings, monkeypatch):
    """Set `TASKS` to "database", and return a function that does all tasks that are ready."""
    # It would close the connection with the transaction of the test.
    monkeypatch.setattr("django_tasks_db.management.commands.db_worker.close_old_connections", lambda: None)
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

    def work():
        call_command("db_worker", batch=True, interval=0, startup_delay=False, verbosity=0, reload=False)

    return work
