"""
A portal that was deployed by the commands of docs/deploying.md: nginx in front with TLS and HTTP/2, granian started by
the unit file. The walk of a visitor runs through it too.
"""

import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from functools import partial
from http.cookiejar import CookieJar
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest

from tests.browser import test_visitor_walk
from tests.deploy import systemctl
from tests.deploy.machine import HOST, ROOT, Machine

PASSWORD = "correct horse battery staple"
PEOPLE = f"""
from accounts.models import User
from django.contrib.auth.models import Group
user = User.objects.create_user("ada@example.org", password="{PASSWORD}", name="Ada", is_staff=True)
user.groups.set(Group.objects.all())
"""

test_walk = test_visitor_walk.test_from_home_to_winner_to_creator_to_quote_to_source
test_width = test_visitor_walk.test_no_page_is_wider_than_the_screen
test_without_a_script = test_visitor_walk.test_a_list_is_narrowed_without_a_script
test_keyboard = test_visitor_walk.test_the_keyboard_reaches_the_content_first


@pytest.fixture(scope="module")
def machine(tmp_path_factory):
    programs = {"nginx": "nginx-light", "curl": "curl", "openssl": "openssl"}
    if missing := [package for program, package in programs.items() if not shutil.which(program)]:
        subprocess.run([ROOT / "scripts" / "apt-install", *missing], check=True)
    machine = Machine(tmp_path_factory.mktemp("machine"), {"EMAIL_URL": "smtp://127.0.0.1:9"})
    machine.settings |= {"SITE_URL": machine.url, "CSRF_TRUSTED_ORIGINS": machine.url, "REQUIRE_SECOND_FACTOR": "false"}
    try:
        machine.deploy()
        machine.run("laurel loaddata nextgen --verbosity 0; laurel refresh_search; laurel shell -c " + quoted(PEOPLE))
        yield machine
    finally:
        machine.stop()


@pytest.fixture
def nextgen_live(machine):
    return SimpleNamespace(url=machine.url)


@pytest.fixture
def new_page(new_page):
    return partial(new_page, ignore_https_errors=True)


def quoted(code):
    return "'" + code.replace("'", "'\\''") + "'"


class Visitor:
    """Sends requests with TLS, checks the certificate, and keeps cookies."""

    def __init__(self, machine):
        self.machine, self.cookies = machine, CookieJar()
        self.tls = ssl.create_default_context(cafile=machine.folder / "etc/nginx/tls/laurel.crt")
        handlers = urllib.request.HTTPSHandler(context=self.tls), urllib.request.HTTPCookieProcessor(self.cookies)
        self._opener = urllib.request.build_opener(*handlers, Unfollowed())

    def ask(self, path, data=None, *, url=None, **headers):
        url = url or self.machine.url
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(url + path, data, {"Referer": url + path, **headers})
        try:
            response = self._opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            return SimpleNamespace(
                status=response.status, headers=response.headers, text=response.read().decode("latin1")
            )

    def sign_in(self):
        self.ask("/account/sign-in/")
        return self.ask("/account/sign-in/", self.form(login="ada@example.org", password=PASSWORD))

    def form(self, **fields):
        token = next(cookie.value for cookie in self.cookies if cookie.name == "__Host-csrf")
        return urlencode({"csrfmiddlewaretoken": token, **fields}).encode()


