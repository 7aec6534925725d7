import gc
import sys

import pytest
from django.core.management import call_command
from django.http import FileResponse
from django.utils import formats, translation
from hypothesis import HealthCheck, settings

from contests import formatting
from record import prepared_queries

from . import admin_pages, kept_client
from . import factories as make
from .fixture_rows import bring_in

# How fast examples are made is a matter of the machine, which may be busy.
settings.register_profile("laurel", suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("laurel")


def pytest_sessionstart():
    """Compile the translation catalogs once before the workers start, so that no worker reads an incomplete file."""
    call_command("translations", compile=True, verbosity=0)
    # With Python's default thresholds (700, 10, 10), garbage collection takes a tenth of the time of the tests.
    gc.set_threshold(100_000, 50, 100)


# Up to version 3.14, Python stores call frames in chunks of 16 KB and requests a new chunk from the operating system
# each time a call exceeds the last one (github.com/python/cpython/issues/142183). Because the calls of our tests are
# deeply nested, that can happen every few calls; it took 13 of 43 seconds of the reveal sweep. A frame that is larger
# than 16 KB gets a larger chunk, which has room for later frames.
def _with_room(test, fixtures):
    return test(**fixtures)


if sys.version_info < (3, 15):
    _with_room.__code__ = _with_room.__code__.replace(co_stacksize=70_000)  # The stack size is in units of 8 bytes.


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
    """
    Return the sort key of a test: the longest tests come first, so that no worker waits for them at the end, and
    browser tests stay together.
    """
    if "browser" not in item.path.parts:
        return item.path.name != "test_reveal_sweep.py"
    # These tests stay on one worker each, because otherwise every worker would create the same rows.
    return 2 if item.path.name == "test_page_weight.py" else 3


@pytest.fixture(autouse=True)
def own_media(settings, tmp_path):
    """Give each test its own folder for uploads."""
    settings.MEDIA_ROOT = tmp_path / "media"


_downloads = []


def _noted(response, content, original=FileResponse._set_streaming_content):
    if hasattr(content, "read"):
        _downloads.append(content)
    original(response, content)


FileResponse._set_streaming_content = _noted


@pytest.fixture(autouse=True)
def downloads_are_closed():
    """Close the files of downloads that a test has requested but not read. A server closes them itself."""
    yield
    while _downloads:
        _downloads.pop().close()


@pytest.fixture(autouse=True)
def in_english():
    """Reset the language, because a request of the previous test may have changed it."""
    translation.activate("en")


@pytest.fixture
def nextgen(db):
    """Load the NextGen contest, as `loaddata` does."""
    bring_in("nextgen")


def _forget():
    prepared_queries.forget()
    formatting._country_name.cache_clear()
    kept_client.forget()


class ForgettingPatch(pytest.MonkeyPatch):
    """
    A `MonkeyPatch` that clears the caches of compiled SQL, names and pages when it changes something and when it undoes
    that, because the change may concern a visibility rule or a language. Other tests keep the caches of SQL: compiling
    it takes longer than many tests.
    """

    def setattr(self, *arguments, **options):
        super().setattr(*arguments, **options)
        _forget()

    def setitem(self, *arguments, **options):
        super().setitem(*arguments, **options)
        _forget()

    def undo(self):
        patched = bool(self._setattr or self._setitem)  # `undo` empties both lists.
        super().undo()
        if patched:
            _forget()


@pytest.fixture
def monkeypatch():
    patch = ForgettingPatch()
    yield patch
    patch.undo()


@pytest.fixture
def editor():
    return make.UserFactory(editor=True, name="Ada")


@pytest.fixture
def desk(client, editor):
    """Return a browser in which an editor with all permissions is signed in."""
    client.force_login(editor)
    return client


@pytest.fixture
def save(desk, django_capture_on_commit_callbacks):
    """
    Return a function that saves the form of a row as a browser would, with `changes`, and runs the on_commit callbacks.
    """

    def post(row, address="", **changes):
        address = address or admin_pages.page(row)
        form = admin_pages.filled(desk.get(address), **changes)
        with django_capture_on_commit_callbacks(execute=True):
            return desk.post(address, form)

    return post


@pytest.fixture
def at_once(monkeypatch):
    """Run on_commit callbacks immediately, because the transaction of a test is never committed."""
    monkeypatch.setattr("django.db.transaction.on_commit", lambda do, **options: do())


@pytest.fixture
def american(settings):
    """Use American dates, as the setting `ENGLISH` does."""
    british = settings.FORMAT_MODULE_PATH
    settings.FORMAT_MODULE_PATH = ["portal.formats.american", *british]
    formats.reset_format_cache()
    yield
    settings.FORMAT_MODULE_PATH = british
    formats.reset_format_cache()
