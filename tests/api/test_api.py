"""The responses of the API: JSON schemas, filters, pagination, `expand` and errors."""

import json
from urllib.parse import urlsplit

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.endpoints import RESOURCES
from api.params import MOST
from contests.models import Recognition
from tests import factories as make
from tests.reveal_urls import relations_of

pytestmark = pytest.mark.django_db


NAMES = [resource.name for resource in RESOURCES]


def ask(client, address, status=200):
    response = client.get(f"/api/v1/{address}")
    assert response.status_code == status, response.content
    return json.loads(response.content)


def items(client, address):
    return [item["id"] for item in ask(client, address)["items"]]


def test_the_index_leads_to_every_resource_and_each_answers(client, nextgen):
    index = ask(client, "")
    assert [name for name in index if name not in ("statistics", "openapi", "documentation")] == NAMES
    assert {name: client.get(address).status_code for name, address in index.items()} == dict.fromkeys(index, 200)


def test_every_record_of_every_list_has_a_stable_id_and_an_address_that_answers_with_it(client, nextgen):
    for name in NAMES:
        listed = ask(client, f"{name}?limit=100")["items"]
        assert listed or name == "series", name  # The report names no series.
        for item in listed:
            assert client.get(item["href"]).json() == item
            assert client.get(item["url"]).status_code == 200, item["url"]


def test_a_recognition_says_what_went_to_whom_and_on_what_the_fact_rests(client, nextgen):
    found = ask(client, "recognitions/nextgen-alzheimer-grand-prize")
    assert found == {
        "id": "nextgen-alzheimer-grand-prize",
        "label": "Grand Prize: Alzheimer",
        "href": "http://testserver/api/v1/recognitions/nextgen-alzheimer-grand-prize",
        "url": "http://testserver/works/alzheimer/",
        "is_synthetic": False,
        "award": {
            "id": "nextgen-grand-prize",
            "label": "Grand Prize",
            "href": "http://testserver/api/v1/awards/nextgen-grand-prize",
        },
        "contest": {
            "id": "nextgen",
            "label": "KlingAI NextGen Creative Contest",
            "href": "http://testserver/api/v1/contests/nextgen",
        },
        "submissions": [
            {
                "id": "nextgen-alzheimer",
                "label": "Alzheimer",
                "href": "http://testserver/api/v1/submissions/nextgen-alzheimer",
            }
        ],
        "parties": [],
        "standing": "winner",
        "outcome": "given",
        "detail": None,
        "rank": None,
        "is_tied": False,
        "is_shared": False,
        "note": None,
        "citation": None,
        "presenters": [],
        "source": {
            "id": "nextgen-ceremony-report",
            "label": "News report on the KlingAI NextGen Creative Contest awards ceremony and panel discussion",
            "href": "http://testserver/api/v1/sources/nextgen-ceremony-report",
        },
        "revoked_on": None,
        "revocation_reason": None,
    }


def test_every_fact_of_the_nextgen_contest_names_its_source(client, nextgen):
    expand = {
        "contests": "figures,leading_regions,awards",
        "submissions": "credits,recognitions",
        "people": "appearances,credits,affiliations,past_works,next_projects",
        "events": "appearances",
    }
    facts = []

    def collect(value):
        if isinstance(value, dict):
            if "source" in value:
                facts.append(value["source"] and value["source"]["id"])
            for part in value.values():
                collect(part)
        elif isinstance(value, list):
            for part in value:
                collect(part)

    for name in NAMES:
        collect(ask(client, f"{name}?limit=100&expand={expand[name]}" if name in expand else f"{name}?limit=100"))
    # The two figures about the organiser are not in any list about the contest itself.
    assert len(facts) == 58
    assert set(facts) == {"nextgen-ceremony-report"}


def test_a_revoked_recognition_is_told_with_its_reason_and_is_among_no_winners(client):
    contest = make.ContestFactory(revealed=True)
    revoked = make.RecognitionFactory(award__contest=contest, revoked=True)
    held = make.RecognitionFactory(award__contest=contest)
    assert items(client, "recognitions") == [held.key]
    assert items(client, "recognitions?status=revoked") == [revoked.key]
    assert sorted(items(client, "recognitions?status=all")) == sorted([held.key, revoked.key])
    told = ask(client, f"recognitions/{revoked.key}")
    assert (told["revoked_on"], told["revocation_reason"]) == (
        revoked.revoked_on.isoformat(),
        "The work was not made by its creator.",
    )


def test_what_the_portal_made_up_says_so(client):
    contest = make.ContestFactory(key="synthetic-contest", revealed=True)
    make.RecognitionFactory(key="synthetic-won", award__contest=contest)
    assert [item["is_synthetic"] for item in ask(client, "contests")["items"]] == [True]
    assert ask(client, "recognitions/synthetic-won")["is_synthetic"] is True


