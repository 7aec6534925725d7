"""The list of works: jumps by letter in the order of each script, with counts, and a filter by decade."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contests.models import Submission, Work
from portal.views import works
from tests import factories as make
from tests.query_plans import gather_statistics, plans_of

pytestmark = pytest.mark.django_db
TITLES = ["Anchor", "Éclair", "apple", "Bell", "Заря", "Берег", "夢", "바다", "2046", "Zoo", "أمل"]


@pytest.fixture
def portal(monkeypatch):
    monkeypatch.setattr(works, "MANY", 4)
    contest = make.ContestFactory(revealed=True)
    for number, title in enumerate(TITLES):
        year = 1988 + number if number < 8 else None
        make.SubmissionFactory(contest=contest, title=title, slug=f"film-{number}", year=year)
    make.SubmissionFactory(contest=make.ContestFactory(sealed=True), title="Quiet", year=1988)


def test_the_jumps_are_in_the_order_of_the_list_and_count_the_public_works(client, portal):
    shown = client.get("/works/").context["list"]
    jumps = [(jump.letter, jump.number) for jump in shown.jumps]
    assert [letter for letter, _number in jumps][:3] == ["#", "A", "B"]
    assert sum(int(number) for _letter, number in jumps) == len(TITLES)
    assert "Q" not in dict(jumps)
    everything, url = [], "/works/"
    while url:
        page = client.get(url).context["list"]
        everything += [work.letter for work in page.page]
        url = page.next
    assert len(everything) == len(TITLES)
    assert list(dict.fromkeys(everything)) == [letter for letter, _number in jumps]


def test_a_jump_leads_to_the_works_of_the_letter(client, portal):
    jumps = {jump.letter: jump for jump in client.get("/works/").context["list"].jumps}
    response = client.get(jumps["A"].href)
    assert [work.title for work in response.context["list"].page] == ["Anchor", "apple"]
    assert client.get("/works/?letter=Q").context["list"].unknown == ["letter"]


def test_a_decade_finds_the_works_made_in_it(client, portal):
    shown = client.get("/works/?decade=1980").context["list"]
    assert (shown.total, shown.described) == (2, "from the 1980s")
    assert [work.title for work in shown.page] == ["Anchor", "Éclair"]
    for nonsense in ("nonsense", "1988", "99990", "1980;"):
        assert client.get("/works/", {"decade": nonsense}).context["list"].unknown == ["decade"]
    assert client.get("/works/?decade=1960").context["list"].unknown == ["decade"]


def test_two_works_of_one_title_are_told_apart(client):
    contest = make.ContestFactory(revealed=True)
    for number, year in enumerate((1956, 1994)):
        film = make.SubmissionFactory(contest=contest, title="Driving Rain", slug=f"rain-{number}", year=year)
        Work.objects.filter(pk=film.work_id).update(disambiguation="the first one" if year == 1956 else "")
    body = client.get("/works/").content.decode()
    assert '<span class="told-apart">(the first one)</span>' in body
    assert "<span>1956</span>" in body
    assert "<span>1994</span>" in body


def test_the_number_of_statements_does_not_grow(client, portal):
    def needed(url):
        client.get(url)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        return len(captured)

    urls = ("/works/", "/works/?letter=A", "/works/?decade=1980")
    before = [needed(url) for url in urls]
    contest = make.ContestFactory(revealed=True)
    for number in range(20):
        make.SubmissionFactory(contest=contest, title=f"{chr(ord('C') + number)}x", year=1900 + number * 5)
    assert [needed(url) for url in urls] == before
    assert max(before) <= 10


@pytest.mark.parametrize(
    ("url", "index"), [("/works/?letter=A", "work_by_letter"), ("/works/?decade=1980", "work_by_year")]
)
def test_the_filters_have_an_index(client, portal, url, index):
    contest = make.ContestFactory(revealed=True)
    rows = [Submission(contest=contest, title=f"X {n}", slug=f"x-{n}", status="eligible") for n in range(500)]
    make.bulk_entries(rows)
    gather_statistics()
    assert any(index in plan for _statement, plan in plans_of(client, url))


def test_the_lists_lead_to_each_other_and_the_navigation_to_the_works(client, portal):
    for url in ("/people/", "/organisations/", "/"):
        assert 'href="/works/"' in client.get(url).content.decode()
    assert "/works/</loc>" in client.get("/sitemap-pages.xml").content.decode()


def test_the_decades_are_offered_from_the_latest_on(client, portal):
    (facet,) = [facet for facet in client.get("/works/").context["list"].facets if facet.name == "decade"]
    values = [option.label for option in facet.first]
    assert values == sorted(values, reverse=True)
    assert len(values) > 1
