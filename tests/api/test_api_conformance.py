"""
Schemathesis sends valid and invalid requests to the API, based on its OpenAPI document. Every response must match the
document, and no response may be a server error.
"""

from functools import cache

import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connection
from hypothesis import HealthCheck, settings
from schemathesis.generation import GenerationMode

from api.endpoints import RESOURCES, api
from api.openapi import document

pytestmark = pytest.mark.django_db
# SQLite gets many requests to each operation that has parameters. The requests do not depend on the
# database; PostgreSQL gets a tenth of them.
CASES = 120 if connection.vendor == "sqlite" else 12
LISTS = [resource.name for resource in RESOURCES]


def application(environ, start_response):
    # This client asks for compressed responses but can't decompress them.
    environ.pop("HTTP_ACCEPT_ENCODING", None)
    return handler()(environ, start_response)


@cache
def handler():
    """Return the request handler. It is created once, because it loads all the middleware."""
    return WSGIHandler()


schema = schemathesis.openapi.from_dict(document(api))
schema.app = application


@pytest.fixture
def cases(request):
    """Collect the requests to one operation, and check at the end that there were enough."""
    asked = []
    yield asked
    has_parameters = bool(asked) and bool(asked[0].operation.query or asked[0].operation.path_parameters)
    assert len(asked) >= (CASES if has_parameters else 1)


@pytest.fixture
def cursors(client, nextgen):
    """Return a valid cursor for each list, by URL, because the OpenAPI document can't contain valid cursors."""
    found = {}
    for name in LISTS:
        following = client.get(f"/api/v1/{name}?limit=1").json()["next"]
        found[f"/api/v1/{name}"] = following.rpartition("after=")[2] if following else ""
    return found


@pytest.fixture
def connected():
    """
    Keep the database connection open between requests, as Django's test client does, because only this connection can
    see the rows of the test.
    """
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(max_examples=CASES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_every_answer_is_what_the_description_says(case, cases, cursors, connected):
    if case.meta.generation.mode is GenerationMode.POSITIVE and case.path in cursors:
        case.query |= {side: cursors[case.path] for side in ("after", "before") if side in (case.query or {})}
    cases.append(case)
    case.call_and_validate()
