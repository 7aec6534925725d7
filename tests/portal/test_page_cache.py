"""The page cache: which responses it keeps, for how long, and what it sends."""

import gzip
import re
import threading
import time
from datetime import timedelta
from urllib.parse import urlencode

import brotli
import pytest
import time_machine
from django.core.handlers.wsgi import WSGIRequest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.db.migrations import Migration
from django.http import HttpResponse, QueryDict
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import set_script_prefix
from django.utils import timezone

from contests import results
from contests.models import Contest, Recognition
from contests.preview import url_of
from people.models import Person
from portal.freshness import UNREACHABLE, Freshness
from portal.page_cache import MARK, PageCache, is_public, kept_page
from portal.page_cache.kept_page import SHARED, coding_of
from portal.page_cache.rules import key_of, names_read
from record import public_version
from record.models import Source
from tests import factories as make
from tests.browser.pages import PAGES
from tests.kept_client import KeptClient
from tests.reveal_urls import every_address
from tests.test_crawl import Page as Parsed

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


def application(environ, start_response):
    """Answer like Django would: a public page with the path in it."""
    environ.get(MARK, []).append(True)
    start_response("200 OK", [("Content-Type", "text/html; charset=utf-8")])
    return [f"page {environ['PATH_INFO']}?{environ['QUERY_STRING']} ".encode() * 20]


def environ_of(path):
    return {
        **{"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": "", "HTTP_HOST": "a"},
        "wsgi.url_scheme": "http",
    }


def asked(layer, path="/people/", **environ):
    """Return status, headers and body of the layer's response. Needs no database."""
    given = environ_of(path)
    started = []
    body = b"".join(layer(given | environ, lambda status, headers, exc_info=None: started.append((status, headers))))
    [(status, headers)] = started
    return status, dict(headers), body


def steady(read=lambda: 1, **options):
    """A freshness without a database: the version that `read` returns, and no moment before tomorrow."""
    return Freshness(read, lambda now: now + timedelta(days=1), **options)


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
            if name not in ("Cache-Control", "ETag"):
                assert headers.get(name) == value, (address, name)
    assert unlike == []


def test_each_page_that_a_page_links_to_is_kept_except_archives(client, nextgen):
    seen, waiting, rest = set(), ["/"], set()
    while waiting:
        address = waiting.pop()
        if address in seen:
            continue
        seen.add(address)
        response = client.get(address)
        if response.status_code == 200 and not response.kept:
            rest.add(address)
        if response.headers["Content-Type"].startswith("text/html"):
            links = Parsed(response.content.decode()).links
            waiting += [link.partition("#")[0] for link in links if re.match(r"/(?!ja/|ko/|pl/|zh-hans/|/)", link)]
    assert len(seen) > 60
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


def public(response, **request):
    given = RequestFactory().get("/people/")
    given.session = type("Session", (), {"accessed": False, "modified": False, **request})()
    return is_public(given, response)


def test_a_response_with_a_cookie_a_session_or_a_header_against_it_is_not_public():
    assert public(HttpResponse("a"))
    assert not public(HttpResponse("a"), accessed=True)
    assert not public(HttpResponse("a"), modified=True)
    assert not public(HttpResponse("a", status=404))
    assert not public(HttpResponse("a", headers={"Cache-Control": "private, max-age=9"}))
    assert not public(HttpResponse("a", headers={"Cache-Control": "no-store"}))
    assert not public(HttpResponse("a", headers={"Vary": "Cookie"}))
    assert public(HttpResponse("a", headers={"Vary": "Accept-Encoding"}))
    with_cookie = HttpResponse("a")
    with_cookie.set_cookie("a", "b")
    assert not public(with_cookie)
    assert not is_public(RequestFactory().get("/"), HttpResponse("a")), "without a session nothing is known"


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
        if not path.startswith(("/admin/", "/account/", "/media/", "/api/v1/", "/healthz", "/language/")):
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


def test_codings_are_chosen_by_weight():
    for header, coding in {
        "gzip;q=1.0, br;q=0.1": "gzip",
        "GZIP": "gzip",
        "identity;q=1, *;q=0": "",
        "br;q=x": "",
        "zstd": "",
        "br," * 9000: "br",
    }.items():
        assert coding_of(header) == coding, header[:40]


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
    recognition = Recognition.objects.get(submission__slug="alzheimer", award__name="Grand Prize")
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


