"""
The portal in each language in a browser, with texts 40 % longer than English, and mirrored for right-to-left scripts.
"""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests import pseudo_language
from tests.browser.pages import NOT_FOUND, PAGES, fill

LANGUAGES = ["ja", "zh-hans", "ko", "pl"]
ADDRESSES = [address for address in PAGES.values() if not address.startswith("/account/")]
#: The pages that are checked in every language. Each other page is checked in one language.
KEY = {PAGES["home"], PAGES["film"], PAGES["quotes"], PAGES["statistics"]}
#: The language with the longest words. Every page is checked in it.
LONGEST = "pl"

# A script that returns layout errors that a visitor would notice: {"wider": px, "overlapping": [texts], "clipped":
# [texts]}.
BROKEN = """
() => {
  const unseen = ".visually-hidden, svg, .skip-link";
  const shown = element => element.checkVisibility({ visibilityProperty: true }) && !element.closest(unseen);
  // What one scrolls to, code for one, may be wider than the screen.
  const scrolls = element => {
    while (element && getComputedStyle(element).overflowX !== "auto") element = element.parentElement;
    return element !== null;
  };
  const lines = [];
  const clipped = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode, element = text.parentElement;
    if (!text.data.trim() || !shown(element) || scrolls(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    // The names on the way to a page are cut with an ellipsis, so that they take one line.
    const isCut = element.closest(".breadcrumb") && getComputedStyle(element).textOverflow === "ellipsis";
    for (const box of (isCut ? element : range).getClientRects()) {
      if (box.width < 2) continue;
      lines.push({ box, element, words: text.data.trim().slice(0, 40) });
      if (box.left < -1 || box.right > innerWidth + 1) clipped.push(text.data.trim().slice(0, 40));
    }
    if (isCut) continue;
    for (let around = element; around; around = around.parentElement) {
      const style = getComputedStyle(around);
      if (style.display === "inline" || style.overflowX === "visible" || style.overflowX === "auto") continue;
      if (around.scrollWidth > around.clientWidth + 1) clipped.push(text.data.trim().slice(0, 40));
    }
  }
  lines.sort((one, other) => one.box.top - other.box.top);
  const overlapping = [];
  lines.forEach((one, place) => {
    for (const other of lines.slice(place + 1)) {
      if (other.box.top >= one.box.bottom) break;
      // Lines of one paragraph may be set tight.
      if (one.element.contains(other.element) || other.element.contains(one.element)) continue;
      const wide = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
      const high = Math.min(one.box.bottom, other.box.bottom) - other.box.top;
      const tall = Math.min(one.box.height, other.box.height);
      if (wide > 2 && high > tall / 2) overlapping.push([one.words, other.words]);
    }
  });
  return { wider: Math.max(0, document.documentElement.scrollWidth - innerWidth), overlapping, clipped };
}
"""
FINE = {"wider": 0, "overlapping": [], "clipped": []}


@pytest.fixture
def filled(live_server):
    fill()
    return live_server


def opened(new_page, live_server):
    return new_page(base_url=live_server.url, reduced_motion="reduce", viewport={"width": 1280, "height": 800})


def broken(page):
    """Return the layout errors of the page on a small and on a large screen, by width."""
    found = {}
    for width in (375, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        if (seen := page.evaluate(BROKEN)) != FINE:
            found[width] = seen
    return found


def violations(page):
    return [(rule["id"], rule["nodes"][0]["html"]) for rule in Axe().run(page).response["violations"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_holds_in_each_language_and_axe_and_the_console_are_silent(new_page, filled, language):
    page, found = opened(new_page, filled), {}
    for place, address in enumerate(ADDRESSES):
        is_looked_at_closely = address in KEY or LANGUAGES[place % len(LANGUAGES)] == language
        if not is_looked_at_closely and language != LONGEST:
            continue
        page.goto(f"/{language}{address}")
        assert page.locator("html").get_attribute("lang") == language
        if seen := broken(page) or is_looked_at_closely and violations(page):
            found[address] = seen
    assert found == {}


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_every_page_holds_with_longer_words_and_mirrored(
    new_page, filled, complaints, monkeypatch, settings, direction
):
    pseudo_language.install(monkeypatch)
    if hasattr(filled, "show_pseudo_language"):  # The portal is in other processes (stack.py).
        filled.show_pseudo_language()
    settings.LANGUAGES_BIDI = [pseudo_language.LANGUAGE] if direction == "rtl" else []
    page, found = opened(new_page, filled), {}
    for address in (*ADDRESSES, NOT_FOUND):
        page.goto(f"/{pseudo_language.LANGUAGE}{address}")
        assert page.locator("html").get_attribute("dir") == direction
        assert pseudo_language.pseudo("Contests") in page.locator("header.site-header").inner_text()
        if seen := broken(page):
            found[address] = seen
    assert found == {}
    assert [line for line in complaints if "status of 404" not in line] == []
    complaints.clear()


def test_what_is_broken_is_seen(new_page, filled):
    page = new_page(base_url=filled.url, viewport={"width": 375, "height": 800})
    page.set_content(
        "<p style='position:absolute;top:9px;left:9px'>One text</p>"
        "<p style='position:absolute;top:9px;left:9px'>Two</p>"
        "<p style='overflow:hidden;width:40px;white-space:nowrap;margin-top:90px'>Much too long</p>"
        "<p style='width:500px'>wide</p>"
    )
    assert page.evaluate(BROKEN) == {
        "wider": 133,
        "overlapping": [["One text", "Two"]],
        "clipped": ["Much too long"],
    }


def test_the_switch_keeps_the_page_and_its_filters_without_a_script(new_page, filled):
    page = new_page(base_url=filled.url, java_script_enabled=False, locale="ja-JP")
    page.goto("/")
    assert page.url.endswith("/ja/"), "the browser's language decides about the home page"
    page.goto("/ja/quotes/?speaker=tim-yip")
    page.get_by_role("button", name="Polski").click()
    page.wait_for_url("**/pl/quotes/?speaker=tim-yip")
    page.get_by_role("button", name="English").click()
    page.wait_for_url(filled.url + "/quotes/?speaker=tim-yip")
    page.goto("/people/")
    assert page.url == filled.url + "/people/"
    assert page.locator("html").get_attribute("lang") == "en"


def test_the_switch_knows_of_a_list_that_was_narrowed_in_place(new_page, filled):
    page = new_page(base_url=filled.url)
    page.goto("/quotes/")
    page.locator(".facets summary").first.click()
    page.locator("#speaker-tim-yip").click()
    page.wait_for_url("**/quotes/?speaker=tim-yip")
    page.get_by_role("button", name="한국어").click()
    page.wait_for_url("**/ko/quotes/?speaker=tim-yip")
