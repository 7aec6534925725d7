"""
Measures the speed of the search, and of building its index, with a given number of synthetic works.

    DATABASE_URL=sqlite:////tmp/search-benchmark.sqlite3 .venv/bin/python -m benchmarks.search 200000
    scripts/services postgres -- .venv/bin/python -m benchmarks.search 200000

The database must be empty. The script does not delete the synthetic rows.
"""

import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import accumulate
from statistics import median
from typing import Any

import django

from record.viewpoint import Viewpoint

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from contests.models import Contest, Credit, CreditRole, Submission, Work  # noqa: E402
from people.models import Organisation, Person  # noqa: E402
from search import engine, index  # noqa: E402

BATCH = 2_000
SYLLABLES = [first + second for first in "bcdfghjklmnprstvwxyz" for second in "aeiou"]
QUESTIONS = {
    "a rare word": "needle",
    "a title": "the needle of bace",
    "a word in half of all": "common",
    "a word in one of a hundred": "hundredth",
    "two common words": "common baba",
    "a prefix of two letters": "ba",
    "a typo": "neddle",
    "nothing": "qqqqqq",
    "Han": "記憶",
}


def main(number: int) -> None:
    call_command("migrate", verbosity=0)
    if Contest.objects.exists():
        sys.exit("The database has to be empty.")
    with timed("made the record"):
        make_record(number)
    began = time.perf_counter()
    changes = index.refresh()
    print(f"made the index: {changes / (time.perf_counter() - began):,.0f} changes a second", flush=True)
    with timed("settled it"):
        index.settle()
    for name, question in QUESTIONS.items():
        answer, found = measured(partial(engine.search, question, Viewpoint.now()))
        one, _page = measured(partial(engine.search, question, Viewpoint.now(), kind=engine.Kind.WORK, page="2"))
        suggestions, _list = measured(partial(engine.suggest, question, Viewpoint.now()))
        print(
            f"{name:28} {question:20} search {answer:7.1f} ms, works {one:7.1f} ms, suggestions {suggestions:7.1f} ms"
            f"   {found.count}{'+' if found.is_more else ''} found"
        )


def measured(ask: Callable[[], Any]) -> tuple[float, Any]:
    """Run `ask` six times. Return the median of the last five times in milliseconds, and the result."""
    ask()
    times = []
    for _time in range(5):
        began = time.perf_counter()
        answer = ask()
        times.append((time.perf_counter() - began) * 1000)
    return median(times), answer


@contextmanager
def timed(what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - began:,.1f} s", flush=True)


def make_record(number: int) -> None:
    """
    Create `number` works and half as many people, in ten contests. The results of the first contest are not public.
    """
    chance = random.Random(1)  # noqa: S311
    vocabulary = list(words(chance, 50_000))
    # Word frequencies as in natural language (Zipf's law): the second word is half as frequent as the first, the third
    # a third as frequent.
    weights = list(accumulate(1 / rank for rank in range(1, len(vocabulary) + 1)))
    now = timezone.now()
    organiser = Organisation.objects.create(name="Synthetic organiser", slug="synthetic")
    past = {"approved_at": now - timedelta(1), "reveal_at": now - timedelta(1)}
    contests = [
        Contest.objects.create(
            public_entries="all",
            title=f"Synthetic {n}",
            slug=f"synthetic-{n}",
            organiser=organiser,
            published_at=now,
            **(past if n else {}),
        )
        for n in range(10)
    ]

    def text(count: int) -> str:
        return " ".join(chance.choices(vocabulary, cum_weights=weights, k=count))

    def people() -> Iterator[Person]:
        for n in range(number // 2):
            name = text(2).title()
            yield Person(name=name, sort_name=name, slug=f"synthetic-{n}", biography=text(20))

    Person.objects.bulk_create(people(), batch_size=BATCH)
    creators = list(Person.objects.values_list("pk", flat=True))

    known = Work.objects.bulk_create(
        (Work(title=f"Work {n}", slug=f"synthetic-{n}") for n in range(number)), batch_size=BATCH
    )

    def works() -> Iterator[Submission]:
        for n in range(number):
            # The work that the benchmark searches for must be in a contest whose results are public.
            title = "The Needle of Bace" if n == number // 33 * 11 + 5 else text(chance.randint(1, 5)).title()
            marks = "common " * (n % 2) + "hundredth " * (n % 100 == 0) + "記憶の庭 " * (n % 1_000 == 0)
            yield Submission(
                contest=contests[n % 11 % 10],
                work=known[n],
                title=title,
                slug=f"synthetic-{n}",
                status="eligible",
                logline=marks + text(25),
            )

    Submission.objects.bulk_create(works(), batch_size=BATCH)
    role = CreditRole.objects.get(key=CreditRole.CREATOR)
    Credit.objects.bulk_create(
        (
            Credit(work_id=work, person_id=creators[rank % len(creators)], role=role)
            for rank, work in enumerate(Work.objects.values_list("pk", flat=True))
        ),
        batch_size=BATCH,
    )


def words(chance: random.Random, number: int) -> Iterator[str]:
    seen: set[str] = set()
    while len(seen) < number:
        word = "".join(chance.choices(SYLLABLES, k=chance.randint(2, 4)))
        if word not in seen:
            seen.add(word)
            yield word


if __name__ == "__main__":
    main(int(sys.argv[1]))
