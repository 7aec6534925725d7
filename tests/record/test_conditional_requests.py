"""A 304 response has the same headers for caches as the full response."""

import pytest
from django.utils import timezone

from search import index
from tests import factories as make

pytestmark = pytest.mark.django_db
KEPT = ("Vary", "ETag", "Cache-Control", "Expires", "Content-Location")


@pytest.mark.parametrize("coding", ["gzip", "identity"])
def test_a_304_has_the_headers_of_its_200(client, coding):
    contest = make.ContestFactory(revealed=True, slug="c", opens_at=timezone.now())
    won = make.RecognitionFactory(award__contest=contest, submission__slug="f", submission__contest=contest)
    make.QuoteFactory(event__contest=contest, event__starts_at=timezone.now(), event__slug="e", slug="q")
    pages = [
        *("/winners/feed.atom", "/winners/feed.json", "/quotes/feed.atom", "/ja/contests/c/feed.atom"),
        *("/contests/c/dates.ics", "/contests/c/events/e/event.ics", "/contests/c/fact-sheet.pdf"),
        *("/quotes/q/citation.txt", "/contests/c/submissions/f/citation.json", "/contests/c/card.png"),
        *("/embed/contests/c/winners/", "/embed/quotes/q/", "/api/v1/contests", "/api/v1/"),
        *(f"/laurels/{won.code}/dark.svg", f"/laurels/{won.code}/dark.png"),
    ]
    asked = 0
    for address in pages:
        whole = client.get(address, headers={"accept-encoding": coding})
        if whole.status_code == 404 and address.startswith("/laurels/"):
            continue
        assert whole.status_code == 200, address
        again = client.get(address, headers={"accept-encoding": coding, "if-none-match": whole["ETag"]})
        assert (address, again.status_code, again.content) == (address, 304, b"")
        told = [{name: answer.get(name) for name in KEPT} for answer in (whole, again)]
        assert told[0] == told[1], address
        asked += 1
    assert asked >= 14


LISTS = ["/winners/", "/people/", "/quotes/", "/contests/c/submissions/", "/contests/c/winners/"]


@pytest.mark.parametrize("address", LISTS)
def test_a_filter_with_two_values_is_told_and_the_whole_list_shown(client, address):
    contest = make.ContestFactory(revealed=True, slug="c")
    make.RecognitionFactory(award__contest=contest, submission__contest=contest, submission__title="A film")
    name = "role" if address == "/people/" else "contest" if address in ("/winners/", "/quotes/") else "award"
    page = client.get(f"{address}?{name}=a&{name}=b").content.decode()
    assert "Only one value is allowed for: " in page
    assert "The whole list is shown." in page
    assert "Only one value is allowed" not in client.get(f"{address}?{name}=a&{name}=a").content.decode()
    assert "Only one value is allowed" in client.get(f"{address}?sort=a&sort=b").content.decode()


def test_every_other_question_with_two_values_is_told_too(client):
    contest = make.ContestFactory(revealed=True, slug="c", title="Findable")
    make.ContestFactory(revealed=True, slug="d")
    index.refresh()
    refused = client.get("/api/v1/submissions?contest=c&contest=d")
    assert (refused.status_code, refused.json()["errors"]) == (
        422,
        [{"parameter": "contest", "detail": "Give this parameter once."}],
    )
    assert client.get("/api/v1/contests?expand=awards&expand=events").status_code == 200
    assert client.get("/api/v1/submissions?contest=c&contest=c").status_code == 200
    answer = client.get(f"/oembed?url=http://testserver{contest.get_absolute_url()}&url=http://testserver/")
    assert (answer.status_code, answer.content) == (400, b"Give each parameter once.\n")
    assert client.get("/statistics/?contest=c&contest=d").context["is_unknown"] is True
    assert client.get("/statistics/?contest=c&contest=c").context["contest"] == contest
    assert "Findable" in client.get("/search/?q=findable&q=findable").content.decode()
