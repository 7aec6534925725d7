"""A static copy opens from a folder by double-click: its pages have their styles, and no error is in the console."""

import pytest
from django.core.management import call_command

from tests.browser.test_html import validate  # noqa: F401 (a fixture)
from tests.fixture_rows import bring_in

pytestmark = pytest.mark.django_db

PAGES = [
    "index.html",
    "contests/nextgen/winners/index.html",
    "works/alzheimer/index.html",
    "people/c-one/index.html",
    "quotes/tim-yip-a-tool-not-a-god/index.html",
    "pl/index.html",
    "about-this-copy.html",
]


@pytest.fixture
def copy(tmp_path):
    bring_in("nextgen")
    folder = tmp_path / "copy"
    call_command(
        "export_site",
        "nextgen",
        output=str(folder),
        languages=["en", "pl"],
        without=["press-kits", "cards"],
        verbosity=0,
    )
    return folder


def test_copy_opens_from_a_folder(copy, new_page, validate, tmp_path):  # noqa: F811 (the fixture)
    for width in (375, 1280):
        page = new_page(viewport={"width": width, "height": 800})
        for name in PAGES:
            page.goto((copy / name).as_uri())
            assert page.locator("h1").first.is_visible(), name
            font = page.evaluate("getComputedStyle(document.querySelector('.name')).fontFamily")
            assert font.startswith("Fraunces"), name
            assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('16px Fraunces'))"), name
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        # From the first page, links lead to a work, to its page in another language, and back.
        page.goto((copy / "index.html").as_uri())
        page.locator("main a[href$='works/alzheimer/index.html']").first.click()
        page.locator(".language-switch a[lang=pl]").click()
        assert page.url.endswith("/pl/works/alzheimer/index.html")
        page.locator(".site-header .name").click()
        assert page.url.endswith("/copy/pl/index.html")
    assert validate({name: (copy / name).read_bytes() for name in PAGES}, tmp_path / "pages") == {}
