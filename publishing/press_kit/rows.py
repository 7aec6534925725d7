"""Rows in chunks, so that no more than one of them is in memory, however long a list is."""

from collections.abc import Callable, Collection, Iterator
from itertools import islice
from typing import TypeVar

from django.db.models import Model, QuerySet

# So many rows are asked for at once, with what hangs on them.
CHUNK = 100
# No list of a kit is longer. The API has all.
LIMIT = 20_000
M = TypeVar("M", bound=Model)


def in_chunks(rows: QuerySet[M], limit: int = LIMIT) -> Iterator[M]:
    """
    The first `limit` of `rows` in their order: one statement for the keys, then for each 100 rows one, and one for each
    relation that is prefetched. Each chunk asks again what is public, so that what is taken back while somebody
    downloads is in none that is still to come; a snapshot would go on telling it. And no transaction and no cursor
    stays open for as long as a slow reader takes.
    """
    keys = list(rows.prefetch_related(None).values_list("pk", flat=True)[:limit])
    return by_keys(keys, lambda chunk: rows.filter(pk__in=chunk))


def by_keys(keys: Collection[int], rows: Callable[[list[int]], QuerySet[M]]) -> Iterator[M]:
    """The rows that `rows` finds for `keys`, in chunks."""
    waiting = iter(keys)
    while chunk := list(islice(waiting, CHUNK)):
        yield from rows(chunk)
