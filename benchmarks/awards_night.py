"""
Loads two hundred public pages while an editor saves, as on an awards night, in the steps of docs/scaling.md.

    scripts/services postgres redis -- .venv/bin/python -m benchmarks.awards_night [--seconds 20] [--submissions 5000]

Needs wrk, taskset and nginx, and PostgreSQL and Redis in `DATABASE_URL` and `CACHE_URL`. Server and load share the
machine, so the figures say which step helps, not what a server gives alone. The editor changes a contest 1.4 times a
second (5,000 times an hour), and each change empties the page caches. Prints a table in Markdown: requests per second,
and the time within which half and 99 % of them were answered.
"""

import argparse
import os
import re
import subprocess
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from getpass import getuser
from pathlib import Path

from benchmarks.page_cache import NGINX, prepared
from benchmarks.servers import granian, missing_tools, nginx

PORT = 8620
PAGES = 200
SAVES_PER_SECOND = 5000 / 3600
WARM_UP = 15  # seconds
#: The script for wrk: each request asks for a random line of the file in PATHS. The first lines are asked for most: of
#: two hundred, the first six get a third of the requests.
RANDOM_PAGE = """
local paths = {}
for line in io.lines(os.getenv("PATHS")) do paths[#paths + 1] = line end
math.randomseed(7)
request = function() return wrk.format("GET", paths[math.floor((#paths) ^ math.random())]) end
"""


def _links(url: str, path: str) -> list[str]:
    with urllib.request.urlopen(url + path, timeout=60) as response:
        return re.findall(r'href="(/[a-z][^"#?:]*/)"', response.read().decode())


def _paths(url: str) -> list[str]:
    """Return the paths of `PAGES` public pages: those that visitors find first from the home page."""
    found = {"/": True}
    for path in found:
        if len(found) >= PAGES or path.startswith(("/embed/", "/admin/", "/accounts/")):
            break
        links = [link for link in _links(url, path) if not re.match("/(admin|accounts|embed|ja|ko|pl|zh)", link)]
        found = found | dict.fromkeys(links, True)
    return list(found)[:PAGES]


@contextmanager
def _editing(is_wanted: bool) -> Iterator[None]:
    """Change the demo contest `SAVES_PER_SECOND` times a second in a thread, if that is wanted."""
    ended = threading.Event()

    def edit() -> None:
        from django.db import connection

        from contests.models import Contest

        number = 0
        while not ended.wait(1 / SAVES_PER_SECOND):
            number += 1
            Contest.objects.filter(slug="demo-revealed").update(tagline=f"Change {number}")
        connection.close()

    editor = threading.Thread(target=edit)
    if is_wanted:
        editor.start()
    try:
        yield
    finally:
        ended.set()
        if is_wanted:
            editor.join()


def _loaded(url: str, folder: Path, seconds: int) -> tuple[float, str, str]:
    """Load random pages at `url`. Return requests per second, and the latency of half and of 99 % of them."""
    said = subprocess.run(
        ["wrk", "-t1", "-c32", f"-d{seconds}s", "--latency", "-s", str(folder / "random.lua"), url]
        + ["-H", "Accept-Encoding: gzip, br"],
        env={**os.environ, "PATHS": str(folder / "paths")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    if "Non-2xx" in said:
        raise SystemExit(said)
    rate, half, most = (
        re.findall(pattern, said)[0] for pattern in (r"Requests/sec:\s+([\d.]+)", r"50%\s+(\S+)", r"99%\s+(\S+)")
    )
    return float(rate), half, most


def main() -> int:
    parser = argparse.ArgumentParser(description="Loads public pages at random while an editor saves.")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--submissions", type=int, default=5000)
    asked = parser.parse_args()
    if missing := missing_tools("wrk", "taskset", "nginx"):
        print(f"Install {' and '.join(missing)} first, such as with scripts/apt-install.")
        return 2
    with tempfile.TemporaryDirectory() as name:
        _measure(Path(name), asked.seconds, asked.submissions)
    return 0


def _measure(folder: Path, seconds: int, submissions: int) -> None:
    services = {key: os.environ[key] for key in ("DATABASE_URL", "CACHE_URL")}
    environment = prepared(folder, submissions, services)
    os.environ |= environment | {"DJANGO_SETTINGS_MODULE": "portal.settings"}
    import django

    django.setup()
    folder.chmod(0o755)
    (folder / "random.lua").write_text(RANDOM_PAGE)
    print("| step | an editor saves | requests a second | half within | 99 % within |")
    print("|---|---|---:|---:|---:|")
    for workers in (1, 2):
        with ExitStack() as stack:
            cores = "0,1" if workers > 1 else "0"
            portal = stack.enter_context(
                granian("portal.wsgi:application", PORT, environment, workers=workers, cores=cores)
            )
            if not (folder / "paths").exists():
                (folder / "paths").write_text("\n".join(_paths(portal)))
            steps = [(f"{workers} worker{'s' if workers > 1 else ''}", portal)]
            if workers > 1:
                configuration = folder / "nginx.conf"
                configuration.write_text(NGINX.format(user=getuser(), folder=folder, port=PORT + 1, portal=PORT))
                steps.append(("2 workers behind nginx", stack.enter_context(nginx(configuration, PORT + 1))))
            for step, url in steps:
                for is_editing in (False, True):
                    with _editing(is_editing):
                        _loaded(url, folder, WARM_UP)
                        rate, half, most = _loaded(url, folder, seconds)
                    print(f"| {step} | {'yes' if is_editing else 'no'} | {rate:,.0f} | {half} | {most} |", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
