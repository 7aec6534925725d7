import gc
import sys

import pytest
from django.core.management import call_command
from django.utils import formats, translation

from record.visibility import forget

from . import factories as make
from .fixture_rows import bring_in


def pytest_sessionstart():
    """The catalogs as Django reads them: each worker may find them made, and none finds half of one."""
    call_command("translations", compile=True, verbosity=0)
    gc.set_threshold(100_000, 50, 100)  # the usual 700, 10, 10 take a tenth of the time


# Up to 3.14, Python keeps its frames in pieces of 16 KB, and asks the system for the next piece each time that a call
# leaves the last one (github.com/python/cpython/issues/142183). As deep as tests are called, that can be every few
# calls: of the sweep's 43 seconds it took 13. A larger frame gets a larger piece, with room for those after it.
def _with_room(test, fixtures):
    return test(**fixtures)


if sys.version_info < (3, 15):
    _with_room.__code__ = _with_room.__code__.replace(co_stacksize=70_000)  # of 8 bytes


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem):
    test = pyfuncitem.obj
    pyfuncitem.obj = lambda **fixtures: _with_room(test, fixtures)
    try:
        return (yield)
    finally:
        pyfuncitem.obj = test


def pytest_collection_modifyitems(items):
    items.sort(key=turn)


def turn(item):
    """The longest first, so that no worker waits for it at the end; a browser once it is needed, to the end."""
    if "browser" not in item.path.parts:
        return item.path.name != "test_reveal_sweep.py"
    # Of two workers that shared these, each would set up a portal of its own.
    return 2 if item.path.name == "test_weight.py" else 3


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    """Each test stores its uploads in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def in_english():
    """A request leaves its language behind; no test begins with that of the one before."""
    translation.activate("en")


@pytest.fixture
def nextgen(db):
    """The portal with the NextGen contest, as `loaddata` brings it in."""
    bring_in("nextgen")


@pytest.fixture(autouse=True)
def the_rule_as_it_is(request):
    """What a test has put in the place of the rule is not kept for the next one."""
    yield
    if "monkeypatch" in request.fixturenames:
        forget()


@pytest.fixture
def editor():
    return make.UserFactory(editor=True, name="Ada")


@pytest.fixture
def desk(client, editor):
    """A browser in which an editor who may do everything is signed in."""
    client.force_login(editor)
    return client


@pytest.fixture
def at_once(monkeypatch):
    """What waits for the end of a transaction happens at once: a test's own never ends."""
    monkeypatch.setattr("django.db.transaction.on_commit", lambda do, **options: do())


@pytest.fixture
def american(settings):
    """American dates, as `ENGLISH` sets them."""
    british = settings.FORMAT_MODULE_PATH
    settings.FORMAT_MODULE_PATH = ["portal.formats.american", *british]
    formats.reset_format_cache()
    yield
    settings.FORMAT_MODULE_PATH = british
    formats.reset_format_cache()
