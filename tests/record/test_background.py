"""Background tasks: what is started once, tried again, taken up after a worker was killed, and shown in the admin."""

import os
import re
import signal
import subprocess
import sys
import time
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from django.contrib import admin
from django.core.management import call_command
from django.db import OperationalError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from record import background
from record.management.commands import db_worker
from record.time_zones import told
from search.tasks import update_index
from tests import factories as make
from tests.accounts.test_admin_roles import in_role
from tests.test_page_cache_live import ROOT, database_url
from tests.worker import worker

__all__ = ["database_url", "worker"]
pytestmark = pytest.mark.django_db
LIST = "/admin/django_tasks_database/dbtaskresult/"
done = []


@background.task
def work(*, number=1):
    done.append(number)
    if number < 0:
        raise OSError(28, "No space left on device")


@background.task
def slow(*, folder):
    begun = Path(folder, "begun")
    if not begun.exists():
        begun.touch()
        time.sleep(60)
    Path(folder, "done").touch()


@background.task(priority=background.FOR_VISITORS)
def download(*, number):
    done.append(f"download {number}")


@pytest.fixture(autouse=True)
def nothing_done():
    done.clear()


def rows():
    # Without the task that updates the search index: how much there is to update depends on earlier tests.
    found = DBTaskResult.objects.exclude(task_path=update_index.module_path).order_by("enqueued_at")
    return [(row.status, len(row.worker_ids), row.traceback.strip().rpartition("\n")[2]) for row in found]


def at(moment, seconds):
    return time_machine.travel(moment + timedelta(seconds=seconds), tick=False)


def test_without_a_worker_the_work_is_done_at_once():
    background.start(work, number=2)
    assert done == [2]
    with pytest.raises(background.WorkFailed, match="No space left"):
        background.start(work, number=-1)
    assert rows() == []


def test_work_that_waits_or_runs_is_not_started_again(worker):
    for number in (1, 1, 2):
        background.start(work, number=number)
    assert DBTaskResult.objects.count() == 2
    DBTaskResult.objects.update(status="RUNNING", started_at=timezone.now())
    background.start(work, number=1)
    assert DBTaskResult.objects.count() == 2
    # It may have read the record before the change.
    background.start_after_change(work, number=1)
    background.start_after_change(work, number=1)
    assert DBTaskResult.objects.count() == 3
    worker()
    assert done == [1]


def test_no_visitor_delays_the_work_of_editors_or_fills_the_queue(worker, monkeypatch):
    monkeypatch.setattr(background, "MOST_WAITING", 3)
    for number in range(9):
        background.start(download, number=number)
    for number in range(4):
        background.start(work, number=number)
    worker()
    assert done == [0, 1, 2, 3, "download 0", "download 1", "download 2"]
    background.start(download, number=8)
    worker()
    assert done[-1] == "download 8"


def test_a_failure_is_tried_three_times_with_pauses_and_then_shown(worker, client):
    now = timezone.now()
    background.start(work, number=-1)
    for seconds, attempts in ((0, 1), (9, 1), (11, 2), (25, 2), (32, 3), (3600, 3)):
        with at(now, seconds):
            worker()
            assert len(done) == attempts
            assert rows() == [
                ("FAILED" if attempts == 3 else "READY", attempts, "OSError: [Errno 28] No space left on device")
            ]
    client.force_login(in_role("administrator"))
    page = client.get(LIST).content.decode()
    assert "OSError: [Errno 28] No space left on device" in page
    assert "3 / 3" in page


def test_the_admin_names_the_work_and_tells_when_it_is_tried_again(worker):
    background.described("Some work", attempts=5, wait=timedelta(minutes=4))(work)
    page, now = admin.site.get_model_admin(DBTaskResult), timezone.now()
    try:
        with at(now, 0):
            background.start(work, number=-1)
            row = DBTaskResult.objects.get()
            assert (page.kind(row), page.attempts(row), page.next_attempt(row)) == ("Some work", "0 / 5", None)
            assert page.details(row) == "number: -1"
            worker()
            row.refresh_from_db()
            assert (page.attempts(row), page.waiting_since(row)) == ("1 / 5", told(now))
            assert page.next_attempt(row) == told(now + timedelta(minutes=4))
        with at(now, 300):
            assert page.next_attempt(row) is None  # as soon as a worker is free
        row.status = "RUNNING"
        assert page.waiting_since(row) is None
    finally:
        del background._kinds[work.module_path]


