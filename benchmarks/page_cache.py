"""
Measures kept pages against a constant response of the same bytes, and against other references, in one run.

    .venv/bin/python -m benchmarks.page_cache [--rounds 5] [--seconds 3] [--submissions 5000] [--short] [--nginx]

Needs wrk and taskset (Debian packages wrk and util-linux), and nginx with `--nginx`. The server has one worker with one
thread on one core; the load comes from another core. Prints a table in Markdown. Each row has the requests per second
and their ratio to a constant response of the same size, measured just before: minimum, median and maximum of all
rounds.

`--short` measures two URLs in about 30 seconds and exits with status 1 if a ratio is below `LEAST`.
"""

import argparse
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from getpass import getuser
from importlib import metadata
from pathlib import Path
from statistics import median

from benchmarks.servers import PRODUCTION, ROOT, granian, memory_of, missing_tools, nginx, requests_per_second

PORT = 8600
#: The least ratio in the short form. The goal is 0.7; a shared CI machine varies more than a quiet one.
LEAST = 0.5

NGINX = """
user {user}; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/nginx.log;
events {{ worker_connections 512; }}
http {{
  access_log off; default_type text/html; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  proxy_cache_path {folder}/cache keys_zone=laurel:10m use_temp_path=off;
  upstream laurel {{ server 127.0.0.1:{portal}; keepalive 32; }}
  server {{
    listen 127.0.0.1:{port};
    location /bodies/ {{ root {folder}; }}
    location / {{
      proxy_pass http://laurel; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
      proxy_cache laurel; proxy_cache_key $scheme$host$request_uri; proxy_cache_lock on; proxy_cache_revalidate on;
      proxy_cache_background_update on; proxy_cache_use_stale error timeout http_502 http_503 http_504;
    }}
  }}
}}
"""


PAGES = {
    "home": "/",
    "winners of a large contest": "/contests/demo-revealed/winners/",
    "gallery of a large contest": "/contests/demo-revealed/submissions/",
    "people": "/people/",
    "API: people": "/api/v1/people",
    "feed of winners": "/winners/feed.atom",
    "share card (PNG)": "/contests/nextgen/card.png",
}
REFERENCES = {
    "constant": "",
    "django": "Django with its default middleware and a view of one line: the bytes of home",
    "django_cache": "Django's own page cache in memory: the bytes of home",
}


@dataclass
class Row:
    """A URL to measure. `same_bytes` is the path of a constant response of the same size."""

    title: str
    size: int
    url: str
    same_bytes: str
    #: For each round, the requests per second of the URL and of the constant response.
    rates: list[tuple[float, float]] = field(default_factory=list)


