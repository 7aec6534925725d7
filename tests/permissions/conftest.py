import logging

import pytest
from django.db import transaction

from search.index import refresh

from .users_and_rows import Desks


@pytest.fixture(scope="package")
def all_desks(django_db_setup, django_db_blocker):
    """
    Create the data of all permission tests once: an account and a browser for each kind of user, and a row of every
    model.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        desks = Desks()
        # Update the search index now. Otherwise each test would add all of these rows to it, and roll that back.
        refresh()
        yield desks
        transaction.set_rollback(True)


@pytest.fixture
def db(all_desks):
    """
    Replace the fixture `db` of pytest-django, which does not allow rows that outlive a test. Changes of the test are
    rolled back, but the rows of `all_desks` stay.
    """
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def unlogged():
    """Turn off logging, because these tests cause thousands of refusals."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def desks(db, all_desks):
    return all_desks
