import pytest

from search import index


@pytest.fixture
def nextgen(nextgen):
    """The NextGen contest, also in the search index."""
    index.refresh()
