import logging

import pytest
from django.db import transaction

from .rows import Portal


@pytest.fixture(scope="package")
def whole_portal(django_db_setup, django_db_blocker):
    """Make the rows of all property tests once."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Portal()
        transaction.set_rollback(True)


@pytest.fixture
def db(whole_portal):
    """Replace the fixture `db` of pytest-django, which does not allow rows that outlive a test."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def patient_sign_in(settings):
    """Let a sign-in that waits for the second factor last as long as a run with many examples."""
    settings.ACCOUNT_LOGIN_TIMEOUT = 24 * 3600


@pytest.fixture(autouse=True)
def unlogged():
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def portal(db, whole_portal):
    return whole_portal
