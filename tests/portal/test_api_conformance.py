"""
schemathesis asks the API, through WSGI, for what its own description allows and for what it doesn't: every answer has
to be as described, and none a failure of the server.
"""

from functools import cache

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from hypothesis import HealthCheck, settings
from schemathesis.generation import GenerationMode

from portal.api.openapi import document

pytestmark = pytest.mark.django_db
# Seventeen operations take parameters: 2,040 cases at least. What is asked does not depend on the database: the second
# one that the suite runs on is asked a tenth of it.
CASES = 120 if connection.vendor == "sqlite" else 12
LISTS = ("contests", "submissions", "awards", "recognitions", "people", "events", "quotes", "sources")


def application(environ, start_response):
    # This client asks for compressed answers and doesn't unpack them.
    environ.pop("HTTP_ACCEPT_ENCODING", None)
    return handler()(environ, start_response)


@cache
def handler():
    """Made once: making it loads all the middleware."""
    return WSGIHandler()


schema = schemathesis.openapi.from_dict(document())
schema.app = application


@pytest.fixture
def cases(request):
    """The cases asked of one operation; at its end there have to be enough of them."""
    asked = []
    yield asked
    has_parameters = bool(asked) and bool(asked[0].operation.query or asked[0].operation.path_parameters)
    assert len(asked) >= (CASES if has_parameters else 1)


@pytest.fixture
def places(client, nextgen):
    """A place in each list that a page of it gave, by its address: no description says which there are."""
    found = {}
    for name in LISTS:
        following = client.get(f"/api/v1/{name}?limit=1").json()["next"]
        found[f"/api/v1/{name}"] = following.rpartition("after=")[2] if following else ""
    return found


@pytest.fixture
def connected():
    """The connection stays open between two requests, as with Django's test client: the test's rows live on it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(max_examples=CASES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_answer_is_what_the_description_says(case, cases, places, connected):
    if case.meta.generation.mode is GenerationMode.POSITIVE and case.path in places:
        case.query |= {side: places[case.path] for side in ("after", "before") if side in (case.query or {})}
    cases.append(case)
    case.call_and_validate()