def test_what_the_record_does_not_know_is_null(client):
    person = make.CreditFactory(submission__contest=make.ContestFactory(revealed=True)).person
    found = ask(client, f"people/{person.key}")
    assert {name for name, value in found.items() if value is None} == {
        "born",
        "died",
        "disambiguation",
        "native_name",
        "native_language",
        "headline",
        "biography",
        "country",
        "website",
        "portrait",
    }


@pytest.fixture
def filled():
    """
    Create two contests with two works, speakers and events each. The first of each kind is Polish and has an award.
    """
    for slug in ("one", "two"):
        contest = make.ContestFactory(slug=slug, revealed=True, series=make.SeriesFactory())
        for number in ("a", "b"):
            key = f"{slug}-{number}"
            country = "PL" if number == "a" else "KR"
            person = make.PersonFactory(key=f"{key}-person", slug=f"{key}-person", country=country)
            category = make.CategoryFactory(contest=contest, slug=f"category-{number}")
            film = make.SubmissionFactory(key=f"{key}-film", slug=number, contest=contest, categories=[category])
            make.CreditFactory(submission=film, person=person)
            award = make.AwardFactory(key=f"{key}-award", slug=f"award-{number}", contest=contest)
            make.RecognitionFactory(key=f"{key}-won", award=award, submission=film)
            event = make.EventFactory(key=f"{key}-event", slug=number, contest=contest)
            make.QuoteFactory(key=f"{key}-quote", event=event, speaker=person, submission=film)
            role = "moderator" if number == "a" else "panellist"
            make.AppearanceFactory(event=event, person=person, role=role)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("recognitions?contest=one", {"one-a-won", "one-b-won"}),
        ("recognitions?award=award-a", {"one-a-won", "two-a-won"}),
        ("recognitions?person=two-b-person", {"two-b-won"}),
        ("recognitions?country=PL&contest=two", {"two-a-won"}),
        ("submissions?contest=one&category=category-b", {"one-b-film"}),
        ("submissions?country=KR", {"one-b-film", "two-b-film"}),
        ("submissions?award=award-b&contest=two", {"two-b-film"}),
        ("awards?contest=one", {"one-a-award", "one-b-award"}),
        ("events?contest=two", {"two-a-event", "two-b-event"}),
        ("people?role=moderator", {"one-a-person", "two-a-person"}),
        ("people?country=KR", {"one-b-person", "two-b-person"}),
        ("quotes?contest=one", {"one-a-quote", "one-b-quote"}),
        ("quotes?speaker=one-a-person", {"one-a-quote"}),
        ("quotes?event=two/b", {"two-b-quote"}),
        ("quotes?work=one/b", {"one-b-quote"}),
        ("quotes?film=one/b", {"one-b-quote"}),
        ("quotes?work=one/zzz", set()),
        ("recognitions?contest=zzz", set()),
    ],
)
def test_a_list_is_narrowed_as_its_page_is(client, filled, address, found):
    assert set(items(client, address)) == found


def test_the_links_of_a_record_lead_to_what_belongs_to_it(client, filled):
    film, award = ask(client, "submissions/one-a-film"), ask(client, "awards/one-a-award")
    assert [item["id"] for item in client.get(film["quotes_href"]).json()["items"]] == ["one-a-quote"]
    assert [item["id"] for item in client.get(award["recognitions_href"]).json()["items"]] == ["one-a-won"]
    links = ask(client, "contests?limit=1")["items"][0]["links"]
    assert {name: client.get(link).status_code for name, link in links.items()} == dict.fromkeys(links, 200)


@pytest.mark.parametrize("name", NAMES)
def test_the_next_and_previous_pages_together_hold_every_record_once(client, nextgen, filled, name):
    everything = items(client, f"{name}?limit=100")
    assert len(everything) > 1
    found, back, address = [], [], f"http://testserver/api/v1/{name}?limit=1"
    while address:
        page = client.get(address).json()
        found += [item["id"] for item in page["items"]]
        last, address = page, page["next"]
    assert found == everything
    while last:
        back = [item["id"] for item in last["items"]] + back
        last = last["previous"] and client.get(last["previous"]).json()
    assert back == everything


def test_the_addresses_of_the_neighbours_keep_the_question(client, filled):
    page = ask(client, "recognitions?contest=one&limit=1&expand=award")
    following = client.get(page["next"]).json()
    assert [item["id"] for item in page["items"] + following["items"]] == items(client, "recognitions?contest=one")
    assert following["items"][0]["award"]["slug"].startswith("award-")
    assert (following["next"], page["previous"]) == (None, None)


