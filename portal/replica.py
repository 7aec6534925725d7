"""
A WSGI layer that lets visitors read from a read replica (`DATABASE_REPLICA_URL`), if it is up to date.

A request reads from the replica if it is a GET or HEAD without a session, so never one of an editor. First it compares
the public version of the replica (record/public_version.py) with the one that the main database had a moment ago. If
the replica is behind, the main database is read. So no page is older than the page cache allows, and no kept page is
built from old rows.

For the time of the request, the replica takes the place of this thread's default connection, because many queries are
plain SQL on it. If a statement fails, for example because it writes or because the replica has gone, the request is
handled again with the main database. It has not changed any row.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.db import Error, connections

from portal.databases.configuration import REPLICA
from portal.freshness import Freshness, read_version
from portal.page_cache.layer import NEVER, Application, StartResponse
from portal.page_cache.rules import Environ

Response = tuple[str, list[tuple[str, str]], Iterable[bytes]]


class ReplicaReads:
    """The layer in front of `application`. `freshness` is that of the page cache in front of this layer."""

    def __init__(self, application: Application, freshness: Freshness | None = None):
        self.application, self.freshness = application, freshness or Freshness()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        response = self._of_replica(environ) if _is_of_visitor(environ) else None
        if response is None:
            return self.application(environ, start_response)
        status, headers, body = response
        start_response(status, headers)
        return body

    def _of_replica(self, environ: Environ) -> Response | None:
        """Return the response that the replica gives, or None if the main database has to be asked."""
        generation = self.freshness.current()
        if generation is None:
            return None
        mark, started = environ.get("laurel.public"), []
        with _instead_of_default() as failures:
            try:
                version = read_version()
            except Error:
                return None
            if version is None or version < generation.version:
                return None
            body = self.application(environ, lambda status, headers, exc_info=None: started.append((status, headers)))
        if failures:
            if close := getattr(body, "close", None):
                close()
            if mark:
                mark.clear()
            return None
        [(status, headers)] = started
        return status, headers, body


def _is_of_visitor(environ: Environ) -> bool:
    return (
        environ["REQUEST_METHOD"] in ("GET", "HEAD")
        and not environ["PATH_INFO"].startswith((*NEVER, settings.STATIC_URL))
        # Making a press kit writes a task. It would be asked for twice, and counted twice.
        and not environ["PATH_INFO"].endswith(".zip")
        and settings.SESSION_COOKIE_NAME not in environ.get("HTTP_COOKIE", "")
    )


@contextmanager
def _instead_of_default() -> Iterator[list[Error]]:
    """Use the replica as this thread's default database, and yield a list of the errors of its statements."""
    failures: list[Error] = []

    def noted(execute: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return execute(*arguments)
        except Error as error:
            failures.append(error)
            raise

    main, replica = connections["default"], connections[REPLICA]
    connections["default"] = replica
    try:
        with replica.execute_wrapper(noted):
            yield failures
    finally:
        connections["default"] = main
