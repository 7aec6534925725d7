"""
Whether this process can do all its work: database, migrations, storage, cache and worker. Each check has its own
connection and an end, so a frozen server does not hold up the answer.
"""

import os
import sqlite3
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import closing
from datetime import timedelta
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.cache import caches
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from portal.databases.time_limits import at_most
from portal.outages.kinds import Outage, outage_of

#: How many seconds all checks together may take, and how long their results are used again.
SECONDS, REMEMBERED = 2, 1
#: A disk with less free space is as good as full: a picture and its renditions need this much.
FREE = 10 * 2**20
#: A worker is missing if a task has waited this long.
WAITS = timedelta(minutes=10)

OK = "ok"
#: Results after which the portal goes on, with some things missing.
DEGRADED = {"cache", "worker"}

Check = Callable[[], str]


def _database() -> str:
    connection: Any = connections["default"]
    if connection.vendor == "postgresql":
        with at_most(SECONDS - 0.2), connection.cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean")
            return "read-only" if cursor.fetchone()[0] else OK
    return OK if connection.is_in_memory_db() else _sqlite_file(Path(connection.settings_dict["NAME"]))


def _sqlite_file(path: Path) -> str:
    # Not through Django's connection, whose timeout is longer than this check.
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=rw", uri=True, timeout=0.5)) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if outage_of(error) is not Outage.BUSY:  # Otherwise somebody is writing, so it is writable.
                raise
    return _folder(path.parent)


def _migrations() -> str:
    with at_most(SECONDS - 0.2), connections["default"].cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = {(app, name) for app, name in cursor.fetchall()}
    return OK if _last_migrations() <= applied else "not applied: run manage.py migrate"


@cache
def _last_migrations() -> set[tuple[str, str]]:
    """Return the last migration of each app in the code of this process."""
    loader = MigrationLoader(None)
    return set(loader.graph.leaf_nodes())


def _storage() -> str:
    if isinstance(default_storage, FileSystemStorage):
        return _folder(Path(str(default_storage.location)))
    default_storage.exists("readyz")
    return OK


def _folder(folder: Path) -> str:
    while not folder.exists():  # It is made with the first upload.
        folder = folder.parent
    try:
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".readyz-") as file:
            file.write(b"readyz")
            file.flush()
    except OSError as error:
        return "full" if outage_of(error) is Outage.STORAGE and error.errno == 28 else "not writable"
    free = os.statvfs(folder)
    return OK if free.f_bavail * free.f_frsize >= FREE else "nearly full"


def _cache() -> str:
    kept = caches["default"]
    kept.get("readyz")
    circuit = getattr(kept, "circuit", None)
    return "away: each process counts on its own" if circuit is not None and circuit.is_away else OK


def _worker() -> str:
    from django_tasks.base import TaskResultStatus
    from django_tasks_db.models import DBTaskResult

    ready = DBTaskResult.objects.filter(status=TaskResultStatus.READY, enqueued_at__lt=timezone.now() - WAITS)
    with at_most(SECONDS - 0.2):
        return "late: is db_worker running?" if ready.exists() else OK


def checks() -> dict[str, Check]:
    """Return the checks by name."""
    named: dict[str, Check] = {
        **{"database": _database, "migrations": _migrations, "storage": _storage, "cache": _cache},
    }
    return named | ({"worker": _worker} if "database" in settings.TASKS["default"]["BACKEND"].lower() else {})


_lock = Lock()
_last: dict[str, Any] = {"at": float("-inf"), "results": {}}
_running: dict[str, Future[str]] = {}
_threads = ThreadPoolExecutor(max_workers=5, thread_name_prefix="readyz")


def results() -> dict[str, str]:
    """Return "ok", or what is wrong, for each check. Needs at most `SECONDS` seconds."""
    with _lock:
        if time.monotonic() - _last["at"] < REMEMBERED:
            return dict(_last["results"])
        # A check that hangs keeps its thread, but only one.
        for name, check in checks().items():
            if name not in _running or _running[name].done():
                _running[name] = _threads.submit(_done, check)
        futures = {name: _running[name] for name in checks()}
        wait(futures.values(), timeout=SECONDS)
        found = {name: future.result() if future.done() else "no answer" for name, future in futures.items()}
        _last.update(at=time.monotonic(), results=found)
        return dict(found)


def _done(check: Check) -> str:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 (each failure means: not ready)
        return "full or read-only" if outage_of(error) is Outage.STORAGE else "can't be reached"
    finally:
        connections.close_all()
