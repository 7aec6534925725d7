"""Reads rows in chunks, so that only one chunk is in memory, however many rows there are."""

from collections.abc import Callable, Collection, Iterator
from itertools import islice
from typing import TypeVar

from django.db.models import Model, QuerySet

# The number of rows in a chunk.
CHUNK = 100
# The maximum number of rows in a list of a press kit. The API has all rows.
LIMIT = 20_000
M = TypeVar("M", bound=Model)


def in_chunks(rows: QuerySet[M], limit: int = LIMIT) -> Iterator[M]:
    """
    Return the first `limit` rows in their order, reading them in chunks of 100.

    One SQL statement reads the primary keys. Each chunk takes one more statement, and one for each prefetched relation.
    Each chunk checks again which rows are public: a row that is hidden during the download is missing from the later
    chunks. No transaction or database cursor stays open during a slow download.
    """
    keys = list(rows.prefetch_related(None).values_list("pk", flat=True)[:limit])
    return by_keys(keys, lambda chunk: rows.filter(pk__in=chunk))


def by_keys(keys: Collection[int], rows: Callable[[list[int]], QuerySet[M]]) -> Iterator[M]:
    """
    Return the rows with these primary keys, reading them in chunks. `rows` returns the queryset for a list of keys.
    """
    waiting = iter(keys)
    while chunk := list(islice(waiting, CHUNK)):
        yield from rows(chunk)
