"""Every response has its security headers, and error pages reveal nothing."""

import pytest
from django.test import Client, RequestFactory
from django.urls import path

from record.web import error_pages
from tests import factories as make
from tests.url_patterns import addresses

pytestmark = pytest.mark.django_db
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "manifest-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}


def policy_of(response):
    parts = response["Content-Security-Policy"].split(";")
    return dict(part.strip().partition(" ")[::2] for part in parts if part.strip())


@pytest.mark.parametrize("address", ["/", "/people/", "/nothing/", "/robots.txt", "/healthz", "/account/sign-in/"])
def test_every_answer_carries_the_same_strict_headers(client, nextgen, address):
    response = client.get(address)
    assert policy_of(response) == POLICY
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    # Some URLs of account pages are secret, so they must not be sent as the referrer, not even to pages of the portal.
    told = "strict-origin" if address.startswith("/account/") else "strict-origin-when-cross-origin"
    assert response["Referrer-Policy"] == told
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]


def test_the_admin_carries_the_same_policy_for_those_who_are_signed_in(client):
    client.force_login(make.UserFactory(editor=True))
    response = client.get("/admin/")
    assert response.status_code == 200
    assert policy_of(response) == POLICY


def test_a_visitor_gets_no_cookie(client, nextgen):
    for address in ("/", "/people/", "/quotes/?speaker=tim-yip", "/nothing/"):
        client.get(address)
    assert client.cookies == {}


def explode(request):
    raise RuntimeError("a secret of the inside")


def forbid(request):
    from django.core.exceptions import PermissionDenied

    raise PermissionDenied


def refuse(request):
    from django.core.exceptions import SuspiciousOperation

    raise SuspiciousOperation("a secret of the inside")


class Broken:
    """A URL configuration whose views raise errors."""

    from portal.urls import handler400, handler403, handler404, handler500, urlpatterns

    urlpatterns = [path("500/", explode), path("403/", forbid), path("400/", refuse), *urlpatterns]


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [
        ("/404/", 404, "Page not found"),
        ("/403/", 403, "No access"),
        ("/400/", 400, "This request can’t be read"),
        ("/500/", 500, "Something went wrong"),
    ],
)
def test_error_pages_wear_the_look_of_the_site_and_give_nothing_away(settings, address, status, words):
    settings.ROOT_URLCONF = Broken
    response = Client(raise_request_exception=False).get(address)
    body = response.content.decode()
    assert response.status_code == status
    assert body.count("<h1") == 1
    assert words in body
    assert 'class="site-header"' in body
    assert '<meta name="robots" content="noindex">' in body
    assert "secret of the inside" not in body
    assert "Traceback" not in body


def test_a_host_that_is_not_ours_gets_the_page_on_bad_requests(client):
    response = client.get("/", headers={"host": "evil.example"})
    assert response.status_code == 400
    assert "This request can’t be read" in response.content.decode()
    assert "evil.example" not in response.content.decode()


def test_a_forged_form_gets_the_page_on_expired_forms():
    response = Client(enforce_csrf_checks=True).post("/account/sign-in/", {"username": "x", "password": "y"})
    assert response.status_code == 403
    assert "This form has expired" in response.content.decode()


def test_error_pages_ask_the_database_for_nothing(django_assert_num_queries):
    request = RequestFactory().get("/")
    with django_assert_num_queries(0):
        for view in (error_pages.bad_request, error_pages.forbidden, error_pages.not_found):
            assert b"<h1>" in view(request, None).content
        assert b"<h1>" in error_pages.server_error(request).content


def test_pages_are_not_kept_by_caches_past_a_reveal(client, nextgen):
    assert client.get("/")["Cache-Control"] == "no-cache"


def test_public_addresses_are_only_read(nextgen):
    """
    Check that the language switch is the only public page that accepts a form. All other requests are refused before
    their body is read. The admin and the account pages have their own tests.
    """
    asked = addresses({}, [("nextgen", "alzheimer")], otherwise=["nextgen"])
    public = [
        address for address in asked if not address.startswith(("/admin", "/account")) and address != "/language/"
    ]
    assert len(public) > 15
    assert {address: Client().post(address).status_code for address in public} == dict.fromkeys(public, 405)
