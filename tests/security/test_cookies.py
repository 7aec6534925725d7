"""Cookies in production: bound to the host, unreadable for scripts, and sent over HTTPS only."""

import json

import pytest
from django.test import Client

from tests import factories as make
from tests.kept_client import KeptClient
from tests.portal.test_settings import PRODUCTION, manage

NAMES = {"SESSION_COOKIE_NAME": "__Host-session", "CSRF_COOKIE_NAME": "__Host-csrf"}
NAMES |= {"LANGUAGE_COOKIE_NAME": "__Host-language"}
KINDS = [name.removesuffix("_NAME") for name in NAMES]


def test_production_binds_every_cookie_to_the_host():
    asked = {
        f"{kind}_{part}" for kind in KINDS for part in ("NAME", "SECURE", "HTTPONLY", "SAMESITE", "PATH", "DOMAIN")
    }
    code = f"import json; from django.conf import settings as s; told = {{n: getattr(s, n) for n in {sorted(asked)}}}; "
    code += "print(json.dumps(told))"
    run = manage("shell", "-v0", "-c", code, **PRODUCTION)
    told = json.loads(run.stdout.splitlines()[-1])
    assert {name: told[name] for name in NAMES} == NAMES
    assert {told[f"{kind}_SECURE"] for kind in KINDS} == {True}
    assert {told[f"{kind}_HTTPONLY"] for kind in KINDS} == {True}
    assert {told[f"{kind}_SAMESITE"] for kind in KINDS} == {"Lax"}
    # With another path or a domain, browsers would ignore cookies with this prefix.
    assert {(told[f"{kind}_PATH"], told[f"{kind}_DOMAIN"]) for kind in KINDS} == {("/", None)}


@pytest.fixture
def production(settings):
    for name, value in NAMES.items():
        setattr(settings, name, value)
    for kind in KINDS:
        setattr(settings, f"{kind}_SECURE", True)


@pytest.mark.django_db
def test_each_cookie_that_is_sent_has_what_its_prefix_demands(production, client):
    account = make.UserFactory(is_staff=True)
    client.get("/account/sign-in/")
    client.post("/account/sign-in/", {"login": account.email, "password": make.PASSWORD})
    client.post("/language/", {"language": "pl", "next": "/"})
    assert set(client.cookies) == set(NAMES.values())
    for name, cookie in client.cookies.items():
        assert (cookie["path"], cookie["domain"], cookie["samesite"]) == ("/", "", "Lax"), name
        assert cookie["secure"], name
        assert cookie["httponly"], name
    assert client.get("/admin/").status_code == 200


@pytest.mark.django_db
def test_forms_work_with_the_token_in_the_page_alone(production):
    """The cookie of the token can't be read by scripts, so no script needs it."""
    client = Client(enforce_csrf_checks=True)
    page = client.get("/account/sign-in/")
    account = make.UserFactory(is_staff=True)
    form = {"login": account.email, "password": make.PASSWORD}
    assert client.post("/account/sign-in/", form).status_code == 403
    token = str(page.context["csrf_token"])
    assert client.post("/account/sign-in/", form | {"csrfmiddlewaretoken": token}).status_code == 302


@pytest.mark.django_db
def test_the_language_and_the_page_cache_read_the_names_of_the_settings(production):
    client = KeptClient()
    client.cookies["__Host-language"] = "pl"
    assert client.get("/")["Location"].endswith("/pl/")
    client.cookies.clear()
    client.cookies["language"] = "pl"
    assert client.get("/").status_code == 200
