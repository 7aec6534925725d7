"""The page cache: which responses of the portal it keeps, for how long, and what it sends."""

import gzip
import re
from datetime import timedelta
from urllib.parse import urlencode

import brotli
import pytest
import time_machine
from django.core.handlers.wsgi import WSGIRequest
from django.core.management import call_command
from django.db import connection
from django.db.migrations import Migration
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contests import results
from contests.models import Contest, Recognition
from contests.preview import url_of
from people.models import Person
from portal.page_cache.kept_page import SHARED
from portal.page_cache.rules import names_read
from record import public_version
from record.models import Source
from tests import factories as make
from tests.browser.pages import PAGES
from tests.kept_client import KeptClient
from tests.reveal_urls import every_address
from tests.test_crawl import reached

pytestmark = pytest.mark.django_db

NEXTGEN = "/contests/nextgen/"
#: Files that programs and other websites read.
FILES = [
    *("/winners/feed.atom", "/winners/feed.json", "/quotes/feed.atom", f"{NEXTGEN}feed.atom", "/sitemap.xml"),
    *("/sitemap-people.xml", "/robots.txt", "/manifest.webmanifest", "/api/v1/", "/api/v1/people?limit=5"),
    *("/api/v1/openapi.json", f"/embed{NEXTGEN}winners/", "/card.png", f"{NEXTGEN}card.png"),
    *(
        "/search/suggestions/?q=tim",
        f"{NEXTGEN}submissions/alzheimer/citation.bib",
        f"{NEXTGEN}fact-sheet.pdf",
        "/ja/people/",
    ),
]


@pytest.fixture
def client():
    return KeptClient()


def test_each_public_page_and_file_is_kept_and_comes_back_the_same(client, nextgen):
    addresses = [*PAGES.values(), *FILES]
    unlike = []
    for address in dict.fromkeys(addresses):
        first = client.get(address)
        with CaptureQueriesContext(connection) as captured:
            second = client.get(address)
        by_django = Client().get(address)
        assert first.status_code == by_django.status_code, address
        if address == PAGES["sign-in"] or first.status_code != 200:
            assert not first.kept, address
            continue
        versions = [query for query in captured.captured_queries if "record_public_version" in query["sql"]]
        others = [query for query in captured if query not in versions and "set_config" not in query["sql"]]
        if (second.is_hit, len(others), second.content) != (True, 0, by_django.content):
            unlike.append((address, second.is_hit, len(others), second.content == by_django.content))
        headers = dict(second.headers.items())
        for name, value in by_django.headers.items():
            # The identifier of a request is not in a page that others get too.
            if name not in ("Cache-Control", "ETag", "X-Request-ID"):
                assert headers.get(name) == value, (address, name)
    assert unlike == []


@pytest.mark.one_database
def test_each_page_that_a_page_links_to_is_kept_except_archives(client, nextgen):
    def leads_on(address, link):
        return link.partition("#")[0] if re.match(r"/(?!ja/|ko/|pl/|zh-hans/|/)", link) else ""

    answers = reached(client, "/", leads_on)
    rest = {address for address, response in answers.items() if response.status_code == 200 and not response.kept}
    assert len(answers) > 60
    assert {address for address in rest if not address.endswith("press-kit.zip")} == set()


def test_what_depends_on_a_visitor_is_never_kept(client, nextgen):
    contest = Contest.objects.get()
    link = make.PreviewLinkFactory(contest=contest)
    addresses = [
        url_of(link),
        "/admin/",
        "/admin/login/",
        "/account/login/",
        "/healthz",
        "/nothing-here/",
        "/people",
        "/en/",
    ]
    for address in addresses:
        for _time in range(2):
            assert not client.get(address).kept, address
    assert len(client.layer.freshness.generation.pages) == 0


def test_an_editor_gets_kept_pages_but_no_page_of_an_editor_is_kept(client, nextgen, settings):
    settings.PRODUCTION = True  # Then only staff see the style guide.
    client.force_login(make.UserFactory(editor=True))
    guide = client.get("/style-guide/")
    assert (guide.status_code, guide.kept) == (200, False)
    assert client.get("/people/").kept
    assert client.get("/people/").is_hit
    assert KeptClient().get("/style-guide/").status_code == 404


