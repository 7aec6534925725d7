"""Large, long and deeply nested input is refused, or read in a time that grows no faster than its length."""

import inspect
import re
import sys
import time
from io import BytesIO

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from django.urls import get_resolver

from portal.request_encoding import Utf8Only
from tests import factories as make
from tests.portal.test_page_cache_layer import asked

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
MANY = "&".join(f"a{number}={number}" for number in range(10_000))
DEEP = "[" * 60_000


@pytest.mark.parametrize(
    "address", ["/people/", "/search/", "/statistics/", "/api/v1/people", "/oembed", "/account/sign-in/"]
)
def test_ten_thousand_parameters_are_read_or_refused(client, nextgen, address):
    assert client.get(f"{address}?{MANY}").status_code in (200, 302, 400, 422)
    assert client.get(f"{address}?{'&'.join(['q=a'] * 10_000)}").status_code in (200, 302, 400, 422)


def test_an_answer_does_not_repeat_all_that_was_wrong(client, nextgen):
    asked_for = f"/api/v1/people?{MANY}"
    assert len(client.get(asked_for).content) < len(asked_for)


def test_too_many_fields_and_parts_are_refused(client):
    form = {f"a{number}": "1" for number in range(11_000)}
    assert client.post("/account/sign-in/", form).status_code == 413
    few = "&".join(f"a{number}=" for number in range(10_500))
    sent = client.post("/language/", few, content_type="application/x-www-form-urlencoded")
    assert sent.status_code in (400, 413)


@pytest.mark.parametrize("text", [DEEP, '{"a":' * 10_000, '{"id": ' + DEEP[:5000], "9" * 50_000])
def test_deeply_nested_json_is_wrong_like_any_other(client, text):
    account = make.UserFactory()
    for address, field in (
        ("/account/second-factor/passkeys/login/", "credential"),
        ("/account/second-factor/code/", "credential"),
        ("/account/sign-in/", "login"),
    ):
        assert client.post(address, {field: text}).status_code in (200, 302), address
    client.force_login(account)
    client.post("/account/reauthenticate/", {"password": make.PASSWORD})
    add = "/account/second-factor/passkeys/add/"
    client.get(add)
    assert client.post(add, {"name": "x", "credential": text}).status_code in (200, 302)


def test_nested_multipart_is_not_read(client):
    inner = b"--b\r\nContent-Disposition: form-data; name=login\r\n\r\nx\r\n--b--"
    for depth in range(200):
        boundary = f"b{depth}".encode()
        inner = b"--" + boundary + b"\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-Disposition: form-data; "
        inner += b"name=n\r\n\r\n" + b"x" + b"\r\n--" + boundary + b"--"
    response = client.generic("POST", "/account/sign-in/", inner, content_type="multipart/form-data; boundary=b199")
    assert response.status_code == 200


# Texts that make a pattern with nested repetitions try every way to divide them.
LONG = [
    "a" * 20_000 + "!",
    "-" * 20_000,
    "a-" * 10_000 + "!",
    " " * 20_000 + "x",
    "\u0301" * 20_000,
    "1" * 20_000 + "x",
]


def seconds(work) -> float:
    """Return the processor time of `work` in seconds, the least of two."""
    found = []
    for _time in range(2):
        begun = time.process_time()
        work()
        found.append(time.process_time() - begun)
    return min(found)


def project_patterns():
    """Return {(module, name): pattern}, and of these the ones that the module looks for anywhere in a text."""
    ours = ("record", "accounts", "people", "contests", "search", "api", "publishing", "portal")
    get_resolver().url_patterns  # noqa: B018 (loads every module of the project)
    found, searched = {}, set()
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in ours:
            for key, value in vars(module).items():
                if isinstance(value, re.Pattern):
                    found[name, key] = value
                    if re.search(rf"\b{key}\.(?:search|subn?|findall|finditer|split)\b", inspect.getsource(module)):
                        searched.add((name, key))
    return found, searched


@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
def test_patterns_of_the_project_take_no_longer_for_hostile_texts(text):
    """
    A pattern that tries all divisions of such a text never ends. Those of imports read single cells of an editor's
    file; some take the square of their length.
    """
    patterns, searched = project_patterns()
    assert len(patterns) > 30
    assert len(searched) > 10
    slow = {}
    for name, pattern in patterns.items():
        value = text[-1_000:] if ".importing" in name[0] else text
        value = value if isinstance(pattern.pattern, str) else value.encode()
        for method in (pattern.fullmatch, pattern.search) if name in searched else (pattern.fullmatch,):
            took = seconds(lambda method=method, value=value: method(value))
            if took > 1:
                slow[name] = took
    assert slow == {}


@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
def test_long_words_are_searched_as_fast_as_short_ones(client, nextgen, text):
    assert seconds(lambda: client.get("/search/", {"q": text})) < 2
    assert seconds(lambda: client.get("/search/suggestions/", {"q": text})) < 2


@pytest.mark.parametrize("charset", ["hex", "undefined", "utf-16", "idna", "rot13", "zlib", "nonsense", "utf-7"])
def test_no_encoding_of_a_request_makes_an_error(charset):
    """Django decodes the query string with this encoding, before any middleware."""
    application = Utf8Only(WSGIHandler())
    for content_type in (f"text/html; charset={charset}", f"multipart/form-data; boundary=x; Charset = '{charset}'"):
        environ = {"QUERY_STRING": "q=%C3%A9", "CONTENT_TYPE": content_type, "wsgi.input": BytesIO()}
        environ["HTTP_HOST"] = "testserver"
        status, _headers, _body = asked(application, "/nothing/", **environ)
        assert status == "404 Not Found"


def test_long_paths_and_headers_are_answered():
    client = Client()
    for address in [
        f"/{'a' * 50_000}/",
        f"/people/{'é' * 5_000}/",
        f"/{'a/' * 10_000}",
        f"/media/posters/{'a' * 10_000}.png",
    ]:
        assert client.get(address).status_code == 404
    headers = dict.fromkeys(("accept-language", "cookie", "if-none-match", "range", "accept-encoding"), "a" * 100000)
    assert client.get("/robots.txt", headers=headers).status_code == 200
