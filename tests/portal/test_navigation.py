"""The navigation marks the section of the page, the breadcrumb leads back, and feeds are linked."""

import re

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
SECTIONS = {
    "/contests/": ("page", "Contests"),
    "/contests/nextgen/": ("true", "Contests"),
    "/contests/nextgen/winners/": ("true", "Contests"),
    "/works/": ("page", "Works"),
    "/works/alzheimer/": ("true", "Works"),
    "/people/tim-yip/": ("true", "People"),
    "/quotes/tim-yip-human-touch/": ("true", "Quotes"),
    "/sources/nextgen-ceremony-report/": ("true", "Sources"),
    "/quotes/": ("page", "Quotes"),
    "/verify/YKQ8N-CFK23/": ("true", "Verify a laurel"),
    "/api/": ("page", "API for developers"),
}
BACK = {
    "/people/tim-yip/": "/people/",
    "/quotes/tim-yip-human-touch/": "/quotes/",
    "/sources/nextgen-ceremony-report/": "/sources/",
    "/contests/nextgen/": "/contests/",
    "/contests/nextgen/events/awards-ceremony/": "/contests/",
    "/verify/YKQ8N-CFK23/": "/verify/",
}
WINNERS, QUOTES, NEXTGEN = "/winners/feed", "/quotes/feed", "/contests/nextgen/feed"
FEEDS = {
    "/": [WINNERS, QUOTES],
    "/winners/": [WINNERS],
    "/quotes/": [QUOTES],
    "/quotes/tim-yip-human-touch/": [QUOTES],
    "/contests/nextgen/": [NEXTGEN],
    "/contests/nextgen/winners/": [NEXTGEN],
    "/contests/nextgen/submissions/": [NEXTGEN],
    "/works/alzheimer/": [NEXTGEN],
    "/contests/nextgen/events/awards-ceremony/": [NEXTGEN],
    "/contests/nextgen/corrections/": [NEXTGEN],
}


def body(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def marked(client, address):
    """Return the links that the navigation marks, and how."""
    apart = r'<main.*?</main>|<form class="language-switch".*?</form>'
    return set(re.findall(r'aria-current="(\w+)">([^<]+)<', re.sub(apart, "", body(client, address), flags=re.DOTALL)))


@pytest.mark.parametrize("address", SECTIONS)
def test_the_navigation_marks_the_section(client, nextgen, address):
    assert marked(client, address) == {SECTIONS[address]}


def test_it_does_so_in_every_language_and_marks_nothing_on_the_home_page(client, nextgen):
    assert marked(client, "/pl/quotes/tim-yip-human-touch/") == {("true", "Wypowiedzi")}
    assert marked(client, "/") == set()


@pytest.mark.parametrize("address", BACK)
def test_a_breadcrumb_leads_back(client, nextgen, address):
    (trail,) = re.findall(r'<nav class="breadcrumb".*?</nav>', body(client, address), re.DOTALL)
    assert re.findall(r'href="([^"]+)"', trail)[0] == BACK[address]


@pytest.mark.parametrize("address", FEEDS)
def test_a_page_announces_its_feeds(client, nextgen, address):
    page = body(client, address)
    assert re.findall(r'<link rel="alternate" type="application/atom\+xml"[^>]* href="([^"]+)"', page) == [
        f"{feed}.atom" for feed in FEEDS[address]
    ]
    assert re.findall(r'<link rel="alternate" type="application/feed\+json"[^>]* href="([^"]+)"', page) == [
        f"{feed}.json" for feed in FEEDS[address]
    ]


def test_an_empty_portal_announces_its_feeds(client):
    assert "/winners/feed.atom" in body(client, "/")


def test_what_is_read_aloud_has_no_slashes(settings):
    """Screen readers ignore all text that a style sheet adds."""
    sheets = (settings.BASE_DIR / "static" / "css").glob("*.css")
    written = [
        (sheet.name, value)
        for sheet in sheets
        for value in re.findall(r'content: ("[^"]+"[^;]*);', sheet.read_text())
        if "attr(" not in value and not value.endswith('/ ""')
    ]
    assert written == []