def test_unknown_parameters_make_no_new_entry(client, nextgen):
    plain = client.get("/people/")
    for query in ("utm_source=a", "x", "q=1&x=2", "&&", "speaker=a", "%ff=%ff", "utm_source=a&utm_source=b"):
        response = client.get(f"/people/?{query}")
        assert (response.is_hit, response.content) == (True, plain.content), query
    assert len(client.layer.freshness.generation.pages) == 1
    filtered = client.get("/people/?utm_source=a&country=CN&sort=-name")
    assert not filtered.is_hit
    assert b"utm_source" not in filtered.content
    assert client.get("/people/?country=CN&sort=-name&fbclid=b").content == filtered.content
    assert client.get("/people/?country=CN&country=PL").content != filtered.content


@pytest.mark.one_database
def test_each_parameter_that_a_view_reads_is_declared(client, nextgen, monkeypatch):
    """The views of all routes are run with a query that records which of its names are read."""
    read = {}

    class Recording(QueryDict):
        path = ""

        def _note(self, name):
            read.setdefault(self.path, set()).add(name)

        def __getitem__(self, name):
            self._note(name)
            return super().__getitem__(name)

        def __contains__(self, name):
            self._note(name)
            return super().__contains__(name)

        def get(self, name, default=None):
            self._note(name)
            return super().get(name, default)

        def getlist(self, name, default=None):
            self._note(name)
            return super().getlist(name, default)

    def recorded(request):
        query = Recording(request.META["QUERY_STRING"])
        query.path = request.path
        return query

    monkeypatch.setattr(WSGIRequest, "GET", property(recorded))
    for address in every_address():
        path = address.partition("?")[0]
        if not path.startswith(("/admin/", "/account/", "/media/", "/api/v1/", "/healthz", "/readyz", "/language/")):
            Client().get(f"{path}?any=thing")
    read.pop("")  # While a query is parsed, it has no path yet.
    assert len(read) > 10
    undeclared = {path: names - names_read(path) for path, names in read.items()}
    assert {path: names for path, names in undeclared.items() if names} == {}


def test_the_home_page_is_kept_once_for_all_who_read_english(client, nextgen):
    first = client.get("/")
    assert first.kept
    assert client.get("/", headers={"accept-language": "en-GB,en;q=0.9"}).is_hit
    assert client.get("/", headers={"accept-language": "fr"}).is_hit
    led = client.get("/", headers={"accept-language": "ja"})
    assert (led.status_code, led["Location"], led.kept) == (302, "/ja/", False)
    client.cookies["language"] = "en"
    assert client.get("/", headers={"accept-language": "ja"}).is_hit
    assert len(client.layer.freshness.generation.pages) == 1


@pytest.mark.parametrize(
    ("accepted", "coding"), [("", ""), ("gzip", "gzip"), ("gzip, deflate, br", "br"), ("br;q=0", "")]
)
def test_a_page_is_compressed_as_the_client_accepts(client, nextgen, accepted, coding):
    plain = client.get("/people/").content
    for _time in range(2):
        response = client.get("/people/", headers={"accept-encoding": accepted})
        assert response.get("Content-Encoding", "") == coding
        assert int(response["Content-Length"]) == len(response.content)
        assert "Accept-Encoding" in response["Vary"]
        opened = {"gzip": gzip.decompress, "br": brotli.decompress, "": bytes}[coding](response.content)
        assert opened == plain
    assert coding == "" or len(response.content) < len(plain) / 2


def test_images_are_not_compressed(client):
    response = client.get("/card.png", headers={"accept-encoding": "gzip, br"})
    assert (response.get("Content-Encoding"), response.content[:4]) == (None, b"\x89PNG")


@pytest.mark.parametrize("address", ["/people/", "/card.png", "/api/v1/people", "/winners/feed.atom"])
def test_a_client_that_has_the_page_gets_304_with_the_same_headers(client, nextgen, address):
    page = client.get(address)
    for etag in (page["ETag"], f'"x", {page["ETag"]}', "*", page["ETag"].removeprefix("W/")):
        response = client.get(address, headers={"if-none-match": etag})
        assert (response.status_code, response.content) == (304, b"")
        for name in ("ETag", "Cache-Control", "Vary", "Content-Security-Policy", "Access-Control-Allow-Origin"):
            assert response.get(name) == page.get(name), name
        assert "Content-Length" not in response.headers
    assert client.get(address, headers={"if-none-match": 'W/"other"'}).status_code == 200
    fresh = KeptClient().get(address, headers={"if-none-match": page["ETag"]})
    assert fresh.status_code == 304, "also if the page is only made now"


