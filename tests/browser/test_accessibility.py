"""
Every kind of page passes axe's rules (including WCAG 2.2 A and AA), in both colour schemes, on small and large screens.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.pages import EMPTY, NOT_FOUND, PAGES, STYLE_GUIDE, fill
from tests.browser.test_languages import ADDRESSES


def findings(page, addresses):
    """Return the violations that axe finds on the pages: {name: [(rule, markup), …]}."""
    found, checked = {}, {}
    for name, address in addresses.items():
        page.goto(address)
        result = Axe().run(page).response
        checked[name] = len(result["passes"])
        if result["violations"]:
            found[name] = [(rule["id"], rule["nodes"][0]["html"]) for rule in result["violations"]]
    assert min(checked.values()) > 10, "axe had nothing to look at"
    return found


def opened(new_page, live_server, scheme, width):
    size = {"width": width, "height": 800}
    return new_page(color_scheme=scheme, base_url=live_server.url, reduced_motion="reduce", viewport=size)


def test_axe_finds_nothing_on_any_kind_of_page_by_night_on_a_small_screen(new_page, live_server):
    fill()
    page = opened(new_page, live_server, "dark", 375)
    assert findings(page, {**PAGES, "style guide": STYLE_GUIDE}) == {}


def test_axe_finds_nothing_by_day_on_a_large_screen_on_pages_that_are_in_english_alone(new_page, live_server):
    """test_languages.py checks all other pages in the light colour scheme on a large screen, in other languages."""
    fill()
    page = opened(new_page, live_server, "light", 1280)
    english = {name: address for name, address in PAGES.items() if address not in ADDRESSES}
    assert findings(page, {**english, "home": PAGES["home"], "style guide": STYLE_GUIDE}) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_pages_without_anything_to_show(new_page, live_server, complaints, scheme):
    page = new_page(color_scheme=scheme, base_url=live_server.url, reduced_motion="reduce")
    assert findings(page, {address: address for address in (*EMPTY, NOT_FOUND)}) == {}
    assert [line for line in complaints if "status of 404" not in line] == []
    complaints.clear()