def test_the_version_is_read_at_most_four_times_a_second():
    readings = []
    layer = PageCache(application, 2**20, steady(lambda: readings.append(1) or 1))
    end = time.monotonic() + 0.6
    number = 0
    while time.monotonic() < end:
        asked(layer)
        number += 1
    assert number > 100
    assert len(readings) in (2, 3)


def test_a_request_of_an_editor_reads_the_version_anew():
    readings = []
    layer = PageCache(application, 2**20, steady(lambda: readings.append(1) or 1))
    for _time in range(3):
        asked(layer, HTTP_COOKIE="a=b; sessionid=c")
    assert len(readings) == 3


def test_the_least_used_pages_are_dropped_when_the_memory_is_full():
    layer = PageCache(application, 60_000, steady())
    for number in range(50):
        asked(layer, "/people/")
        asked(layer, f"/people/{number}/")
    generation = layer.freshness.generation
    assert generation.size <= 60_000
    assert generation.size == sum(page.size for page in generation.pages.values())
    assert 5 < len(generation.pages) < 20
    assert asked(layer, "/people/")[1]["Cache-Status"] == "Laurel; hit", (
        "the page that is asked for most is still there"
    )
    assert asked(layer, "/people/0/")[1]["Cache-Status"] != "Laurel; hit"
    assert asked(layer, "/people/49/", HTTP_ACCEPT_ENCODING="br")[0] == "200 OK"
    assert generation.size == sum(page.size for page in generation.pages.values())


def test_a_page_that_is_too_large_and_an_endless_url_are_not_kept():
    layer = PageCache(application, 8000, steady())
    asked(layer)
    assert len(layer.freshness.generation.pages) == 0
    layer = PageCache(application, 2**20, steady())
    asked(layer, "/people/" + "a" * 1000)
    asked(layer, QUERY_STRING="country=" + "a" * 1000)
    assert len(layer.freshness.generation.pages) == 0


def test_a_page_that_many_wait_for_is_made_once():
    calls, started, may_end = [], threading.Event(), threading.Event()

    def slow(environ, start_response):
        calls.append(environ["PATH_INFO"])
        started.set()
        assert may_end.wait(10)
        return application(environ, start_response)

    layer, answers = PageCache(slow, 2**20, steady()), []
    threads = [threading.Thread(target=lambda: answers.append(asked(layer))) for _number in range(8)]
    for thread in threads:
        thread.start()
    assert started.wait(10)
    may_end.set()
    for thread in threads:
        thread.join(10)
    assert calls == ["/people/"]
    assert len({body for _status, _headers, body in answers}) == 1
    assert len(answers) == 8


def test_if_making_a_page_fails_the_next_one_who_waits_makes_it():
    calls = []

    def broken(environ, start_response):
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError
        return application(environ, start_response)

    layer = PageCache(broken, 2**20, steady())
    with pytest.raises(RuntimeError):
        asked(layer)
    assert asked(layer)[0] == "200 OK"
    assert layer.freshness.generation.in_progress == {}


def test_a_page_made_from_an_earlier_version_is_never_served_for_a_later_one():
    """The version changes while the page is being made. The page may be from before the change, so it is not kept."""
    version = [1]

    def editing(environ, start_response):
        version[0] += 1
        return application(environ, start_response)

    layer = PageCache(editing, 2**20, steady(lambda: version[0], every=0))
    asked(layer)
    assert asked(layer)[1]["Cache-Status"] != "Laurel; hit"


def test_pages_go_on_for_a_while_without_the_database_and_not_longer():
    state = {"down": False}

    def read():
        if state["down"]:
            raise DatabaseError
        return 1

    freshness = steady(read, every=0)
    layer = PageCache(application, 2**20, freshness)
    asked(layer)
    state["down"] = True
    assert asked(layer)[1]["Cache-Status"] == "Laurel; hit"
    freshness._answered_at -= UNREACHABLE
    assert "Cache-Status" not in asked(layer)[1]
    state["down"] = False
    assert asked(layer)[1]["Cache-Status"] == "Laurel; hit"


def test_while_one_thread_asks_a_slow_database_the_others_go_on_for_less_than_a_second():
    slow = threading.Event()
    state = {"slow": False}

    def read():
        if state["slow"]:
            slow.wait(10)
        return 1

    layer = PageCache(application, 2**20, steady(read))
    asked(layer)
    state["slow"] = True
    time.sleep(0.26)
    asking = threading.Thread(target=asked, args=[layer])
    asking.start()
    time.sleep(0.05)
    began = time.monotonic()
    assert asked(layer)[1]["Cache-Status"] == "Laurel; hit"
    assert time.monotonic() - began < 0.2
    time.sleep(0.5)
    waiting = threading.Thread(target=asked, args=[layer])
    waiting.start()
    time.sleep(0.1)
    assert waiting.is_alive(), "the version is too old: this thread waits for the answer"
    slow.set()
    asking.join(5)
    waiting.join(5)
    assert not waiting.is_alive()


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


