"""
Nothing leaks before its reveal, on any URL of the project.

A portal is crawled twice as a visitor: without hidden results, and with them. Every body, header and count of rows or
SQL statements must be identical. Then the reveal time passes, and the results appear. New routes are swept
automatically.
"""

import re
from datetime import timedelta
from functools import cache

import pytest
import time_machine
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.utils import timezone

from api.endpoints import RESOURCES
from contests.models import Contest, Recognition, Submission
from publishing.laurels import FILES, files
from search import index
from tests import factories as make
from tests.kept_client import KeptClient
from tests.public_pages import text_of
from tests.reveal_rows import add_hidden, hidden_entry, hidden_result, portal, remove, remove_entry
from tests.reveal_urls import asked_of_entry, every_address, questions
from tests.url_patterns import patterns

pytestmark = pytest.mark.django_db
__all__ = ["portal"]


# The only allowed difference between two responses: the CSRF token.
TOKEN = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"')

# Headers with a time or a random number.
IN_EVERY_RESPONSE = ("Date", "Expires", "Last-Modified", "X-Request-ID")


def crawl(client, urls, statements=None):
    """
    Return what a visitor gets at each URL: status, headers and body. First update the search index, as at the end of an
    editor's request. `statements` is a dict that gets the number of SQL statements for each URL. Pages that the page
    cache keeps are requested twice.
    """
    index.refresh_quietly(None)
    answers = {}
    for url in urls:
        client.cookies.clear()
        counted = Counted()
        with connection.execute_wrapper(counted):
            response = client.get(url)
            if getattr(response, "kept", False):
                again = client.get(url)
                assert (again.is_hit, again.getvalue()) == (True, response.getvalue()), url
        if statements is not None:
            statements[url] = counted.number
        body = response.getvalue()
        headers = {k: v for k, v in response.headers.items() if k not in IN_EVERY_RESPONSE}
        answers[url] = (response.status_code, headers, TOKEN.sub(b"", body))
    return answers


class Counted:
    """Counts SQL statements, as a wrapper for `connection.execute_wrapper`."""

    number = 0

    def __call__(self, execute, *statement):
        self.number += 1
        return execute(*statement)


@pytest.fixture(autouse=True)
def drawn_once(monkeypatch):
    """Draw each laurel only once, because drawing is slow; the test is about its words."""
    monkeypatch.setattr("publishing.laurels.files._png", cache(files._png))


@pytest.fixture
def client():
    return KeptClient()


def leaks(answers, *words):
    """Return the URLs whose response contains one of the words, unless the request contained it."""
    found = []
    for url, (_status, headers, body) in answers.items():
        text = f"{headers} {text_of(body)}"
        found += [(url, word) for word in words if word in text and word not in url]
    return found


def test_an_archive_and_a_sheet_are_opened_to_look_for_leaks(client, nextgen):
    urls = ["/contests/nextgen/press-kit.zip", "/contests/nextgen/fact-sheet.pdf"]
    answers = crawl(client, urls)
    assert [body for _status, _headers, body in answers.values() if b"Alzheimer" in body] == []
    assert leaks(answers, "Alzheimer") == [(url, "Alzheimer") for url in urls]


def test_a_portal_with_hidden_results_answers_like_one_without_them(client, portal):
    make.EventFactory(contest=portal["sealed"])  # the award and the event are announced: both portals have them
    with time_machine.travel(timezone.now(), tick=False):
        announced = add_hidden(portal)
        public = Contest.objects.get(title="Public contest")
        losing = [hidden_entry(public, "losingword"), hidden_entry(portal["future"], "beatenword")]
        urls = every_address()
        urls += [*questions(urls, portal.values()), *asked_of_entry(losing[0])]
        ContentType.objects.get_for_models(*apps.get_models())  # Django caches these from the first query on
        with_hidden = crawl(client, urls, statements := {})
        assert leaks(with_hidden, "sealedword", "futureword", "draftword", "losingword", "beatenword") == []
        for film in losing:
            remove_entry(film)
        for recognition in announced.values():
            remove(recognition)
        without = crawl(client, urls, fewer := {})
    assert len(urls) > 400
    assert sum(status == 200 for status, _headers, _body in with_hidden.values()) > 40
    assert [url for url in urls if with_hidden[url] != without[url]] == []
    # Hidden rows do not affect the cost of a response either.
    assert {url: (statements[url], fewer[url]) for url in urls if statements[url] != fewer[url]} == {}
    assert_a_revoked_result_is_shown_with_its_notice_and_among_no_winners(without)


def assert_a_revoked_result_is_shown_with_its_notice_and_among_no_winners(answers):
    shown = {url for url, _word in leaks(answers, "Revoked film")}
    page = Submission.objects.get(title="Revoked film").get_absolute_url()
    assert page in shown
    assert b"was not made by its creator" in answers[page][2]
    assert {url for url in shown if "winners" in url} == set()
    code = Recognition.objects.get(submissions__title="Revoked film").code
    assert f"/verify/{code}/" in shown
    assert {answers[f"/laurels/{code}/{file}"][0] for file in FILES} == {410}


def test_before_the_first_reveal_of_all_the_home_page_shows_nothing_of_it(client):
    """Without any public results, the home page shows a contest with hidden ones."""
    contest = make.ContestFactory(title="Sealed contest", sealed=True)
    with time_machine.travel(timezone.now(), tick=False):
        hidden = hidden_result(contest, "sealedword")
        urls = ["/", f"/contests/{contest.slug}/", "/winners/", "/people/", "/quotes/", "/sources/"]
        with_hidden = crawl(client, urls)
        assert {status for status, _headers, _body in with_hidden.values()} == {200}
        assert leaks(with_hidden, "sealedword") == []
        remove(hidden)
        assert crawl(client, urls) == with_hidden


