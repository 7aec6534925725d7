"""Starts a temporary portal on a free port of this computer."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 60


@contextmanager
def served(folder: Path, *commands: list[str], **environment: str) -> Iterator[str]:
    """
    Start a portal, yield its URL, and stop it at the end of the block. The database and files of the portal are in
    `folder`. The `commands` of manage.py run before the server starts. `environment` overrides environment variables.
    Raise RuntimeError if the portal does not respond within a minute.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "portal.settings",
        "DATABASE_URL": f"sqlite:///{folder}/laurel.sqlite3",
        "CACHE_URL": "locmemcache://",
        "MEDIA_ROOT": f"{folder}/media",
        "PYTHONPATH": str(ROOT),
        **environment,
    }
    for command in commands:
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
    options = ["--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--log-level", "error"]
    server = subprocess.Popen(
        [sys.executable, "-m", "granian", *options, "portal.wsgi:application"], cwd=ROOT, env=environment
    )
    try:
        wait_for(url := f"http://127.0.0.1:{port}", server)
        yield url
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait_for(url: str, server: subprocess.Popen[bytes]) -> None:
    """Wait until the portal at `url` responds. Raise RuntimeError if `server` ends, or if that takes over a minute."""
    end = time.monotonic() + SECONDS
    while server.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=SECONDS).close()  # noqa: S310
        except urllib.error.URLError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"The portal at {url} does not respond.")
