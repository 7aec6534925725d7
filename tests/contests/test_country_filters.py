"""A list filtered by country reads only the rows that it needs, and finds the same rows whichever way it reads them."""

import pytest
from django.db import connection

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
    plans = [plan for statement, plan in plans_of(client, f"{url}?country=KR") if "contests_credit" in statement]
    assert plans
    assert not any("LIST SUBQUERY" in plan for plan in plans)


def test_the_works_from_a_country_are_found_through_its_people(client, portal):
    plans = dict(plans_of(client, "/contests/c/submissions/?country=PL"))
    lists = [statement for statement in plans if "IN (SELECT U0." in statement]
    # The check of the value, the page, and the facets of awards and categories. The number of rows needs no list.
    assert len(lists) == 4
    for statement in lists:
        assert 'SELECT U0."submission_id"' in statement
        if connection.vendor == "sqlite":
            assert "USING COVERING INDEX person_by_country" in plans[statement]


def test_the_people_of_a_country_are_read_in_the_order_of_the_page(client, portal):
    plans = plans_of(client, "/people/?country=PL")
    (page,) = [plan for statement, plan in plans if "ORDER BY" in statement and "LIMIT 61" in statement]
    assert "person_by_country" in page
    assert "TEMP B-TREE" not in page
    assert "Sort" not in page
