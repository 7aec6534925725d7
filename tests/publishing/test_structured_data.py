"""
The structured data of pages, read as a graph with rdflib. rdflib knows all terms of schema.org.

The context of schema.org is replaced by its vocabulary, so that no test connects to another host.
"""

import json
import warnings
from datetime import UTC, datetime
from html.parser import HTMLParser
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from PIL import Image
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, SDO

from publishing import structured_data
from record.synthetic import PREFIX
from search import index
from tests import factories as make

pytestmark = pytest.mark.django_db
# Properties that schema.org requires, and that Google and Bing require for the main type of a page.
REQUIRED = {
    "BreadcrumbList": ["itemListElement"],
    "CreativeWorkSeries": ["name", "url", "producer"],
    "Event": ["name", "url", "startDate", "location"],
    "ItemList": ["name", "url"],
    "Movie": ["name", "url", "image", "isPartOf"],
    "Organization": ["name", "url"],
    "Person": ["name", "url"],
    "Quotation": ["text", "url", "creator", "spokenByCharacter", "citation", "isPartOf", "inLanguage"],
    "SearchResultsPage": ["name", "url", "inLanguage"],
    "WebPage": ["name", "url", "inLanguage"],
    "WebSite": ["name", "url", "inLanguage", "potentialAction"],
}
# Google's syntax for an annotation of an action in schema.org.
QUERY_INPUT = URIRef(f"{SDO}query-input")
# Properties that are required wherever such a node is mentioned.
ALWAYS = {
    "CreativeWork": ["name"],
    "Country": ["name"],
    "EntryPoint": ["urlTemplate"],
    "Event": ["name", "startDate"],
    "ImageObject": ["url"],
    "ListItem": ["position"],
    "Movie": ["name", "url"],
    "Organization": ["name"],
    "Person": ["name"],
    "Place": ["name", "address"],
    "SearchAction": ["target", "query-input"],
    "WatchAction": ["target"],
}


