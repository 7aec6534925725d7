"""
Measures how long editors wait when they save works with new posters: `python benchmarks/saves.py`.

A server with two workers of four threads serves a new SQLite database. First one editor saves. Then twenty editors work
on different works at the same time: they open the page, take about ten seconds to change something, and save. At the
end, they save as fast as they can, which keeps all processors busy. The posters have 1600 x 2400 px and are like
photographs.
"""

import io
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from html.parser import HTMLParser
from pathlib import Path

import requests

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.renditions import shapes

ROOT = Path(os.environ.get("LAUREL_ROOT", Path(__file__).parents[1]))
EDITORS, ROUNDS = 20, 3
#: Seconds from opening a page to saving it.
TYPING = 10.0
PREPARE = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from accounts.models import User
from tests import factories as make
contest = make.ContestFactory(slug="contest")
for number in range({editors}):
    user = make.UserFactory(editor=True)
    work = make.SubmissionFactory(contest=contest, title=f"Film {{number}}")
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    backend = settings.AUTHENTICATION_BACKENDS[0]
    session.update({{SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: backend, HASH_SESSION_KEY: user.get_session_auth_hash()}})
    session.save()
    print("editor", session.session_key, work.pk)
"""  # noqa: E501


class Fields(HTMLParser):
    """The fields of a form that a browser would send, as pairs (name, value)."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        kind, name = told.get("type", "text"), told.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area = name
            self.found.append((name, ""))
        elif tag == "option" and "selected" in told and self._select:
            self.found.append((self._select, told.get("value", "")))
        elif tag == "input" and name and self._is_sent(kind, told):
            self.found.append((name, told.get("value", "")))

    @staticmethod
    def _is_sent(kind: str, told: dict[str, str]) -> bool:
        return kind not in ("file", "submit", "button") and (kind not in ("checkbox", "radio") or "checked" in told)

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.found[-1] = (self._area, self.found[-1][1] + data)


class Editor:
    """An editor with a session of their own, and the work that they change."""

    def __init__(self, base: str, session: str, work: str, poster: bytes):
        self._client = requests.Session()
        self._client.cookies.set("sessionid", session)
        self._address = f"{base}/admin/contests/submission/{work}/change/"
        self._poster = poster
        self.refused: list[int] = []

    def save(self, typing: float = 0) -> float:
        """
        Open the page, choose a new poster within `typing` seconds, and save. Return how long saving took, in seconds.
        """
        page = self._client.get(self._address, timeout=120)
        page.raise_for_status()
        fields = Fields()
        fields.feed(page.text.partition('id="submission_form"')[2])
        time.sleep(typing)
        files = {"poster": ("poster.jpg", self._poster, "image/jpeg")}
        begun = time.perf_counter()
        answer = self._client.post(
            self._address,
            data=[*fields.found, ("_continue", "1")],
            files=files,
            headers={"Referer": self._address},
            allow_redirects=False,
            timeout=120,
        )
        taken = time.perf_counter() - begun
        if answer.status_code != 302:
            self.refused.append(answer.status_code)
        return taken


def main() -> None:
    picture = io.BytesIO()
    shapes().save(picture, "JPEG", quality=90)
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "portal.settings",
            "DATABASE_URL": f"sqlite:///{folder}/laurel.sqlite3",
            "MEDIA_ROOT": f"{folder}/media",
            "SECRET_KEY": "x" * 60,
            "PYTHONPATH": str(ROOT),
        }
        for command in (["migrate", "--verbosity", "0"], ["roles"]):
            subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
        told = subprocess.run(
            [sys.executable, "manage.py", "shell", "-c", PREPARE.format(editors=EDITORS)],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options = f"--interface wsgi --host 127.0.0.1 --port {port} --workers 2 --blocking-threads 4 --log-level error"
        server = subprocess.Popen(
            [sys.executable, "-m", "granian", *options.split(), "portal.wsgi:application"], cwd=ROOT, env=environment
        )
        try:
            base = f"http://127.0.0.1:{port}"
            _wait_for(base)
            lines = [line.split() for line in told.splitlines() if line.startswith("editor ")]
            editors = [Editor(base, session, work, picture.getvalue()) for _word, session, work in lines]
            _measure(editors)
        finally:
            server.terminate()
            server.wait(timeout=60)


def _measure(editors: list[Editor]) -> None:
    for editor in editors[:4]:
        editor.save()  # The first requests of a process fill its caches.
    time.sleep(8)
    alone = []
    for editor in editors[:8]:
        alone.append(editor.save())
        time.sleep(2)
    print(f"one editor: median {statistics.median(alone):.2f} s, longest {max(alone):.2f} s")
    for typing in (TYPING, 0):
        _measure_together(editors, typing, statistics.median(alone))


def _measure_together(editors: list[Editor], typing: float, alone: float) -> None:
    times: list[float] = []
    of_each = random.Random(17)  # noqa: S311 (only for pauses)

    def work(editor: Editor, pauses: list[float]) -> None:
        times.extend(editor.save(pause) for pause in pauses)

    threads = [
        threading.Thread(target=work, args=[editor, [typing * of_each.uniform(0.5, 1.5) for _round in range(ROUNDS)]])
        for editor in editors
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ordered = sorted(times)
    p95 = ordered[int(len(ordered) * 0.95) - 1]
    print(
        f"{len(editors)} editors, {typing:.0f} s of typing: median {statistics.median(times):.2f} s, p95 {p95:.2f} s, "
        f"{p95 / alone:.1f} times one editor; {len(times)} saves"
    )
    print(f"refused: {sorted(status for editor in editors for status in editor.refused) or 'none'}")


def _wait_for(base: str) -> None:
    for _attempt in range(200):
        try:
            requests.get(f"{base}/healthz", timeout=60)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("The server did not start.")


if __name__ == "__main__":
    main()
