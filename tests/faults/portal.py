"""A portal in production mode on this computer: its files, its database, its server and its worker for tasks."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.faults.client import Client
from tests.faults.processes import ROOT, Service, free_port, until

PRODUCTION = {
    "LAUREL_ENV": "production",
    "DJANGO_SETTINGS_MODULE": "portal.settings",
    "SECRET_KEY": "only-for-the-faults-" * 3,
    "ALLOWED_HOSTS": "127.0.0.1,laurel.test",
    "EMAIL_URL": "consolemail://",
    "SECURE_SSL_REDIRECT": "false",
    "REQUIRE_SECOND_FACTOR": "false",
    "SINGLE_EDITOR": "true",
    # Without a line for each request, so that the other lines can be counted.
    "LOG_FORMAT": "text",
}
UNIT = ROOT / "deploy" / "systemd" / "laurel.service"
DOCUMENTED = "granian --interface wsgi --respawn-failed-workers portal.wsgi:application"
#: Options of granian that the harness chooses itself.
OWN = {"--host", "--port", "--workers", "--blocking-threads", "--uds", "--uds-permissions", "--working-dir"}


def unit_lines() -> dict[str, str]:
    """Return the settings of the shipped systemd unit of the server; empty if there is none."""
    if not UNIT.exists():
        return {}
    text = re.sub(r"\\\n\s*", " ", UNIT.read_text())
    return dict(re.findall(r"^(\w+)=(.*)$", text, re.MULTILINE))


def server_command(port: int, code: Path) -> tuple[list[str], float]:
    """Return the command of the shipped unit for this port, and the seconds until systemd starts it again."""
    lines = unit_lines()
    words = shlex.split(lines.get("ExecStart", DOCUMENTED))
    start = next(at for at, word in enumerate(words) if word.endswith("granian"))
    options = []
    skip = False
    for word in words[start + 1 :]:
        if skip:
            skip = False
        elif word.partition("=")[0] in OWN:
            skip = "=" not in word
        else:
            options.append(word)
    own = f"--host 127.0.0.1 --port {port} --workers 2 --blocking-threads 4 --working-dir {code}".split()
    if "--log-level" not in options:
        own += ["--log-level", "warning"]
    pause = re.fullmatch(r"([\d.]+)(ms|s)?", lines.get("RestartSec", "0.1s").strip())
    seconds = float(pause[1]) * (0.001 if pause[2] == "ms" else 1) if pause else 0.1
    return [sys.executable, "-m", "granian", *own, *options], seconds


class Portal:
    """The files and processes of one portal. `environment` are its variables."""

    def __init__(self, folder: Path, environment: Mapping[str, str], code: Path = ROOT):
        self.folder, self.code = folder, code
        folder.mkdir(parents=True, exist_ok=True)
        # The temporary folder of the portal is its own, so that a scenario can see what is left there.
        self.temporary = folder / "tmp"
        self.temporary.mkdir(exist_ok=True)
        self.environment = {
            **PRODUCTION,
            "DATABASE_URL": f"sqlite:///{folder}/laurel.sqlite3",
            "MEDIA_ROOT": f"{folder}/media",
            "STATIC_ROOT": f"{folder}/static",
            "TMPDIR": str(self.temporary),
            "PYTHONPATH": str(code),
            "PYTHONDONTWRITEBYTECODE": "1",
            **environment,
        }
        self.seeds: dict[str, Any] = {}
        self.port = free_port()
        self.log = folder / "server.log"
        self.server: Service | None = None
        self.worker: Service | None = None

    def manage(self, *command: str, code: Path | None = None) -> str:
        """Run a command of manage.py, of another version of the code if `code` names one. Return its output."""
        return self.python("manage.py", *command, code=code)

    def python(self, *command: str, code: Path | None = None, stdin: str = "") -> str:
        """Run Python with the environment of the portal and return its output. Raise RuntimeError if it fails."""
        code = code or self.code
        done = subprocess.run(
            [sys.executable, *command],
            cwd=code,
            env={**os.environ, **self.environment, **({"PYTHONPATH": str(code)} if code != self.code else {})},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-1000:]}{done.stderr[-3000:]}")
        return done.stdout

    def make(self) -> None:
        """Make the database and its rows: the NextGen contest, a demo contest, and the rows of the editors."""
        for command in (
            "migrate -v0",
            "roles",
            "loaddata nextgen -v0",
            "create_demo_contest --even-in-production --submissions 60",
        ):
            self.manage(*command.split())
        if not (Path(self.environment["STATIC_ROOT"])).exists():
            self.manage("translations", "--compile")
            self.manage("collectstatic", "--no-input", "-v0")
        self.seeds = json.loads(self.python("-m", "tests.faults.seed").splitlines()[-1])

    def copy_of(self, other: "Portal") -> None:
        """Take over the rows and files of another portal. On PostgreSQL, the database is copied elsewhere."""
        self.seeds = other.seeds
        source = other.folder / "laurel.sqlite3"
        if source.exists() and self.environment["DATABASE_URL"].startswith("sqlite"):
            target = Path(self.environment["DATABASE_URL"].removeprefix("sqlite:///"))
            shutil.copy(source, target)
        media = Path(self.environment["MEDIA_ROOT"])
        shutil.copytree(other.folder / "media", media, dirs_exist_ok=True)
        media.chmod(0o700)

    def serve(self) -> None:
        """Start the server, as the shipped unit does, and wait until it answers."""
        command, pause = server_command(self.port, self.code)
        self.server = Service(command, self.log, environment=self.environment, folder=self.code, restart=pause)
        self.wait()
        self.warm()

    def warm(self) -> None:
        """Request pages at the same time until both workers have imported and rendered what they need."""
        client = Client(self.port)
        for path in ("/people/", "/account/sign-in/", "/search/?q=light", "/statistics/", "/api/v1/people"):
            threads = [threading.Thread(target=client.get, args=[path, 60]) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()

    def start_worker(self) -> None:
        """Start the worker for background tasks, which is started again whenever it ends."""
        self.worker = Service(
            [sys.executable, "manage.py", "db_worker"],
            self.folder / "worker.log",
            environment=self.environment,
            folder=self.code,
            restart=1.0,
        )

    def wait(self, seconds: float = 60) -> float:
        """Wait until the portal answers, and return how many seconds that took."""
        begun = time.monotonic()
        client = Client(self.port)
        until(lambda: client.get("/healthz", 5).status == 200, seconds, "The portal does not answer")
        return time.monotonic() - begun

    def stop(self) -> None:
        for service in (self.worker, self.server):
            if service:
                service.stop()
        self.worker = self.server = None

    def log_lines(self) -> list[str]:
        """Return what the server has written to its log so far."""
        return self.log.read_text(errors="replace").splitlines() if self.log.exists() else []

    def checked(self, attempts: list[dict[str, Any]]) -> dict[str, Any]:
        """Compare the database and the stored files with the attempts to write (tests/faults/rows.py)."""
        said = self.python("-m", "tests.faults.rows", stdin=json.dumps(attempts))
        return json.loads(said.splitlines()[-1])