def prepared(folder: Path, submissions: int, services: Mapping[str, str] | None = None) -> dict[str, str]:
    """
    Create a portal with a demo contest of `submissions`. Return its environment variables. Its files are in `folder`,
    and so is its database (SQLite) unless `services` has the variables of another.
    """
    environment = PRODUCTION | {
        "DATABASE_URL": f"sqlite:///{folder}/laurel.sqlite3",
        "STATIC_ROOT": f"{folder}/static",
        "MEDIA_ROOT": f"{folder}/media",
        **(services or {}),
    }
    for command in (
        "migrate -v0",
        "loaddata nextgen -v0",
        f"create_demo_contest --even-in-production --submissions {submissions}",
        "refresh_search",
        "collectstatic --no-input -v0",
    ):
        subprocess.run(
            [sys.executable, "manage.py", *command.split()],
            cwd=ROOT,
            env={**os.environ, **environment},
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return environment


def _installed() -> float:
    """Return the size in MB of the Python packages that a portal in production needs."""
    names = set(
        re.findall(r"^([\w.-]+)(?:\[.*\])?==", (ROOT / "requirements/production.txt").read_text(), re.MULTILINE)
    )
    needed = [package for package in metadata.distributions() if package.name.lower().replace("_", "-") in names]
    files = [Path(str(file.locate())) for package in needed for file in package.files or ()]
    return sum(file.stat().st_size for file in files if file.exists()) / 1e6


def _fetched(url: str, coding: str = "br") -> bytes:
    """Return the body of the response at `url` for a client that accepts `coding`."""
    request = urllib.request.Request(url, headers={"Accept-Encoding": coding})
    with urllib.request.urlopen(request, timeout=120) as response:
        return response.read()


def main() -> int:
    parser = argparse.ArgumentParser(description="Measures kept pages against a constant response.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--submissions", type=int, default=5000)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--nginx", action="store_true")
    asked = parser.parse_args()
    if asked.short:
        asked.rounds, asked.seconds, asked.submissions = 3, 1, 60
    if missing := missing_tools("wrk", "taskset", *(["nginx"] if asked.nginx else [])):
        print(f"Install {' and '.join(missing)} first, such as with scripts/apt-install.")
        return 2
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        measured = _measured(Path(name), asked, stack)
    return _told(measured, is_short=asked.short)


def _measured(folder: Path, asked: argparse.Namespace, stack: ExitStack) -> list[Row]:
    environment = prepared(folder, asked.submissions)
    began = time.perf_counter()
    portal = stack.enter_context(granian("portal.wsgi:application", PORT, environment))
    _fetched(f"{portal}/healthz")
    print(f"Installed packages: {_installed():.0f} MB")
    print(f"Start to the first answer: {time.perf_counter() - began:.1f} s; memory then: {memory_of(PORT):.0f} MB")
    stylesheet = re.findall(r'href="(/static/css/[^"]+)"', _fetched(f"{portal}/", "identity").decode())[0]
    (bodies := folder / "bodies").mkdir()
    rows = []
    paths = [*PAGES.items(), ("style sheet", stylesheet)]
    for number, (title, path) in enumerate(paths[:1] + paths[-1:] if asked.short else paths):
        body = _fetched(portal + path)
        (bodies / str(number)).write_bytes(body)
        rows.append(Row(title, len(body), portal + path, f"/{number}"))
    size, home = rows[0].size, rows[0].same_bytes
    environment = {"BODIES": str(bodies)}
    references = {
        reference: stack.enter_context(
            granian("benchmarks.constant:application", port, environment | {"REFERENCE": reference})
        )
        for port, reference in enumerate(["constant"] if asked.short else REFERENCES, PORT + 1)
    }
    if not asked.short:
        rows += [
            Row(REFERENCES[name], size, url + home, home) for name, url in references.items() if name != "constant"
        ]
    if asked.nginx:
        configuration = folder / "nginx.conf"
        configuration.write_text(NGINX.format(user=getuser(), folder=folder, port=PORT + 9, portal=PORT))
        front = stack.enter_context(nginx(configuration, PORT + 9))
        people = next(row for row in rows if row.title == "people")
        for title, path in (
            ("nginx: a static file with the bytes of people", f"/bodies{people.same_bytes}"),
            ("nginx as cache in front of Laurel: people", "/people/"),
        ):
            rows.append(Row(title, people.size, front + path, people.same_bytes))
    for _round in range(asked.rounds):
        for row in rows:
            reference = requests_per_second(references["constant"] + row.same_bytes, asked.seconds)
            row.rates.append((requests_per_second(row.url, asked.seconds), reference))
    print(f"Memory of the worker at the end: {memory_of(PORT):.0f} MB")
    return rows


def _told(rows: list[Row], *, is_short: bool) -> int:
    """Print the table. Return the exit status."""
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    print("| what | bytes | requests a second | constant | ratio: min | median | max |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    slow = []
    for row in rows:
        rates, constants = zip(*row.rates, strict=True)
        ratios = [rate / constant for rate, constant in row.rates]
        line = f"| {row.title} | {row.size:,} | {median(rates):,.0f} | {median(constants):,.0f} "
        print(f"{line}| {min(ratios):.2f} | {median(ratios):.2f} | {max(ratios):.2f} |")
        if max(ratios) < LEAST:
            slow.append(row.title)
    if is_short and slow:
        print(f"\nSlower than {LEAST} of the constant response: {', '.join(slow)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
