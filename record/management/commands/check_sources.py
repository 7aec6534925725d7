from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import zip_longest
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import F, Q
from django.utils import timezone

from record.link_check import LinkChecker
from record.models import Source


def user_agent() -> str:
    """Return the `User-Agent` header. It contains the portal's URL, if `ALLOWED_HOSTS` has a host name."""
    named = next((host for host in settings.ALLOWED_HOSTS if host.strip(".*") and host.strip(".*") == host), None)
    return f"Laurel/1.0 (checks its sources; +https://{named}/)" if named else "Laurel/1.0 (checks its sources)"


class Command(BaseCommand):
    help = "Check the links of sources, slowly, and mark those that have moved, are gone or can't be reached."

    # The class of the checker is neither an option nor a setting, so that only code can change which IP addresses are
    # allowed.
    checker = LinkChecker

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=int, default=100, help="check at most this many, oldest checks first")
        parser.add_argument("--older-than", type=int, metavar="DAYS", help="only links not checked for this many days")
        parser.add_argument("--source", metavar="SLUG", help="only the source with this slug")

    def handle(self, *, limit: int, older_than: int | None, source: str | None, **options: Any) -> None:
        if limit < 1 or (older_than is not None and not 0 <= older_than <= 36_500):
            raise CommandError("--limit is at least 1, --older-than between 0 and 36500 days.")
        rows = Source.objects.exclude(url="")
        if source is not None:
            rows = rows.filter(slug=source)
            if not rows.exists():
                raise CommandError(f"There is no source “{source}” with a URL.")
        if older_than is not None:
            before = timezone.now() - timedelta(days=older_than)
            rows = rows.filter(Q(checked_at__isnull=True) | Q(checked_at__lt=before))
        rows = rows.order_by(F("checked_at").asc(nulls_first=True), "pk")[:limit]
        checker = self.checker(user_agent())
        numbers: Counter[str] = Counter()
        for row in _host_by_host(list(rows)):
            found = checker.check(row.url)
            # Use update() instead of save(), because a check must not write a history entry. The filter on the URL
            # skips the source if an editor has changed its URL during the check.
            Source.objects.filter(pk=row.pk, url=row.url).update(checked_at=timezone.now(), link_state=found.state)
            numbers[found.state] += 1
            if found.state != Source.LinkState.ANSWERS:
                self.stdout.write(f"{found.state.label} ({found.said}): {row.title} – {row.url}")
        parts = [f"{numbers[state]} {state.label}" for state in Source.LinkState if numbers[state]]
        self.stdout.write(f"Checked {numbers.total()}: {', '.join(parts)}." if parts else "There was nothing to check.")


def _host_by_host(rows: list[Source]) -> Iterator[Source]:
    """
    Yield all `rows`, alternating between the hosts of their URLs. So while the checker must wait before the next
    request to one host, it can check the URLs of others.
    """
    hosts: dict[str, list[Source]] = defaultdict(list)
    for row in rows:
        hosts[row.url.split("/")[2] if row.url.count("/") > 1 else ""].append(row)
    for turn in zip_longest(*hosts.values()):
        yield from (row for row in turn if row is not None)
