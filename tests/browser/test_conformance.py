"""Every kind of page is accessible by axe's rules (WCAG 2.2 A and AA among them), by day and night, small and large."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.pages import EMPTY, NOT_FOUND, PAGES, STYLE_GUIDE, fill


def findings(page, addresses):
    """What axe finds on the pages: {name: [(rule, markup), …]}."""
    found, checked = {}, {}
    for name, address in addresses.items():
        page.goto(address)
        result = Axe().run(page).response
        checked[name] = len(result["passes"])
        if result["violations"]:
            found[name] = [(rule["id"], rule["nodes"][0]["html"]) for rule in result["violations"]]
    assert min(checked.values()) > 10, "axe had nothing to look at"
    return found


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 375)])
def test_axe_finds_nothing_on_any_kind_of_page(new_page, live_server, scheme, width):
    fill()
    size = {"width": width, "height": 800}
    page = new_page(color_scheme=scheme, base_url=live_server.url, reduced_motion="reduce", viewport=size)
    assert findings(page, {**PAGES, "style guide": STYLE_GUIDE}) == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_pages_without_anything_to_show(new_page, live_server, complaints, scheme):
    page = new_page(color_scheme=scheme, base_url=live_server.url, reduced_motion="reduce")
    assert findings(page, {address: address for address in (*EMPTY, NOT_FOUND)}) == {}
    assert [line for line in complaints if "status of 404" not in line] == []
    complaints.clear()
