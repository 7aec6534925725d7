from datetime import datetime
from time import perf_counter
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError, CommandParser, call_command, get_commands
from django.db import IntegrityError, transaction
from django.utils import timezone

from contests import demo
from record.progress import Progress


class Command(BaseCommand):
    help = (
        "Create a synthetic contest for demonstrations and load tests. Everything in it is made up, and every page of "
        "it says so. The same options create the same contest. --remove deletes it again, without a trace."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--stage", choices=[*demo.Stage], default="revealed", help="stage of the contest (revealed)"
        )
        parser.add_argument("--submissions", type=int, default=60, metavar="N", help="number of entries (60)")
        parser.add_argument(
            "--awards", type=int, metavar="N", help="number of awards (6 to 60, depending on the entries)"
        )
        parser.add_argument(
            "--quotes", type=int, metavar="N", help="number of quotes (24 to 500, depending on the entries)"
        )
        parser.add_argument(
            "--countries", type=int, metavar="N", help="number of countries (12 to 122, depending on the entries)"
        )
        parser.add_argument("--seed", type=int, default=1, metavar="N", help="another seed creates another contest")
        parser.add_argument("--slug", help="slug of the contest (demo-<stage>)")
        parser.add_argument("--replace", action="store_true", help="first remove the contest with this slug")
        parser.add_argument("--remove", action="store_true", help="remove the contest with this slug and create none")
        parser.add_argument("--even-in-production", action="store_true", help="allow this on a portal in production")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION and not options["even_in_production"]:
            raise CommandError("This is a portal in production. Add --even-in-production if you mean it.")
        today = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
        try:
            plan = self.plan(today, options)
            if options["remove"]:
                self.remove(plan)
            else:
                self.make(plan, replace=options["replace"])
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        # Call the command by its name, because this app must not import the app `search`.
        if "refresh_search" in get_commands():
            call_command("refresh_search", stdout=self.stdout)

    def plan(self, today: datetime, options: dict[str, Any]) -> Any:
        names = ("stage", "submissions", "awards", "quotes", "countries", "seed", "slug")
        return demo.Plan.of(today=today, **{name: options[name] for name in names})

    def remove(self, plan: demo.Plan) -> None:
        try:
            count = demo.remove(plan.prefix)
        except ValidationError as error:
            others = demo.slugs()
            if others and plan.slug not in others:
                error = ValidationError([*error.messages, f"There are: {', '.join(others)}."])
            raise error from None
        self.stdout.write(f"Removed the synthetic contest “{plan.slug}”: {count:,} rows, and all that was told of them")

    def make(self, plan: demo.Plan, *, replace: bool) -> None:
        start = perf_counter()
        there = plan.slug in demo.slugs()
        if there and not replace:
            raise CommandError(
                f"There is already a synthetic contest “{plan.slug}”. Add --replace to remake it, or give a --slug."
            )
        try:
            with transaction.atomic():
                if there:
                    self.remove(plan)
                contest = demo.make(plan, say=Progress(self.stdout, plan.submissions, "submissions"))
        except IntegrityError as error:
            raise CommandError(f"A row of the record stands in the way, nothing was made: {error}") from error
        seconds = perf_counter() - start
        self.stdout.write(
            f"Made “{contest}” at {contest.get_absolute_url()} in {seconds:.1f} s"
            + (f" ({plan.submissions / seconds:,.0f} submissions a second)" if plan.has_entries else "")
        )
