"""The position of a page in its list is shown without JavaScript, counted up to a limit, and counts only public rows."""

import re

import pytest

from portal.views import sources
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def seven(monkeypatch):
    """Create seven public sources and some hidden ones. A page shows three."""
    monkeypatch.setattr(sources, "MANY", 3)
    shown, hidden = make.EventFactory(contest__revealed=True), make.EventFactory(contest__sealed=True)
    for number in range(7):
        make.QuoteFactory(event=shown, order=number + 1, source__title=f"Source {number}")
        make.QuoteFactory(event=hidden, order=number + 1, source__title=f"Source {number} hidden")


def position(page):
    return re.findall(r'class="position">([^<]+)<', page)


def walk(client, address, rel):
    """Return the positions that one page after the other shows."""
    told = []
    while address:
        page = client.get(address).content.decode()
        told += position(page)
        found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
        address = found and found[1].replace("&amp;", "&")
    return told


def test_each_page_tells_its_position(client, seven):
    assert walk(client, "/sources/", "next") == ["1 to 3 of 7", "4 to 6 of 7", "7 of 7"]
    assert walk(client, "/sources/?page=last", "prev") == ["5 to 7 of 7", "2 to 4 of 7", "1 of 7"]


def test_a_list_of_one_page_tells_none(client, seven, monkeypatch):
    monkeypatch.setattr(sources, "MANY", 7)
    assert position(client.get("/sources/").content.decode()) == []


def test_what_lies_beyond_the_limit_is_not_counted(client, seven, monkeypatch):
    monkeypatch.setattr("record.lists.LARGE", 5)
    assert walk(client, "/sources/", "next") == ["1 to 3 of more than 5", "4 to 6 of more than 5"]


def test_only_a_page_in_the_middle_costs_a_statement(client, seven, django_assert_num_queries):
    after = re.search(r'rel="next" href="([^"]+)"', client.get("/sources/").content.decode())[1]
    with django_assert_num_queries(2):
        client.get("/sources/")
    with django_assert_num_queries(3):
        client.get(f"/sources/{after}" if after.startswith("?") else after)
    with django_assert_num_queries(2):
        client.get("/sources/?page=last")