def test_below_a_folder_pages_keep_their_parameters():
    names_read.cache_clear()
    set_script_prefix("/laurel/")
    try:
        assert "q" in names_read("/ja/search/")
        assert "country" in names_read("/people/")
    finally:
        set_script_prefix("/")
        names_read.cache_clear()


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


def test_if_the_database_hangs_nobody_gets_an_old_page_and_only_the_first_ones_wait():
    hangs, may_end = threading.Event(), threading.Event()

    def read():
        if hangs.is_set():
            may_end.wait(20)
        return 1

    layer = PageCache(application, 2**20, steady(read))
    asked(layer)
    hangs.set()
    time.sleep(0.8)
    threads = [threading.Thread(target=asked, args=[layer]) for _number in range(2)]
    for thread in threads:
        thread.start()
    time.sleep(1.2)
    began = time.monotonic()
    assert "Cache-Status" not in asked(layer)[1]
    assert time.monotonic() - began < 0.5
    may_end.set()
    for thread in threads:
        thread.join(5)


def test_if_the_next_moment_cannot_be_read_the_old_pages_have_ended_all_the_same():
    state = {"version": 1, "broken": False}

    def moment(now):
        if state["broken"]:
            raise DatabaseError
        return now + timedelta(days=1)

    layer = PageCache(application, 2**20, Freshness(lambda: state["version"], moment, every=0))
    asked(layer)
    state.update(version=2, broken=True)
    assert "Cache-Status" not in asked(layer)[1]


def test_sizes_are_right_after_many_threads_have_compressed_the_same_pages():
    layer = PageCache(application, 2**20, steady())
    for number in range(20):
        asked(layer, f"/people/{number}/")

    def compress():
        for number in range(20):
            for coding in ("br", "gzip"):
                asked(layer, f"/people/{number}/", HTTP_ACCEPT_ENCODING=coding)

    threads = [threading.Thread(target=compress) for _number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    generation = layer.freshness.generation
    assert len(generation.pages) == 20
    assert generation.size == sum(page.size for page in generation.pages.values())


def test_a_page_that_failed_after_it_was_declared_public_is_not_kept():
    def failing(environ, start_response):
        environ[MARK].append(True)
        start_response("500 Internal Server Error", [("Content-Type", "text/html")])
        return [b"failed"]

    layer = PageCache(failing, 2**20, steady())
    assert asked(layer)[0] == asked(layer)[0] == "500 Internal Server Error"
    assert len(layer.freshness.generation.pages) == 0


def test_those_who_wait_for_a_page_that_is_not_kept_make_it_once_more_together():
    """The first visitor has a broken cookie, so their page is not kept."""
    calls, started, may_end = [], threading.Event(), threading.Event()

    def slow(environ, start_response):
        calls.append(1)
        if len(calls) > 1:
            return application(environ, start_response)
        started.set()
        may_end.wait(10)
        start_response("200 OK", [("Set-Cookie", "sessionid=; Max-Age=0")])
        return [b"not kept"]

    layer, answers = PageCache(slow, 2**20, steady()), []
    threads = [threading.Thread(target=lambda: answers.append(asked(layer))) for _number in range(2)]
    threads[0].start()
    assert started.wait(10)
    threads[1].start()
    time.sleep(0.1)
    may_end.set()
    for thread in threads:
        thread.join(10)
    assert asked(layer)[1]["Cache-Status"] == "Laurel; hit"
    assert len(calls) == 2


def test_requests_for_a_missing_page_do_not_wait_for_each_other():
    together = threading.Barrier(2)

    def missing(environ, start_response):
        if environ["PATH_INFO"] == "/people/slow/":
            together.wait(5)
        start_response("404 Not Found", [("Content-Type", "text/html")])
        return [b"missing"]

    layer = PageCache(missing, 2**20, steady())
    layer.freshness.current().note_not_kept(key_of(environ_of("/people/slow/")))
    threads = [threading.Thread(target=asked, args=[layer, "/people/slow/"]) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert not together.broken


def test_long_headers_are_not_remembered():
    before = kept_page._coding_of.cache_info().currsize
    for number in range(5):
        coding_of("br," + "x" * 1000 + str(number))
    assert kept_page._coding_of.cache_info().currsize <= before + 1
