"""
How much a first visit to each kind of page downloads, and how soon the visitor sees something.

The server runs as in production, without a proxy: granian, with hashed and compressed static files. The browser counts
the bytes of all responses including headers, except those of uploaded images.
"""

import json
import time
from urllib.parse import urlsplit

import pytest

from scripts.server import served
from tests.browser.pages import NOT_FOUND, PAGES

MOST_BYTES = 120 * 1024
MOST_SCRIPT = 15_000
MOST_SHIFT = 0.02
# Every name contains Polish letters in upright and italic type, so that a page needs the largest number of fonts.
FILL = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
call_command("collectstatic", interactive=False, verbosity=0)

from contests.models import Submission
from people.models import PastWork, Person
from tests.browser.pages import fill

fill()
Person.objects.update(name="Zażółć Gęśla-Jaźń", headline="Żółta łódź")
Submission.objects.update(title="Zażółć gęślą jaźń")
PastWork.objects.update(title="Żółty ślad")
call_command("create_demo_contest", stage="revealed", submissions=300, even_in_production=True, verbosity=0)
"""
# The longest page of each kind, in addition to the pages of the small contest.
FULL = {
    "full gallery": "/contests/demo-revealed/submissions/",
    "full winners": "/contests/demo-revealed/winners/",
    "full contest": "/contests/demo-revealed/",
}
# A script that records layout shifts and the largest paint from the start of the page.
OBSERVE = """
window.seen = {shift: 0, largest: null};
new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) seen.shift += entry.value;
}).observe({type: "layout-shift", buffered: true});
new PerformanceObserver(list => {
    for (const entry of list.getEntries()) seen.largest = entry.element?.tagName ?? "gone";
}).observe({type: "largest-contentful-paint", buffered: true});
"""


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    """Start a portal as in production, for this computer only. Return its URL."""
    folder = tmp_path_factory.mktemp("production")
    environment = {
        "LAUREL_ENV": "production",
        "SECRET_KEY": "for this run only, and for nobody but this machine",
        "ALLOWED_HOSTS": "127.0.0.1",
        "EMAIL_URL": "dummymail://",
        "SECURE_SSL_REDIRECT": "false",
        "STATIC_ROOT": f"{folder}/static",
    }
    with served(folder, ["shell", "-v0", "--no-imports", "-c", FILL], **environment) as address:
        yield address


class Visit:
    """
    A page opened with an empty browser cache. It records what the browser has downloaded, by URL, as pairs of kind and
    bytes.
    """

    def __init__(self, page):
        self.page = page
        self.moved = {}
        self._asked = {}
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.responseReceived", self._received)
        session.on("Network.loadingFinished", self._finished)
        page.add_init_script(OBSERVE)

    def open(self, address, until="networkidle"):
        self.moved.clear()
        self._asked.clear()  # Late requests of the previous page are not counted.
        self.page.goto(address, wait_until=until)
        self.page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
        self.page.wait_for_timeout(100)  # Wait, because observers run after the frame has been drawn.
        return self

    def _sent(self, event):
        self._asked[event["requestId"]] = event["request"]["url"], event.get("type", "")

    def _received(self, event):
        if event["requestId"] in self._asked:
            self._asked[event["requestId"]] = event["response"]["url"], event["type"]

    def _finished(self, event):
        if event["requestId"] in self._asked:
            address, kind = self._asked[event["requestId"]]
            self.moved[address] = kind, event["encodedDataLength"]

    def bytes(self, kind=None):
        return sum(
            size
            for address, (its_kind, size) in self.moved.items()
            if not urlsplit(address).path.startswith("/media/") and kind in (None, its_kind)
        )

    def seen(self):
        return self.page.evaluate("window.seen")


@pytest.mark.parametrize("width", [375, 1280])
def test_first_visit_is_light_asks_nobody_else_and_holds_still(new_page, production, width):
    weights, scripts, shifts, others = {}, {}, {}, []
    visit = Visit(new_page(base_url=production, viewport={"width": width, "height": 800}))
    for name, address in {**PAGES, **FULL}.items():
        # Wait until there were no requests for half a second, so that late requests are counted. One screen size is
        # enough, because no script depends on the width.
        visit.open(address, "networkidle" if width == 375 else "load")
        weights[name], scripts[name] = visit.bytes(), visit.bytes("Script")
        shifts[name] = round(visit.seen()["shift"], 4)
        others += [url for url in visit.moved if not url.startswith((production, "data:"))]
    print(json.dumps(weights, indent=1))  # The figures are visible with `pytest -s`.
    assert {name: size for name, size in weights.items() if size > MOST_BYTES} == {}
    assert {name: size for name, size in scripts.items() if size > MOST_SCRIPT} == {}
    assert {name: shift for name, shift in shifts.items() if shift >= MOST_SHIFT} == {}
    assert others == []
    # Checks the measurement itself: every page has fonts, and one has styles.
    assert 60_000 < min(weights.values()) < max(weights.values())


def test_largest_paint_waits_for_no_font_and_no_script(new_page, production, complaints):
    page = new_page(base_url=production, viewport={"width": 1280, "height": 800})
    held = []
    # These requests get no response at all.
    page.route(lambda url: urlsplit(url).path.endswith((".woff2", ".js")), lambda route: held.append(route))
    page.add_init_script(OBSERVE)
    unseen = [name for name, address in PAGES.items() if not painted(page, address)]
    assert unseen == []
    assert len(held) >= 2 * len(PAGES)
    complaints.clear()  # Requests without a response are reported when the page is left.


def painted(page, address):
    """Return whether the largest element of the page was painted within seconds."""
    page.goto(address, wait_until="commit")
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if page.evaluate("window.seen?.largest"):
            return True
        page.wait_for_timeout(50)
    return False


def test_page_that_is_not_found_is_light_too(new_page, production, complaints):
    visit = Visit(new_page(base_url=production)).open(NOT_FOUND)
    assert 60_000 < visit.bytes() < MOST_BYTES
    assert [line for line in complaints if "status of 404" not in line] == []
    complaints.clear()
