"""Notes for each request whether something has been saved, so that an error page never says the opposite."""

from collections.abc import Callable, Iterator
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
    """A mixin for a database backend. A statement that writes outside a transaction is a commit too."""

    #: Whether a commit that fails has certainly not been done. Not so with a server at the other end of a connection.
    FAILS_FOR_CERTAIN = False
    autocommit: bool

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.execute_wrappers: list[Callable[..., Any]]
        self.execute_wrappers.append(self._executed_and_counted)

    def _commit(self) -> Any:
        with self._noted() as commits:
            result = super()._commit()  # type: ignore[misc]
            commits.done += 1
        return result

    def _executed_and_counted(
        self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        # Some statements for PostgreSQL are objects.
        kind = str(sql)[:6] if self.autocommit else ""
        if kind not in ("INSERT", "UPDATE", "DELETE"):
            return execute(sql, params, many, context)
        with self._noted() as commits:
            result = execute(sql, params, many, context)
            # Before its result is read, sqlite3 does not know how many rows an INSERT has made.
            commits.done += kind == "INSERT" or context["cursor"].rowcount != 0
        return result

    @contextmanager
    def _noted(self) -> Iterator[Commits]:
        commits = so_far()
        try:
            yield commits
        except Error as error:
            # An error with a code comes from the server, which has then refused the commit.
            has_code = getattr(error.__cause__, "sqlstate", None) is not None
            commits.is_uncertain |= not (self.FAILS_FOR_CERTAIN or has_code)
            raise
