"""Every kind of response has the headers that browsers need to defend its reader, with the settings of production."""

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from portal.freshness import Freshness
from portal.page_cache import PageCache
from portal.response_headers import OF_FILES, OF_STATIC_FILES
from portal.static_files import StaticFiles
from tests import factories as make
from tests.portal.test_page_cache_layer import asked
from tests.portal.test_security_headers import POLICY, policy_of
from tests.reveal_rows import picture

pytestmark = pytest.mark.django_db
HTTPS = {"x-forwarded-proto": "https"}
HSTS = "max-age=31536000; includeSubDomains; preload"


@pytest.fixture(autouse=True)
def production(settings):
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 3600
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


# For each response: its status, and who may load it (other websites, or only the portal).
ANSWERS = {
    "/": (200, "same-origin"),
    "/people/": (200, "same-origin"),
    "/people": (301, "same-origin"),
    "/nothing/": (404, "same-origin"),
    "/media/posters/nothing.png": (404, "same-origin"),
    "/account/sign-in/": (200, "same-origin"),
    "/admin/": (302, "same-origin"),
    "/healthz": (200, "same-origin"),
    "/robots.txt": (200, "cross-origin"),
    "/sitemap.xml": (200, "cross-origin"),
    "/winners/feed.atom": (200, "cross-origin"),
    "/api/v1/people": (200, "cross-origin"),
    "/api/v1/people/nobody": (404, "cross-origin"),
    "/oembed": (400, "cross-origin"),
    "/card.png": (200, "cross-origin"),
    "/contests/nextgen/press-kit.zip": (200, "cross-origin"),
    "/contests/nextgen/fact-sheet.pdf": (200, "cross-origin"),
}


def test_every_kind_of_response_is_defended(nextgen):
    client, found = Client(headers=HTTPS), {}
    for address in ANSWERS:
        response = client.get(address)
        assert response["Strict-Transport-Security"] == HSTS, address
        assert response["X-Content-Type-Options"] == "nosniff", address
        assert response["Referrer-Policy"] in ("strict-origin-when-cross-origin", "strict-origin"), address
        assert "camera=()" in response["Permissions-Policy"], address
        policy = policy_of(response)
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'", address
        assert "unsafe" not in response["Content-Security-Policy"], address
        found[address] = response.status_code, response["Cross-Origin-Resource-Policy"]
    assert found == ANSWERS


@pytest.mark.parametrize("host", ["testserver", "evil.example"])
def test_requests_that_no_view_sees_are_defended_too(client, host):
    response = client.get("/", headers={"host": host})
    assert response.status_code == (301 if host == "testserver" else 400)
    assert response.get("Location", "https://testserver/") == "https://testserver/"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert policy_of(response) == POLICY
    assert response["Referrer-Policy"] == "strict-origin-when-cross-origin"


def test_refused_methods_and_bodies_are_defended(nextgen):
    client = Client(headers=HTTPS, enforce_csrf_checks=True)
    answers = {
        405: client.options("/people/"),
        403: client.put("/people/"),
        413: client.post("/account/sign-in/", {"login": "a" * 70_000}),
        400: client.post("/language/", {"language": "xx"}),
    }
    for status, response in answers.items():
        assert (response.status_code, policy_of(response)) == (status, POLICY)
        assert response["X-Content-Type-Options"] == "nosniff"


def test_an_image_opened_by_itself_runs_nothing(nextgen):
    work = make.SubmissionFactory(contest=make.ContestFactory(revealed=True))
    work.poster.save("poster.png", picture("poster"))
    client = Client(headers=HTTPS)
    code = make.RecognitionFactory(award__contest=work.contest, submission=work).code
    for address in (work.poster.url, "/card.png", f"/laurels/{code}/laurel-black.svg", f"/laurels/{code}/black.svg"):
        response = client.get(address)
        if response.status_code == 200:
            assert response["Content-Security-Policy"] == OF_FILES, address
            assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert client.get(work.poster.url).status_code == 200


@pytest.mark.parametrize("name", ["posters/evil.svg", "posters/evil.html", "posters/evil.xhtml", "posters/evil.js"])
def test_a_file_in_the_storage_that_is_no_picture_runs_nothing(name):
    """No form stores such a file. If it is there all the same, a browser shows it in a sandbox or as a download."""
    work = make.SubmissionFactory(contest=make.ContestFactory(revealed=True))
    make.RecognitionFactory(award__contest=work.contest, submission=work)
    work.poster.storage.save(name, ContentFile(b"<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>"))
    type(work).objects.filter(pk=work.pk).update(poster=name)
    response = Client(headers=HTTPS).get(f"/media/{name}")
    assert response.status_code in (200, 404)
    if response.status_code == 200:
        assert response["Content-Security-Policy"] == OF_FILES


def test_static_files_are_defended(settings, tmp_path):
    settings.STATIC_ROOT = str(tmp_path)
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = False
    for name in ("a.svg", "a.css"):
        (tmp_path / name).write_text("x")
    layer = PageCache(StaticFiles(lambda environ, start_response: []), 2**20, Freshness(lambda: 1, lambda now: now))
    for name in ("a.svg", "a.css"):
        for _made_then_kept in range(2):
            _status, headers, _body = asked(layer, f"/static/{name}", HTTP_X_FORWARDED_PROTO="https")
            assert headers["Strict-Transport-Security"] == HSTS
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers.get("Content-Security-Policy") == (OF_STATIC_FILES if name == "a.svg" else None)


def test_no_header_and_no_field_changes_the_method(nextgen):
    client = Client(headers=HTTPS)
    for name in ("x-http-method-override", "x-http-method", "x-method-override"):
        assert client.get("/language/", headers={name: "POST"}).status_code == 405
    assert client.get("/language/?_method=POST&language=pl").status_code == 405
