"""
Kept pages from two worker processes while an editor edits, reveals and revokes a hundred times at random moments. No
visitor sees a sealed result early, or a page that is out of date for longer than a second.
"""

import http.client
import json
import os
import random
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress
from pathlib import Path

import pytest
from django.db import connection

ROOT = Path(__file__).parents[1]
#: How long a kept page may be out of date, in seconds.
LIMIT = 1.0
PAGES = ["/people/", "/people/edited/", "/winners/", "/ja/winners/", "/contests/shown/winners/", "/winners/feed.atom"]
PAGES += ["/api/v1/recognitions?limit=100&expand=submissions", "/api/v1/people", "/api/v1/submissions?limit=100"]


@pytest.fixture
def database_url(transactional_db, tmp_path):
    """The URL of a database with all tables, for other processes."""
    if connection.vendor == "postgresql":
        return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{connection.settings_dict['NAME']}"
    # The test's own database is in memory. Copy it, because that is faster than to run the migrations again.
    with closing(sqlite3.connect(tmp_path / "laurel.sqlite3")) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)
    return f"sqlite:///{tmp_path}/laurel.sqlite3"


@pytest.fixture
def server(database_url, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = f"--interface wsgi --host 127.0.0.1 --port {port} --workers 2 --blocking-threads 4 --log-level warning"
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", *options.split(), "portal.wsgi:application"],
        cwd=ROOT,
        env={
            **os.environ,
            **{"DATABASE_URL": database_url, "DJANGO_SETTINGS_MODULE": "portal.settings", "PAGE_CACHE": "16"},
            **{"API_RATE_LIMIT": "0", "MEDIA_ROOT": str(tmp_path / "media")},
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    server.port = port
    yield server
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    print(server.communicate()[0])


class Visitors:
    """Threads that request pages until `stop`. `seen` has (path, sent, received, body, whether it was kept)."""

    def __init__(self, port):
        self.port, self.seen, self.failures, self._stopped = port, [], [], threading.Event()
        self._threads = [threading.Thread(target=self._visit, args=[seed]) for seed in range(3)]

    def _visit(self, seed):
        chance = random.Random(seed)
        while not self._stopped.is_set():
            path = chance.choice(PAGES)
            # A new connection each time, so that both workers are asked.
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as http_connection:
                try:
                    sent = time.time()
                    http_connection.request("GET", path)
                    response = http_connection.getresponse()
                    body = response.read().decode()
                    received = time.time()
                except OSError as error:
                    self.failures.append(error)
                    continue
            if response.status != 200:
                self.failures.append((path, response.status))
            is_hit = response.headers.get("Cache-Status") == "Laurel; hit"
            facts = set(re.findall(r"Edited \d+|Sealed\d+x|Revoked\d+x|Reason\d+x", body))
            self.seen.append((path, sent, received, facts, is_hit))
            time.sleep(0.01)

    def start(self):
        for thread in self._threads:
            thread.start()

    def stop(self):
        self._stopped.set()
        for thread in self._threads:
            thread.join(60)


def wait_for(port, server):
    end = time.monotonic() + 60
    while time.monotonic() < end:
        assert server.poll() is None
        with suppress(OSError), closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as http_connection:
            http_connection.request("GET", "/healthz")
            if http_connection.getresponse().status == 200:
                return
        time.sleep(0.1)
    raise AssertionError("the server does not answer")


def test_no_visitor_sees_a_sealed_result_early_or_a_page_beyond_its_limit(server, database_url, tmp_path):
    seed = random.SystemRandom().randrange(10**6)
    print("seed", seed)
    editor = subprocess.Popen(
        [sys.executable, "-m", "tests.editor_process", str(tmp_path), str(seed)],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    visitors = Visitors(server.port)
    try:
        assert editor.stdout.readline() == "ready\n"
        wait_for(server.port, server)
        visitors.start()
        time.sleep(1)
        editor.stdin.write("go\n")
        editor.stdin.flush()
        changes = [json.loads(line) for line in editor.stdout]
        time.sleep(3.5)
    finally:
        visitors.stop()
        editor.kill()
        editor.communicate()
    assert visitors.failures == []
    assert len(changes) == 100
    assert sum(is_hit for *_page, is_hit in visitors.seen) > len(visitors.seen) / 4
    assert [late for page in visitors.seen for late in faults(page, changes)] == []
    # The visitors did see the changes.
    told = set().union(*(facts for *_page, facts, _hit in visitors.seen))
    for change in changes:
        word = {"edit": "Edited {}", "reveal": "Sealed{}x", "revoke": "Revoked{}x"}[change["kind"]]
        assert change["kind"] == "edit" or word.format(change["number"]) in told, change


def faults(page, changes):
    """Yield what is wrong with a page: a result that was sealed when it was received, or a change that it lacks."""
    path, sent, received, facts, is_hit = page
    due = [change for change in changes if change["done"] + LIMIT < sent]
    edits = [change["number"] + 1 for change in due if change["kind"] == "edit"]
    if path in ("/people/", "/people/edited/", "/api/v1/people") and edits:
        shown = max(int(fact.split()[1]) for fact in facts if fact.startswith("Edited"))
        if shown < max(edits):
            yield path, is_hit, f"shows edit {shown}, not {max(edits)}", sent
    for change in changes:
        number = change["number"]
        if change["kind"] == "reveal":
            if f"Sealed{number}x" in facts and received < change["begun"]:
                yield path, is_hit, f"shows reveal {number} {change['begun'] - received} s early", sent
            should_list = path != "/contests/shown/winners/" and "people" not in path
            if change in due and should_list and f"Sealed{number}x" not in facts:
                yield path, is_hit, f"lacks reveal {number}", sent - change["done"]
        elif change["kind"] == "revoke" and change in due and "winners" in path and f"Revoked{number}x" in facts:
            yield path, is_hit, f"still shows the revoked winner {number}", sent - change["done"]