def test_a_task_that_no_longer_exists_is_named_by_its_path():
    row = make.TaskFactory(task_path="record.gone.work")
    page = admin.site.get_model_admin(DBTaskResult)
    assert (page.kind(row), page.attempts(row)) == ("record.gone.work", "0 / 3")


def test_each_task_of_the_portal_has_a_name():
    paths = {
        f"{'.'.join(file.with_suffix('').parts)}.{name}"
        for app in ("record", "accounts", "people", "contests", "search", "publishing")
        for file in (path.relative_to(ROOT) for path in Path(ROOT, app).rglob("*.py"))
        for name in re.findall(r"^@task\b.*\ndef (\w+)", Path(ROOT, file).read_text(), re.MULTILINE)
    }
    assert len(paths) >= 9
    assert not {path for path in paths if background.kind_of(DBTaskResult(task_path=path)).label == path}


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError("A very long message. " * 50), f"OSError: {'A very long message. ' * 9}A…"),
        (ValueError("First line\n\nLINE 1: SELECT\n        ^"), "ValueError: First line"),
        (background.NotNow("Later."), "record.background.NotNow: Later."),
        (SystemExit(1), "SystemExit: 1"),
    ],
)
def test_the_admin_tells_the_message_of_the_error(error, message):
    row = make.TaskFactory()
    try:
        raise error
    except BaseException as raised:
        row.set_failed(raised)
    assert admin.site.get_model_admin(DBTaskResult).reason(row) == message


def test_what_can_not_be_done_now_is_started_again_at_once(worker):
    background.start(work, number=-1)
    path = "record.background.NotNow"
    DBTaskResult.objects.update(
        status="FAILED", finished_at=timezone.now(), worker_ids=["a", "b", "c"], exception_class_path=path
    )
    background.start(work, number=-1)
    assert [row[0] for row in rows()] == ["FAILED", "READY"]


def test_after_the_last_attempt_the_same_work_rests(worker):
    background.start(work, number=-1)
    now = timezone.now()
    DBTaskResult.objects.update(status="FAILED", finished_at=now, worker_ids=["a", "b", "c"])
    for start in (background.start, background.start_after_change):
        with pytest.raises(background.WorkFailed):
            start(work, number=-1)
    background.start(work, number=1)
    with at(now, background.PAUSE.total_seconds() + 1):
        background.start(work, number=-1)
    assert DBTaskResult.objects.count() == 3


def test_an_administrator_runs_a_failed_task_again(worker, client, monkeypatch):
    background.start(work, number=-1)
    background.start(work, number=5)
    failed = DBTaskResult.objects.earliest("enqueued_at")
    DBTaskResult.objects.filter(pk=failed.pk).update(
        status="FAILED", finished_at=timezone.now(), worker_ids=["a", "b", "c"], traceback="OSError: full"
    )
    waiting = DBTaskResult.objects.latest("enqueued_at")
    asked = {"action": "run_again", "_selected_action": [failed.pk, waiting.pk]}
    client.force_login(in_role("editor"))
    assert client.post(LIST, asked).status_code == 403
    client.force_login(in_role("administrator"))
    page = client.post(LIST, asked, follow=True)
    assert "1 failed task runs again." in page.content.decode()
    assert rows() == [("READY", 0, "OSError: full"), ("READY", 0, "")]
    worker()
    assert sorted(done) == [-1, 5]
    assert rows()[0][:2] == ("READY", 1)  # It has all three attempts again.


def test_a_task_that_a_killed_worker_left_is_taken_up(worker):
    now = timezone.now()
    background.start(work)
    DBTaskResult.objects.update(status="RUNNING", started_at=now, worker_ids=["killed"])
    with at(now, 50):
        worker()
        background.hold("another", now)
    assert done == []
    with at(now, 50):
        background.hold("killed", now)
    with at(now, 100):
        worker()
    assert done == []  # Its worker still held it.
    with at(now, 120):
        worker()
    assert done == [1]
    assert rows() == [("SUCCESSFUL", 2, "")]


