"""`manage.py check_sources` requests only safe URLs, limits its request rate, and reports the results correctly."""

import ipaddress
import socket
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from record.link_check import Found, LinkChecker, is_public, may_ask
from record.management.commands import check_sources
from record.models import Source
from tests import factories as make
from tests.admin_pages import filled, page, saved

State = Source.LinkState


class Site(BaseHTTPRequestHandler):
    """
    A server that responds with the status in the path. `/to/…` redirects, `/slow` sends slowly, and `/get/…` does not
    support HEAD.
    """

    protocol_version = "HTTP/1.1"

    def answer(self):
        self.server.asked.append(
            (self.command, self.path, time.monotonic(), self.headers["User-Agent"], self.headers["Host"])
        )
        kind, _, rest = self.path.strip("/").partition("/")
        if kind == "slow":
            for _ in range(100):
                self.wfile.write(b"H")
                self.wfile.flush()
                time.sleep(0.05)
            return
        status = {"get": 200 if self.command == "GET" else 405}.get(kind) or int(kind)
        self.send_response(status)
        if 300 <= status < 400:
            self.send_header("Location", rest.replace("HERE", f"http://127.0.0.1:{self.server.server_port}"))
        self.send_header("Content-Length", "1000000000")
        self.end_headers()

    do_GET = do_HEAD = answer  # noqa: N815 (the library's names)

    def log_message(self, *args):
        pass

    def handle(self):
        try:
            super().handle()
        except OSError:  # The client has closed the connection.
            self.close_connection = True


@pytest.fixture
def site():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    server.daemon_threads, server.asked = True, []
    server.handle_error = lambda *args: None
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    server.at = lambda path: f"http://127.0.0.1:{server.server_port}/{path}"
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def checker():
    return LinkChecker(
        "Laurel/test", allows=lambda address, port: address == ipaddress.ip_address("127.0.0.1"), pause=0
    )


@pytest.mark.parametrize(
    ("path", "state", "said"),
    [
        ("200", State.ANSWERS, "200"),
        ("get", State.ANSWERS, "200"),
        ("404", State.GONE, "404"),
        ("410", State.GONE, "410"),
        ("401", State.UNREACHABLE, "401"),
        ("403", State.UNREACHABLE, "403"),
        ("429", State.UNREACHABLE, "429"),
        ("500", State.UNREACHABLE, "500"),
        ("302//200", State.ANSWERS, "200"),
        ("302//404", State.GONE, "404"),
        ("301/", State.UNREACHABLE, "301"),
        ("302/file:///etc/passwd", State.UNREACHABLE, "not an address of the open web"),
        ("301/http://10.0.0.1/", State.UNREACHABLE, "not an address of the open web"),
        ("301/HERE/301/HERE/301/HERE/301/HERE/200", State.MOVED, None),
    ],
)
def test_what_is_found(site, checker, path, state, said):
    found = checker.check(site.at(path))
    assert found.state == state
    assert said in (None, found.said)


def test_one_that_has_moved_for_good_says_where(site, checker):
    assert checker.check(site.at("308/HERE/200")) == Found(State.MOVED, f"now at {site.at('200')}")


def test_redirects_without_end_are_not_followed(site, checker):
    path = "302/HERE/" * 12 + "200"
    assert checker.check(site.at(path)) == Found(State.UNREACHABLE, "too many redirects")
    assert len(site.asked) == 12  # Each of the six URLs is requested twice.


def test_head_is_asked_first_and_what_does_not_answer_twice(site, checker):
    checker.check(site.at("200"))
    checker.check(site.at("503"))
    assert [method for method, *_rest in site.asked] == ["HEAD", "HEAD", "GET", "HEAD", "GET"]
    assert {(agent, host) for *_rest, agent, host in site.asked} == {("Laurel/test", f"127.0.0.1:{site.server_port}")}


def test_a_server_that_drips_is_left_in_time(site, checker):
    checker.total = 0.3
    begun = time.monotonic()
    assert checker.check(site.at("slow")).state == State.UNREACHABLE
    assert time.monotonic() - begun < 2


def test_a_host_is_given_time_between_two_questions(site, checker):
    checker.pause = 0.2
    checker.check(site.at("200"))
    checker.check(site.at("302//200"))
    moments = [moment for _method, _path, moment, *_rest in site.asked]
    assert len(moments) == 3
    assert [later - earlier >= 0.19 for earlier, later in zip(moments, moments[1:], strict=False)] == [True, True]


PRIVATE = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1"),
    *("240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1"),
    *("::ffff:10.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "2001:db8::1", "192.0.2.1", "198.18.0.1"),
]


