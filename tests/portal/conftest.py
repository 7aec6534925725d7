import pytest
from django.core.cache import caches

from contests import statistics as counting


@pytest.fixture
def kept(monkeypatch):
    """However few rows there are, the statistics' large counts are kept, and forgotten with the test."""
    monkeypatch.setattr(counting, "MANY", 0)
    memory = caches.create_connection("default")
    monkeypatch.setattr(counting, "cache", memory)
    memory.clear()
    yield memory
    memory.clear()
