"""
Measures each kind of public page with Lighthouse, as on a slow phone.

    CHROME_PATH=/usr/bin/chromium .venv/bin/python -m benchmarks.lighthouse [--rounds 3] [--submissions 5000]

Needs Node.js with npx, which downloads Lighthouse, and Chromium. Lighthouse slows the processor down four times and
computes the times of a slow network. Run it on a quiet machine: it takes other programs' work for the page's. Prints a
table in Markdown: medians of all rounds.
"""

import argparse
import json
import re
import subprocess
import tempfile
import urllib.request
from pathlib import Path
from statistics import median

from benchmarks.page_cache import prepared
from benchmarks.servers import granian, missing_tools

PORT = 8630
VERSION = "13.5.0"
TIMES = {
    "first-contentful-paint": "first paint, s",
    "largest-contentful-paint": "largest paint, s",
    "total-blocking-time": "blocked, s",
}
CATEGORIES = ("performance", "accessibility", "best-practices")


def _first(url: str, path: str, pattern: str) -> str:
    with urllib.request.urlopen(url + path, timeout=60) as response:
        return re.findall(pattern, response.read().decode())[0]


def _pages(url: str) -> dict[str, str]:
    """Return the path of one page of each kind by name."""
    contest = "/contests/demo-revealed/"
    work = _first(url, f"{contest}winners/", rf'href="({contest}submissions/[^"/]+/)"')
    return {
        "home": "/",
        "contests": "/contests/",
        "contest": contest,
        "winners of a large contest": f"{contest}winners/",
        "winners of all contests": "/winners/",
        "gallery": f"{contest}submissions/",
        "work": work,
        "people": "/people/",
        "person": _first(url, work, r'href="(/people/[^"/]+/)"'),
        "event": f"{contest}events/panel/",
        "quotes": "/quotes/",
        "quote": _first(url, "/quotes/", r'href="(/quotes/[^"/]+/)"'),
        "corrections": f"{contest}corrections/",
        "sources": "/sources/",
        "source": _first(url, "/sources/", r'href="(/sources/[^"/]+/)"'),
        "statistics": "/statistics/",
        "search": "/search/?q=light",
    }


def _measured(url: str, folder: Path) -> list[float]:
    """Return the scores of `CATEGORIES` (0 to 100), the seconds of `TIMES`, and the bytes that the page loads."""
    report = folder / "report.json"
    flags = ["--quiet", "--output=json", f"--output-path={report}", f"--only-categories={','.join(CATEGORIES)}"]
    browser = "--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage"
    command = ["npx", "--yes", "--loglevel=error", f"lighthouse@{VERSION}", url, *flags, browser]
    # Now and then, Lighthouse ends with an error, such as NO_NAVSTART.
    if not any(subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL).returncode == 0 for _try in range(3)):
        raise SystemExit(f"Lighthouse could not measure {url}")
    found = json.loads(report.read_text())
    scores = [100 * found["categories"][name]["score"] for name in CATEGORIES]
    seconds = [found["audits"][name]["numericValue"] / 1000 for name in TIMES]
    return [*scores, *seconds, found["audits"]["total-byte-weight"]["numericValue"]]


def main() -> int:
    parser = argparse.ArgumentParser(description="Measures each kind of public page with Lighthouse.")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--submissions", type=int, default=5000)
    parser.add_argument("--only", nargs="+", metavar="PAGE", help="the names of the pages to measure")
    asked = parser.parse_args()
    if missing := missing_tools("npx", "taskset"):
        print(f"Install {' and '.join(missing)} first.")
        return 2
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = prepared(folder, asked.submissions)
        with granian("portal.wsgi:application", PORT, environment) as portal:
            print(f"| page | {' | '.join([*CATEGORIES, *TIMES.values()])} | KB |")
            print("|---" + "|---:" * (len(CATEGORIES) + len(TIMES) + 1) + "|")
            pages = _pages(portal)
            for title, path in ((title, pages[title]) for title in asked.only or pages):
                rounds = [_measured(portal + path, folder) for _round in range(asked.rounds)]
                *times, size = [median(column) for column in zip(*rounds, strict=True)]
                cells = [f"{value:.0f}" for value in times[: len(CATEGORIES)]]
                cells += [f"{value:.2f}" for value in times[len(CATEGORIES) :]]
                print(f"| {title} | {' | '.join(cells)} | {size / 1000:.0f} |", flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
