import gc
import inspect

import pytest
from django.core.management import call_command
from django.utils import translation

from people.visibility import forget

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
