"""The page of a work: one for all its entries, public as soon as one of them is."""

import re

import pytest
from django.utils import timezone

from contests.models import Credit, Work
from record.prepared_queries import forget
from record.slug_lookup import keep_former_slug
from record.viewpoint import Viewpoint
from tests import factories as make
from tests.public_pages import body

pytestmark = pytest.mark.django_db


@pytest.fixture
def work():
    return make.WorkFactory(title="Nightjar", slug="nightjar", year_from=1956, year_to=1958, languages="pl,en")


def entry_in(work, title, **state):
    """Return an entry of `work` in a new contest with this title, with an award."""
    contest = make.ContestFactory(title=title, slug=title.lower(), **state)
    entry = make.SubmissionFactory(contest=contest, work=work, title="Nightjar", slug="bird")
    make.RecognitionFactory(award__contest=contest, award__name=f"Prize of {title}", submission=entry)
    return entry


def test_entries_of_one_work_lead_to_one_page_with_all_that_are_public(client, work):
    entries = [entry_in(work, title, revealed=True) for title in ("Alpha", "Beta")]
    hidden = entry_in(work, "Gamma", sealed=True)
    for entry in entries:
        response = client.get(f"/contests/{entry.contest.slug}/submissions/bird/")
        assert (response.status_code, response.headers["Location"]) == (301, "/works/nightjar/")
    assert client.get(f"/contests/{hidden.contest.slug}/submissions/bird/").status_code == 404
    page = body(client, "/works/nightjar/")
    for text in ("Alpha", "Beta", "Prize of Alpha", "Prize of Beta", "1956–1958", "Polish and English"):
        assert text in page, text
    assert "Gamma" not in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize("state", ["sealed", "approved_future"])
def test_a_work_is_not_there_before_one_of_its_entries_is(client, work, state):
    entry = entry_in(work, "Alpha", **{state: True})
    credit = make.CreditFactory(work=work)
    assert client.get("/works/nightjar/").status_code == 404
    assert not Work.objects.public(Viewpoint.now()).exists()
    assert not Credit.objects.public(Viewpoint.now()).exists()
    assert client.get(f"/people/{credit.person.slug}/").status_code == 404
    entry_in(work, "Beta", revealed=True)
    assert client.get("/works/nightjar/").status_code == 200
    # The credits belong to the work, so they are public with its first entry; the other entry stays hidden.
    assert entry.contest.title not in body(client, f"/people/{credit.person.slug}/")


def test_a_former_slug_of_a_work_redirects(client, work):
    entry_in(work, "Alpha", revealed=True)
    keep_former_slug(work, "old-bird")
    response = client.get("/works/old-bird/?x=1")
    assert (response.status_code, response.headers["Location"]) == (301, "/works/nightjar/?x=1")


def test_the_same_work_twice_in_one_contest_is_one_work_on_the_page_of_a_person(client, work):
    first = entry_in(work, "Alpha", revealed=True)
    make.SubmissionFactory(contest=first.contest, work=work, title="Nightjar", slug="bird-again")
    person = make.CreditFactory(work=work, person__slug="ann", role="director").person
    page = body(client, f"/people/{person.slug}/")
    assert page.count('class="work"') == 1
    assert page.count("Director") == 1


def test_identifiers_lead_to_other_catalogues(client, work):
    entry_in(work, "Alpha", revealed=True)
    make.WorkIdentifierFactory(work=work, scheme="imdb", value="tt0049902")
    page = body(client, "/works/nightjar/")
    assert '<a href="https://www.imdb.com/title/tt0049902/">IMDb <bdi>tt0049902</bdi></a>' in page
    assert '"sameAs": ["https://www.imdb.com/title/tt0049902/"]' in page


def test_quotes_about_any_entry_are_shown(client, work):
    entries = [entry_in(work, title, revealed=True) for title in ("Alpha", "Beta")]
    for number, entry in enumerate(entries):
        event = make.EventFactory(contest=entry.contest)
        make.QuoteFactory(event=event, submission=entry, text=f"Words about it {number}.")
    page = body(client, "/works/nightjar/")
    assert ("Words about it 0." in page, "Words about it 1." in page) == (True, True)


