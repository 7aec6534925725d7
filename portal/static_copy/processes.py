"""Requests to the portal in several processes, because most of the time of a copy is spent on drawing and rendering."""

import multiprocessing
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import django

if TYPE_CHECKING:
    from record.viewpoint import Viewpoint

    from .visitor import Answer, Visitor

#: How many requests of each process are begun before their answers are needed.
AHEAD = 4
_own: list[Any] = []


class Answers:
    """
    The answers to the requests of `visitor`, one after the other. With `jobs` processes, `expect` begins requests, and
    `get` then waits for them. With one job, `get` does the request in this process.
    """

    def __init__(self, visitor: "Visitor", jobs: int, pool: ProcessPoolExecutor | None):
        self.visitor = visitor
        self.ahead = jobs * AHEAD if pool else 0
        self._pool = pool
        self._begun: dict[tuple[str, str], Future] = {}

    def expect(self, requests: Iterable[tuple[str, str]]) -> None:
        """Begin the requests, each with its URL and an ETag."""
        for request in requests:
            if self._pool is not None and request not in self._begun:
                self._begun[request] = self._pool.submit(_answer, *request)

    def get(self, url: str, etag: str = "") -> "Answer":
        if (begun := self._begun.pop((url, etag), None)) is None:
            return self.visitor.get(url, etag) if etag else self.visitor.get(url)
        answer: Answer = begun.result()
        return answer


@contextmanager
def answers(visitor: "Visitor", jobs: int) -> Iterator[Answers]:
    """Give the answers to the requests of `visitor`, made by so many processes."""
    if jobs < 2:
        yield Answers(visitor, 1, None)
        return
    # A forked process would share the connections to the database.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_begin, initargs=(visitor.viewpoint,))
    try:
        yield Answers(visitor, jobs, pool)
    finally:
        pool.shutdown(cancel_futures=True)


def _begin(viewpoint: "Viewpoint") -> None:
    """Begin a process: set Django up, and make its visitor."""
    django.setup()
    from .visitor import Visitor  # noqa: PLC0415 - a new process has no apps before `setup`

    _own.append(Visitor(viewpoint))


def _answer(url: str, etag: str) -> "Answer":
    answer: Answer = _own[0].get(url, etag)
    return answer
