"""Reads rows in chunks, so that only one chunk is in memory, however long the list is."""

from collections.abc import Callable, Collection, Iterator
from itertools import islice
from typing import TypeVar

from django.db.models import Model, QuerySet

# The number of rows per query, with their related rows.
CHUNK = 100
# The maximum length of a list in a kit. The API has all rows.
LIMIT = 20_000
M = TypeVar("M", bound=Model)


def in_chunks(rows: QuerySet[M], limit: int = LIMIT) -> Iterator[M]:
    """
    Return the first `limit` of `rows` in their order. Runs one SQL statement for the keys, then for each 100 rows one,
    plus one per prefetched relation. Each chunk checks again what is public, so a row that is hidden during the
    download is missing in all later chunks; a snapshot would still show it. No transaction or cursor stays open while a
    slow reader downloads.
    """
    keys = list(rows.prefetch_related(None).values_list("pk", flat=True)[:limit])
    return by_keys(keys, lambda chunk: rows.filter(pk__in=chunk))


def by_keys(keys: Collection[int], rows: Callable[[list[int]], QuerySet[M]]) -> Iterator[M]:
    """Return the rows that `rows` finds for `keys`, in chunks."""
    waiting = iter(keys)
    while chunk := list(islice(waiting, CHUNK)):
        yield from rows(chunk)
