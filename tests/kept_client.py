"""A test client whose requests pass through the page cache, as in production."""

import shutil
from io import BytesIO
from weakref import WeakSet

from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from django.http import HttpResponse
from django.test import Client

from portal.freshness import Freshness
from portal.page_cache import PageCache
from publishing.press_kit import kept
from record import public_version


def let_the_next_change_count():
    """
    On PostgreSQL, the first change of a transaction raises the public version. A test is a single transaction, so make
    the next change count as if it were the first one.
    """
    if connection.vendor == "postgresql":
        # Not a cursor of Django, because tests count its statements.
        connection.ensure_connection()
        connection.connection.execute("SELECT set_config('laurel.public_version', '', true)")


_clients: WeakSet["KeptClient"] = WeakSet()


def forget():
    """Empty the page cache of each client and delete press kits, because a test has changed the code itself."""
    shutil.rmtree(kept.folder(), ignore_errors=True)
    for client in _clients:
        client.layer.freshness = Freshness(public_version.current, every=0)


class KeptClient(Client):
    """
    Requests a page through the page cache. The attribute `kept` of a response tells whether the page is in the cache,
    and `is_hit` whether it came from there. The public version is read anew for each request.
    """

    def __init__(self, most=64 * 2**20, **defaults):
        super().__init__(**defaults)
        self.layer = PageCache(WSGIHandler(), most, Freshness(public_version.current, every=0))
        _clients.add(self)

    def request(self, **request):
        let_the_next_change_count()
        environ = self._base_environ(**request)
        environ.setdefault("HTTP_HOST", environ["SERVER_NAME"])
        environ.setdefault("wsgi.input", BytesIO())
        started = []
        # As in Django's own client: the signals would close the connection with the transaction of the test.
        request_started.disconnect(close_old_connections)
        request_finished.disconnect(close_old_connections)
        try:
            result = self.layer(environ, lambda status, headers, exc_info=None: started.append((status, headers)))
            body = b"".join(result)
            if close := getattr(result, "close", None):
                close()
        finally:
            request_started.connect(close_old_connections)
            request_finished.connect(close_old_connections)
        [(status, headers)] = started
        response = HttpResponse(body, status=int(status.split()[0]))
        del response.headers["Content-Type"]
        for name, value in headers:
            if name.lower() == "set-cookie":
                response.cookies.load(value)
            else:
                response.headers[name] = value
        self.cookies.update(response.cookies)
        cache_status = response.headers.get("Cache-Status", "")
        response.headers.pop("Cache-Status", None)
        response.is_hit, response.kept = "hit" in cache_status, bool(cache_status)
        return response
