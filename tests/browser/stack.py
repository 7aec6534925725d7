"""
Runs the browser tests against a portal on several servers, instead of the live server in the process of the tests:

    scripts/services postgres redis s3 -- make test-stack

Two granian workers serve the database of the tests. A test changes settings in its own process; `followed_portal`
brings these changes to the workers.
"""

import json
import os
import socket
import subprocess
import sys
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.core.signals import setting_changed
from django.db import connection
from pytest_django.live_server_helper import LiveServer

from scripts.server import wait_for

ROOT = Path(__file__).parents[2]


class Stack(LiveServer):
    """The servers. They follow the file at `state`: the number of the test, and the settings that it has changed."""

    def __init__(self, state: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        super().__init__(f"127.0.0.1:{port}", start=False)
        self._state, self._numbers, self._settings = state, count(), dict[str, Any]()
        self.begin_test()
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "DATABASE_URL": f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{connection.settings_dict['NAME']}",
            "LAUREL_STACK": str(state),
            "PAGE_CACHE": "16",
            "PYTHONPATH": str(ROOT),
        }
        options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning"]
        options += ["--workers", "2", "--blocking-threads", "4"]
        self._server = subprocess.Popen(
            [sys.executable, "-m", "granian", *options, "tests.browser.followed_portal:application"],
            cwd=ROOT,
            env=environment,
        )
        wait_for(self.url, self._server)
        setting_changed.connect(self._follow)

    def begin_test(self) -> None:
        """Tell the workers that the database was emptied for another test."""
        self._number, self._is_pseudo = next(self._numbers), False
        self._write()

    def show_pseudo_language(self) -> None:
        """Let the workers show Polish in the pseudo-language until the next test."""
        self._is_pseudo = True
        self._write()

    def stop(self) -> None:
        setting_changed.disconnect(self._follow)
        self._server.terminate()
        self._server.wait(timeout=30)

    def _follow(self, *, setting: str, value: Any, enter: bool, **_sent: Any) -> None:
        if enter:
            self._settings[setting] = value
        else:
            self._settings.pop(setting, None)
        self._write()

    def _write(self) -> None:
        state = {"test": self._number, "settings": self._settings, "is_pseudo": self._is_pseudo}
        text = json.dumps(state, default=str)
        self._state.with_suffix(".new").write_text(text)
        self._state.with_suffix(".new").replace(self._state)


@pytest.fixture(scope="session")
def live_server(django_db_setup, django_db_blocker, tmp_path_factory):
    with django_db_blocker.unblock():
        stack = Stack(tmp_path_factory.mktemp("stack") / "state.json")
    yield stack
    stack.stop()


@pytest.fixture(autouse=True)
def next_test(request):
    if "live_server" in request.fixturenames:
        request.getfixturevalue("live_server").begin_test()
