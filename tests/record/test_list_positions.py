"""The position of a page in its list is shown without JavaScript, up to a limit, and counts only public rows."""

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


def test_the_only_option_that_was_read_is_offered_if_there_may_be_others(client, monkeypatch):
    contest = make.ContestFactory(slug="big", revealed=True, public_entries="all")
    for number in range(7):
        work = make.SubmissionFactory(contest=contest, title=f"Work {number}")
        make.CreditFactory(submission=work, person__country="PL")
    for name in ("record.lists.LARGE", "record.facets.LARGE", "contests.views.WORKS"):
        monkeypatch.setattr(name, 5)
    shown = client.get("/contests/big/submissions/").context["list"]
    assert (shown.number, shown.is_more) == ("5", True)
    assert [(facet.label, len(facet.first)) for facet in shown.facets] == [("Where the creators are from", 1)]


def test_a_list_may_have_a_higher_limit_than_its_filters(client, monkeypatch):
    contest = make.ContestFactory(slug="big", revealed=True, public_entries="all")
    for number in range(7):
        work = make.SubmissionFactory(contest=contest, title=f"Work {number}")
        make.CreditFactory(submission=work, person__country="PL" if number else "KR")
    make.SubmissionFactory(contest=contest, status="withdrawn")
    monkeypatch.setattr("record.lists.LARGE", 5)
    monkeypatch.setattr("record.facets.LARGE", 5)
    monkeypatch.setattr("contests.views.WALL", 3)
    whole = client.get("/contests/big/submissions/")
    assert set(position(whole.content.decode())) == {"1 to 3 of 7"}
    (country,) = whole.context["list"].facets
    assert (country.is_cut, {option.number for option in country.first}) == (True, {""})
    assert "Not all values are listed." in whole.content.decode()
    assert set(position(client.get("/contests/big/submissions/?page=last").content.decode())) == {"5 to 7 of 7"}
    some = client.get("/contests/big/submissions/?country=PL")
    assert (some.context["list"].number, some.context["list"].is_more) == ("5", True)
    assert set(position(some.content.decode())) == {"1 to 3 of more than 5"}
    monkeypatch.setattr("contests.views.WORKS", 6)
    assert set(position(client.get("/contests/big/submissions/").content.decode())) == {"1 to 3 of more than 6"}


def test_the_last_page_of_a_list_that_is_too_long_does_not_count_backwards(
    client, seven, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr("record.lists.LARGE", 5)
    with django_assert_num_queries(2):
        assert position(client.get("/sources/?page=last").content.decode()) == []


def test_only_a_page_in_the_middle_costs_a_statement(client, seven, django_assert_num_queries):
    after = re.search(r'rel="next" href="([^"]+)"', client.get("/sources/").content.decode())[1]
    with django_assert_num_queries(2):
        client.get("/sources/")
    with django_assert_num_queries(3):
        client.get(f"/sources/{after}" if after.startswith("?") else after)
    with django_assert_num_queries(2):
        client.get("/sources/?page=last")
