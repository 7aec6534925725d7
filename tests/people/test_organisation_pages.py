"""The pages of organisations: what they show, where they lead, and what they keep to themselves before a reveal."""

import json
import re

import pytest

from tests import factories as make
from tests.admin_pages import filled, page, saved

pytestmark = pytest.mark.django_db


def house(**values):
    return make.OrganisationFactory(
        name="House of Film",
        slug="house",
        description="It screens films.",
        country="CSHH",
        website="https://example.org/house",
        founded="1932-05",
        dissolved="1993",
        **values,
    )


def test_the_page_shows_all_that_is_known_with_its_sources(client):
    source = make.SourceFactory(title="The chronicle")
    row = house(sources=[source])
    contest = make.ContestFactory(title="Gala", revealed=True, organiser=row)
    make.EventFactory(contest=contest, title="Evening", host=row)
    make.FigureFactory(contest=contest, organisation=row, label="members", value=12)
    person = make.CreditFactory(submission__contest=contest, person__name="Ann Public").person
    make.AffiliationFactory(person=person, organisation=row, role="Chair")
    make.AffiliationFactory(person__name="Hidden Person", organisation=row, role="Treasurer")
    make.OrganisationNameFactory(organisation=row, name="Dům filmu", kind="translation", language="cs")
    make.OrganisationIdentifierFactory(organisation=row, scheme="isni", value="000000012150090X")
    text = client.get("/organisations/house/").content.decode()
    for shown in (
        "May 1932",
        "1993",
        "Czechoslovakia",
        "It screens films.",
        "Gala",
        "Evening",
        "members",
        "Ann Public",
    ):
        assert shown in text, shown
    for shown in ("Chair", "Dům filmu", "ISNI <bdi>0000 0001 2150 090X</bdi>", "The chronicle", 'lang="cs"'):
        assert shown in text, shown
    assert 'href="https://isni.org/isni/000000012150090X"' in text
    assert "Hidden Person" not in text
    assert "Treasurer" not in text


def test_pages_that_name_an_organisation_lead_to_it(client):
    row = house()
    contest = make.ContestFactory(revealed=True, organiser=row)
    event = make.EventFactory(contest=contest, host=row)
    person = make.CreditFactory(submission__contest=contest).person
    make.AffiliationFactory(person=person, organisation=row)
    figure = make.FigureFactory(contest=contest, organisation=row)
    for where in (contest, event, person, figure.source):
        assert 'href="/organisations/house/"' in client.get(where.get_absolute_url()).content.decode(), where


def test_an_organisation_that_nothing_public_names_has_no_page(client):
    row = house()
    make.ContestFactory(organiser=row, published_at=None)
    make.AffiliationFactory(organisation=row)
    assert client.get("/organisations/house/").status_code == 404
    assert client.get(f"/api/v1/organisations/{row.key}").status_code == 404
    assert "House of Film" not in client.get("/organisations/").content.decode()
    assert "organisations/house" not in client.get("/sitemap-organisations.xml").content.decode()


def test_a_changed_slug_leads_to_the_new_address(client, desk):
    row = house()
    make.ContestFactory(revealed=True, organiser=row)
    saved(desk.post(page(row), filled(desk.get(page(row)), slug="new-house")))
    response = client.get("/organisations/house/")
    assert (response.status_code, response["Location"]) == (301, "/organisations/new-house/")


def test_json_ld_and_the_api_say_the_same(client):
    row = house()
    make.ContestFactory(revealed=True, organiser=row)
    make.OrganisationIdentifierFactory(organisation=row, scheme="wikidata", value="Q23")
    make.OrganisationNameFactory(organisation=row, name="HoF", kind="short")
    text = client.get("/organisations/house/").content.decode()
    graph = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', text)[1])["@graph"]
    told = next(node for node in graph if node["@type"] == "Organization")
    assert told == {
        "@type": "Organization",
        "name": "House of Film",
        "alternateName": ["HoF"],
        "url": "http://testserver/organisations/house/",
        "description": "It screens films.",
        "foundingDate": "1932-05",
        "dissolutionDate": "1993",
        "location": {"@type": "Country", "name": "Czechoslovakia"},
        "sameAs": ["https://example.org/house", "https://www.wikidata.org/wiki/Q23"],
    }
    found = client.get(f"/api/v1/organisations/{row.key}?expand=identifiers,other_names,affiliations.person").json()
    assert (found["founded"], found["dissolved"], found["country"]) == ("1932-05", "1993", "CSHH")
    assert found["identifiers"] == [{"scheme": "wikidata", "value": "Q23", "url": "https://www.wikidata.org/wiki/Q23"}]
    assert [name["name"] for name in found["other_names"]] == ["HoF"]
    assert client.get("/api/v1/contests").json()["items"][0]["organiser"]["href"].endswith(row.key)


def test_the_page_needs_the_same_few_statements_whatever_the_number_of_rows(client, django_assert_num_queries):
    row = house()
    for _number in range(3):
        contest = make.ContestFactory(revealed=True, organiser=row)
        make.EventFactory(contest=contest, host=row)
        make.FigureFactory(contest=contest, organisation=row)
        person = make.CreditFactory(submission__contest=contest).person
        make.AffiliationFactory(person=person, organisation=row)
        make.OrganisationNameFactory(organisation=row)
        make.OrganisationIdentifierFactory(organisation=row)
        client.get("/organisations/house/")
        with django_assert_num_queries(7):
            client.get("/organisations/house/")
