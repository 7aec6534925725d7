"""The server that `make run` and production hand over to, started for real."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def answer(url, server, *, within):
    """The first answer from `url`, asked for again until the server listens."""
    end = time.monotonic() + within
    while True:
        try:
            with urllib.request.urlopen(url, timeout=within) as response:
                return response.status, response.read()
        except urllib.error.URLError:
            assert server.poll() is None, "the server has ended"
            assert time.monotonic() < end, "the server does not answer"
            time.sleep(0.05)


def test_granian_answers_and_ends_cleanly_when_it_is_asked_to(port, tmp_path):
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
    )
    try:
        status, body = answer(f"http://127.0.0.1:{port}/healthz", server, within=60)
        assert (status, body) == (200, b'{"status": "ok"}')
        server.send_signal(signal.SIGTERM)
        said, _ = server.communicate(timeout=30)
    finally:
        server.kill()
    assert server.returncode == 0
    assert said == ""