def test_a_worker_holds_its_own_task_again_and_again(worker, monkeypatch):
    watched, waits = [], iter([False, False, True])
    with monkeypatch.context() as patch:
        patch.setattr(db_worker, "_watch", lambda *arguments: watched.append(arguments))
        background.start(work)
        worker()
    [(name, since, stopped)] = watched
    assert stopped.is_set()
    row = DBTaskResult.objects.get()
    assert row.worker_ids == [name]
    # The first time, the database can't be reached.
    DBTaskResult.objects.update(status="RUNNING")
    results, original = iter([OperationalError]), background.hold
    monkeypatch.setattr(background, "hold", lambda *given: raise_next(results) or original(*given))
    monkeypatch.setattr(db_worker, "connection", SimpleNamespace(close=lambda: watched.append("closed")))
    db_worker._watch(name, since, SimpleNamespace(wait=lambda seconds: next(waits)))
    row.refresh_from_db()
    assert timezone.now() < row.run_after <= timezone.now() + background.HELD
    assert watched[1:] == ["closed", "closed"]


def test_a_worker_does_not_hold_what_its_killed_namesake_left_or_what_hangs(worker):
    now = timezone.now()
    background.start(work)
    DBTaskResult.objects.update(status="RUNNING", started_at=now, worker_ids=["same"])
    with at(now, 50):
        background.hold("same", now + timedelta(seconds=10))
    with at(now, 61):
        background.take_up_lost()
    assert rows()[0][0] == "READY"
    DBTaskResult.objects.update(status="RUNNING", started_at=now, run_after=now + timedelta(minutes=1))
    with at(now, background.LONGEST.total_seconds() + 1):
        background.hold("same", now)
        background.take_up_lost()
    assert rows()[0][0] == "READY"


@pytest.mark.parametrize("result", ["successful", "failed"])
def test_an_attempt_that_ends_after_another_worker_has_taken_up_the_task_changes_nothing(worker, result):
    background.start(work)
    late = DBTaskResult.objects.get()
    late.claim("late")
    DBTaskResult.objects.get().claim("another")
    late.save = partial(background.save_if_held, late)
    late.set_successful(None) if result == "successful" else late.set_failed(ValueError("late"))
    background.try_again(task_result=late.task_result)
    row = DBTaskResult.objects.get()
    assert (row.status, row.worker_ids, row.traceback) == ("RUNNING", ["late", "another"], "")


def raise_next(errors):
    for error in errors:
        raise error


def test_a_task_that_kills_each_worker_fails_in_the_end(worker):
    now = timezone.now()
    background.start(work)
    DBTaskResult.objects.update(status="RUNNING", started_at=now, worker_ids=["a", "b", "c"])
    with at(now, 61):
        worker()
    assert done == []
    assert rows() == [("FAILED", 3, "WorkerStopped: The worker was killed during the work.")]


def test_old_finished_tasks_are_deleted(worker):
    now = timezone.now()
    for number in (1, 2, -1):
        background.start(work, number=number)
        worker()
    background.start(work, number=3)
    with at(now, 15 * 24 * 3600):
        call_command("prune_db_task_results", verbosity=0)
    assert rows() == [("READY", 1, "OSError: [Errno 28] No space left on device"), ("READY", 0, "")]


@pytest.mark.django_db(transaction=True)
def test_another_worker_takes_up_what_a_killed_one_left(worker, tmp_path, request):
    """With real processes. The row is made older instead of waiting for a minute."""
    background.start(slow, folder=str(tmp_path))
    own = {"DATABASE_URL": request.getfixturevalue("database_url"), "TASKS": "database"}
    environ = os.environ | own | {"DJANGO_SETTINGS_MODULE": "portal.settings", "MEDIA_ROOT": str(tmp_path)}

    def manage(*arguments):
        return subprocess.Popen([sys.executable, "manage.py", *arguments], env=environ, stdout=-1, text=True, cwd=ROOT)

    def ask(expression):
        code = f"from django_tasks_db.models import DBTaskResult as Row; print({expression})"
        return manage("shell", "--verbosity=0", "-c", code).communicate(timeout=60)[0].strip()

    killed = manage("db_worker")
    try:
        until = time.monotonic() + 60
        while not (tmp_path / "begun").exists():
            assert time.monotonic() < until
            time.sleep(0.05)
    finally:
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
    assert ask("Row.objects.get().status") == "RUNNING"
    ask("Row.objects.update(started_at='2026-01-01T00:00Z')")
    manage("db_worker", "--batch").communicate(timeout=60)
    assert (tmp_path / "done").exists()
    assert ask("[(row.status, len(row.worker_ids)) for row in Row.objects.all()]") == "[('SUCCESSFUL', 2)]"
