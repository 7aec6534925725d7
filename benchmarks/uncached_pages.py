"""
Measures pages that Django makes for each request: Laurel's against hand-written Django views of the same rows and the
same length (benchmarks/reference_views.py), in pairs and in one process.

    .venv/bin/python -m benchmarks.uncached_pages [--rounds 7] [--submissions 5000]

Prints a table in Markdown: processor time in milliseconds, and the ratio of Laurel to the reference in each round
(minimum, median, maximum). The last row compares the middleware alone, with a view that returns a constant.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.page_cache import prepared
from benchmarks.servers import DEFAULT_MIDDLEWARE


def main() -> int:
    parser = argparse.ArgumentParser(description="Measures pages that are not kept against plain Django views.")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--submissions", type=int, default=5000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= prepared(Path(folder), asked.submissions)
        os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
        _measure(asked.rounds, asked.submissions)
    return 0


def _measure(rounds: int, submissions: int) -> None:
    import django

    django.setup()
    from django.test import Client, override_settings
    from django.urls import path

    from benchmarks import reference_views
    from contests.makers import page_of
    from contests.models import Credit, Recognition
    from portal import urls

    won = Recognition.objects.filter(award__contest__slug="demo-revealed", standing="winner", revoked_on=None)
    credited = Credit.objects.filter(work__in=won.values("submissions__work"), person__isnull=False)
    credit = credited.order_by("pk")[0]
    work, person = credit.work.entries.order_by("pk")[0], credit.party
    pages = {
        "home": "/",
        "contest": "/contests/demo-revealed/",
        "winners": "/contests/demo-revealed/winners/",
        "gallery": "/contests/demo-revealed/submissions/",
        "work": work.get_absolute_url(),
        "people": "/people/",
        "person": page_of(person),
        "quotes": "/quotes/",
        "sources": "/sources/",
    }
    laurel, reference = Client(headers={"host": "127.0.0.1"}), Client(headers={"host": "127.0.0.1"})
    # The reference is asked with its own URLs, but without a change of the settings: that would clear Django's cache of
    # URLs, and Laurel, which has more of them, would fill it again in each round.
    with override_settings(MIDDLEWARE=["benchmarks.reference_views.with_own_urls", *DEFAULT_MIDDLEWARE]):
        reference.handler.load_middleware()

    def of_laurel(url: str) -> bytes:
        return _body(laurel, url)

    def of_reference(url: str) -> bytes:
        return _body(reference, url)

    print(f"{submissions:,} submissions, {rounds} rounds\n")
    print("| page | bytes | Laurel, ms | reference, ms | ratio: min | median | max |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for name, url in pages.items():
        length = len(of_laurel(url))
        reference_views.padding[url] = "x" * max(0, length - len(of_reference(url)))
        _row(name, length, rounds, lambda url=url: of_laurel(url), lambda url=url: of_reference(url))  # type: ignore[misc]
    with override_settings(ROOT_URLCONF=(path("constant/", reference_views.constant), *urls.urlpatterns)):
        both = (lambda: _body(laurel, "/constant/"), lambda: _body(reference, "/constant/"))
        _row("middleware alone", len(both[0]()), rounds, *both, times=200)


def _body(client: object, url: str) -> bytes:
    response = client.get(url)  # type: ignore[attr-defined]
    if response.status_code != 200:
        raise SystemExit(f"{url}: {response.status_code}")
    return response.content


def _row(
    name: str, length: int, rounds: int, one: Callable[[], object], other: Callable[[], object], times: int = 5
) -> None:
    pairs = []
    for _round in range(rounds):
        pairs.append((_milliseconds(one, times), _milliseconds(other, times)))
    ratios = [a / b for a, b in pairs]
    times_of = [median(column) for column in zip(*pairs, strict=True)]
    print(
        f"| {name} | {length:,} | {times_of[0]:.1f} | {times_of[1]:.1f} "
        f"| {min(ratios):.2f} | {median(ratios):.2f} | {max(ratios):.2f} |",
        flush=True,
    )


def _milliseconds(work: Callable[[], object], times: int) -> float:
    begun = time.process_time()
    for _time in range(times):
        work()
    return (time.process_time() - begun) * 1000 / times


if __name__ == "__main__":
    sys.exit(main())
