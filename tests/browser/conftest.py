"""
A real browser for the tests in this folder: Chromium, controlled by Playwright, with the live server of pytest-django
(or with the servers of stack.py).

The tests monitor every page. Console messages, script errors, failed requests and requests to other hosts are added to
`complaints`. A test fails if the list is not empty at its end. A test that causes such a message on purpose checks it
and clears the list.
"""

import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect, sync_playwright

if "LAUREL_STACK" in os.environ:
    from .stack import live_server, next_test  # noqa: F401

expect.set_options(timeout=15_000)  # The same timeout as for waiting for an element.
HERE = Path(__file__).parent
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
ARGUMENTS = [
    "--no-sandbox",  # Chromium's sandbox does not run as root, which containers and CI use.
    "--disable-gpu",
    # Turn off the browser's own requests: updates, safe browsing, experiments.
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    # Don't resolve other host names.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


@pytest.hookimpl(tryfirst=True)  # This must run before pytest reads the marks for the option -m "not browser".
def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def browser():
    # Playwright's synchronous API keeps an event loop running in this thread. If an event loop is running, Django
    # refuses every query, although these tests use no asynchronous code.
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
    """
    Return a function that opens a page in a new browser profile: `new_page(color_scheme="dark",
    base_url=live_server.url)`.
    """
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
    if parts.scheme not in ("data", "blob", "about", "file") and parts.hostname not in LOOPBACK:
        yield f"request to another machine: {request.url}"


def failed(request):
    # Leaving a page aborts requests that are still running. That is not an error.
    if request.failure != "net::ERR_ABORTED":
        yield f"request failed: {request.url} ({request.failure})"


@pytest.fixture
def page(new_page, live_server):
    """Open a page in a new browser profile. `page.goto("/winners/")` opens a page of the live server."""
    return new_page(base_url=live_server.url)
