import logging

import pytest
from django.db import transaction

from portal.search.index import refresh

from .desks import Desks


@pytest.fixture(scope="package")
def all_desks(django_db_setup, django_db_blocker):
    """Made once for all cells: an account and a browser for everybody, and a row of every kind."""
    with django_db_blocker.unblock(), transaction.atomic():
        desks = Desks()
        # Else the first change in each cell would put all of these rows into the search, to be undone with the cell.
        refresh()
        yield desks
        transaction.set_rollback(True)


@pytest.fixture
def db(all_desks):
    """Instead of the plugin's, which knows no rows that outlive a test: what a test changes is undone, those stay."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def unlogged():
    """Refusals by the thousand are what is asked for here: nobody needs to read of each."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def desks(db, all_desks):
    return all_desks
