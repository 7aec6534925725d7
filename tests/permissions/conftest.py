import logging

import pytest
from django.db import transaction

from search.index import refresh

from .users_and_rows import Desks


@pytest.fixture(scope="package")
def all_desks(django_db_setup, django_db_blocker):
    """Created once for all cells: an account and a browser for each kind of user, and a row of every model."""
    with django_db_blocker.unblock(), transaction.atomic():
        desks = Desks()
        # Else the first change in each cell would put all of these rows into the search, to be undone with the cell.
        refresh()
        yield desks
        transaction.set_rollback(True)


@pytest.fixture
def db(all_desks):
    """
    Replaces the fixture of pytest-django, which supports no rows that outlive a test: changes of the test are rolled
    back, these rows stay.
    """
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def unlogged():
    """These tests cause thousands of refusals, which need not be logged."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def desks(db, all_desks):
    return all_desks
