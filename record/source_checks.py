"""Checks the links of many sources and stores the results: at once, or in the background in small batches."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import zip_longest

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tasks import TaskContext

from record.background import described, start, task
from record.link_check import Found, LinkChecker
from record.models import Source

#: How many links one task checks before it gives its worker free for other work, and how many one call of `begin` may
#: take.
BATCH, MOST = 25, 1_000
PRIORITY = -20


def user_agent() -> str:
    """Return the `User-Agent` header. It contains the portal's URL, if `ALLOWED_HOSTS` has a host name."""
    named = next((host for host in settings.ALLOWED_HOSTS if host.strip(".*") and host.strip(".*") == host), None)
    return f"Laurel/1.0 (checks its sources; +https://{named}/)" if named else "Laurel/1.0 (checks its sources)"


def check(rows: Iterable[Source], checker: LinkChecker) -> Iterator[tuple[Source, Found]]:
    """Check the links of `rows` slowly, store each result at once, and yield it."""
    for row in _host_by_host(list(rows)):
        found = checker.check(row.url)
        # Use update() instead of save(), because a check must not write a history entry. The filter on the URL skips
        # the source if an editor has changed its URL during the check.
        Source.objects.filter(pk=row.pk, url=row.url).update(checked_at=timezone.now(), link_state=found.state)
        yield row, found


def begin(sources: QuerySet[Source]) -> int:
    """
    Leave the check of `sources` to the worker, at most `MOST`, those first that were not checked for the longest time.
    Return how many there are. Call this only if there is a worker.
    """
    rows = sources.exclude(url="").order_by(F("checked_at").asc(nulls_first=True), "pk")[:MOST]
    # Neighbours in the list have different hosts, so a batch need not wait long between two requests to the same host.
    keys = [row.pk for row in _host_by_host(list(rows.only("pk", "url")))]
    if keys:
        start(check_links, sources=" ".join(map(str, keys)))
    return len(keys)


@described(_("Link check"))
@task(priority=PRIORITY, takes_context=True)
def check_links(context: TaskContext, *, sources: str) -> None:
    """
    Check the first `BATCH` of the links of `sources`, the primary keys with spaces between them. Then start a task for
    the others: never two at once, because a host must not get more requests than one after the other. A further attempt
    leaves out what an earlier one has checked.
    """
    keys = [int(key) for key in sources.split()]
    batch, others = keys[:BATCH], keys[BATCH:]
    since = context.task_result.enqueued_at or timezone.now()
    rows = Source.objects.exclude(url="").filter(pk__in=batch)
    rows = rows.filter(Q(checked_at__isnull=True) | Q(checked_at__lt=since))
    for _row, _found in check(rows.order_by("pk"), LinkChecker(user_agent())):
        pass
    if others:
        start(check_links, sources=" ".join(map(str, others)))


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