@pytest.mark.parametrize("address", PRIVATE)
def test_no_address_within_a_network_is_asked(address):
    assert not is_public(ipaddress.ip_address(address))
    assert not may_ask(ipaddress.ip_address(address), 80)


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1::1", "::ffff:93.184.216.34"])
def test_the_open_network_is_asked_at_the_ports_of_the_web(address):
    assert [may_ask(ipaddress.ip_address(address), port) for port in (80, 443, 8080, 22, 6379)] == [True] * 3 + [
        False
    ] * 2


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://127.0.0.1/", "file:///etc/passwd", "javascript:alert(1)", "//127.0.0.1/", "http://"),
        *("http://2130706433/", "http://0x7f.1/", "http://[::ffff:127.0.0.1]/", "http://user@127.0.0.1/"),
        *("http://localhost/", "http://[bad", "http://x:99999/", "http://a\0b/", "http://" + "a" * 300 + ".test/"),
    ],
)
def test_a_hostile_address_is_refused_and_nothing_is_raised(url, monkeypatch):
    monkeypatch.setattr(socket.socket, "connect", lambda *args: pytest.fail("connected"))
    assert LinkChecker("Laurel/test", pause=0).check(url).state == State.UNREACHABLE


def test_a_name_is_looked_up_once_and_every_address_of_it_judged(site, monkeypatch):
    asked = []
    real = socket.getaddrinfo

    def look(host, port, **options):
        asked.append(host)
        public = (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", port))
        return [public, *real("127.0.0.1", port, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", look)
    monkeypatch.setattr(socket.socket, "connect", lambda *args: pytest.fail("connected"))
    checker = LinkChecker("Laurel/test", allows=lambda address, port: is_public(address), pause=0)
    assert checker.check(f"http://rebound.test:{site.server_port}/").said == "not an address of the open web"
    assert asked == ["rebound.test"]


def test_the_connection_is_made_to_the_address_that_was_judged(site, checker, monkeypatch):
    real = socket.getaddrinfo
    answers = iter(["127.0.0.1"])  # A second lookup of the name would fail.

    def look(host, port, **options):
        return real(next(answers), port, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look)
    assert checker.check(f"http://rebound.test:{site.server_port}/200").state == State.ANSWERS
    assert site.asked[0][-1] == f"rebound.test:{site.server_port}"


def test_proxies_of_the_environment_are_not_asked(site, checker, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1/")
    assert checker.check(site.at("200")).state == State.ANSWERS


@pytest.fixture
def run(checker, monkeypatch, capsys):
    def made(user_agent):
        checker.user_agent = user_agent
        return checker

    monkeypatch.setattr(check_sources.Command, "checker", staticmethod(made))

    def run(**options):
        call_command("check_sources", **options)
        return capsys.readouterr().out

    return run


@pytest.mark.django_db
def test_the_command_marks_each_source_and_says_what_it_found(site, run, settings):
    settings.ALLOWED_HOSTS = ["*", ".example.org", "laurel.example.org"]
    there, gone = (make.SourceFactory(title=f"At {path}", url=site.at(path)) for path in ("200", "404"))
    make.SourceFactory(url="")
    versions = Source.history.count()
    assert run() == f"gone (404): At 404 – {gone.url}\nChecked 2: 1 reachable, 1 gone.\n"
    there.refresh_from_db()
    gone.refresh_from_db()
    assert (there.link_state, gone.link_state) == (State.ANSWERS, State.GONE)
    assert timezone.now() - there.checked_at < timedelta(minutes=1)
    assert Source.history.count() == versions
    assert {agent for *_rest, agent, _host in site.asked} == {
        "Laurel/1.0 (checks its sources; +https://laurel.example.org/)"
    }


@pytest.mark.django_db
def test_the_options_narrow_what_is_asked(site, run):
    old, new, never = (make.SourceFactory(url=site.at("200"), title=title) for title in ("Old", "New", "Never"))
    Source.objects.filter(pk=old.pk).update(checked_at=timezone.now() - timedelta(days=10))
    Source.objects.filter(pk=new.pk).update(checked_at=timezone.now())
    assert run(older_than=5, limit=1).startswith("Checked 1")
    never.refresh_from_db()
    old.refresh_from_db()
    assert (never.link_state, old.link_state) == ("answers", "")
    assert run(older_than=5).startswith("Checked 1")
    assert run(older_than=5) == "There was nothing to check.\n"
    assert run(source=new.slug).startswith("Checked 1")
    for options in ({"source": "unheard-of"}, {"limit": 0}, {"older_than": -1}, {"older_than": 10**9}):
        with pytest.raises(CommandError):
            run(**options)


@pytest.mark.django_db
def test_the_list_of_sources_shows_and_filters_the_state_and_a_new_address_has_none(desk):
    gone = make.SourceFactory(url="https://example.org/gone", title="Gone source")
    make.SourceFactory(title="Other source")
    Source.objects.filter(pk=gone.pk).update(link_state="gone", checked_at=timezone.now())
    shown = desk.get(page(Source, "changelist"), {"link_state__exact": "gone"}).content.decode()
    assert ("Gone source" in shown, "Other source" in shown) == (True, False)
    response = desk.get(page(gone))
    saved(desk.post(page(gone), filled(response, title="Same address")))
    gone.refresh_from_db()
    assert gone.link_state == "gone"
    saved(desk.post(page(gone), filled(desk.get(page(gone)), url="https://example.org/new")))
    gone.refresh_from_db()
    assert (gone.link_state, gone.checked_at) == ("", None)
