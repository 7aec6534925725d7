from datetime import datetime
from time import perf_counter
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import CommandError, CommandParser
from django.db import IntegrityError, transaction

from contests import demo
from contests.demo.archive import ArchivePlan, archives, make
from contests.management.commands import create_demo_contest
from record.progress import Progress


class Command(create_demo_contest.Command):
    help = (
        "Create a synthetic archive for demonstrations and load tests: the editions of one series over a century, with "
        "their nominations and awards. Everything in it is made up, and every page of it says so. The same options "
        "create the same archive. --remove deletes it again, without a trace."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--editions", type=int, default=100, metavar="N", help="number of editions (100)")
        parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed creates another archive")
        parser.add_argument("--slug", help="slug of the series (demo-archive)")
        parser.add_argument("--replace", action="store_true", help="first remove the archive with this slug")
        parser.add_argument("--remove", action="store_true", help="remove the archive with this slug and create none")
        parser.add_argument("--even-in-production", action="store_true", help="allow this on a portal in production")

    def plan(self, today: datetime, options: dict[str, Any]) -> ArchivePlan:
        return ArchivePlan.of(today=today, **{name: options[name] for name in ("editions", "seed", "slug")})

    def remove(self, plan: Any) -> None:
        there = archives()
        if plan.slug not in there:
            known = [f"There are: {', '.join(there)}."] if there else []
            raise ValidationError([f"There is no synthetic archive “{plan.slug}”.", *known])
        count = demo.remove(plan.prefix)
        self.stdout.write(f"Removed the synthetic archive “{plan.slug}”: {count:,} rows, and all that was told of them")

    def make(self, plan: Any, *, replace: bool) -> None:
        start = perf_counter()
        there = plan.slug in archives()
        if there and not replace:
            raise CommandError(
                f"There is already a synthetic archive “{plan.slug}”. Add --replace to remake it, or give a --slug."
            )
        try:
            with transaction.atomic():
                if there:
                    self.remove(plan)
                series = make(plan, say=Progress(self.stdout, plan.editions, "editions"))
        except IntegrityError as error:
            raise CommandError(f"A row of the record stands in the way, nothing was made: {error}") from error
        seconds = perf_counter() - start
        self.stdout.write(f"Made “{series}” at {series.get_absolute_url()} in {seconds:.1f} s")
