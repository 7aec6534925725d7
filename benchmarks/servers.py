"""Start servers on one core, and load them from another. Used by the benchmarks of whole requests."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[1]
SERVED_FROM, LOADED_FROM = "0", "1"
#: The middleware of a new project (`django-admin startproject`), for references.
DEFAULT_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
#: The environment of a portal in production that answers on 127.0.0.1 without HTTPS.
PRODUCTION = {
    "LAUREL_ENV": "production",
    "SECRET_KEY": "for-the-benchmark-only-" * 3,
    "ALLOWED_HOSTS": "127.0.0.1",
    "EMAIL_URL": "consolemail://",
    "SECURE_SSL_REDIRECT": "false",
    "API_RATE_LIMIT": "0",
    "SEARCH_RATE_LIMIT": "0",
    "PRESS_KIT_RATE_LIMIT": "0",
}


def missing_tools(*names: str) -> list[str]:
    """Return those of the programs `names` that are not installed."""
    return [name for name in names if not shutil.which(name)]


@contextmanager
def granian(
    application: str,
    port: int,
    environment: Mapping[str, str],
    *,
    workers: int = 1,
    python: Path | str = sys.executable,
    cores: str = SERVED_FROM,
) -> Iterator[str]:
    """
    Serve a WSGI application with granian of the environment `python`, one thread per worker, pinned to `cores`. Yield
    its base URL.
    """
    command = f"--interface wsgi --host 127.0.0.1 --port {port} --workers {workers} --blocking-threads 1"
    with _running(
        [str(python), "-m", "granian", *command.split(), "--log-level", "error", application],
        environment,
        port,
        cores,
    ) as url:
        yield url


@contextmanager
def nginx(configuration: Path, port: int) -> Iterator[str]:
    """Serve `configuration` with nginx, pinned to one core. Yield its base URL."""
    with _running(["nginx", "-c", str(configuration), "-g", "daemon off;"], {}, port, SERVED_FROM) as url:
        yield url


@contextmanager
def _running(command: list[str], environment: Mapping[str, str], port: int, cores: str) -> Iterator[str]:
    server = subprocess.Popen(
        ["taskset", "-c", cores, *command],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        start_new_session=True,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, server)
        yield url
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


def _wait_for(url: str, server: subprocess.Popen) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if server.poll() is not None:
            raise SystemExit(f"{server.args!r} ended")
        try:
            urllib.request.urlopen(url, timeout=30).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


def requests_per_second(url: str, seconds: float, connections: int = 16) -> float:
    """Load `url` with wrk from another core, and return the requests per second. Every answer must be a 200."""
    said = subprocess.run(
        ["taskset", "-c", LOADED_FROM, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s"]
        + ["-H", "Accept-Encoding: gzip, br", "-H", "Accept: text/html", url],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"{url}: {said}")
    return float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0])


def memory_of(port: int) -> float:
    """Return the memory of the largest process that serves `port`, in MB (resident set size)."""
    sizes = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            status = (folder / "status").read_text()
            if f"--port {port} " in command:
                sizes.append(int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024)  # type: ignore[index]
    return max(sizes, default=0)
