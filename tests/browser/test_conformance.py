"""Every kind of page is accessible by axe's rules (WCAG 2.2 A and AA among them), by day and by night."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.management import call_command

PAGES = {
    "home": "/",
    "contests": "/contests/",
    "contest": "/contests/nextgen/",
    "winners": "/contests/nextgen/winners/",
    "gallery": "/contests/nextgen/submissions/",
    "film": "/contests/nextgen/submissions/alzheimer/",
    "event": "/contests/nextgen/events/awards-ceremony/",
    "people": "/people/",
    "person": "/people/tim-yip/",
    "filtered list": "/quotes/?speaker=tim-yip",
    "refused filter": "/winners/?award=unheard-of",
    "empty list": "/winners/?award=grand-prize&country=PL",
    "quote": "/quotes/tim-yip-human-touch/",
    "sources": "/sources/",
    "source": "/sources/nextgen-ceremony-report/",
    "sign-in": "/admin/login/",
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_kind_of_page(new_page, live_server, scheme):
    call_command("loaddata", "nextgen", verbosity=0)
    page = new_page(color_scheme=scheme, base_url=live_server.url, reduced_motion="reduce")
    found, checked = {}, {}
    for name, address in PAGES.items():
        page.goto(address)
        result = Axe().run(page).response
        checked[name] = len(result["passes"])
        if result["violations"]:
            found[name] = [(rule["id"], rule["nodes"][0]["html"]) for rule in result["violations"]]
    assert found == {}
    assert min(checked.values()) > 10, "axe had nothing to look at"
