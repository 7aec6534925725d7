import gc
import inspect
import sys

import pytest
from django.core.management import call_command
from django.utils import formats, translation

from record.visibility import forget

from . import factories as make
from .fixture_rows import bring_in


def pytest_sessionstart():
    """Compile the catalogs once, before the workers start, so that none reads a half-written file."""
    call_command("translations", compile=True, verbosity=0)
    gc.set_threshold(100_000, 50, 100)  # the defaults (700, 10, 10) take a tenth of the time


# Up to 3.14, Python stores frames in chunks of 16 KB and requests a new chunk from the system each time a call exceeds
# the last one (github.com/python/cpython/issues/142183). At the depth of our tests, that can happen every few calls: it
# took 13 of the sweep's 43 seconds. A larger frame gets a larger chunk with room for later frames.
def _with_room(test, fixtures):
    return test(**fixtures)


if sys.version_info < (3, 15):
    _with_room.__code__ = _with_room.__code__.replace(co_stacksize=70_000)  # units of 8 bytes


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
    """The longest tests come first, so that no worker waits for them at the end; browser tests then stay together."""
    if "browser" not in item.path.parts:
        return item.path.name != "test_reveal_sweep.py"
    # If two workers shared these, each would set up its own portal.
    return 2 if item.path.name == "test_page_weight.py" else 3


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    """Give each test its own folder for uploads."""
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def in_english():
    """Reset the language, which a request of the previous test may have changed."""
    translation.activate("en")


@pytest.fixture
def nextgen(db):
    """The portal with the NextGen contest, as loaded by `loaddata`."""
    bring_in("nextgen")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item):
    """
    Forget the SQL of the visibility rule after a test that has patched anything, so that the next test gets its own.
    Not after every test: making it takes longer than many tests. pytest-django gives every test a monkeypatch, so it
    counts whether one was used.
    """
    patched = _has_patched(item)
    try:
        return (yield)
    finally:
        if patched:
            forget()


def _has_patched(item):
    patch = item.funcargs.get("monkeypatch")
    asks_for_it = "monkeypatch" in inspect.signature(item.function).parameters
    return asks_for_it or (patch is not None and bool(patch._setattr or patch._setitem))


@pytest.fixture
def editor():
    return make.UserFactory(editor=True, name="Ada")


@pytest.fixture
def desk(client, editor):
    """A browser in which an editor with all permissions is signed in."""
    client.force_login(editor)
    return client


@pytest.fixture
def at_once(monkeypatch):
    """Run on_commit callbacks immediately, because the transaction of a test never commits."""
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
