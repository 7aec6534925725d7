"""Tests of the default cache that CACHE_URL selects: in memory, or Redis."""

import time
import uuid

import pytest
from django.core.cache import cache


@pytest.fixture
def key():
    # Other test workers may use the same Redis server.
    key = f"test-{uuid.uuid4()}"
    yield key
    cache.delete(key)


def test_value_comes_back(key):
    cache.set(key, {"title": "C·one", "films": [1, 2]}, timeout=60)
    assert cache.get(key) == {"title": "C·one", "films": [1, 2]}


def test_value_is_gone_when_its_time_is_over(key):
    cache.set(key, "soon gone", timeout=1)
    assert cache.get(key) == "soon gone"
    time.sleep(1.1)
    assert cache.get(key) is None


def test_only_the_first_add_counts(key):
    assert cache.add(key, 1, timeout=60) is True
    assert cache.add(key, 2, timeout=60) is False
    assert cache.get(key) == 1
