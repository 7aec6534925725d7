"""
In every language, pages reveal no more than in English: nothing hidden, and they need the same number of SQL
statements.
"""

import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contests.models import Recognition
from search import index
from tests.api.test_api_reveal import without_rule
from tests.reveal_rows import add_hidden, portal, remove
from tests.reveal_urls import every_address
from tests.test_queries import PAGES, fill, needed
from tests.test_reveal_sweep import client, crawl, leaks

LANGUAGES = ["ja", "zh-hans", "ko", "pl"]


WORDS = ("sealedword", "futureword", "draftword")


#: Pages that have a URL in each language but no text of the portal, and slow pages. They are tested only in English.
UNWORDED = re.compile(r"\.(png|zip|pdf)$")


LISTS = ["/", "/contests/", "/winners/", "/people/", "/quotes/", "/sources/", "/statistics/", "/search/?q=word"]


#: Pages with a single URL for all languages.
WITHOUT_PREFIX = (
    "/api/v1/",
    "/laurels/",
    "/oembed",
    "/healthz",
    "/readyz",
    "/sitemap",
    "/robots",
    "/manifest",
    "/favicon",
)


pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


__all__ = ["client", "portal"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_portal_with_hidden_results_answers_like_one_without_them_in_each_language(client, portal, language):
    with time_machine.travel(timezone.now(), tick=False):
        hidden = add_hidden(portal)
        # Lists are tested in every language, and each other page in one of them.
        others = [url for url in every_address() if not UNWORDED.search(url)][
            LANGUAGES.index(language) :: len(LANGUAGES)
        ]
        urls = [f"/{language}{url}" for url in dict.fromkeys([*LISTS, *others])]
        told = crawl(client, urls)
        assert {told[f"/{language}{url}"][0] for url in LISTS} == {200}
        assert leaks(told, *WORDS) == []
        for recognition in hidden.values():
            remove(recognition)
        untold = crawl(client, urls)
    assert [url for url in urls if told[url] != untold[url]] == []


def test_without_the_rule_a_page_in_another_language_tells_what_is_hidden(client, portal, monkeypatch):
    add_hidden(portal)
    assert leaks(crawl(client, ["/ko/winners/"]), *WORDS) == []
    without_rule(monkeypatch, Recognition)
    assert leaks(crawl(client, ["/ko/winners/"]), *WORDS) != []


def test_another_language_costs_no_statement():
    fill(8)
    index.refresh()
    addresses = [address for address in PAGES if not address.startswith(WITHOUT_PREFIX)]
    assert len(addresses) > 30
    # Each URL is requested in one of the languages.
    found = {}
    for place, address in enumerate(addresses):
        with CaptureQueriesContext(connection) as captured:
            response = Client().get(f"/{LANGUAGES[place % len(LANGUAGES)]}{address}")
        assert response.status_code == 200, address
        found[address] = needed(captured, response)
    assert found == {address: PAGES[address] for address in addresses}
