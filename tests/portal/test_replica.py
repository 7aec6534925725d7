"""Visitors read from the read replica, but never anything older than the main database."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, OperationalError, connection, connections

from portal import replica
from portal.databases.configuration import REPLICA
from portal.freshness import Freshness
from record import public_version
from tests.portal.test_page_cache_layer import environ_of

pytestmark = pytest.mark.django_db(databases=["default"])


class Replica:
    """A connection in place of the replica's, with the rows of the main database."""

    def __init__(self, main):
        self.main, self.queries = main, 0

    def __getattr__(self, name):
        return getattr(self.main, name)


@pytest.fixture
def layer(monkeypatch):
    """The layer in front of an application that notes which database it reads, and may fail on the replica."""
    main = connections["default"]
    # Without closing the connection, which is in the transaction of the test.
    monkeypatch.setattr(replica, "read_version", public_version.current)
    other = Replica(main)
    monkeypatch.setattr(connections._connections, REPLICA, other, raising=False)
    version = [public_version.current()]
    read = []

    def application(environ, start_response):
        is_replica = connections["default"] is other
        read.append("replica" if is_replica else "main")
        if is_replica and environ["PATH_INFO"] == "/writes/":
            before = main.savepoint()
            with pytest.raises(DatabaseError), connection.cursor() as cursor:
                cursor.execute("INSERT INTO nothing VALUES (1)")
            main.savepoint_rollback(before)
        start_response("200 OK", [])
        return [b"page"]

    layer = replica.ReplicaReads(
        application, Freshness(lambda: version[0], lambda now: now + timedelta(days=1), every=0)
    )
    layer.version, layer.read = version, read
    return layer


def ask(layer, path="/people/", **environ):
    layer.read.clear()
    answer = []
    body = b"".join(layer(environ_of(path) | environ, lambda status, headers, exc_info=None: answer.append(status)))
    assert (body, answer) == (b"page", ["200 OK"])
    assert not isinstance(connections["default"], Replica)
    return layer.read


def test_visitors_read_the_replica_and_editors_and_writers_never(layer):
    assert ask(layer) == ["replica"]
    assert ask(layer, REQUEST_METHOD="HEAD") == ["replica"]
    assert ask(layer, HTTP_COOKIE="sessionid=a") == ["main"]
    assert ask(layer, REQUEST_METHOD="POST") == ["main"]
    assert ask(layer, "/admin/") == ["main"]
    assert ask(layer, "/account/sign-in/") == ["main"]
    assert ask(layer, "/contests/contest/press-kit.zip") == ["main"]


def test_a_replica_that_is_behind_is_not_read(layer):
    layer.version[0] += 1
    assert ask(layer) == ["main"]
    layer.version[0] -= 1
    assert ask(layer) == ["replica"]


def test_without_the_replica_or_after_a_write_the_main_database_answers(layer, monkeypatch):
    assert ask(layer, "/writes/") == ["replica", "main"]

    def gone():
        raise OperationalError

    monkeypatch.setattr(replica, "read_version", gone)
    assert ask(layer) == ["main"]
