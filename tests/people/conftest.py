import pytest

from tests import factories as make


@pytest.fixture
def editor():
    return make.UserFactory(editor=True, name="Ada")


@pytest.fixture
def desk(client, editor):
    """A browser in which an editor who may do everything is signed in."""
    client.force_login(editor)
    return client
