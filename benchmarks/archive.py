"""
Measures every kind of page of a synthetic archive: the SQL statements, the size of the HTML and the response time. Of
each kind, it requests the pages with the most rows and prints the worst of them.

    export DATABASE_URL=sqlite:////tmp/archive-benchmark.sqlite3
    .venv/bin/python manage.py migrate && .venv/bin/python manage.py create_demo_archive
    .venv/bin/python -m benchmarks.archive

Ends with the status 1 if a page takes more than ten statements, or if a page of HTML has more than 150 KB. The files
of the API are listed too; their size has no limit.
"""

import os
import sys
import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.core.cache import cache  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Count, QuerySet  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from contests.demo.archive import archives  # noqa: E402
from contests.models import AwardLine, Contest, Recognition, Series, Work  # noqa: E402
from people.models import Organisation, Person  # noqa: E402
from record.models import Source  # noqa: E402

STATEMENTS, BYTES = 10, 150 * 1024
#: How many of the largest pages of a kind are requested.
LARGEST = 12
SEARCHES = ("1975", "best picture 1994", "specimen", "ada specimen", "placeholder pictures", "song of the", "lanternn")


class Measured(NamedTuple):
    """What a request took. The size is that of the response without compression."""

    url: str
    statements: int
    size: int
    milliseconds: float
    is_page: bool

    @property
    def is_over(self) -> bool:
        return self.statements > STATEMENTS or (self.is_page and self.size > BYTES)


def main() -> None:
    found = archives()
    if not found:
        raise SystemExit("There is no synthetic archive: run manage.py create_demo_archive.")
    client = Client(headers={"host": "localhost"})
    print(f"{connection.vendor}, {Recognition.objects.count():,} recognitions\n")
    print(f"{'':34}{'statements':>11}{'KB':>8}{'ms':>8}")
    over = 0
    for kind, urls in kinds(found[0]).items():
        measured = [taken for url in urls if (taken := measure(client, url))]
        for row in worst(measured):
            over += row.is_over
            mark = "  OVER" if row.is_over else ""
            size = row.size / 1024
            print(f"{kind:34}{row.statements:11}{size:8.0f}{row.milliseconds:8.0f}  {row.url}{mark}")
    print(f"\n{over} of the pages above are over {STATEMENTS} statements or {BYTES // 1024} KB")
    sys.exit(1 if over else 0)


