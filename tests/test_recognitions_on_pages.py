"""
Pages say exactly what the database says: whose award it is, what a quote is about, and how many more rows there are.
"""

import json
import re

import pytest

from contests.models import Contest
from record.viewpoint import Viewpoint
from search import engine, index
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest():
    """
    Create a contest with a winner of one award, and with two works and a person nominated for another award that has no
    winner.
    """
    contest = make.ContestFactory(title="Gala", slug="gala", revealed=True)
    won = make.SubmissionFactory(contest=contest, title="Lantern", slug="lantern", work__slug="lantern")
    lost = make.SubmissionFactory(contest=contest, title="Candle", slug="candle", work__slug="candle")
    maker = make.PersonFactory(name="Ada Quill", slug="ada")
    for film in (won, lost):
        make.CreditFactory(submission=film, person=maker)
    grand = make.AwardFactory(contest=contest, name="Grand Prize", slug="grand", kind="grand_prize", precedence=1)
    script = make.AwardFactory(contest=contest, name="Script Prize", slug="script", precedence=2)
    make.RecognitionFactory(award=grand, submission=won)
    make.RecognitionFactory(award=script, submission=lost, standing="nominee")
    make.RecognitionFactory(award=script, submission=None, person=make.PersonFactory(name="Ben Nib", slug="ben"),
                            standing="nominee")  # fmt: skip
    make.EventFactory(contest=contest, kind="ceremony", title="Evening", slug="evening")
    return contest


def test_a_nominee_stands_under_no_heading_of_winners(client, contest):
    home, page, event = (client.get(url) for url in ("/", "/contests/gala/", "/contests/gala/events/evening/"))
    assert [row.honouree.title for row in page.context["winners"]] == ["Lantern"]
    assert (home.context["grand_prize"].honouree.title, home.context["others"]) == ("Lantern", [])
    assert [row.honouree.title for row in event.context["awarded"]] == ["Lantern"]
    assert list(client.get("/works/lantern/").context["others"]) == []
    assert [row.honouree.title for row in client.get("/winners/").context["list"].page] == ["Lantern"]
    assert Contest.objects.with_counts(Viewpoint.now()).get().winner_count == 1
    for url in ("/winners/feed.atom", "/contests/gala/feed.json", "/embed/contests/gala/winners/"):
        body = client.get(url).content.decode()
        assert ("Lantern" in body, "Candle" in body, "Ben Nib" in body) == (True, False, False), url


def test_the_results_of_a_contest_name_its_nominees_apart(client, contest):
    response = client.get("/contests/gala/winners/")
    assert [(str(row.honouree), row.standing) for row in response.context["list"].page] == [
        ("Lantern", "winner"),
        ("Candle", "nominee"),
        ("Ben Nib", "nominee"),
    ]
    page = response.content.decode()
    assert "Winners and nominees</h1>" in page
    assert re.findall(r'Script Prize<sup.*?</sup></span><span class="muted">(\w+)', page) == ["Nominee", "Nominee"]


def test_figures_structured_data_and_facets_count_no_nominee(client, contest):
    assert client.get("/statistics/").context["counted"].given == 1
    assert client.get("/api/v1/statistics").json()["counted"]["recognitions"] == 1
    for url, awards in (
        ("/works/candle/", None),
        ("/works/lantern/", ["Grand Prize, Gala"]),
        ("/people/ben/", None),
        ("/people/ada/", None),
    ):
        script = re.search(r'ld\+json"[^>]*>(.*?)</script>', client.get(url).content.decode(), re.S)[1]
        found = [node.get("award") for node in json.loads(script)["@graph"] if node["@type"] in ("Movie", "Person")]
        assert found[:1] == [awards], url
    assert list(client.get("/contests/gala/submissions/?award=script").context["list"].page) != ["Candle"]


def test_a_search_says_that_who_was_nominated_was(contest):
    index.refresh()
    [film] = [
        group for group in engine.search("script prize", Viewpoint.now()).groups if group.kind == engine.Kind.WORK
    ]
    assert [(row.entry.title, row.entry.label) for row in film.results] == [("Candle", "Script Prize, Nominee")]


def test_a_person_has_what_was_given_to_the_person(client, contest):
    response = client.get("/people/ada/")
    assert response.context["recognitions"] == []
    assert sorted(row.award.name for row in response.context["of_works"]) == ["Grand Prize", "Script Prize"]
    assert "Awards and nominations" not in response.content.decode()
    shown = client.get("/people/ben/")
    assert shown.context["summary"] == "1 nomination"
    assert "Nominee" in shown.content.decode()


def test_the_creators_words_on_a_film_are_about_it(client, contest):
    film, other = contest.submissions.get(slug="lantern"), contest.submissions.get(slug="candle")
    speaker, event = film.credits.get().person, contest.events.get()
    on_it = make.QuoteFactory(event=event, speaker=speaker, submission=film)
    make.QuoteFactory(event=event, speaker=speaker, submission=other)
    make.QuoteFactory(event=event, speaker=speaker, submission=None)
    response = client.get("/works/lantern/")
    assert (response.context["words"], response.context["about"]) == ([on_it], [])


def test_nothing_is_cut_without_saying_how_much_more_there_is(client, contest, monkeypatch):
    monkeypatch.setattr("portal.views.careers.PART", 1)
    monkeypatch.setattr("contests.views.MANY", 1)
    monkeypatch.setattr("contests.page_queries.MANY", 1)
    monkeypatch.setattr("portal.views.sources.WORKS.limit", 1)
    source, event = make.SourceFactory(slug="one"), contest.events.get()
    for number in range(3):
        make.AppearanceFactory(event=event, source=source)
        make.QuoteFactory(event=event, speaker__slug=f"s-{number}", source=source)
    for film in contest.submissions.all():
        film.sources.add(source)
    body = client.get("/people/ada/").content.decode()
    assert re.findall(r'<a href="\?works=(\d)#works"', body) == ["1", "2"] * 2
    assert (
        re.findall(r'"count">(\d more)', client.get("/contests/gala/events/evening/").content.decode())
        == ["2 more"] * 2
    )
    assert re.findall(r'"count">(\d more)', client.get("/sources/one/").content.decode()) == ["1 more"]