def test_the_moment_the_reveal_passes_the_result_appears(client, portal):
    word = "futureword"
    add_hidden(portal)
    hidden_entry(portal["future"], "losingword")
    urls = every_address()
    reveal_at = portal["future"].reveal_at
    with time_machine.travel(reveal_at - timedelta(seconds=1), tick=False):
        # Pages of the other hidden contests still reveal nothing.
        assert leaks(crawl(client, [url for url in urls if not re.search("sealed|draft", url)]), word) == []
    with time_machine.travel(reveal_at, tick=False):
        answers = crawl(client, urls)
        # A sitemap has a page for every 5,000 primary keys, and some databases don't reset the counter between tests.
        pages = re.findall(r"<loc>https?://[^/]+(/sitemap-people\.xml[^<]*)</loc>", answers["/sitemap.xml"][2].decode())
        assert leaks(crawl(client, pages), word) != []
    contest, film = portal["future"].slug, "film-futureword"
    appears = {url for url, _word in leaks(answers, word)}
    assert {
        "/",
        "/winners/",
        f"/contests/{contest}/",
        f"/contests/{contest}/winners/",
        f"/contests/{contest}/submissions/",
        f"/embed/contests/{contest}/winners/",
        "/series/shown-series/",
        "/series/shown-series/awards/shown-line/",
        "/people/",
        "/quotes/",
        "/sources/",
        *(
            f"{page}/feed.{form}"
            for page in ("/winners", "/quotes", f"/contests/{contest}")
            for form in ("atom", "json")
        ),
    } - appears == set()
    page = Submission.objects.get(slug=film).get_absolute_url()
    for url in (page, "/people/creator-futureword/", "/quotes/words-futureword/"):
        assert answers[url][0] == 200, url
    for url in (f"/embed/contests/{contest}/submissions/{film}/", "/embed/quotes/words-futureword/"):
        assert answers[url][0] == 200, url
    code = Recognition.objects.get(submissions__slug=film).code
    assert f"/verify/{code}/" in appears
    assert {answers[f"/laurels/{code}/{file}"][0] for file in FILES} == {200}
    poster = Submission.objects.get(slug=film).poster.name
    for name, kind in ((poster, "png"), (f"{poster}.20.avif", "avif"), (f"{poster}.20.webp", "webp")):
        status, headers, _body = answers[f"/media/{name}"]
        assert (status, headers["Content-Type"]) == (200, f"image/{kind}")
    assert leaks(answers, "sealedword", "draftword", "losingword") == []


def test_the_sweep_reaches_every_public_route():
    """Check the list of URLs itself: it contains each route of the design."""
    routes = {route for route, _parts in patterns()}
    assert {
        "",
        "contests/",
        "contests/{contest}/",
        "contests/{contest}/winners/",
        "contests/{contest}/corrections/",
        "contests/{contest}/submissions/",
        "contests/{contest}/submissions/{slug}/",
        "works/{slug}/",
        "contests/{contest}/events/{slug}/",
        "series/",
        "series/{series}/",
        "series/{series}/awards/{slug}/",
        "winners/",
        "people/",
        "people/{slug}/",
        "quotes/",
        "quotes/{slug}/",
        "sources/",
        "sources/{slug}/",
        "statistics/",
        "search/",
        "search/suggestions/",
        "media/{path}",
        "verify/",
        "verify/{code}/",
        "laurels/{code}/{file}",
        *("winners/feed.atom", "winners/feed.json", "quotes/feed.atom", "quotes/feed.json"),
        *("contests/{contest}/feed.atom", "contests/{contest}/feed.json"),
        "contests/{contest}/dates.ics",
        "contests/{contest}/press-kit.zip",
        "contests/{contest}/fact-sheet.pdf",
        "contests/{contest}/submissions/{slug}/press-kit.zip",
        "contests/{contest}/submissions/{slug}/fact-sheet.pdf",
        *(
            f"{noun}/citation.{form}"
            for noun in ("quotes/{slug}", "contests/{contest}/figures/{slug}", "contests/{contest}/submissions/{slug}")
            for form in ("txt", "bib", "json")
        ),
        "contests/{contest}/events/{slug}/event.ics",
        "embed/contests/{contest}/winners/",
        "embed/contests/{contest}/submissions/{slug}/",
        "embed/quotes/{slug}/",
        "oembed",
        "card.png",
        "contests/{contest}/card.png",
        "contests/{contest}/submissions/{slug}/card.png",
        "contests/{contest}/events/{slug}/card.png",
        "people/{slug}/card.png",
        "quotes/{slug}/card.png",
        "sitemap.xml",
        "sitemap-{section}.xml",
        "manifest.webmanifest",
        "robots.txt",
        "api/",
        "api/v1/",
        "api/v1/openapi.json",
        "api/v1/statistics",
        *(f"api/v1/{resource.name}" for resource in RESOURCES),
        *(f"api/v1/{resource.name}/{{id}}" for resource in RESOURCES),
        "healthz",
        "readyz",
        "admin/",
    } - routes == set()


def test_editors_see_the_image_of_a_hidden_film_and_visitors_do_not(client, portal):
    poster = hidden_result(portal["sealed"], "sealedword").submission.poster
    rendition = f"/media/{poster.name}.20.avif"
    assert client.get(f"/media/{poster.name}").status_code == client.get(rendition).status_code == 404
    client.force_login(make.UserFactory(editor=True))
    response = client.get(f"/media/{poster.name}")
    assert (response.status_code, response.getvalue()[:4]) == (200, b"\x89PNG")
    response = client.get(rendition)
    assert (response.status_code, response.getvalue()[4:12]) == (200, b"ftypavif")
    assert response.headers["Cache-Control"] == "private, max-age=600"
