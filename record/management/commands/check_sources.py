from collections import Counter
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import F, Q
from django.utils import timezone

from record.background import has_worker
from record.link_check import LinkChecker
from record.models import Source
from record.source_checks import MOST, begin, check, user_agent


class Command(BaseCommand):
    help = "Check the links of sources, slowly, and mark those that have moved, are gone or can't be reached."

    # The class of the checker is neither an option nor a setting, so that only code can change which IP addresses are
    # allowed.
    checker = LinkChecker

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=100, help="check at most this many, oldest checks first")
        parser.add_argument("--older-than", type=int, metavar="DAYS", help="only links not checked for this many days")
        parser.add_argument("--source", metavar="SLUG", help="only the source with this slug")
        parser.add_argument("--queue", action="store_true", help="leave the work to the worker, and return at once")

    def handle(self, *, limit: int, older_than: int | None, source: str | None, queue: bool, **options: Any) -> None:
        if limit < 1 or (older_than is not None and not 0 <= older_than <= 36_500):
            raise CommandError("--limit is at least 1, --older-than between 0 and 36500 days.")
        if queue and not has_worker():
            raise CommandError("--queue needs a worker: set TASKS=database.")
        if queue and limit > MOST:
            raise CommandError(f"With --queue, --limit is at most {MOST}.")
        rows = Source.objects.exclude(url="")
        if source is not None:
            rows = rows.filter(slug=source)
            if not rows.exists():
                raise CommandError(f"There is no source “{source}” with a URL.")
        if older_than is not None:
            before = timezone.now() - timedelta(days=older_than)
            rows = rows.filter(Q(checked_at__isnull=True) | Q(checked_at__lt=before))
        rows = rows.order_by(F("checked_at").asc(nulls_first=True), "pk")[:limit]
        if queue:
            number = begin(Source.objects.filter(pk__in=rows.values("pk")))
            self.stdout.write(f"The worker checks {number}." if number else "There was nothing to check.")
            return
        numbers: Counter[str] = Counter()
        for row, found in check(rows, self.checker(user_agent())):
            numbers[found.state] += 1
            if found.state != Source.LinkState.ANSWERS:
                self.stdout.write(f"{found.state.label} ({found.said}): {row.title} – {row.url}")
        parts = [f"{numbers[state]} {state.label}" for state in Source.LinkState if numbers[state]]
        self.stdout.write(f"Checked {numbers.total()}: {', '.join(parts)}." if parts else "There was nothing to check.")
