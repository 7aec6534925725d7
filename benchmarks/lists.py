"""
Measures the response times of long lists: the first page, a page in the middle and the last page of the submissions,
and other pages with many rows.

    export DATABASE_URL=sqlite:////tmp/lists-benchmark.sqlite3
    .venv/bin/python manage.py migrate && .venv/bin/python manage.py create_demo_contest --submissions 5000
    .venv/bin/python -m benchmarks.lists

Prints the number of SQL statements for each page, and the median of ten response times in milliseconds, after one
request that is not counted.
"""

import os
import time
from statistics import median

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from contests.models import Contest  # noqa: E402
from record.keyset import encode_cursor  # noqa: E402

TIMES = 10


def main() -> None:
    client = Client(headers={"host": "localhost"})
    contest = Contest.objects.get(slug="demo-revealed")
    works = contest.submissions.order_by("sort_key", "pk")
    count = works.count()
    middle = works[count // 2]
    gallery = reverse("submissions", args=[contest.slug])
    print(f"{connection.vendor}, {count:,} submissions")
    for name, url in {
        "first page": gallery,
        "middle page": f"{gallery}?after={encode_cursor([middle.sort_key, middle.pk])}",
        "last page": f"{gallery}?page=last",
        "last page of the list view": f"{gallery}?view=list&page=last",
        "one country": f"{gallery}?country=JP",
        "winners": reverse("contest_winners", args=[contest.slug]),
        "people, last page": f"{reverse('people')}?page=last",
        "statistics of the contest": f"{reverse('statistics')}?contest={contest.slug}",
    }.items():
        statements = _statements(client, url)
        print(f"{name:28} {median(_answer(client, url) for _ in range(TIMES)):7.0f} ms {statements:3} SQL")


def _statements(client: Client, url: str) -> int:
    seen = []

    def note(execute, sql, *rest):
        seen.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note):
        if client.get(url).status_code != 200:
            raise SystemExit(f"{url} has no answer: was the synthetic contest made?")
    return len(seen)


def _answer(client: Client, url: str) -> float:
    start = time.perf_counter()
    client.get(url)
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    main()
