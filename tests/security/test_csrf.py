"""No form is accepted from another website: each route refuses a request that changes something without a token."""

import pytest
from django.test import Client

from tests import factories as make
from tests.url_patterns import addresses

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

#: The form for the language is on pages that are the same for all visitors. A forged one changes only the language. The
#: API only reads, and refuses every other method itself.
WITHOUT_TOKEN = {"/language/"}


@pytest.mark.parametrize("signed_in", [True, False])
def test_every_route_asks_for_the_token(signed_in):
    client = Client(enforce_csrf_checks=True)
    if signed_in:
        client.force_login(make.UserFactory(editor=True))
    asked = addresses({}, [("1", "1")], otherwise=["1"])
    answers = {address: client.post(address, {"x": "y"}).status_code for address in asked}
    assert len(answers) > 250
    refused = {address for address, status in answers.items() if status in (403, 405)}
    assert {address for address in set(answers) - refused if not address.startswith("/api/")} == WITHOUT_TOKEN
    assert {status for address, status in answers.items() if address.startswith("/api/v1/")} == {405}


def test_another_website_is_refused_with_a_token_too():
    client = Client(enforce_csrf_checks=True)
    token = str(client.get("/account/sign-in/", secure=True).context["csrf_token"])
    form = {"login": "a@b.example", "password": "x", "csrfmiddlewaretoken": token}
    for origin in ("https://evil.example", "null", "http://testserver", "https://testserver.evil.example"):
        response = client.post("/account/sign-in/", form, secure=True, headers={"origin": origin})
        assert response.status_code == 403, origin
    assert (
        client.post("/account/sign-in/", form, secure=True, headers={"origin": "https://testserver"}).status_code == 200
    )
    # Without the header Origin, the referrer decides.
    evil = {"referer": "https://evil.example/"}
    assert client.post("/account/sign-in/", form, secure=True, headers=evil).status_code == 403


def test_reading_changes_nothing(nextgen):
    """Signing out and switching the language, which a link could do, need a form."""
    client = Client()
    client.force_login(make.UserFactory(editor=True))
    for address in (
        "/account/sign-out/",
        "/admin/logout/",
        "/language/?language=pl",
        "/admin/time-zone/?zone=Asia/Tokyo",
    ):
        client.get(address)
        assert client.session.get("_auth_user_id"), address
        assert "language" not in client.cookies
