"""The page cache as a WSGI layer: threads, memory, and a database that fails. Needs no database itself."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import set_script_prefix

from portal.freshness import UNREACHABLE, Freshness
from portal.page_cache import MARK, PageCache, is_public, kept_page
from portal.page_cache.kept_page import coding_of
from portal.page_cache.rules import key_of, names_read


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


def test_below_a_folder_pages_keep_their_parameters():
    names_read.cache_clear()
    set_script_prefix("/laurel/")
    try:
        assert "q" in names_read("/ja/search/")
        assert "country" in names_read("/people/")
    finally:
        set_script_prefix("/")
        names_read.cache_clear()


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