class Unfollowed(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


@pytest.fixture
def visitor(machine):
    return Visitor(machine)


def log_of(machine, count=1):
    """Return the last lines of the access log. nginx writes a line right after a response."""
    time.sleep(0.1)
    return [
        json.loads(line) for line in (machine.folder / "var/log/nginx/laurel.log").read_text().splitlines()[-count:]
    ]


def raw(machine, data):
    """Send bytes with TLS, and return what comes back until nginx closes the connection or is silent for 5 seconds."""
    tls = ssl._create_unverified_context()
    with tls.wrap_socket(socket.create_connection(("127.0.0.1", machine.https), 10), server_hostname=HOST) as sock:
        sock.settimeout(5)
        received = b""
        try:
            sock.sendall(data)
            while part := sock.recv(65536):
                received += part
        except OSError:
            pass
        return received


def test_http_leads_to_https_and_other_hosts_get_nothing(machine, visitor):
    moved = visitor.ask("/people/?page=2", url=machine.plain_url)
    assert (moved.status, moved.headers["Location"]) == (308, f"https://{HOST}/people/?page=2")
    with pytest.raises(OSError, match="closed|reset"):
        visitor.ask("/", url=machine.plain_url, Host="elsewhere.example")
    assert visitor.ask("/", Host="elsewhere.example").status == 421
    with pytest.raises(ssl.SSLError), socket.create_connection(("127.0.0.1", machine.https), 10) as sock:
        visitor.tls.wrap_socket(sock, server_hostname="elsewhere.example")


def test_tls_is_current_and_http_2_is_offered(machine, visitor):
    visitor.tls.set_alpn_protocols(["h2", "http/1.1"])
    with visitor.tls.wrap_socket(
        socket.create_connection(("127.0.0.1", machine.https), 10), server_hostname=HOST
    ) as sock:
        assert (sock.selected_alpn_protocol(), sock.version()) == ("h2", "TLSv1.3")
    visitor = Visitor(machine)
    headers = visitor.ask("/").headers
    assert headers.get_all("Strict-Transport-Security") == ["max-age=31536000; includeSubDomains; preload"]
    assert headers.get_all("Content-Security-Policy")
    assert headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert headers["Server"] == "nginx"


def test_nginx_keeps_public_pages_and_static_files_and_nothing_else(machine, visitor):
    def kept(path, **headers):
        response = visitor.ask(path, **headers)
        assert response.status in (200, 302, 404)
        return log_of(machine)[0]["cache"], response

    assert kept("/people/?sort=name")[0] == "MISS"
    assert kept("/people/?sort=name")[0] == "HIT"
    assert kept("/people/?sort=name", Cookie="__Host-language=ja; __Host-session=forged")[0] == "BYPASS"
    style = re.search(r'href="(/static/[^"]+\.css)"', visitor.ask("/").text)[1]
    assert [kept(style)[0] for _ in range(2)] == ["MISS", "HIT"]
    assert kept(style)[1].headers["Cache-Control"].endswith("immutable")
    for path in ("/", "/nothing/", "/account/sign-in/", "/admin/", "/preview/forged/"):
        assert {kept(path)[0] for _ in range(2)} <= {"MISS", ""}, path


def test_headers_of_a_visitor_change_no_kept_page(machine, visitor):
    forged = {
        **{"X_Forwarded_Host": "elsewhere.example", "X_Forwarded_Proto": "http", "X_Forwarded_Port": "1"},
        **{"X_Original_URL": "/admin/", "X_Rewrite_URL": "/admin/", "Forwarded": "host=elsewhere.example;proto=http"},
        **{"X_HTTP_Method_Override": "POST", "X_Forwarded_Prefix": "/elsewhere", "X_Accel_Redirect": "/_upload"},
    }
    first = visitor.ask("/quotes/", **forged)
    assert (first.status, "elsewhere" in first.text) == (200, False)
    second = visitor.ask("/quotes/")
    assert log_of(machine)[0]["cache"] == "HIT"
    assert second.text == first.text


def test_requests_that_two_servers_could_read_differently_are_refused(machine):
    head = f"POST /language/ HTTP/1.1\r\nHost: {HOST}\r\nContent-Type: text/plain\r\n"
    smuggled = "GET /smuggled/ HTTP/1.1\r\nHost: x\r\n\r\n"
    for headers, body in (
        ("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + smuggled),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n" + smuggled),
        ("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n" + smuggled),
        ("Transfer-Encoding : chunked\r\n", "0\r\n\r\n" + smuggled),
        ("Content-Length: 5\r\nContent-Length: 0\r\n", smuggled),
        ("Content-Length: +5\r\n", smuggled),
        ("Transfer-Encoding: chunked\r\n", "5;a\r\nabcdefg\r\n0\r\n\r\n" + smuggled),
        ("Transfer-Encoding: chunked\r\n", "-1\r\n\r\n" + smuggled),
    ):
        received = raw(machine, (head + headers + "\r\n" + body).encode())
        assert re.findall(rb"^HTTP/1.1 (\d+)", received, re.MULTILINE)[0] in (b"400", b"501"), (headers, received[:200])
    assert not [line for line in log_of(machine, 20) if line["path"] == "/smuggled/"]


def test_too_large_a_body_is_refused_before_it_is_stored(machine, visitor):
    large = b"x" * (4 * 1024**2)
    assert visitor.ask("/language/", large[: 70 * 1024]).status == 413
    refused = visitor.ask("/admin/people/person/add/", large)
    assert (refused.status, "sign in in another tab" in refused.text) == (413, True)
    assert visitor.ask("/admin/people/person/add/", large, Cookie="__Host-session=forged").status == 413
    assert visitor.ask("/_upload", large[:1000]).status == 404
    # A size that is not known at first.
    head = f"POST /language/ HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\n\r\n".encode()
    received = raw(machine, head + b"20000\r\n" + large[: 128 * 1024] + b"\r\n0\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 413")
    assert [path for path in (machine.folder / "var/lib/nginx/body").rglob("*") if path.is_file()] == []


def test_editor_signs_in_and_uploads_a_picture(machine, visitor, new_page, tmp_path):
    signed_in = visitor.sign_in()
    assert (signed_in.status, signed_in.headers["Location"]) == (302, "/admin/")
    session = next(cookie for cookie in visitor.cookies if cookie.name == "__Host-session")
    assert session.secure
    assert any("HttpOnly" in each for each in signed_in.headers.get_all("Set-Cookie"))

    picture = tmp_path / "portrait.png"
    noisy_picture(picture)
    assert 3 * 1024**2 < picture.stat().st_size < 12 * 1024**2
    page = new_page(base_url=machine.url)
    page.goto("/account/sign-in/?next=/admin/people/person/add/")
    page.get_by_label("E-mail").first.fill("ada@example.org")
    page.locator("input[type=password]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r":\d+/admin/people/person/add/$"))
    protocol = page.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol")
    assert protocol == "h2"
    page.locator("#id_name").fill("Grace Hopper")
    page.locator("#id_portrait").set_input_files(picture)
    page.locator("input[name=_continue], button[name=_continue]").first.click()
    page.wait_for_url("**/admin/people/person/*/change/")
    upload = next(
        line for line in reversed(log_of(machine, 200)) if line["method"] == "POST" and "person/add" in line["path"]
    )
    assert (upload["status"], upload["protocol"]) == (302, "HTTP/2.0")

    # Nothing public shows this person yet, so only editors get the picture.
    stored = next((machine.folder / "var/lib/laurel/media/portraits").glob("*.png"))
    served = visitor.ask(f"/media/portraits/{stored.name}")
    assert (served.status, served.headers["Content-Type"]) == (200, "image/png")
    assert "private" in served.headers["Cache-Control"]
    assert Visitor(machine).ask(f"/media/portraits/{stored.name}").status == 404
    assert Visitor(machine).ask(f"/media/originals/portraits/{stored.name}").status == 404


def noisy_picture(path):
    from PIL import Image

    Image.frombytes("RGB", (1200, 1100), os.urandom(1200 * 1100 * 3)).save(path)


def test_log_has_no_secrets_and_nobody_can_be_found_by_it(machine, visitor):
    visitor.ask("/search/?q=private+words", User_Agent="Unusual/1.0", Referer="https://elsewhere.example/")
    visitor.ask("/account/invitation/very-secret-token/")
    visitor.ask("/preview/very-secret-token/contests/")
    visitor.ask("/Preview/very-secret-token/")
    visitor.ask("/people/ada%40private.example/")
    lines = log_of(machine, 5)
    paths = ["/search/", "/account/invitation/…", "/preview/…", "/Preview/…", "/people/…"]
    assert [line["path"] for line in lines] == paths
    for text in ("127.0.0.1", "Unusual", "elsewhere", "private", "very-secret"):
        assert text not in json.dumps(lines)
    # Laurel's log has the same id.
    assert all(re.fullmatch("[0-9a-f]{32}", line["request_id"]) for line in lines)
    assert "very-secret" not in machine.logs()


def test_what_is_for_monitoring_is_not_public(visitor):
    assert [visitor.ask(path).status for path in ("/metrics", "/readyz", "/healthz")] == [404, 404, 200]


def test_while_laurel_is_away_kept_pages_stay_and_others_say_when_to_come_back(machine, visitor):
    for path in ("/people/", "/people/"):
        assert visitor.ask(path).status == 200
    systemctl.stop(machine.folder, "laurel.service")
    try:
        assert visitor.ask("/people/").status == 200
        away = visitor.ask("/contests/nextgen/submissions/")
        assert (away.status, away.headers["Retry-After"]) == (503, "10")
        assert (away.headers["Content-Type"], away.headers["Cache-Control"]) == ("text/html", "no-store")
        api = visitor.ask("/api/v1/people")
        assert (api.status, api.headers["Content-Type"], json.loads(api.text)["status"]) == (
            503,
            "application/problem+json",
            503,
        )
    finally:
        machine.run("systemctl start laurel.service")
        until_served(machine)


def until_served(machine):
    end = time.monotonic() + 60
    while Visitor(machine).ask("/healthz").status != 200:
        assert time.monotonic() < end, machine.logs()
        time.sleep(0.2)


def test_upgrade_refuses_no_request(machine, visitor):
    """The commands of docs/upgrading.md, with a version that has another style sheet, while requests go on."""
    (machine.folder / "run/change").write_text("static/css/tokens.css\n:root {\n:root { --version: next;")
    visitor.sign_in()
    style, seen = re.compile(r'href="(/static/[^"]+\.css)"'), []
    current = machine.folder / "opt/laurel/current"
    old, workers = current.resolve(), systemctl.children(systemctl.number(machine.folder, "laurel.service"))
    stopped = threading.Event()

    def use():
        while not stopped.is_set():
            page = visitor.ask("/")
            seen.append((page.status, style.search(page.text)[1]))
            # The file may come from a worker of the other version.
            seen.append((visitor.ask(seen[-1][1]).status, ""))
            saved = visitor.ask("/language/", visitor.form(language="en", next="/people/"))
            seen.append((saved.status, ""))
            seen.append((visitor.ask("/admin/people/person/").status, ""))

    using = threading.Thread(target=use)
    using.start()
    try:
        machine.upgrade()
        end = time.monotonic() + 90
        while workers & systemctl.children(systemctl.number(machine.folder, "laurel.service")):
            assert time.monotonic() < end, machine.logs()
            time.sleep(0.2)
        # One whole round with the new workers, which are slow at first.
        rounds = len(seen) + 8
        while len(seen) < rounds:
            assert time.monotonic() < end, machine.logs()
            time.sleep(0.2)
    finally:
        stopped.set()
        using.join()
    assert current.resolve() != old
    assert {status for status, _style in seen} == {200, 302}
    styles = list(dict.fromkeys(style for _status, style in seen if style))
    assert len(styles) == 2
    assert seen[-4][1] == styles[1]
    assert [Visitor(machine).ask(each).status for each in styles] == [200, 200]
    assert "--version: next" in Visitor(machine).ask(styles[1]).text
