"""
Measures the memory and time for the press kit of a large contest in the production server.

    export DATABASE_URL=sqlite:////tmp/press-kit-benchmark.sqlite3
    .venv/bin/python manage.py migrate && .venv/bin/python manage.py create_demo_contest --submissions 5000
    .venv/bin/python -m benchmarks.press_kit

Starts granian in the same way as `make run`, requests the page of the contest, then its press kit twice. For each
download, prints the memory of the worker process before it, and the increase up to the peak during it. Linux only: the
values are VmRSS and VmHWM in `/proc`.
"""

import os
import re
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

SLUG = "demo-revealed"
PART = 64 * 1024


def main() -> None:
    port = free_port()
    command = ["granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--blocking-threads", "4"]
    server = subprocess.Popen(  # noqa: S603
        [
            str(Path(sys.executable).parent / command[0]),
            *command[1:],
            "--log-level",
            "error",
            "portal.wsgi:application",
        ],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "portal.settings"},
    )
    try:
        wait_for(port)
        if ask(port, f"/contests/{SLUG}/")[0] != 200:
            raise SystemExit("There is no synthetic contest: was it made?")
        worker = worker_of(server.pid)
        for name, path in {
            "the kit, first": f"/contests/{SLUG}/press-kit.zip",
            "the kit, again": f"/contests/{SLUG}/press-kit.zip",
        }.items():
            before = memory(worker, "VmRSS")
            Path(f"/proc/{worker}/clear_refs").write_text("5")  # Reset VmHWM, the peak memory of the process.
            status, size, first, whole = ask(port, path)
            rise = memory(worker, "VmHWM") - before
            print(
                f"{name}: {status}, {size / 1e6:.1f} MB in {whole:.1f} s, the first bytes after {first * 1000:.0f} ms; "
                f"memory {before / 1024:.0f} MB before, {rise / 1024:+.1f} MB at its peak"
            )
    finally:
        server.terminate()
        server.wait()


def ask(port: int, path: str) -> tuple[int, int, float, float]:
    """
    Request `path` from the server on this port, and discard the content. Return the HTTP status, the size in bytes, and
    the seconds until the first and until the last byte.
    """
    start = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", port, timeout=600)
    connection.request("GET", path)
    response = connection.getresponse()
    size, first = len(response.read(1)), time.perf_counter() - start
    while part := response.read(PART):
        size += len(part)
    connection.close()
    return response.status, size, first, time.perf_counter() - start


def memory(process: int, name: str) -> int:
    """Return a memory value of a process in KB, as the Linux kernel reports it."""
    (found,) = re.findall(rf"{name}:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    return int(found)


def worker_of(process: int) -> int:
    """Return the process id of granian's worker: the child process with the most memory."""
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return max(map(int, children), key=lambda child: memory(child, "VmRSS"))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port: int) -> None:
    for _attempt in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server does not answer.")


if __name__ == "__main__":
    main()
