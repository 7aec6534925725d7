"""The context of a quote is shown wherever the quote is, so that nobody takes a joke seriously."""

import io
import json
import re
import zipfile
from html import unescape

import feedparser
import pytest
from pypdf import PdfReader

from publishing import cards
from search import index
from tests import factories as make

pytestmark = pytest.mark.django_db
CONTEXT = "Meant as a joke & people laughed."


@pytest.fixture
def joke():
    contest = make.ContestFactory(title="Contest", slug="contest", revealed=True)
    film = make.SubmissionFactory(contest=contest, title="Film", slug="film", work__slug="film")
    creator = make.PersonFactory(name="Ann", slug="ann")
    make.CreditFactory(submission=film, person=creator)
    make.RecognitionFactory(award__contest=contest, submission=film)
    event = make.EventFactory(contest=contest, title="Panel", slug="panel")
    source = make.SourceFactory(slug="report", title="Report")
    quote = make.QuoteFactory(
        event=event,
        speaker=creator,
        submission=film,
        source=source,
        text="I hope it develops slowly.",
        slug="slowly",
        context=CONTEXT,
    )
    index.refresh()
    return quote


def read(client, address):
    """Return the text of a page on one line."""
    response = client.get(address)
    assert response.status_code == 200
    main = re.search(r"<main.*</main>", response.content.decode(), re.DOTALL)[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", "", main)).split())


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/quotes/",
        "/quotes/?sort=event",
        "/quotes/slowly/",
        "/people/ann/",
        "/contests/contest/events/panel/",
        "/works/film/",
        "/sources/report/",
        "/search/?q=slowly",
        "/search/?q=film&kind=quotes",
        "/embed/quotes/slowly/",
    ],
)
def test_every_page_that_shows_the_words_shows_their_context(client, joke, address):
    text = read(client, address).partition("Share and cite")[0]
    assert joke.text in text
    assert text.count(CONTEXT) == 1


def test_another_quote_of_the_speaker_brings_its_context_to_the_page_of_a_quote(client, joke):
    make.QuoteFactory(event=joke.event, speaker=joke.speaker, slug="other")
    assert CONTEXT in read(client, "/quotes/other/")


def test_what_a_chat_shows_has_the_context(client, joke):
    page = client.get(joke.get_absolute_url()).content.decode()
    described = unescape(re.search(r'property="og:description" content="([^"]*)"', page)[1])
    assert described == f"“{joke.text}” {CONTEXT}"
    card = cards.of_quote(joke)
    assert CONTEXT in card.alternative
    # The share card contains the context too.
    assert any(
        " ".join(line.text for line in placed.block.lines) == CONTEXT for placed in cards.drawing.layout(card, 64)
    )


def test_programs_are_told_the_context(client, joke):
    here = "http://testserver/quotes/slowly/"
    page = client.get("/quotes/slowly/").content.decode()
    graph = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])["@graph"]
    assert next(node for node in graph if node["@type"] == "Quotation")["description"] == CONTEXT
    told = client.get("/oembed", {"url": here}).json()
    assert told["description"] == CONTEXT
    assert "(Meant as a joke &amp; people laughed.)" in told["html"]
    assert client.get("/api/v1/quotes").json()["items"][0]["context"] == CONTEXT
    for feed in ("/quotes/feed", "/contests/contest/feed"):
        entries = feedparser.parse(client.get(f"{feed}.atom").content).entries
        assert sum("Meant as a joke &amp; people laughed." in entry.summary for entry in entries) == 1


def test_a_citation_names_the_context(client, joke):
    assert client.get("/quotes/slowly/citation.txt").content.decode() == (
        "Ann. “I hope it develops slowly.” Panel, Contest. n.d. Context: Meant as a joke & people laughed. "
        "Reported in: Report. Laurel, http://testserver/quotes/slowly/\n"
    )
    (item,) = client.get("/quotes/slowly/citation.json").json()
    assert item["note"] == "Context: Meant as a joke & people laughed. Reported in: Report"


@pytest.mark.parametrize("address", ["/contests/contest/", "/contests/contest/submissions/film/"])
def test_the_press_has_the_context_in_kit_and_fact_sheet(client, joke, address):
    kit = client.get(f"{address}press-kit.zip")
    with zipfile.ZipFile(io.BytesIO(b"".join(kit.streaming_content))) as archive:
        assert f"    Context: {CONTEXT}\n" in archive.read("quotes.txt").decode()
        assert "Context: Meant as a joke" in archive.read("citations.txt").decode()
        sheet = archive.read("fact-sheet.pdf")
    assert CONTEXT in " ".join(PdfReader(io.BytesIO(sheet)).pages[0].extract_text().split())


def test_a_suggestion_of_the_search_has_it_too(client, joke):
    (found,) = client.get("/search/suggestions/", {"q": "I hope"}).json()["suggestions"]
    assert CONTEXT in found["kind"]
