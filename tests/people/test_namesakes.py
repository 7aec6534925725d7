"""Two people, or two organisations, of one name are told apart wherever they can meet."""

import pytest

from people.models import Organisation, Person
from search import index
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def williams():
    contest = make.ContestFactory(revealed=True)
    made = [
        make.PersonFactory(name="John Williams", slug=slug, disambiguation=told, headline="At work")
        for slug, told in (("john-williams", "composer, 1932"), ("john-williams-2", "guitarist"))
    ]
    for person in made:
        make.CreditFactory(submission__contest=contest, person=person)
    for slug, told in (("academy", "Los Angeles"), ("academy-2", "London")):
        host = make.OrganisationFactory(name="Academy", slug=slug, disambiguation=told)
        make.EventFactory(contest=contest, host=host)
    index.refresh()
    return made


@pytest.mark.parametrize(("url", "told"), [("/people/", "composer, 1932"), ("/organisations/", "Los Angeles")])
def test_in_a_list(client, williams, url, told):
    assert f'<span class="told-apart">({told})</span>' in client.get(url).content.decode()


def test_in_search_results_and_suggestions(client, williams):
    results = client.get("/search/?q=john+williams").content.decode()
    assert results.count('class="told-apart"') == 2
    assert "guitarist" in client.get("/search/?q=williams+guitar").content.decode()
    offered = client.get("/search/suggestions/?q=john").json()["suggestions"]
    assert {each["kind"] for each in offered} == {"Person, composer, 1932", "Person, guitarist"}
    offered = client.get("/search/suggestions/?q=academy").json()["suggestions"]
    assert {each["kind"] for each in offered} == {"Organisation, Los Angeles", "Organisation, London"}


@pytest.mark.parametrize(
    ("model", "term", "labels"),
    [
        (Person, "williams", ["John Williams · composer, 1932", "John Williams · guitarist"]),
        (Organisation, "academy", ["Academy · London", "Academy · Los Angeles"]),
    ],
)
def test_in_pickers(desk, williams, model, term, labels):
    field = {Person: ("contests", "credit", "person"), Organisation: ("contests", "event", "host")}[model]
    asked = dict(zip(("app_label", "model_name", "field_name"), field, strict=True), term=term)
    found = desk.get("/admin/autocomplete/", asked).json()["results"]
    assert [
        label[: len(start)] for label, start in zip(sorted(each["text"] for each in found), labels, strict=True)
    ] == labels


def test_in_the_api_and_on_their_pages(client, williams):
    found = client.get("/api/v1/people").json()["items"]
    assert sorted(each["disambiguation"] for each in found) == ["composer, 1932", "guitarist"]
    found = client.get("/api/v1/organisations").json()["items"]
    assert {"London", "Los Angeles"} <= {each["disambiguation"] for each in found}
    response = client.get("/people/john-williams/").content.decode()
    assert "<title>John Williams: composer, 1932" in response