def test_a_work_is_once_in_the_sitemap_with_the_moment_of_its_first_entry(client, work):
    for title in ("Alpha", "Beta"):
        entry_in(work, title, revealed=True)
    sitemap = client.get("/sitemap-works.xml").content.decode()
    assert sitemap.count("/works/nightjar/</loc>") == 1
    assert "/submissions/bird/" not in sitemap


def test_the_api_shows_a_work_with_its_public_entries_and_credits(client, work):
    shown, hidden = entry_in(work, "Alpha", revealed=True), entry_in(work, "Beta", sealed=True)
    make.CreditFactory(work=work, person__name="Ann")
    make.WorkIdentifierFactory(work=work, scheme="wikidata", value="Q42")
    found = client.get(f"/api/v1/works/{work.key}?expand=entries,credits.person").json()
    assert [entry["id"] for entry in found["entries"]] == [shown.key]
    assert [credit["person"]["name"] for credit in found["credits"]] == ["Ann"]
    assert found["identifiers"] == [{"scheme": "wikidata", "value": "Q42", "url": "https://www.wikidata.org/wiki/Q42"}]
    assert (found["year_from"], found["year_to"], found["languages"]) == (1956, 1958, ["pl", "en"])
    entry = client.get(f"/api/v1/submissions/{shown.key}").json()
    assert entry["work"]["id"] == work.key
    assert hidden.key not in client.get("/api/v1/works?expand=entries").content.decode()


def test_oembed_and_search_know_the_page_of_a_work(client, work):
    entry_in(work, "Alpha", revealed=True)
    found = client.get("/oembed?url=http://testserver/works/nightjar/").json()
    assert found["title"] == "Nightjar"
    assert 'href="http://testserver/works/nightjar/"' in found["html"].replace("&quot;", '"')


def test_a_change_of_a_work_is_a_correction_of_each_contest_that_shows_it(client, work):
    entries = [entry_in(work, title, revealed=True) for title in ("Alpha", "Beta")]
    other = make.ContestFactory(revealed=True, slug="other")
    work.title = "Night jar"
    work._change_reason = "As on the print"
    work.save()
    assert timezone.now() > entries[0].contest.reveal_at
    for entry in entries:
        assert "Night jar" in body(client, f"/contests/{entry.contest.slug}/corrections/")
    assert "Night jar" not in body(client, f"/contests/{other.slug}/corrections/")


def test_wins_come_before_nominations_and_each_has_its_own_word(client):
    contest = make.ContestFactory(revealed=True)
    entry = make.SubmissionFactory(contest=contest, title="Rain", year=1994)
    for place, standing in enumerate(("nominee", "mention", "winner"), 1):
        award = make.AwardFactory(contest=contest, name=f"Award {standing}", precedence=place)
        make.RecognitionFactory(award=award, submission=entry, standing=standing)
    text = client.get(entry.get_absolute_url()).content.decode()
    labels = re.findall(r"<dt>(\w+)</dt>", text)
    assert labels == ["Year", "Award", "Nominee", "Mention", "Contest"]


def test_a_work_with_many_entries_has_parts_and_counts_all_its_recognitions(client, work, monkeypatch):
    monkeypatch.setattr("contests.page_queries.ENTRIES", 2)
    forget()  # queries are compiled once
    try:
        for title in ("Alpha", "Beta", "Delta", "Epsilon", "Zeta"):
            entry_in(work, title, revealed=True)
        entry_in(work, "Gamma", sealed=True)
        response = client.get("/works/nightjar/")
        assert response.context["numbers"] == "5 awards"
        assert response.context["parts"].links == [("1–2", 1), ("3–4", 2), ("5", 3)]
        shown = [client.get(f"/works/nightjar/?entries={number}").context for number in (1, 2, 3)]
        titles = [entry.contest.title for context in shown for entry in context["entries"]]
        assert titles == ["Alpha", "Beta", "Delta", "Epsilon", "Zeta"]
        assert {context["numbers"] for context in shown} == {"5 awards"}
        page = body(client, "/works/nightjar/?entries=3")
        assert page.count('href="?entries=1#entries"') == 2
        assert 'id="entries"' in page
        assert client.get("/works/nightjar/?entries=4").status_code == 404
    finally:
        forget()
