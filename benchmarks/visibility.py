"""
Measures the queries for public people, organisations and sources: how long Django takes to build the SQL, and how long
the database takes to run it.

    export DATABASE_URL=sqlite:////tmp/visibility-benchmark.sqlite3
    .venv/bin/python manage.py migrate && .venv/bin/python manage.py create_demo_contest --submissions 3000
    .venv/bin/python -m benchmarks.visibility

Compares two kinds of queries, which run in turn: with `IsShown`, whose SQL is built only once, and with ordinary
conditions, whose SQL Django builds for each query. Prints the median of thirty queries in milliseconds for each kind.
"""

import os
import time
from statistics import median
from typing import Any
from unittest.mock import patch

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.db import connection  # noqa: E402
from django.db.models import Q, QuerySet  # noqa: E402

from people import querysets as people_querysets  # noqa: E402
from people.models import Organisation, Person  # noqa: E402
from record import querysets as record_querysets  # noqa: E402
from record import visibility  # noqa: E402
from record.models import Source  # noqa: E402
from record.viewpoint import Viewpoint  # noqa: E402

TIMES = 30


def plain(label: str, viewpoint: Viewpoint) -> Q:
    """Return the condition `IsShown(label, viewpoint)` as an ordinary Django condition."""
    condition = Q(pk__in=[])
    for tie in visibility._ties[label.lower()]:
        condition |= tie(viewpoint)
    return condition


def first_rows(model: Any) -> QuerySet:
    return model.objects.public(Viewpoint.now()).order_by("pk")[:24]


def measure(model: Any, condition: Any) -> tuple[float, float]:
    with patch.object(people_querysets, "IsShown", condition), patch.object(record_querysets, "IsShown", condition):
        start = time.perf_counter()
        sql, parameters = first_rows(model).query.sql_with_params()
        built = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            cursor.fetchall()
    return built - start, time.perf_counter() - built


def main() -> None:
    for model in (Person, Organisation, Source):
        print(f"{connection.vendor}, {model.objects.count():,} {model._meta.verbose_name_plural}")
        ways = {"compiled once": visibility.IsShown, "plain conditions": plain}
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
        for _each in range(TIMES + 1):
            for name, condition in ways.items():
                times[name].append(measure(model, condition))
        for name, taken in times.items():
            django_time, sql_time = (1000 * median(column) for column in zip(*taken[1:], strict=True))
            print(f"  {name:18} Django {django_time:6.1f} ms, SQL {sql_time:6.1f} ms")


if __name__ == "__main__":
    main()
