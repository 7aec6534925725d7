"""A contest says what its works are, and its pages use that word."""

import json
import re

import pytest
from django.urls import reverse
from django.utils.translation import override

from contests.work_kinds import WorkKind
from search import index
from tests import factories as make

pytestmark = pytest.mark.django_db
FORMS = {
    "film": "Movie",
    "game": "VideoGame",
    "photograph": "Photograph",
    "music": "MusicRecording",
    "work": "CreativeWork",
}


def entry(kind):
    contest = make.ContestFactory(revealed=True, title="Prize", slug="prize", work_kind=kind)
    row = make.SubmissionFactory(
        contest=contest,
        title="Alpha",
        slug="alpha",
        synopsis="A synopsis.",
        work_url="https://example.org/alpha",
        work_url_audience="public",
    )
    make.RecognitionFactory(award__contest=contest, submission=row)
    return row


@pytest.mark.parametrize("kind", WorkKind.values)
def test_the_pages_of_a_contest_use_its_word_for_its_works(client, kind):
    row = entry(kind)
    phrases = WorkKind(kind).phrases
    page = client.get(row.get_absolute_url()).content.decode()
    for phrase in (phrases.the, phrases.cite, phrases.embed, phrases.link, phrases.laurel):
        assert str(phrase) in page
    assert str(phrases.about) in client.get(reverse("embed_work", args=["prize", "alpha"])).content.decode()
    assert str(phrases.drawn) in client.get("/contests/prize/submissions/").content.decode()


@pytest.mark.parametrize("kind", [kind for kind in WorkKind.values if kind != "film"])
def test_no_page_of_another_contest_says_film(client, kind):
    row = entry(kind)
    creator = make.CreditFactory(submission=row, person__name="Ann").person
    index.refresh()
    for address in (
        "/contests/prize/",
        "/contests/prize/winners/",
        "/contests/prize/submissions/",
        row.get_absolute_url(),
        creator.get_absolute_url(),
        "/search/?q=alpha",
        "/embed/contests/prize/submissions/alpha/",
    ):
        page = client.get(address).content.decode()
        assert re.findall(r"(?i)\b(?:films?|movies?|trailers?)\b", page) == []


@pytest.mark.parametrize("kind", WorkKind.values)
def test_every_kind_has_its_own_phrases_in_every_language(settings, kind):
    for language, _name in settings.LANGUAGES:
        with override(language):
            mine = WorkKind(kind).phrases
            others = [other.phrases for other in WorkKind if other != kind]
            for name in ("cite", "embed", "laurel", "drawn"):
                assert str(getattr(mine, name)) not in {str(getattr(other, name)) for other in others}


@pytest.mark.parametrize(("kind", "type_of_it"), FORMS.items())
def test_search_engines_are_told_what_the_work_is(client, kind, type_of_it):
    page = client.get(entry(kind).get_absolute_url()).content.decode()
    data = json.loads(page.split("ld+json")[1].partition(">")[2].partition("</script>")[0])
    assert type_of_it in {node["@type"] for node in data["@graph"]}


def test_the_works_of_a_person_from_two_kinds_of_contests_are_called_works(client):
    person = make.CreditFactory(submission=entry("film")).person
    assert "<h2>Films</h2>" in client.get(person.get_absolute_url()).content.decode()
    make.CreditFactory(person=person, submission__contest__revealed=True, submission__contest__work_kind="game")
    assert "<h2>Works</h2>" in client.get(person.get_absolute_url()).content.decode()


def test_a_correction_names_the_work_by_the_word_of_its_contest(client):
    row = entry("photograph")
    row.title = "Beta"
    row.save()
    page = client.get("/contests/prize/corrections/").content.decode()
    assert "Photograph" in page


def test_a_contest_fits_any_work_unless_it_says_otherwise():
    assert make.ContestFactory._meta.model().work_kind == WorkKind.WORK


@pytest.mark.parametrize("start", ["", "/ja"])
def test_the_former_filter_of_quotes_redirects_once_and_keeps_the_others(client, start):
    response = client.get(f"{start}/quotes/?film=prize/alpha&speaker=ann")
    assert response.status_code == 301
    assert response["Location"] == f"{start}/quotes/?speaker=ann&work=prize%2Falpha"
    assert client.get(response["Location"]).status_code == 200


def test_the_former_kind_of_a_search_still_answers(client):
    entry("game")
    index.refresh()
    former, now = (client.get(f"/search/?q=alpha&kind={kind}").context for kind in ("films", "works"))
    assert former["kind"] == now["kind"] == "works"
    assert [group.count for group in former["answer"].groups] == [group.count for group in now["answer"].groups] == [1]


def test_the_api_says_what_the_works_of_a_contest_are(client):
    entry("music")
    (contest,) = client.get("/api/v1/contests").json()["items"]
    assert contest["work_kind"] == "music"