class Blocks(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.blocks, self._inside = [], False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self._inside = tag == "script" and ("type", "application/ld+json") in attributes
        if self._inside:
            self.blocks.append("")

    def handle_endtag(self, tag):
        self._inside = False

    def handle_data(self, data):
        if self._inside:
            self.blocks[-1] += data


def said(client, address):
    """Return the JSON-LD of the page, which must have exactly one block."""
    response = client.get(address)
    assert response.status_code == 200, address
    (block,) = Blocks(response.content.decode()).blocks
    return json.loads(block)


def things(client, address):
    """Return the main nodes of the page by type."""
    return {thing["@type"]: thing for thing in said(client, address)["@graph"]}


def graph_of(data):
    assert data["@context"] == "https://schema.org"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return Graph().parse(data=json.dumps(data | {"@context": {"@vocab": str(SDO)}}), format="json-ld")


def faults(graph):
    """Return unknown terms of schema.org and missing properties."""
    found = []
    for subject, predicate, value in graph:
        terms = [predicate] if predicate != RDF.type else [value]
        found += [str(term) for term in terms if term not in SDO and term != QUERY_INPUT]
        if isinstance(value, Literal) and not str(value).strip():
            found.append(f"{predicate} is empty")
        del subject
    for subject, kind in graph.subject_objects(RDF.type):
        name = str(kind).removeprefix(str(SDO))
        is_topic = not any(graph.subjects(None, subject))
        asked = [*ALWAYS.get(name, []), *(REQUIRED[name] if is_topic else [])]
        found += [f"{name} without {term}" for term in asked if (subject, URIRef(f"{SDO}{term}"), None) not in graph]
    return found


PAGES = {
    "/": {"WebSite", "CreativeWorkSeries"},
    "/contests/": {"ItemList"},
    "/contests/nextgen/": {"CreativeWorkSeries", "BreadcrumbList"},
    "/contests/nextgen/winners/": {"ItemList", "BreadcrumbList"},
    "/contests/nextgen/submissions/": {"ItemList", "BreadcrumbList"},
    "/works/alzheimer/": {"Movie", "BreadcrumbList"},
    "/contests/nextgen/events/awards-ceremony/": {"WebPage", "BreadcrumbList"},
    "/winners/": {"ItemList"},
    "/people/": {"ItemList"},
    "/people/c-one/": {"Person", "BreadcrumbList"},
    "/quotes/": {"ItemList"},
    "/quotes/tim-yip-human-touch/": {"Quotation", "BreadcrumbList"},
    "/sources/": {"ItemList"},
    "/sources/nextgen-ceremony-report/": {"WebPage", "BreadcrumbList"},
    "/statistics/": {"WebPage"},
    "/search/": {"SearchResultsPage"},
    "/api/": {"WebPage"},
}


def test_every_page_says_what_it_is_about_completely_and_in_terms_that_schema_org_has(client, nextgen):
    for address, kinds in PAGES.items():
        data = said(client, address)
        assert {thing["@type"] for thing in data["@graph"]} == kinds, address
        assert faults(graph_of(data)) == [], address


def test_the_check_finds_what_is_unknown_missing_or_empty():
    data = {"@context": "https://schema.org", "@type": "Event", "name": " ", "url": "http://x/", "begins": "today"}
    assert set(faults(graph_of(data))) == {
        f"{SDO}begins",
        f"{SDO}name is empty",
        "Event without startDate",
        "Event without location",
    }


def test_a_film_is_told_with_its_award_creators_countries_length_and_poster(client):
    contest = make.ContestFactory(title="Contest", revealed=True, slug="c")
    picture = BytesIO()
    Image.new("RGB", (20, 30)).save(picture, "PNG")
    film = make.SubmissionFactory(
        contest=contest,
        title="Film",
        slug="film",
        original_title="映画",
        logline="In short.",
        language="ja",
        countries=["JP", "PL"],
        runtime=725,
        year=2025,
        work_url="https://example.org/film",
        work_url_audience="public",
        poster_credit="Ann",
    )
    film.poster.save("p.png", ContentFile(picture.getvalue()))
    for role in ("creator", "director", "composer", "sound"):
        make.CreditFactory(submission=film, person__name=role.title(), role=role)
    make.RecognitionFactory(award__contest=contest, award__name="Grand Prize", submission=film)
    make.RecognitionFactory(award__contest=contest, award__name="Audience", submission=film, standing="finalist")
    make.RecognitionFactory(award__contest=contest, award__name="Lost", submission=film, revoked=True)
    data = said(client, film.get_absolute_url())
    assert faults(graph_of(data)) == []
    told = things(client, film.get_absolute_url())["Movie"]
    assert told["award"] == ["Grand Prize, Contest"]
    assert [told[name][0]["name"] for name in ("creator", "director", "musicBy", "contributor")] == [
        *("Creator", "Director", "Composer", "Sound")
    ]
    assert [country["name"] for country in told["countryOfOrigin"]] == ["Japan", "Poland"]
    assert (told["duration"], told["inLanguage"], told["dateCreated"]) == ("PT12M5S", "ja", "2025")
    assert (told["alternateName"], told["abstract"]) == ("映画", "In short.")
    assert told["image"]["url"] == f"http://testserver{film.poster.url}"
    assert client.get(film.poster.url).status_code == 200
    assert told["potentialAction"]["target"] == "https://example.org/film"
    assert told["isPartOf"] == {
        "@type": "CreativeWorkSeries",
        "name": "Contest",
        "url": "http://testserver/contests/c/",
    }


def test_what_nobody_knows_is_left_out(client, nextgen):
    told = things(client, "/works/alzheimer/")["Movie"]
    assert {"duration", "dateCreated"} & set(told) == set()
    assert told["award"] == ["Grand Prize, KlingAI NextGen Creative Contest"]
    page = things(client, "/contests/nextgen/events/awards-ceremony/")["WebPage"]
    # No source gives the date of the event, so it must not be an Event, neither here nor inside another node.
    assert "about" not in page
    assert page["mentions"]


def test_a_film_without_a_poster_is_shown_by_its_card(client, nextgen):
    image = things(client, "/works/alzheimer/")["Movie"]["image"]
    picture = client.get(image["url"])
    assert (picture.status_code, picture.headers["Content-Type"]) == (200, "image/png")
    assert (image["width"], image["height"]) == Image.open(BytesIO(picture.getvalue())).size


def test_an_event_whose_day_and_place_are_known_is_an_event(client):
    starts = datetime(2026, 10, 30, 10, 0, tzinfo=UTC)
    contest = make.ContestFactory(revealed=True, time_zone="Asia/Tokyo")
    event = make.EventFactory(
        contest=contest, starts_at=starts, venue="Hall", city="Tokyo", host=make.OrganisationFactory()
    )
    ann = make.PersonFactory(name="Ann")
    for role in ("host", "moderator"):
        make.AppearanceFactory(event=event, person=ann, role=role)
    make.AppearanceFactory(event=event, person__name="Won", role="winner")
    assert faults(graph_of(said(client, event.get_absolute_url()))) == []
    told = things(client, event.get_absolute_url())["Event"]
    assert told["startDate"] == "2026-10-30T19:00+09:00"
    assert told["location"]["address"]["addressLocality"] == "Tokyo"
    assert [person["name"] for person in told["performer"]] == ["Ann"]
    assert [person["name"] for person in told["attendee"]] == ["Won"]


def test_a_quote_is_told_to_the_letter_with_its_speaker_and_source(client, nextgen):
    from contests.models import Quote

    for quote in Quote.objects.all():
        told = things(client, quote.get_absolute_url())["Quotation"]
        assert told["text"] == quote.text
        assert told["creator"] == told["spokenByCharacter"]
        assert (told["creator"]["name"], told["inLanguage"]) == (quote.speaker.name, quote.language)
        assert told["citation"]["name"] == quote.source.title


def test_a_team_is_an_organisation(client):
    contest = make.ContestFactory(revealed=True)
    team = make.PersonFactory(team=True, country="PL", website="https://example.org/")
    make.RecognitionFactory(award__contest=contest, submission=None, person=team, award__name="Prize")
    house = make.AffiliationFactory(person=team, organisation__name="House").organisation
    assert faults(graph_of(said(client, team.get_absolute_url()))) == []
    told = things(client, team.get_absolute_url())["Organization"]
    assert told["award"] == [f"Prize, {contest}"]
    page = f"http://testserver{house.get_absolute_url()}"
    assert told["memberOf"] == [{"@type": "Organization", "name": "House", "url": page}]


def test_a_list_holds_what_the_page_shows_in_its_order(client, nextgen):
    told = things(client, "/contests/nextgen/winners/")["ItemList"]
    assert told["itemListElement"][0] == {
        "@type": "ListItem",
        "position": 1,
        "url": "http://testserver/works/alzheimer/",
    }
    assert len(things(client, "/quotes/")["ItemList"]["itemListElement"]) == 14


def test_the_search_that_home_names_finds_something(client, nextgen):
    index.refresh()
    action = things(client, "/")["WebSite"]["potentialAction"]
    address = action["target"]["urlTemplate"].replace("{search_term_string}", "alzheimer")
    assert address.startswith("http://testserver/search/?q=")
    assert "Alzheimer" in client.get(address.removeprefix("http://testserver")).content.decode()


def test_every_address_that_is_told_answers(client, nextgen):
    for page in PAGES:
        graph = graph_of(said(client, page))
        for value in {str(value) for predicate in (SDO.url, SDO.item) for value in graph.objects(None, predicate)}:
            if value.startswith("http://testserver/"):
                assert client.get(value.removeprefix("http://testserver")).status_code == 200, value


def test_no_text_ends_the_block_or_breaks_it(client):
    title = '</script><script>alert("x")</script><!-- & \u2028 ]]> \\ “é” أليس 🏆'
    film = make.SubmissionFactory(contest=make.ContestFactory(revealed=True, title=title), title=title, slug="f")
    assert things(client, film.get_absolute_url())["Movie"]["name"] == title
    block = client.get(film.get_absolute_url()).content.decode().split("ld+json")[1].partition("</script>")[0]
    assert not set("<>&") & set(block.partition(">")[2])


def test_of_the_synthetic_nothing_is_told(client):
    contest = make.ContestFactory(key=f"{PREFIX}c", revealed=True, slug="made-up")
    film = make.SubmissionFactory(key=f"{PREFIX}f", contest=contest, title="Madeup")
    make.RecognitionFactory(key=f"{PREFIX}r", award__contest=contest, submission=film)
    person = make.PersonFactory(key=f"{PREFIX}p", name="Madeup Person")
    real = make.SubmissionFactory(contest=make.ContestFactory(revealed=True), title="Real")
    make.RecognitionFactory(award__contest=real.contest, submission=real)
    for shown in (film, real):
        make.CreditFactory(submission=shown, person=person)
    for row in (contest, film, person):
        assert Blocks(client.get(row.get_absolute_url()).content.decode()).blocks == []
    for address in ("/", "/contests/", "/winners/", "/people/", real.get_absolute_url()):
        assert "Madeup" not in json.dumps(said(client, address))
        assert "made-up" not in json.dumps(said(client, address))


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, ""), (45, "PT45S"), (60, "PT1M"), (725, "PT12M5S"), (7200, "PT120M")]
)
def test_a_runtime_is_told_as_iso_8601_has_it(seconds, text):
    assert structured_data.duration(seconds) == text
