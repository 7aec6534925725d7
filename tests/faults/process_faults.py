"""Scenarios: processes of the portal are killed or asked to end."""

import sqlite3
import threading
import time
from signal import SIGKILL, SIGTERM

from tests.faults.client import Answer, Client, Form
from tests.faults.pictures import picture
from tests.faults.portal import UNIT, Portal, unit_lines
from tests.faults.processes import send, until
from tests.faults.trial import Trial, wait


def worker_killed(trial: Trial) -> None:
    """A worker killed, then two within seconds"""
    portal = trial.portal()
    server = portal.server
    assert server
    if UNIT.exists():
        trial.expect(unit_lines().get("Restart") == "always", "the shipped unit does not start the server again")
    else:
        trial.expect(False, f"{UNIT.name} is not there, so nothing starts the server again")
    with trial.loaded(portal) as load:
        wait(3)
        _kill_workers(portal, load.tally.dead, 1)
        wait(5)
        _kill_workers(portal, load.tally.dead, 1)
        wait(2)
        _kill_workers(portal, load.tally.dead, 1)
        wait(4)
    trial.note(f"the server was started {server.starts} times")
    trial.expect(server.is_running(), "the server is not running")
    trial.judge(portal)


def _kill_workers(portal: Portal, dead: list[tuple[float, float]], count: int) -> None:
    """Kill workers, and wait until two of them run again. Connections of that time may be cut off."""
    server = portal.server
    assert server
    begun = time.monotonic()
    dead.append((begun, begun + 60))
    killed = server.workers()[-count:]
    send(killed, SIGKILL)
    # A killed worker counts until the server notices, and only then it starts another one, or ends itself.
    until(lambda: len(set(server.workers()) - set(killed)) >= 2, 40, "There are no two workers")
    portal.wait(40)
    dead[-1] = (begun, time.monotonic() + 0.2)


def power_cut(trial: Trial) -> None:
    """Power cut: everything killed three times, PostgreSQL too"""
    postgres = trial.lab.postgres
    portal = trial.portal(database="postgres", worker=True)
    assert portal.server
    assert portal.worker
    with trial.loaded(portal) as load:
        for _round in range(3):
            wait(3)
            begun = time.monotonic()
            load.tally.dead.append((begun, begun + 120))
            for service in (portal.server, postgres.service, portal.worker):
                service.kill()
            wait(0.5)
            postgres.start()
            portal.server.start()
            portal.worker.start()
            portal.wait()
            load.tally.dead[-1] = (begun, time.monotonic() + 0.2)
        wait(4)
    trial.judge(portal)


def power_cut_sqlite(trial: Trial) -> None:
    """Power cut: everything killed three times, with SQLite"""
    portal = trial.portal()
    assert portal.server
    with trial.loaded(portal) as load:
        for _round in range(3):
            wait(3)
            begun = time.monotonic()
            load.tally.dead.append((begun, begun + 120))
            portal.server.kill()
            wait(0.5)
            portal.server.start()
            portal.wait()
            load.tally.dead[-1] = (begun, time.monotonic() + 0.2)
        wait(4)
    trial.judge(portal)


class Upload:
    """The last editor, who uploads one large picture, in a thread. The load must leave that editor out."""

    def __init__(self, portal: Portal, width: int, height: int):
        self.portal, self.width = portal, width
        self.rows = portal.seeds["editors"][3]
        self.client = Client(portal.port, ip="127.0.2.1")
        signed_in = self.client.sign_in(self.rows["email"], portal.seeds["password"])
        assert signed_in.status == 302, signed_in
        self.path = f"/admin/people/person/{self.rows['pictured']}/change/"
        self.fields = Form.of(self.client.get(self.path).text, "_form") or {}
        self.content = picture(width, height)
        self.answer = Answer(self.path)
        self.thread = threading.Thread(target=self._send, daemon=True)

    def _send(self) -> None:
        files = {"portrait": ("large.jpg", "image/jpeg", self.content)}
        self.answer = self.client.post(self.path, {**self.fields, "_save": "Save"}, files, deadline=60)

    @property
    def attempt(self) -> dict:
        return {
            "kind": "portrait",
            "pk": self.rows["pictured"],
            "value": self.width,
            "confirmed": self.answer.status == 302,
        }