def kinds(slug: str) -> dict[str, Iterable[str]]:
    """Return the URLs of each kind of page of the archive with this slug, by the name of the kind."""
    series = Series.objects.get(slug=slug)
    contests = Contest.objects.filter(series=series)
    many = contests.annotate(number=Count("awards__recognitions")).order_by("-number", "pk")
    some = [contest.slug for contest in many[:LARGEST]]
    last = contests.order_by("-edition_key").values_list("slug", flat=True)[0]
    people = _most(Person.objects.annotate(number=Count("parties")))
    credited = _most(Person.objects.annotate(number=Count("credits")))
    companies = _most(Organisation.objects.annotate(number=Count("parties")))
    works = _most(Work.objects.annotate(number=Count("entries__recognitions")))
    entered = _most(Work.objects.annotate(number=Count("entries")))
    source = Source.objects.filter(key__startswith=series.key.removesuffix("archive")).values_list("slug", flat=True)[0]
    lines = AwardLine.objects.filter(series=series).values_list("slug", flat=True)
    api = {
        "series": "editions,lines,organisers,sources",
        "contests": "awards,categories,events,figures,leading_regions,sources",
        "works": "credits.person,entries.contest,sources",
        "submissions": "contest,credits.person,recognitions.award,sources",
        "awards": "contest,source",
        "recognitions": "award,parties,presenters,source,submissions.credits.person",
        "people": "affiliations,appearances,credits.work,identifiers,other_names,sources",
        "organisations": "affiliations.person,identifiers,other_names",
        "sources": "",
    }
    return {
        "home": ["/"],
        "contests": ["/contests/", "/contests/?page=last"],
        "contest": [f"/contests/{each}/" for each in some],
        "contest's results": [f"/contests/{each}/winners/" for each in some],
        "contest's results, large": [f"/contests/{each}/winners/?view=large" for each in some],
        "contest's results, one award": [f"/contests/{last}/winners/?award=film"],
        "contest's submissions": [f"/contests/{each}/submissions/" for each in some[:4]],
        "contest's submissions, as a list": [f"/contests/{each}/submissions/?view=list" for each in some[:4]],
        "contest's corrections": [f"/contests/{last}/corrections/"],
        "contest's feeds": [f"/contests/{last}/feed.atom", f"/contests/{last}/feed.json"],
        "all series": ["/series/"],
        "series": [f"/series/{slug}/", f"/series/{slug}/?page=last"],
        "award line": [f"/series/{slug}/awards/{line}/" for line in lines],
        "work, most recognitions": [f"/works/{each}/" for each in works],
        "work, most entries": [f"/works/{each}/" for each in entered],
        "person, most recognitions": [f"/people/{each}/" for each in people],
        "person, most credits": [f"/people/{each}/" for each in credited],
        "person, all works": [f"/people/{people[0]}/?works=all", f"/people/{people[0]}/?works=2"],
        "organisation, most recognitions": [f"/organisations/{each}/" for each in companies],
        "organisation, later part": [f"/organisations/{companies[0]}/?awards=2"],
        "all winners": ["/winners/", "/winners/?page=last"],
        "all results": ["/winners/?standing=all", "/winners/?standing=all&view=large"],
        "all results, filtered": [f"/winners/?contest={last}&country=PL", f"/winners/?line={slug}/film&standing=all"],
        "people": ["/people/", "/people/?page=last", "/people/?role=winner&country=US"],
        "organisations": ["/organisations/", "/organisations/?page=last"],
        "sources": ["/sources/"],
        "source": [f"/sources/{source}/"],
        "statistics": ["/statistics/"],
        "statistics of a contest": [f"/statistics/?contest={last}"],
        "search": [f"/search/?q={query.replace(' ', '+')}" for query in SEARCHES],
        "search suggestions": [f"/search/suggestions/?q={query[:4]}" for query in SEARCHES],
        "site's feeds": ["/winners/feed.atom", "/winners/feed.json"],
        "sitemap": ["/sitemap.xml"],
        **{
            f"API, {name}": [f"/api/v1/{name}?limit=100{expand and f'&expand={expand}'}"]
            for name, expand in api.items()
        },
        "API, statistics": ["/api/v1/statistics", f"/api/v1/statistics?contest={last}"],
    }


def _most(rows: QuerySet) -> list[str]:
    return list(rows.order_by("-number", "pk").values_list("slug", flat=True)[:LARGEST])


def measure(client: Client, url: str) -> Measured | None:
    """
    Request `url` twice, because the first request may fill caches of the process, and measure the second one. Return
    None if there is no such page, such as the second part of a career that has only one.
    """
    for _time in range(2):
        cache.clear()  # Otherwise pages and figures would come from it, and searches would be limited.
        start = time.perf_counter()
        with CaptureQueriesContext(connection) as statements:
            response = client.get(url)
        taken = (time.perf_counter() - start) * 1000
    if response.status_code == 404:
        return None
    if response.status_code != 200:
        raise SystemExit(f"{url}: status {response.status_code}")
    is_page = response["Content-Type"].startswith("text/html")
    return Measured(url, len(statements), len(response.content), taken, is_page)


def worst(measured: Iterable[Measured]) -> Iterator[Measured]:
    """Yield the page with the most statements and, if it is another one, the largest page."""
    rows = list(measured)
    if not rows:
        return
    most = max(rows, key=lambda row: (row.statements, row.size))
    yield most
    largest = max(rows, key=lambda row: (row.size, row.statements))
    if largest is not most and (largest.size > most.size or largest.is_over):
        yield largest


if __name__ == "__main__":
    main()
