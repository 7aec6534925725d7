"""Notes for each request whether something has been saved, so that an error page never says the opposite."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import Error


@dataclass
class Commits:
    """
    The commits of a request so far. `is_uncertain` is True if the connection broke during a commit: nobody knows
    whether the database has done it.
    """

    done: int = 0
    is_uncertain: bool = False


_current: ContextVar[Commits | None] = ContextVar("commits", default=None)


@contextmanager
def counted() -> Iterator[Commits]:
    """Count the commits in this context."""
    token = _current.set(commits := Commits())
    try:
        yield commits
    finally:
        _current.reset(token)


def so_far() -> Commits:
    return _current.get() or Commits()


class CountedCommits:
    """A mixin for a database backend."""

    #: Whether a commit that fails has certainly not been done. Not so with a server at the other end of a connection.
    FAILS_FOR_CERTAIN = False

    def _commit(self) -> Any:
        commits = _current.get() or Commits()
        try:
            result = super()._commit()  # type: ignore[misc]
        except Error as error:
            # An error with a code comes from the server, which has then refused the commit.
            has_code = getattr(error.__cause__, "sqlstate", None) is not None
            commits.is_uncertain |= not (self.FAILS_FOR_CERTAIN or has_code)
            raise
        commits.done += 1
        return result