def graceful_stop(trial: Trial) -> None:
    """Graceful stop while slow requests and a task run"""
    portal = trial.portal({"PAGE_CACHE": "0"}, worker=True)
    assert portal.server
    assert portal.worker
    first = Upload(portal, 2400, 1800)
    # The task may be done before the answer is here.
    first.thread.start()
    until(lambda: _tasks(portal).get("RUNNING"), 60, "No task is running")
    # The worker finishes its task, although it is asked to end.
    took = portal.worker.stop(SIGTERM, 60)
    trial.note(f"the worker ended {took:.1f} s after SIGTERM")
    states = _tasks(portal)
    first.thread.join(60)
    trial.expect(first.attempt["confirmed"], f"the first upload: {first.answer.status} {first.answer.error}")
    trial.expect(not states.get("RUNNING") and states.get("SUCCESSFUL"), f"tasks after SIGTERM: {states}")
    second = Upload(portal, 2200, 1700)
    with trial.loaded(portal, editors=3) as load:
        wait(4)
        second.thread.start()
        wait(0.3)
        stopped = time.monotonic()
        # Later connections are refused; requests that were sent before are answered.
        load.tally.dead.append((stopped, stopped + 120))
        portal.server.stop(SIGTERM, 40)
        ended = time.monotonic()
        second.thread.join(60)
        wait(1)
    trial.note(f"the server ended {ended - stopped:.1f} s after SIGTERM")
    running = [event for event in load.tally.events if event.begun < stopped - 0.1 and event.done > stopped]
    cut = [event for event in running if event.verdict == "failed"]
    trial.expect(not cut, f"{len(cut)} of {len(running)} requests that were running were cut off")
    trial.expect(
        second.attempt["confirmed"], f"the upload during the stop: {second.answer.status} {second.answer.error}"
    )
    load.tally.attempts += [second.attempt]
    trial.judge(portal)


def task_killed(trial: Trial) -> None:
    """The worker for tasks killed in the middle of a task"""
    portal = trial.portal(worker=True)
    assert portal.worker
    upload = Upload(portal, 2300, 1800)  # Larger pictures are made smaller.
    with trial.loaded(portal, kinds=("title", "created"), editors=3) as load:
        upload.thread.start()
        until(lambda: _tasks(portal).get("RUNNING"), 60, "No task is running")
        send(portal.worker.family(), SIGKILL)
        upload.thread.join(60)
        load.tally.attempts.append(upload.attempt)
        trial.expect(upload.attempt["confirmed"], f"the upload: {upload.answer.status} {upload.answer.error}")
        # The task is taken up when nobody has held it for a minute. Instead of waiting, make it a minute older.
        wait(2)
        portal.python("-c", OLDER)
        until(lambda: _all_done(portal), 90, "The task is not done")
    # The last saves of the load have begun tasks too.
    until(lambda: _all_done(portal), 60, "The last tasks are not done")
    states = _tasks(portal)
    trial.expect(set(states) == {"SUCCESSFUL"}, f"tasks at the end: {states}")
    missing = portal.python("manage.py", "make_renditions").strip()
    trial.note(f"make_renditions afterwards: {missing.splitlines()[-1] if missing else 'nothing'}")
    trial.judge(portal)


SETUP = "import django; django.setup(); from django_tasks_db.models import DBTaskResult as Task; "
OLDER = SETUP + (
    "from datetime import timedelta; from django.db.models import F; m = timedelta(minutes=2); "
    "rows = Task.objects.filter(status='RUNNING'); "
    "rows.update(started_at=F('started_at') - m); "
    "from django.utils import timezone; rows.update(run_after=timezone.now() - m)"
)


def _all_done(portal: Portal) -> bool:
    states = _tasks(portal)
    return not (states.get("RUNNING") or states.get("READY"))


def _tasks(portal: Portal) -> dict[str, int]:
    """Return the number of background tasks in each state, from the SQLite file: a short task must not be missed."""
    database = sqlite3.connect(f"file:{portal.folder}/laurel.sqlite3?mode=ro", uri=True, timeout=30)
    try:
        query = "SELECT status, COUNT(*) FROM django_tasks_database_dbtaskresult GROUP BY status"
        return dict(database.execute(query).fetchall())
    finally:
        database.close()
