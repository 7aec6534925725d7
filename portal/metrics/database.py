"""The metrics that are counted in the database when somebody asks for them."""

from collections.abc import Iterator

from django.db import DatabaseError, connection
from django.db.models import Count, Min, Q
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

_SIZE = {
    "postgresql": "SELECT pg_database_size(current_database())",
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
}


class DatabaseCollector(Collector):
    """Whether the database responds, its size, and the background tasks. Three SQL statements."""

    def collect(self) -> Iterator[Metric]:
        try:
            found = list(_counted())
        except DatabaseError:
            found = []
        finally:
            # The thread of the metrics needs no connection until the next question.
            if not connection.in_atomic_block:
                connection.close()
        yield GaugeMetricFamily("laurel_database_up", "Whether the database responds", value=float(bool(found)))
        yield from found


def _counted() -> Iterator[Metric]:
    with connection.cursor() as cursor:
        cursor.execute(_SIZE[connection.vendor])
        yield GaugeMetricFamily("laurel_database_bytes", "Size of the database", value=float(cursor.fetchone()[0]))
    now = timezone.now()
    waiting = Q(status=TaskResultStatus.READY)
    counts = DBTaskResult.objects.aggregate(
        waiting=Count("pk", filter=waiting),
        running=Count("pk", filter=Q(status=TaskResultStatus.RUNNING)),
        failed=Count("pk", filter=Q(status=TaskResultStatus.FAILED)),
        oldest=Min("enqueued_at", filter=waiting),
    )
    oldest = counts.pop("oldest")
    tasks = GaugeMetricFamily("laurel_tasks", "Background tasks", labels=["state"])
    for state, number in counts.items():
        tasks.add_metric([state], number)
    yield tasks
    seconds = (now - oldest).total_seconds() if oldest else 0.0
    yield GaugeMetricFamily("laurel_oldest_waiting_task_seconds", "Age of the oldest task that waits", value=seconds)
