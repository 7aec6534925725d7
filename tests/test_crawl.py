"""Every link on the site works, and every page has the required parts."""

import re
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


class Page(HTMLParser):
    """Reads the links and parts of a page: `links`, `alternates` by type, `languages`, `ids`, `h1`, `title`, `meta`."""

    def __init__(self, html: str):
        super().__init__()
        self.links, self.assets, self.ids, self.inline = [], [], [], []
        self.meta, self.alternates, self.languages, self.canonical, self.title = {}, {}, {}, "", ""
        self.manifest = ""
        self.h1: list[str] = []
        self._inside = ""
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if tag in ("img", "script") and "src" in values:
            self.assets.append(values["src"])
        if tag == "link" and values.get("rel") == "canonical":
            self.canonical = values["href"]
        elif tag == "link" and values.get("rel") == "alternate" and "hreflang" in values:
            self.languages[values["hreflang"]] = values["href"]
        elif tag == "link" and values.get("rel") == "alternate":
            self.alternates[values.get("type", "")] = values["href"]
        elif tag == "link" and values.get("rel") == "manifest":
            self.manifest = values["href"]
        elif tag == "link":
            self.assets.append(values["href"])
        if tag == "meta" and "name" in values:
            self.meta[values["name"]] = values["content"]
        if "id" in values:
            self.ids.append(values["id"])
        # Browsers do not execute a script element that contains data.
        is_data = values.get("type") == "application/ld+json"
        if "style" in values or tag == "style" or (tag == "script" and "src" not in values and not is_data):
            self.inline.append(tag)
        self.inline += [name for name in values if name.startswith("on")]
        # Later title elements belong to SVG drawings.
        if tag == "h1" or (tag == "title" and not self.title):
            self._inside = tag
            if tag == "h1":
                self.h1.append("")

    def handle_endtag(self, tag):
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data):
        if self._inside == "h1":
            self.h1[-1] += data
        elif self._inside == "title":
            self.title += data


def reached(client, start, leads_on):
    """
    Request the page at `start` and all pages that links lead to, and return {address: response}. `leads_on(address,
    link)` returns the address to request next for a link on the page at `address`, or "" for none.
    """
    found, waiting = {}, [start]
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        response = found[address] = client.get(address)
        if response.headers["Content-Type"].startswith("text/html"):
            links = Page(response.content.decode()).links
            waiting += filter(None, (leads_on(address, link) for link in links))
    return found


def crawl(client):
    """
    Return the pages that can be reached from the home page by links, by URL. Lists are requested with at most one
    parameter, because there are too many combinations.
    """
    pages, waiting = {}, ["/"]
    while waiting:
        address = waiting.pop()
        if address in pages:
            continue
        response = client.get(address)
        assert response.status_code == 200, f"{address} answers {response.status_code}"
        if "html" not in response["Content-Type"]:  # Skip files that are not pages.
            continue
        pages[address] = Page(response.content.decode())
        for link in pages[address].links:
            target = urldefrag(urljoin(f"http://testserver{address}", link)).url
            asks = "?" in address and urlsplit(target).query
            if urlsplit(target).netloc == "testserver" and not asks:
                waiting.append(target.removeprefix("http://testserver"))
    return pages


def test_every_page_that_a_link_leads_to_is_whole(client, nextgen):
    """All checks use the same crawl, because it is slow."""
    crawled = crawl(client)
    assert_no_link_is_broken(crawled)
    assert_every_page_has_one_heading_a_title_a_description_and_its_address(crawled)
    assert_no_page_holds_inline_code_or_asks_another_host(crawled)
    assert_every_file_that_a_page_names_exists(client, crawled)
    assert_every_fact_on_a_page_leads_to_its_source(crawled)


def assert_no_link_is_broken(crawled):
    assert len(crawled) >= 6 + 1 + 2 + 3 + 2 + 7 + 14 + 1
    assert "/works/lost-and-found/" in crawled
    assert "/contests/nextgen/events/panel-discussion/" in crawled
    assert "/people/hanqing/" in crawled
    fragments = [
        (address, link)
        for address, page in crawled.items()
        for link in page.links
        if link.startswith("#") and link[1:] not in page.ids
    ]
    assert fragments == []


def assert_every_page_has_one_heading_a_title_a_description_and_its_address(crawled):
    # An embed is shown inside pages of other websites, so it needs no parts of a page.
    whole = {address: page for address, page in crawled.items() if not address.startswith("/embed/")}
    assert len(whole) < len(crawled)
    for address, page in whole.items():
        assert len(page.h1) == 1, address
        assert page.h1[0].strip(), address
        assert page.title.strip().endswith("· Laurel"), address
        assert len(page.title.strip()) > len("· Laurel"), address
        assert page.meta["description"].strip(), address
        # The statistics of one contest have their own canonical URL. Filters and sort orders of a list don't.
        own = address if address.startswith("/statistics/") else address.partition("?")[0]
        assert page.canonical == f"http://testserver{own}", address
    titles = [page.title for address, page in whole.items() if "?" not in address]
    assert sorted(set(titles)) == sorted(titles), "two pages have the same title"


def assert_no_page_holds_inline_code_or_asks_another_host(crawled):
    for address, page in crawled.items():
        assert page.inline == [], address
        assert [asset for asset in page.assets if not asset.startswith("/")] == [], address
        assert len(page.ids) == len(set(page.ids)), f"{address}: an id stands twice"


def assert_every_file_that_a_page_names_exists(client, crawled):
    from django.contrib.staticfiles import finders

    assets = {asset for page in crawled.values() for asset in page.assets}
    static = {asset for asset in assets if asset.startswith("/static/")}
    assert static
    assert [asset for asset in static if not finders.find(asset.removeprefix("/static/"))] == []
    drawn = assets - static
    assert len(drawn) == 3  # One laurel is linked for each winner.
    assert [asset for asset in drawn if client.get(asset).status_code != 200] == []


def assert_every_fact_on_a_page_leads_to_its_source(crawled):
    """Check that each page about the record cites at least one source and lists it at its end."""
    noun = re.compile(r"^/(contests/nextgen/(submissions/[^?]+|events/[^?]+)?|people/[^?]+|quotes/[^?]+)$")
    nouns = [address for address in crawled if noun.search(address)]
    assert len(nouns) > 20
    for address in nouns:
        assert "#source-1" in crawled[address].links, address
        assert "/sources/nextgen-ceremony-report/" in crawled[address].links, address


def test_from_home_two_clicks_lead_to_the_grand_prize_its_creator_and_what_was_said_about_it(client, nextgen):
    def links(address):
        return Page(client.get(address).content.decode()).links

    film = "/works/alzheimer/"
    assert film in links("/")
    assert "/people/c-one/" in links("/") + links(film)
    assert "/quotes/tim-yip-when-you-are-young/" in links(film)


def test_every_utterance_stands_letter_for_letter_on_a_page(client, nextgen):
    from html import unescape

    from contests.models import Quote

    for quote in Quote.objects.all():
        for address in (quote.get_absolute_url(), "/quotes/", quote.event.get_absolute_url()):
            text = unescape(re.sub(r"<[^>]+>", "", client.get(address).content.decode()))
            assert quote.text in text, (address, quote.slug)
    assert Quote.objects.count() == 14
