"""
Measures pages that are not kept against pretalx's pages of the same kind, in one run.

    .venv/bin/python -m benchmarks.pretalx --python FOLDER/bin/python --config pretalx.cfg [--rounds 5] [--seconds 5]

pretalx has an environment of its own, with pretalx and granian installed, and a database with its demo event:

    python3 -m venv FOLDER && FOLDER/bin/pip install pretalx granian faker freezegun
    FOLDER/bin/python -m pretalx migrate && FOLDER/bin/python -m pretalx init
    FOLDER/bin/python -m pretalx create_test_event --seed 7   # then make the event public in its settings

Both servers have one worker with one thread on the same core, and are loaded in turn from another core. Laurel runs
without its page cache, with a demo contest. Prints a table in Markdown: requests per second (medians) and the ratio of
Laurel to pretalx in each round (minimum, median, maximum).
"""

import argparse
import re
import tempfile
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from statistics import median

from benchmarks.page_cache import prepared
from benchmarks.servers import granian, missing_tools, requests_per_second

PORT = 8610
EVENT = "/democon/"


def _first_link(url: str, start: str) -> str:
    """Return the first link of the page at `url` to a page below `start`. pretalx leaves out quotation marks."""
    return re.findall(rf'href="?({start}[^"/?#>\s]+/)["\s>]', _page(url).decode())[0]


def _page(url: str) -> bytes:
    # Without this header, pretalx answers in plain text.
    request = urllib.request.Request(url, headers={"Accept": "text/html"})
    with urllib.request.urlopen(request, timeout=60) as response:
        return response.read()


def _pages(laurel: str, pretalx: str) -> dict[str, tuple[str, str]]:
    """Return the pairs of URLs to compare by name: Laurel's and pretalx's."""
    contest = f"{laurel}/contests/demo-revealed/"
    event = f"{pretalx}{EVENT}"
    work = _first_link(f"{contest}winners/", "/contests/demo-revealed/submissions/")
    person = _first_link(f"{laurel}{work}", "/people/")
    talk = _first_link(f"{event}schedule/nojs", f"{EVENT}talk/")
    speaker = _first_link(f"{event}speaker/", f"{EVENT}speaker/")
    return {
        "home and landing page": (f"{laurel}/", event),
        "contest and landing page": (contest, event),
        "gallery of 48 and list of sessions": (f"{contest}submissions/", f"{event}schedule/nojs"),
        "work and session": (f"{laurel}{work}", f"{pretalx}{talk}"),
        "people (48) and speakers": (f"{laurel}/people/", f"{event}speaker/"),
        "person and speaker": (f"{laurel}{person}", f"{pretalx}{speaker}"),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description="Measures pages that are not kept against pretalx's.")
    parser.add_argument("--python", type=Path, required=True, help="Python with pretalx and granian")
    parser.add_argument("--config", type=Path, required=True, help="configuration file of pretalx")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--submissions", type=int, default=5000)
    asked = parser.parse_args()
    if missing := missing_tools("wrk", "taskset"):
        print(f"Install {' and '.join(missing)} first, such as with scripts/apt-install.")
        return 2
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        portal = prepared(Path(folder), asked.submissions) | {"PAGE_CACHE": "0"}
        laurel = stack.enter_context(granian("portal.wsgi:application", PORT, portal))
        theirs = {"PRETALX_CONFIG_FILE": str(asked.config)}
        pretalx = stack.enter_context(granian("pretalx.wsgi:application", PORT + 1, theirs, python=asked.python))
        _compare(_pages(laurel, pretalx), asked.rounds, asked.seconds)
    return 0


def _compare(pages: dict[str, tuple[str, str]], rounds: int, seconds: float) -> None:
    print("| pages | bytes | of pretalx | requests a second | of pretalx | ratio: min | median | max |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for name, urls in pages.items():
        rates = [tuple(requests_per_second(url, seconds, connections=4) for url in urls) for _round in range(rounds)]
        ratios = sorted(ours / theirs for ours, theirs in rates)
        sizes = " | ".join(f"{len(_page(url)):,}" for url in urls)
        each = " | ".join(f"{median(column):.1f}" for column in zip(*rates, strict=True))
        print(f"| {name} | {sizes} | {each} | {ratios[0]:.2f} | {median(ratios):.2f} | {ratios[-1]:.2f} |", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
