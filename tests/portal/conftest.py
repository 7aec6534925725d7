import pytest
from django.core.cache import caches

from contests import statistics as counting


@pytest.fixture
def kept(monkeypatch):
    """Cache the counts of the statistics even if there are few rows, and clear the cache after the test."""
    monkeypatch.setattr(counting, "MANY", 0)
    memory = caches.create_connection("default")
    monkeypatch.setattr(counting, "cache", memory)
    memory.clear()
    yield memory
    memory.clear()
