"""The SQL of a list is built once, with placeholders for what the visitor chooses."""

import pytest

from contests.filters import QuoteFilterSet
from contests.page_queries import quote_pages
from contests.people_filters import PersonFilterSet
from contests.views import VOICES
from people.models import Person
from portal.views.people import NAMES
from record.lists import FilteredList
from record.viewpoint import Viewpoint
from tests import factories as make

pytestmark = pytest.mark.django_db


def listed(rf, url, rows, *parts, at=None, **options):
    request = rf.get(url)
    request.viewpoint = at or Viewpoint.now()
    return FilteredList(request, rows, *parts, **options)


def names(shown):
    return [person.name for person in shown.page]


@pytest.fixture
def eight():
    contest = make.ContestFactory(revealed=True, public_entries="all")
    for number in range(8):
        person = make.PersonFactory(name=f"P{number}", sort_name="", country="PL" if number % 2 else "KR")
        make.CreditFactory(submission=make.SubmissionFactory(contest=contest), person=person)


def test_sql_is_built_once_for_all_values_and_pages(rf, eight):
    built = []

    def people(viewpoint):
        built.append(viewpoint)
        return Person.objects.public(viewpoint)

    def found(question):
        return listed(rf, f"/people/{question}", people, NAMES, PersonFilterSet, per_page=2)

    assert names(found("?country=PL")) == ["P1", "P3"]
    assert names(found("?country=KR")) == ["P0", "P2"]
    assert names(found("")) == ["P0", "P1"]
    second = found(f"?after={found('').page.after}")
    assert names(second) == ["P2", "P3"]
    assert names(found(f"?after={second.page.after}")) == ["P4", "P5"]
    assert names(found(f"?before={second.page.before}")) == ["P0", "P1"]
    assert names(found("?country=KR&page=last")) == ["P4", "P6"]
    assert [second.position, found("?country=KR&page=last").position] == ["3 to 4 of 8", "3 to 4 of 4"]
    assert [facet.name for facet in found("?country=KR").facets] == ["country"]
    assert len(built) == 1


def test_each_request_has_its_own_time_and_preview(rf):
    contest = make.ContestFactory(approved_future=True)
    quote = make.QuoteFactory(event__contest=contest)
    before, after = (Viewpoint(contest.reveal_at.replace(year=year)) for year in (2020, 2999))
    for _each in range(2):
        for at, size in ((before, 0), (after, 1), (Viewpoint(before.at, preview=contest.pk), 1)):
            for question in ("", f"?contest={contest.slug}"):
                shown = listed(rf, f"/quotes/{question}", quote_pages, VOICES, QuoteFilterSet, at=at)
                assert (list(shown.page), shown.size) == ([quote] * size, size)
                assert shown.unknown == (["contest"] if question and not size else [])


def test_the_value_of_an_event_has_the_slugs_of_its_contest_and_its_own(client):
    event = make.EventFactory(slug="night", contest=make.ContestFactory(slug="nigh", revealed=True))
    make.QuoteFactory(event=event, slug="said")
    for value, number in (("nigh/night", 1), ("night", 0), ("nigh/", 0), ("/night", 0), ("nigh/night/", 0)):
        found = client.get("/api/v1/quotes", {"event": value}).json()["items"]
        assert len(found) == number, value
