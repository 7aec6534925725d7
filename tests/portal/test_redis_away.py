"""The cache without its server: values and counters are kept in the memory of the process."""

import socket
import time

import pytest
from django.core.cache import caches
from django.test import override_settings

from portal.redis_cache import RedisCache


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def test_without_the_server_the_process_counts_on_its_own_and_does_not_wait(port, caplog):
    cache = RedisCache(f"redis://127.0.0.1:{port}/0", {})
    began = time.monotonic()
    assert cache.add("tries", 0, timeout=60)
    assert not cache.add("tries", 0, timeout=60)
    for number in range(1, 200):
        assert cache.incr("tries") == number
    cache.set("a", {"b": [1]}, 60)
    assert cache.get("a") == {"b": [1]}
    assert cache.get_many(["a", "c"]) == {"a": {"b": [1]}}
    assert cache.get_or_set("d", lambda: 5) == 5
    cache.delete("a")
    assert cache.get("a", "nothing") == "nothing"
    with pytest.raises(ValueError, match="not found"):
        cache.incr("unknown")
    assert time.monotonic() - began < 1
    other_thread = RedisCache(f"redis://127.0.0.1:{port}/0", {})
    assert other_thread.incr("tries") == 200
    assert len(caplog.records) == 1
    assert caplog.records[0].outage == "cache"


def test_a_server_that_accepts_and_never_answers_costs_one_short_wait():
    with socket.create_server(("127.0.0.1", 0)) as server:
        cache = RedisCache(f"redis://127.0.0.1:{server.getsockname()[1]}/0", {})
        began = time.monotonic()
        for number in range(20):
            cache.set("a", number)
        assert cache.get("a") == 19
        assert time.monotonic() - began < 3


@pytest.mark.django_db
def test_sign_in_search_and_the_api_work_and_are_limited_without_the_server(client, settings, port):
    settings.API_RATE_LIMIT = 3
    away = {"default": {"BACKEND": "portal.redis_cache.RedisCache", "LOCATION": f"redis://127.0.0.1:{port}/1"}}
    limits = {"login_failed": "3/m/ip"}
    with override_settings(CACHES=away, ACCOUNT_RATE_LIMITS=limits):
        assert isinstance(caches["default"], RedisCache)
        assert [client.get("/api/v1/contests").status_code for _time in range(5)] == [200, 200, 200, 429, 429]
        assert client.get("/statistics/").status_code == 200
        for _time in range(5):
            response = client.post("/account/sign-in/", {"login": "a@example.org", "password": "wrong"})
        assert response.status_code in (200, 429)
