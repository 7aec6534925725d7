import pytest
from django.core.cache import caches

from contests import statistics as counting


@pytest.fixture
def kept(monkeypatch):
    """Cache the statistics' counts even for few rows, and clear them after the test."""
    monkeypatch.setattr(counting, "MANY", 0)
    memory = caches.create_connection("default")
    monkeypatch.setattr(counting, "cache", memory)
    memory.clear()
    yield memory
    memory.clear()
