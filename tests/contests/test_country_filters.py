"""A list filtered by country reads only the rows that it needs, and finds the same rows whichever way it reads them."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contests.models import Submission
from tests import factories as make
from tests.query_plans import plans_of

pytestmark = pytest.mark.django_db
LISTS = ("/winners/", "/contests/c/winners/", "/contests/c/submissions/", "/people/")


@pytest.fixture
def portal():
    contest = make.ContestFactory(slug="c", revealed=True, public_entries="all")
    award = make.AwardFactory(contest=contest)
    for number in range(16):
        work = make.SubmissionFactory(contest=contest, title=f"Work {number:02}")
        for country in ("PL", "KR") if number % 2 else ("KR", "JP"):
            make.CreditFactory(submission=work, person=make.PersonFactory(country=country))
        if number < 8:
            make.RecognitionFactory(award=award, submission=work)
    make.RecognitionFactory(award=award, submission=None, person=make.PersonFactory(country="PL"))
    sealed = make.ContestFactory(sealed=True)
    hidden = make.SubmissionFactory(contest=sealed)
    make.CreditFactory(submission=hidden, person=make.PersonFactory(country="TH"))
    make.RecognitionFactory(award=make.AwardFactory(contest=sealed), submission=hidden)


@pytest.mark.parametrize(("url", "found"), [*zip(LISTS, ((5, 8), (5, 8), (8, 16), (9, 16)), strict=True)])
def test_a_filter_by_country_finds_the_public_rows(client, portal, url, found):
    lists = [client.get(f"{url}?country={country}").context["list"] for country in ("PL", "KR")]
    assert tuple(shown.total for shown in lists) == found
    assert lists[0].chosen == {"country": ("PL", "PL")}
    assert client.get(f"{url}?country=TH").context["list"].unknown == ["country"]


@pytest.mark.parametrize("url", LISTS[:2])
def test_winners_are_checked_one_by_one_without_a_list_of_all_works_from_the_country(client, portal, url):
    plans = [pair for pair in plans_of(client, f"{url}?country=KR") if "contests_credit" in pair[0]]
    assert plans
    for statement, plan in plans:
        # The only lists are those of keys: of all rows that match, and of the rows of the page.
        keys_of_page = 1 if "cursor_0" in statement and connection.vendor == "sqlite" else 0
        assert plan.count("LIST SUBQUERY") == plan.count("json_each") + keys_of_page


def test_the_works_from_a_country_are_found_once(client, portal):
    statements = [statement for statement, _plan in plans_of(client, "/contests/c/submissions/?country=PL")]
    # The check of the value, and the keys. The page and the facets are made from the keys.
    assert len([one for one in statements if "\"country\" = ('PL')" in one]) == 2
    assert not any("EXISTS" in one and "\"country\" = ('PL')" in one and "ORDER BY" in one for one in statements)


def test_a_page_of_many_works_from_a_country_checks_the_works_one_by_one(client, portal, monkeypatch):
    few = client.get("/contests/c/submissions/?country=PL").context["list"]
    assert not few.is_more
    monkeypatch.setattr("record.lists.LARGE", 7)
    many = client.get("/contests/c/submissions/?country=PL").context["list"]
    assert (
        [row.title for row in many.page] == [row.title for row in few.page] == [f"Work {n:02}" for n in range(1, 16, 2)]
    )
    assert many.is_more


def keys_of_works(client):
    """Return the filtered list of works from Japan, and the statements that read their keys."""
    with CaptureQueriesContext(connection) as captured:
        found = client.get("/contests/c/submissions/?country=JP").context["list"]
        assert found.number
    return found, [query["sql"] for query in captured if query["sql"].startswith("SELECT 0, pk")]


@pytest.mark.parametrize("large", [4, 7, 8, 9])
@pytest.mark.parametrize("creators", [1, 2, 5])
def test_works_with_several_creators_from_a_country_count_once(client, portal, monkeypatch, large, creators):
    for work in Submission.objects.filter(work__credits__person__country="JP"):
        for number in range(1, creators):
            make.CreditFactory(submission=work, person=make.PersonFactory(country="JP"), order=number + 10)
    monkeypatch.setattr("record.lists.LARGE", large)
    found, _statements = keys_of_works(client)
    assert [row.title for row in found.page] == [f"Work {number:02}" for number in range(0, 16, 2)]
    assert (found.total, found.is_more) == (min(8, large + 1), large < 8)


def test_keys_of_works_are_sorted_only_if_many_are_repeated(client, portal, monkeypatch):
    _found, (statement,) = keys_of_works(client)
    assert "DISTINCT" not in statement
    for work in Submission.objects.filter(work__credits__person__country="JP"):
        make.CreditFactory(submission=work, person=make.PersonFactory(country="JP"), order=10)
    monkeypatch.setattr("record.lists.LARGE", 8)
    found, (_first, second) = keys_of_works(client)
    assert "DISTINCT" in second
    assert found.total == 8


def test_a_list_of_too_many_works_from_a_country_does_not_count_all_works(client, portal, monkeypatch):
    monkeypatch.setattr("record.lists.LARGE", 7)
    with CaptureQueriesContext(connection) as captured:
        page = client.get("/contests/c/submissions/?country=JP").content.decode()
    assert "more than 7 submissions" in page
    assert not [query["sql"] for query in captured if "COUNT(*)" in query["sql"]]
    monkeypatch.setattr("record.lists.LARGE", 8)
    assert "8 of 16 submissions" in client.get("/contests/c/submissions/?country=JP").content.decode()
    monkeypatch.setattr("contests.views.WORKS", 7)
    monkeypatch.setattr("record.lists.LARGE", 1)
    assert "more than 1 submission<" in client.get("/contests/c/submissions/?country=JP").content.decode()


def test_the_people_of_a_country_are_read_in_the_order_of_the_page(client, portal):
    plans = plans_of(client, "/people/?country=PL")
    (page,) = [plan for statement, plan in plans if "ORDER BY" in statement and "LIMIT 61" in statement]
    assert "person_by_country" in page
    assert "TEMP B-TREE" not in page
    assert "Sort" not in page


@pytest.mark.parametrize("url", LISTS[:2])
def test_an_award_that_names_nobody_is_from_the_countries_of_the_authors_alone(client, portal, url, monkeypatch):
    monkeypatch.setattr("record.lists.GLANCE", 0)
    work = Submission.objects.get(title="Work 00")
    cast = make.CreditRoleFactory(is_author=False)
    make.CreditFactory(submission=work, role=cast, person__country="IS")
    assert client.get(f"{url}?country=IS").context["list"].unknown == ["country"]
    [facet] = [each for each in client.get(url).context["list"].facets if each.name == "country"]
    numbers = {option.label: option.number for option in facet.first}
    assert numbers == {"Japan": "4", "Poland": "5", "South Korea": "8"}
    make.RecognitionFactory(
        award=work.recognitions.get().award, submission=work, person=make.PersonFactory(country="IS")
    )
    assert client.get(f"{url}?country=IS").context["list"].total == 1
