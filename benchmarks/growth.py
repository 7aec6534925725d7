"""
Measures the time inside the database of each kind of page, for the portal in `DATABASE_URL`.

    .venv/bin/python -m benchmarks.growth > 1000.json         # once for each size
    .venv/bin/python -m benchmarks.growth --table 1000.json 100000.json

The portal needs a demo contest (`manage.py create_demo_contest --submissions N`). Each page is requested once without
measuring, then five times; the figure is the median. The table compares the largest portal with the smallest.
"""

import argparse
import json
import os
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import django

TIMES = 5
#: The limits of issue "Speed": at most this many times the smallest portal, and at most this many milliseconds.
TIMES_AT_MOST, MILLISECONDS_AT_MOST = 2, 150


class Timed:
    """A cursor that adds up the time of its statements and of reading their rows, in `seconds`."""

    seconds = 0.0
    statements = 0

    def __init__(self, cursor: Any):
        self.cursor = cursor

    def __getattr__(self, name: str) -> Any:
        method = getattr(self.cursor, name)
        if name not in ("execute", "executemany", "fetchone", "fetchmany", "fetchall"):
            return method

        def timed(*arguments: Any) -> Any:
            began = time.perf_counter()
            try:
                return method(*arguments)
            finally:
                Timed.seconds += time.perf_counter() - began
                Timed.statements += name == "execute"

        return timed

    def __iter__(self) -> Any:
        return iter(self.cursor)

    def __enter__(self) -> "Timed":
        return self

    def __exit__(self, *error: object) -> None:
        self.cursor.close()


def pages(client: Any) -> dict[str, str]:
    """Return the URLs to measure by name. `client` is signed in as an administrator."""
    from benchmarks.growth_admin import admin_pages
    from contests.models import Contest, Event, Quote, Recognition
    from people.models import Person
    from record.models import Source

    contest = Contest.objects.get(slug="demo-revealed")
    won = Recognition.objects.filter(award__contest=contest, standing="winner", submissions__isnull=False)
    work = won.order_by("award__precedence", "order").for_names()[0].works[0]
    person = Person.objects.filter(credits__work=work.work).order_by("credits__order")[0]
    source = Source.objects.filter(slug__startswith="demo").order_by("pk").first() or Source.objects.all()[0]
    speaker = Quote.objects.filter(event__contest=contest).select_related("speaker")[0].speaker
    event = Event.objects.filter(contest=contest)[0]
    home = f"/contests/{contest.slug}/"
    urls = {
        "home": "/",
        "contests": "/contests/",
        "contest": home,
        "winners of all contests": "/winners/",
        "winners of a contest": f"{home}winners/",
        "winners by country": f"{home}winners/?country=JP",
        "gallery": f"{home}submissions/",
        "gallery, last page": f"{home}submissions/?page=last",
        "gallery by country": f"{home}submissions/?country=JP",
        "gallery by category": f"{home}submissions/?category=animation",
        "work": work.get_absolute_url(),
        "event": event.get_absolute_url(),
        "corrections": f"{home}corrections/",
        "people": "/people/",
        "people, last page": "/people/?page=last",
        "people by country": "/people/?country=JP",
        "person": person.get_absolute_url(),
        "quotes": "/quotes/",
        "quotes of a speaker": f"/quotes/?speaker={speaker.slug}",
        "sources": "/sources/",
        "source": source.get_absolute_url(),
        "statistics": "/statistics/",
        "statistics of a contest": f"/statistics/?contest={contest.slug}",
        "search, a common word": "/search/?q=the",
        "search, a rare word": "/search/?q=alzheimer",
        "suggestions": "/search/suggestions/?q=la",
        "feed of winners": "/winners/feed.atom",
        "feed of a contest": f"{home}feed.atom",
        "sitemap index": "/sitemap.xml",
        "sitemap of works, part 1": "/sitemap-works.xml",
        "sitemap of people, part 1": "/sitemap-people.xml",
        "API: submissions": "/api/v1/submissions?limit=50",
        "API: people": "/api/v1/people?limit=50",
        "API: recognitions": "/api/v1/recognitions?limit=50",
        "API: statistics": "/api/v1/statistics",
        "share card": f"{work.get_absolute_url()}card.png",
    }
    return urls | admin_pages(client, work)


def measured(only: str) -> dict[str, Any]:
    """
    Return the number of submissions, and the milliseconds in the database and the statements of each page.
    Only pages with names that start with `only` are measured.
    """
    from django.contrib.auth import get_user_model
    from django.core.cache import cache
    from django.db import connection
    from django.test import Client

    from contests.models import Submission

    editor = get_user_model().objects.filter(email="growth@example.org").first()
    editor = editor or get_user_model().objects.create_superuser(email="growth@example.org", password=None)
    client = Client(headers={"host": "localhost"})
    client.force_login(editor)
    urls = {name: url for name, url in pages(client).items() if name.startswith(only)}
    make = connection.make_cursor
    connection.make_cursor = lambda cursor: Timed(make(cursor))  # type: ignore[method-assign,assignment,return-value]
    found = {}
    for name, url in urls.items():
        times = []
        for _time in range(TIMES + 1):
            cache.clear()
            Timed.seconds, Timed.statements = 0.0, 0
            response = client.get(url)
            b"".join(response) if response.streaming else response.content
            if response.status_code not in (200, 302):
                raise SystemExit(f"{url}: {response.status_code}")
            times.append(Timed.seconds * 1000)
        found[name] = {"ms": median(times[1:]), "statements": Timed.statements}
    return {"database": connection.vendor, "submissions": Submission.objects.count(), "pages": found}


def table(files: list[str]) -> None:
    """Print a table in Markdown from the output of several runs."""
    runs = sorted((json.loads(Path(file).read_text()) for file in files), key=lambda run: run["submissions"])
    print(f"{runs[0]['database']}: milliseconds inside the database\n")
    print("| page | " + " | ".join(f"{run['submissions']:,}" for run in runs) + " | ratio | |")
    print("|---|" + "---:|" * (len(runs) + 1) + "---|")
    for name, first in runs[0]["pages"].items():
        times = [run["pages"][name]["ms"] for run in runs]
        ratio = times[-1] / max(times[0], 0.01)
        is_over = times[-1] > MILLISECONDS_AT_MOST or (ratio > TIMES_AT_MOST and times[-1] - first["ms"] > 1)
        cells = " | ".join(f"{each:.1f}" for each in times)
        print(f"| {name} | {cells} | {ratio:.1f} | {'over' if is_over else ''} |")


def main() -> None:
    parser = argparse.ArgumentParser(description="Measures the time inside the database of each kind of page.")
    parser.add_argument("--table", nargs="+", metavar="FILE")
    parser.add_argument("--only", default="", metavar="START", help="measure only pages with names that start so")
    asked = parser.parse_args()
    if asked.table:
        table(asked.table)
        return
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    django.setup()
    json.dump(measured(asked.only), sys.stdout, indent=1)


if __name__ == "__main__":
    main()
