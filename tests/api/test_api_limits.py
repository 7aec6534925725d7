"""The API's rate limit per IP address, and its responses."""

import re

import pytest
import time_machine
from django.core.cache import cache

pytestmark = pytest.mark.django_db


@pytest.fixture
def limited(settings):
    settings.API_RATE_LIMIT = 3
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "limits"}}
    cache.clear()
    with time_machine.travel(1_800_000_000 - 1_800_000_000 % 60 + 20, tick=False) as moment:
        yield moment
    cache.clear()


def test_each_answer_says_what_is_left_and_the_fourth_of_three_is_refused(client, limited):
    for left in (2, 1, 0):
        response = client.get("/api/v1/")
        assert response.status_code == 200
        assert response["RateLimit-Policy"] == '"default";q=3;w=60'
        assert response["RateLimit"] == f'"default";r={left};t=40'
        assert "Retry-After" not in response.headers
    response = client.get("/api/v1/")
    assert (response.status_code, response["Content-Type"]) == (429, "application/problem+json")
    assert (response["Retry-After"], response["RateLimit"]) == ("40", '"default";r=0;t=40')
    assert response.json()["type"] == "http://testserver/api/#too-many-requests"
    assert response["Access-Control-Allow-Origin"] == "*"


def test_after_as_long_as_it_says_it_answers_again(client, limited):
    for _time in range(4):
        response = client.get("/api/v1/")
    limited.shift(int(response["Retry-After"]))
    assert client.get("/api/v1/").status_code == 200


def test_one_visitor_does_not_use_up_what_another_has(client, limited):
    for _time in range(4):
        client.get("/api/v1/", REMOTE_ADDR="192.0.2.1")
    assert client.get("/api/v1/", REMOTE_ADDR="192.0.2.2").status_code == 200


def test_an_unchanged_answer_counts_and_says_so(client, limited):
    etag = client.get("/api/v1/")["ETag"]
    response = client.get("/api/v1/", headers={"if-none-match": etag})
    assert (response.status_code, response["RateLimit"]) == (304, '"default";r=1;t=40')


def test_pages_and_the_documentation_are_not_limited(client, limited):
    for _time in range(5):
        assert client.get("/api/").status_code == 200
        assert not re.search("RateLimit", str(client.get("/robots.txt").headers))


def test_visitors_of_a_server_that_listens_on_ipv6_have_an_allowance_each(client, limited):
    for _time in range(4):
        refused = client.get("/api/v1/", REMOTE_ADDR="::ffff:192.0.2.1")
    assert refused.status_code == 429
    assert client.get("/api/v1/", REMOTE_ADDR="::ffff:192.0.2.2").status_code == 200
    # This is the address of the same visitor, written as an IPv6 address.
    assert client.get("/api/v1/", REMOTE_ADDR="192.0.2.1").status_code == 429
