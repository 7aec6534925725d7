"""The plugin `database_only` selects the tests that use the database, except browser tests."""

import pytest

from .database_only import depends_on_database


@pytest.mark.django_db
def test_marked_test_depends_on_the_database(request):
    assert depends_on_database(request.node)


def test_test_with_rows_depends_on_the_database(nextgen, request):
    assert depends_on_database(request.node)


def test_test_without_a_row_does_not(request):
    assert not depends_on_database(request.node)


@pytest.mark.browser
@pytest.mark.django_db
def test_browser_s_test_does_not(request):
    assert not depends_on_database(request.node)
