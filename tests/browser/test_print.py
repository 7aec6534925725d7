"""Printed pages: black on white in any colour scheme, without controls, with URLs as text."""

import pytest

from record.models import Source
from tests.browser.pages import EMBEDS, PAGES, fill

#: A script that returns the words that have less contrast on white than WCAG requires.
PALE = """() => {
  const pen = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const luminance = (colour) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = colour;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...pen.getImageData(0, 0, 1, 1).data].map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const pale = [];
  for (let node; (node = texts.nextNode()); ) {
    const box = node.parentElement;
    if (!node.data.trim() || box.closest("svg, script") || !box.checkVisibility()) continue;
    if (1.05 / (luminance(getComputedStyle(box).color) + 0.05) < 4.5) pale.push(node.data.trim().slice(0, 30));
  }
  return pale;
}"""


@pytest.fixture
def sheet(new_page, live_server):
    """Open a page as it is printed from a screen in the dark scheme."""
    fill()
    page = new_page(base_url=live_server.url, color_scheme="dark", viewport={"width": 800, "height": 1000})
    page.emulate_media(media="print", color_scheme="dark")

    def open_page(address):
        page.goto(address)
        return page

    return open_page


def test_every_word_is_dark_on_white(sheet):
    pale = {}
    for address in [*PAGES.values(), *EMBEDS.values()]:
        page = sheet(address)
        assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
        if found := page.evaluate(PALE):
            pale[address] = found
    assert pale == {}


def test_a_laurel_is_the_one_for_light_grounds(sheet):
    page = sheet("/verify/YKQ8N-CFK23/")
    assert "on-light" in page.locator(".certificate-laurel img").evaluate("image => image.currentSrc")


@pytest.mark.parametrize("address", ["/contests/nextgen/", "/works/alzheimer/", "/people/tim-yip/"])
def test_what_is_to_share_and_cite_is_left_out(sheet, address):
    page = sheet(address)
    assert page.locator(".sharing").count() == 1
    assert not page.locator(".sharing").is_visible()
    assert not page.get_by_role("link", name="API for developers").is_visible()


def test_addresses_are_spelled_out(sheet):
    Source.objects.update(url="")
    written = "link => getComputedStyle(link, '::after').content"
    page = sheet("/contests/nextgen/")
    host = page.evaluate("location.host")
    film, source = page.locator(".work h3 a").first, page.locator(".footnotes li a").first
    assert film.evaluate(written) == f'"{host}/works/alzheimer/"'
    assert source.evaluate(written) == f'"{host}/sources/nextgen-ceremony-report/"'
    Source.objects.update(url="https://example.org/report")
    source = sheet("/contests/nextgen/").locator(".footnotes li a").first
    assert source.evaluate(written) == '"https://example.org/report"'
    # A URL that is already in the text is not printed again.
    assert sheet("/sources/nextgen-ceremony-report/").locator(".spelled").evaluate(written) == "none"
