"""Starts the server of `make run` and of production, and sends requests to it."""

import os
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def answer(url, server, *, within):
    """Return the first response from `url`. Retry until the server accepts connections."""
    end = time.monotonic() + within
    while True:
        try:
            with urllib.request.urlopen(url, timeout=within) as response:
                return response.status, response.read()
        except urllib.error.URLError:
            assert server.poll() is None, "the server has ended"
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.05)


@pytest.fixture
def server(port, tmp_path):
    command = (ROOT / "scripts" / "run").read_text().splitlines()[-1]
    assert command.startswith("exec .venv/bin/granian ")
    options = command.removeprefix("exec .venv/bin/granian ").replace('"$port"', str(port)).split()
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", *options],
        cwd=ROOT,
        env={
            **os.environ,
            "DATABASE_URL": f"sqlite:///{tmp_path}/laurel.sqlite3",
            "DJANGO_SETTINGS_MODULE": "portal.settings",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    yield server
    # Stop the workers too, because one that waits for a body would keep running and keep our pipe open.
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.communicate()


def test_granian_answers_and_ends_cleanly_when_it_is_asked_to(port, server):
    status, body = answer(f"http://127.0.0.1:{port}/healthz", server, within=60)
    assert (status, body) == (200, b'{"status": "ok"}')
    server.send_signal(signal.SIGTERM)
    said, _ = server.communicate(timeout=30)
    assert server.returncode == 0
    assert said == ""


def begun(port, path, length, sent=b""):
    """Send a request with a Content-Length header but without its body."""
    sock = socket.create_connection(("127.0.0.1", port), timeout=40)
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    sock.sendall(f"{head}Content-Length: {length}\r\n\r\n".encode() + sent)
    return sock


def status_of(sock):
    with sock:
        return int(sock.recv(12).split()[1])


def test_slow_bodies_of_strangers_stop_nobody_else(port, server):
    answer(f"http://127.0.0.1:{port}/healthz", server, within=60)
    for path in ("/language/", "/account/sign-in/", "/admin/login/", "/nothing/"):
        assert status_of(begun(port, path, 150_000_000)) == 413
    slow = [begun(port, "/language/", 1000, b"language=") for _ in range(12)]
    # The server waits for one body and refuses the other requests. All connections stay open, even after a response.
    answered = []
    while len(answered) < len(slow) - 1:
        ready, _none, _none = select.select([sock for sock in slow if sock not in answered], [], [], 20)
        assert ready
        answered += ready
        assert [int(sock.recv(12).split()[1]) for sock in ready] == [503] * len(ready)
        is_answered_at_once(port)
    for _ in range(3):
        is_answered_at_once(port)
    for sock in slow:
        sock.close()
    body = b"language=ja&next=/people/"
    until = time.monotonic() + 20
    while (status := status_of(begun(port, "/language/", len(body), body))) == 503 and time.monotonic() < until:
        time.sleep(0.2)
    assert status == 302


def is_answered_at_once(port):
    started = time.monotonic()
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/robots.txt", timeout=5) as response:
        assert response.status == 200
    assert time.monotonic() - started < 5