def test_where_what_came_next_is_gone_the_list_ends_instead_of_starting_again(client, filled):
    page = ask(client, "sources?limit=100")
    assert page["next"] is None
    first = ask(client, "recognitions?limit=1")
    Recognition.objects.exclude(key=first["items"][0]["id"]).delete()
    assert client.get(first["next"]).json() == {"items": [], "next": None, "previous": None}


@pytest.mark.parametrize("cursor", ["zzz", "W10", "bnVsbA", "%00", "x" * 1999])
@pytest.mark.parametrize("side", ["after", "before"])
def test_a_cursor_that_no_page_gave_is_refused(client, nextgen, side, cursor):
    told = ask(client, f"quotes?{side}={cursor}", 422)
    assert told["errors"] == [
        {
            "parameter": side,
            "detail": "This is not a cursor of this list. Use the one from `next` or `previous`, unchanged.",
        }
    ]


@pytest.mark.parametrize("resource", RESOURCES, ids=NAMES)
def test_each_relation_on_offer_is_written_out_where_asked_for_and_only_there(client, nextgen, resource):
    paths = relations_of(resource.of_one)
    for path in paths:
        relation = path.split(".")[0]
        plain = ask(client, f"{resource.name}?limit=100")["items"]
        full = ask(client, f"{resource.name}?limit=100&expand={path}")["items"]
        assert (
            any(item != asked.get(key) for one, asked in zip(plain, full, strict=True) for key, item in one.items())
            or any(relation not in one and relation in asked for one, asked in zip(plain, full, strict=True))
            or not any(asked[relation] for asked in full)
        ), path
        others = [{key: value for key, value in one.items() if key != relation} for one in plain]
        assert [{key: value for key, value in one.items() if key != relation} for one in full] == others, path


def test_expansions_lead_on_and_say_whole_records(client, nextgen):
    found = ask(client, "submissions/nextgen-alzheimer?expand=contest,credits.person,recognitions.award,sources")
    assert found["contest"] == ask(client, "contests/nextgen")
    assert found["credits"][0]["person"] == ask(client, "people/c-one")
    assert found["recognitions"][0]["award"] == ask(client, "awards/nextgen-grand-prize")
    assert found["sources"] == ask(client, "sources")["items"]


def test_names_to_expand_may_stand_in_one_parameter_or_in_several(client, nextgen):
    one = ask(client, "submissions?expand=contest,credits")
    assert ask(client, "submissions?expand=contest&expand=credits") == one


def test_what_was_reported_and_what_is_counted_stand_apart(client, nextgen):
    found = ask(client, "statistics?contest=nextgen")
    figures = {figure["label"]: (figure["qualifier"], figure["value"]) for figure in found["reported"]["figures"]}
    assert figures["submissions"] == ("more_than", "4600")
    assert (found["counted"]["submissions"], found["counted"]["recognitions"]) == (3, 3)
    assert [region["country"] for region in found["reported"]["leading_regions"]][:2] == ["CN", "US"]
    assert found["counted"]["by_standing"] == {"rows": [{"value": "winner", "count": 3}], "unknown": 0}
    assert found["contest"]["id"] == "nextgen"
    everything = ask(client, "statistics")
    assert (everything["contest"], everything["counted"]["submissions"]) == (None, 3)


def test_statistics_of_a_contest_that_nobody_may_see_are_those_of_none(client):
    make.ContestFactory(slug="draft")
    for slug in ("draft", "unheard-of"):
        assert ask(client, f"statistics?contest={slug}", 404)["status"] == 404


def test_the_description_is_openapi_as_its_own_schema_has_it(client):
    assert [error.message for error in OpenAPIV31SpecValidator(ask(client, "openapi.json")).iter_errors()] == []


def test_the_description_names_each_address_and_parameter_that_there_is(client):
    told = ask(client, "openapi.json")
    assert told["openapi"].startswith("3.1")
    paths = {f"/api/v1/{name}" for name in [*NAMES, "statistics", ""]} | {f"/api/v1/{name}/{{id}}" for name in NAMES}
    assert set(told["paths"]) == paths
    limit = next(p for p in told["paths"]["/api/v1/quotes"]["get"]["parameters"] if p["name"] == "limit")
    assert (limit["schema"]["minimum"], limit["schema"]["maximum"]) == (1, MOST)
    references = {part.split('"')[0] for part in json.dumps(told).split('"$ref": "#/components/')[1:]}
    missing = [name for name in references if name.split("/")[1] not in told["components"][name.split("/")[0]]]
    assert missing == []


def test_every_address_in_an_answer_is_absolute(client, nextgen):
    found = ask(client, "contests/nextgen?expand=awards,events,sources")
    addresses = [found["href"], found["url"], *found["links"].values(), found["awards"][0]["url"]]
    assert {urlsplit(address).netloc for address in addresses} == {"testserver"}
