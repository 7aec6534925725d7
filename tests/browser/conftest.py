"""
A real browser for the tests in this folder: Chromium, driven by Playwright against pytest-django's live server.

Every page is watched. Whatever a visitor's console would show, an error in a script, a request that failed or
one that left this machine ends up in `complaints`, and a test that leaves any behind fails. A test that provokes
one on purpose asserts it and clears the list.
"""

import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright

expect.set_options(timeout=15_000)  # as patient as waiting for an element, on a machine that does other things
HERE = Path(__file__).parent
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
ARGUMENTS = [
    "--no-sandbox",  # Chromium's sandbox refuses to run as root, which is what containers and CI are
    "--disable-gpu",
    # The browser's own traffic: updates, safe browsing, experiments. None of it is under test.
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    # A name that is not this machine's is not even looked up.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


@pytest.hookimpl(tryfirst=True)  # before -m "not browser" looks at the marks
def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser():
    # Playwright's synchronous API keeps an event loop running in this thread for as long as it lives, and in a
    # thread with a running loop Django refuses every query, although nothing here is asynchronous.
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=find_browser(), args=ARGUMENTS)
        yield browser
        browser.close()


def find_browser():
    if os.environ.get("LAUREL_BROWSER"):
        return os.environ["LAUREL_BROWSER"]
    found = subprocess.run([HERE.parents[1] / "scripts" / "browser"], stdout=subprocess.PIPE, text=True)
    if found.returncode:
        pytest.fail("scripts/browser found no browser, and could install none.")
    return found.stdout.strip()


@pytest.fixture
def complaints():
    heard = []
    yield heard
    assert heard == []


@pytest.fixture
def new_page(browser, complaints):
    """Open a page in a fresh profile: `new_page(color_scheme="dark", base_url=live_server.url)`."""
    contexts = []

    def open_page(**options):
        context = browser.new_context(**options)
        contexts.append(context)
        context.on("console", lambda message: complaints.append(f"console {message.type}: {message.text}"))
        context.on("weberror", lambda error: complaints.append(f"page error: {error.error}"))
        context.on("request", lambda request: complaints.extend(leaving(request)))
        context.on("requestfailed", lambda request: complaints.extend(failed(request)))
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def leaving(request):
    parts = urlsplit(request.url)
    if parts.scheme not in ("data", "blob", "about") and parts.hostname not in LOOPBACK:
        yield f"request to another machine: {request.url}"


def failed(request):
    # Leaving a page aborts what it was still loading: the visitor's doing, not a fault.
    if request.failure != "net::ERR_ABORTED":
        yield f"request failed: {request.url} ({request.failure})"


@pytest.fixture
def page(new_page, live_server):
    """A page in a fresh profile; `page.goto("/winners/")` reaches the live server."""
    return new_page(base_url=live_server.url)
