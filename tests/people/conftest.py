import pytest

from tests import factories as make


@pytest.fixture
def editor():
    return make.UserFactory(editor=True, name="Ada")


@pytest.fixture
def at_once(monkeypatch):
    """What waits for the end of a transaction happens at once: a test's own never ends."""
    monkeypatch.setattr("django.db.transaction.on_commit", lambda do, **options: do())


@pytest.fixture
def desk(client, editor):
    """A browser in which an editor who may do everything is signed in."""
    client.force_login(editor)
    return client
