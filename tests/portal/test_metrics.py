"""Metrics for Prometheus are on a port of their own, and add up over all workers."""

import os
import re
import socket
import subprocess
import sys
import time
from urllib.request import urlopen

import pytest
from django.db import connection
from django_tasks import TaskResultStatus
from prometheus_client import CollectorRegistry, generate_latest

from portal import metrics
from portal.metrics.database import DatabaseCollector
from portal.metrics.kinds import KINDS, kind_of, status_class_of
from tests import factories as make

#: A worker: it answers so many requests as its first argument says, then runs until its input ends.
WORKER = """
import sys, threading
import django
django.setup()
from django.test import Client
from portal import metrics
metrics.BEAT = 0.1
stopped = threading.Event()
metrics.start(stopped)
browser = Client(raise_request_exception=False, headers={"host": "localhost"})
for number in range(int(sys.argv[1])):
    browser.get(f"/nothing-{number}/")
    browser.get("/account/sign-in/", {"next": f"/{number}/"})
print("ready", flush=True)
sys.stdin.read()
stopped.set()
"""


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def served(port):
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as response:
        return response.read().decode()


def numbers(text, name):
    """Return {labels: value} of the metric `name`."""
    found = re.findall(rf"^{name}(?:{{(.*)}})? (\S+)$", text, re.MULTILINE)
    return {labels: float(value) for labels, value in found}


def started(port, folder, requests, **options):
    """Start a worker that answers so many requests."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": "sqlite://:memory:",
        "METRICS_PORT": str(port),
        "PROMETHEUS_MULTIPROC_DIR": str(folder),
    }
    command = [sys.executable, "-c", WORKER, str(requests)]
    return subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options
    )


@pytest.mark.one_database
def test_a_port_of_another_program_is_named_in_the_log_once(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        worker = started(other.getsockname()[1], tmp_path, 0, stderr=subprocess.PIPE)
        try:
            assert worker.stdout.readline() == "ready\n"
            time.sleep(1)
            _said, log = worker.communicate(timeout=10)
        finally:
            worker.kill()
    assert log.count("Another program uses METRICS_PORT") == 1


@pytest.mark.one_database
def test_the_numbers_of_two_workers_add_up_and_outlive_a_worker(tmp_path):
    port = free_port()
    workers = []
    try:
        for requests in (2, 3):
            workers.append(started(port, tmp_path, requests))
        for worker in workers:
            assert worker.stdout.readline() == "ready\n"
        text = served(port)
        requests = numbers(text, "laurel_requests_total")
        assert requests == {'page="other",status="4xx"': 5, 'page="account",status="2xx"': 5}
        assert numbers(text, "laurel_request_seconds_count") == {'page="other"': 5, 'page="account"': 5}
        assert len(list(tmp_path.glob("gauge_livesum_*.db"))) == 2
        workers[0].communicate(timeout=10)
        waits_until = time.monotonic() + 20
        while len(list(tmp_path.glob("gauge_livesum_*.db"))) > 1:
            assert time.monotonic() < waits_until
            time.sleep(0.1)
        assert numbers(served(port), "laurel_requests_total") == requests
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate()


def test_without_a_port_nothing_is_counted_or_served(settings, client, db):
    assert (settings.METRICS_PORT, settings.METRICS_HOST) == (0, "127.0.0.1")
    metrics.start()
    assert metrics._numbers is None
    assert client.get("/metrics").status_code == client.get("/metrics/").status_code == 404


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "home"),
        ("/ja/", "home"),
        ("/zh-hans/people/ana-lima/", "people"),
        ("/contests/nextgen/winners/", "contests"),
        ("/api/v1/works", "api"),
        ("/winners", "winners"),
        ("/xyz/", "other"),
        ("/people%0a/", "other"),
        ("//people/", "home"),
        ("", "home"),
    ],
)
def test_a_page_is_one_of_few_kinds(path, kind):
    assert kind_of(path) == kind


def test_no_path_makes_a_label_of_its_own():
    assert {kind_of(f"/{number}/") for number in range(100)} == {"other"}
    assert len(KINDS) < 30
    assert {status_class_of(status) for status in range(1000)} == {"1xx", "2xx", "3xx", "4xx", "5xx", "other"}


@pytest.mark.django_db
def test_tasks_and_the_database_are_counted_when_somebody_asks():
    make.TaskFactory(status=TaskResultStatus.READY)
    make.TaskFactory(status=TaskResultStatus.FAILED)
    text = collected()
    assert numbers(text, "laurel_tasks") == {'state="waiting"': 1, 'state="running"': 0, 'state="failed"': 1}
    assert numbers(text, "laurel_database_up") == {"": 1}
    assert numbers(text, "laurel_database_bytes")[""] > 10_000
    assert numbers(text, "laurel_oldest_waiting_task_seconds")[""] >= 0


@pytest.mark.django_db
def test_a_database_that_is_away_is_a_number_and_not_an_error(monkeypatch):
    from django.db import OperationalError

    def away():
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", away)
    assert numbers(collected(), "laurel_database_up") == {"": 0}


def collected():
    registry = CollectorRegistry()
    registry.register(DatabaseCollector())
    return generate_latest(registry).decode()


def test_folders_of_servers_that_have_ended_are_removed(settings, tmp_path, monkeypatch):
    settings.VAR_DIR = tmp_path
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    for name in (str(ended.pid), str(os.getpid()), "other"):
        (tmp_path / "metrics" / name).mkdir(parents=True)
    own = metrics._folder()
    assert own.stat().st_mode & 0o777 == 0o700
    left = {folder.name for folder in (tmp_path / "metrics").iterdir()}
    assert left == {own.name, str(os.getpid()), "other"}


def test_the_folder_of_the_environment_is_made(tmp_path, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path / "run" / "metrics"))
    assert metrics._folder().is_dir()