def test_head_has_the_headers_and_no_body(client, nextgen):
    assert not client.head("/people/").kept
    page = client.get("/people/")
    response = client.head("/people/")
    assert (response.is_hit, response.content, response["Content-Length"]) == (True, b"", str(len(page.content)))


def test_other_methods_pass_by(client, nextgen):
    client.get("/people/")
    assert not client.post("/people/").kept
    assert client.options("/api/v1/people").status_code == 204


def test_hosts_and_schemes_have_pages_of_their_own(client, nextgen, settings):
    settings.ALLOWED_HOSTS = ["a.example", "b.example"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    for host in settings.ALLOWED_HOSTS:
        for scheme in ("http", "https"):
            response = client.get("/people/", headers={"host": host, "x-forwarded-proto": f"{scheme}, x"})
            assert not response.is_hit
            assert f'rel="canonical" href="{scheme}://{host}/people/"'.encode() in response.content
    assert client.get("/people/", headers={"host": "evil.example"}).status_code == 400
    assert len(client.layer.freshness.generation.pages) == 4


def test_a_cdn_may_keep_a_page_for_a_moment_but_not_shortly_before_a_reveal(client, nextgen):
    assert client.get("/people/")["Cache-Control"] == SHARED
    soon = timezone.now() + timedelta(seconds=60)
    make.ContestFactory(published_at=timezone.now(), approved_at=timezone.now(), reveal_at=soon)
    assert client.get("/people/")["Cache-Control"] == SHARED
    with time_machine.travel(soon - timedelta(seconds=4), tick=False):
        assert client.get("/people/")["Cache-Control"] == "no-cache"
    with time_machine.travel(soon, tick=False):
        assert client.get("/people/")["Cache-Control"] == SHARED


def test_a_change_is_seen_at_the_next_reading_however_it_is_made(client, nextgen, tmp_path):
    person = Person.objects.get(slug="tim-yip")
    fixture = tmp_path / "person.json"
    call_command("dumpdata", "people.person", output=str(fixture), verbosity=0)
    fixture.write_text(fixture.read_text().replace('"name": "Tim Yip"', '"name": "Loaded"'))

    def saved():
        person.name = "Saved"
        person.save()

    ways = {
        "Saved": saved,
        "Updated": lambda: Person.objects.filter(pk=person.pk).update(name="Updated"),
        "Loaded": lambda: call_command("loaddata", str(fixture), verbosity=0),
        "By SQL": lambda: connection.cursor().execute("UPDATE people_person SET name = 'By SQL'"),
    }
    for name, change in ways.items():
        before = client.get("/people/tim-yip/")
        assert client.get("/people/tim-yip/").is_hit
        change()
        after = client.get("/people/tim-yip/")
        assert not after.is_hit
        assert name.encode() in after.content
        assert name.encode() not in before.content


def test_a_kept_page_changes_at_the_moment_of_the_reveal(client):
    now = timezone.now()
    contest = make.ContestFactory(published_at=now, approved_at=now, reveal_at=now + timedelta(hours=1))
    make.RecognitionFactory(award__contest=contest, submission__title="Sealed film", approved_at=now)
    with time_machine.travel(contest.reveal_at - timedelta(milliseconds=1), tick=False):
        for _time in range(2):
            response = client.get("/winners/")
            assert b"Sealed film" not in response.content
        assert response.is_hit
    with time_machine.travel(contest.reveal_at, tick=False):
        assert b"Sealed film" in client.get("/winners/").content
        assert client.get("/winners/").is_hit


def test_a_kept_page_shows_a_revocation_at_once(client, nextgen):
    recognition = Recognition.objects.get(submissions__slug="alzheimer", award__name="Grand Prize")
    page = recognition.submission.get_absolute_url()
    client.get(page)
    assert client.get(page).is_hit
    results.revoke(recognition, actor=None, reason="It broke the rules.")
    assert b"It broke the rules." in client.get(page).content


def test_pages_that_show_a_date_or_a_deadline_change_with_it(client, nextgen):
    code = Recognition.objects.exclude(code=None).first().code
    contest = make.ContestFactory(published_at=timezone.now(), opens_at=timezone.now() + timedelta(hours=1))
    before = client.get(contest.get_absolute_url()).content
    client.get(f"/verify/{code}/")
    assert client.get(f"/verify/{code}/").is_hit
    with time_machine.travel(contest.opens_at, tick=False):
        assert client.get(contest.get_absolute_url()).content != before
    midnight = (timezone.now() + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    with time_machine.travel(midnight, tick=False):
        response = client.get(f"/verify/{code}/")
        assert not response.is_hit
        assert f"{midnight.day} {midnight:%B %Y}" in response.content.decode()


def test_if_the_clock_is_set_back_nothing_is_served_from_the_future(client):
    now = timezone.now()
    contest = make.ContestFactory(published_at=now, approved_at=now, reveal_at=now + timedelta(hours=1))
    make.RecognitionFactory(award__contest=contest, submission__title="Sealed film", approved_at=now)
    with time_machine.travel(contest.reveal_at, tick=False):
        assert b"Sealed film" in client.get("/winners/").content
    assert b"Sealed film" not in client.get("/winners/").content


def test_rate_limits_are_told_to_the_client_who_asked_and_not_kept(client, nextgen, settings):
    settings.API_RATE_LIMIT = 2
    first = client.get("/api/v1/people")
    assert first["RateLimit"].startswith('"default";r=1;')
    assert first["Cache-Control"] == "no-cache"
    again = [client.get("/api/v1/people") for _time in range(5)]
    assert all(response.is_hit and "RateLimit" not in response.headers for response in again)
    assert first.kept
    assert [client.get(f"/api/v1/people?limit={limit}").status_code for limit in (1, 2, 3)] == [200, 429, 429]
    assert client.get("/api/v1/people?limit=3").status_code == 429


def test_a_share_card_keeps_its_own_lifetime(client, nextgen):
    image = re.search(r'og:image" content="http://testserver([^"]+)', client.get("/people/").content.decode())[1]
    for _time in range(2):
        assert client.get(image.replace("&amp;", "&"))["Cache-Control"] == "public, max-age=86400"


def test_filters_with_any_text_are_kept_apart(client, nextgen):
    make.SourceFactory()
    assert Source.objects.exists()
    for value in ("a", "b", "\udcff", "ü", "a&b"):
        query = urlencode({"country": value}, errors="surrogateescape")
        assert client.get(f"/people/?{query}").content == Client().get(f"/people/?{query}").content


def test_a_query_that_is_not_percent_encoded_reaches_the_view_as_it_is(client, nextgen):
    """Some programs send raw UTF-8, which WSGI passes on as Latin-1."""
    raw = "Tim Yip – 叶".replace(" ", "%20")
    response = client.get("/search/", QUERY_STRING=f"q={raw}&x=1".encode().decode("latin-1"))
    assert "Tim Yip – 叶" in response.content.decode()


@pytest.mark.parametrize("address", ["/people?country=CN", "/?utm_source=a", "/quotes/?film=nextgen/alzheimer&x=1"])
def test_a_redirect_keeps_the_whole_query(client, nextgen, address):
    response = client.get(address, headers={"accept-language": "ja"})
    by_django = Client().get(address, headers={"accept-language": "ja"})
    assert response.status_code in (301, 302)
    assert (response.status_code, response["Location"]) == (by_django.status_code, by_django["Location"])


def test_no_cdn_keeps_the_home_page_because_it_depends_on_the_visitor(client, nextgen):
    response = client.get("/")
    assert (response.kept, response["Cache-Control"]) == (True, "no-cache")
    assert client.get("/ja/")["Cache-Control"] == SHARED


def test_nothing_is_kept_while_changes_are_not_noticed(client, nextgen):
    """A migration drops the triggers first. If it fails, they stay away."""
    assert client.get("/people/").kept
    public_version.TRIGGERS.remove(plan=[(Migration("0002", "people"), False)])
    for _time in range(2):
        assert not client.get("/people/").kept
    public_version.TRIGGERS.install()
    assert not client.get("/people/").is_hit
    assert client.get("/people/").is_hit
