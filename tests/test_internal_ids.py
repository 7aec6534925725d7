"""Primary keys are never shown, because they would reveal the number of hidden rows."""

import base64
import re

import pytest
from django.utils import timezone

from people.models import Person
from search import index
from tests import factories as make

pytestmark = pytest.mark.django_db
NUMBER = 7_654_000


def told(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode("utf-8", "replace") + str(dict(response.headers))


def test_no_public_page_or_file_shows_the_number_of_a_row(client):
    now = timezone.now()
    contest = make.ContestFactory(id=NUMBER, slug="c", revealed=True, opens_at=now)
    source = make.SourceFactory(id=NUMBER + 1, slug="s")
    award = make.AwardFactory(id=NUMBER + 2, contest=contest)
    event = make.EventFactory(id=NUMBER + 3, contest=contest, slug="e", starts_at=now)
    for number in range(30):
        person = make.PersonFactory(id=NUMBER + 100 + number, slug=f"p{number}", name=f"Person {number}")
        film = make.SubmissionFactory(
            id=NUMBER + 100 + number, contest=contest, slug=f"f{number}", work__slug=f"f{number}"
        )
        make.CreditFactory(id=NUMBER + 100 + number, submission=film, person=person, source=source)
        won = make.RecognitionFactory(id=NUMBER + 100 + number, award=award, submission=film, source=source)
        quote = make.QuoteFactory(
            id=NUMBER + 100 + number, event=event, speaker=person, submission=film, source=source, slug=f"q{number}"
        )
        make.SourceFactory(id=NUMBER + 200 + number)
    make.AppearanceFactory(id=NUMBER + 4, event=event, person=person)
    make.FigureFactory(id=NUMBER + 5, contest=contest, source=source, slug="g")
    make.AffiliationFactory(id=NUMBER + 6, person=person, source=source)
    index.refresh()
    addresses = [
        *("/", "/contests/", "/winners/", "/people/", "/quotes/", "/sources/", "/statistics/"),
        *(
            "/search/?q=person",
            "/search/suggestions/?q=person",
            "/contests/c/",
            "/contests/c/winners/?view=large",
            "/contests/c/submissions/",
        ),
        *(
            "/contests/c/submissions/?sort=-title",
            "/quotes/?sort=event",
            "/quotes/?sort=speaker",
            "/people/?sort=-name",
        ),
        *("/works/f29/", "/contests/c/events/e/", "/people/p29/", "/quotes/q29/", "/sources/s/"),
        *("/contests/c/corrections/", "/contests/c/feed.atom", "/contests/c/feed.json", "/quotes/feed.json"),
        *("/contests/c/dates.ics", "/contests/c/events/e/event.ics", "/quotes/q29/citation.bib", "/sitemap.xml"),
        *("/quotes/q29/citation.json", "/contests/c/figures/g/citation.json", "/sitemap-people.xml"),
        *("/contests/c/press-kit.zip", "/embed/contests/c/winners/", f"/verify/{won.code}/"),
        *(f"/api/v1/{noun}" for noun in ("contests", "submissions", "people", "awards", "recognitions", "events")),
        *("/api/v1/quotes", "/api/v1/sources", "/oembed?url=http://testserver/quotes/q29/"),
    ]
    tokens = set()
    for address in addresses:
        text = told(client, address)
        assert not re.search(r"(?<!\d)7654\d{3}(?!\d)", text), address
        tokens |= set(re.findall(r"(?:after|before)=([\w-]+)", text))
    assert len(tokens) >= 8
    for token in tokens:
        assert b"7654" not in base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    assert Person.objects.count() >= 30
    assert quote.pk > NUMBER
