"""The page cache keeps nothing that an attacker has put into a page, and nothing that is about one person."""

import pytest

from tests import factories as make
from tests.kept_client import KeptClient

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
MARKER = "evil-marker"
# What an attacker can choose without changing the key of a page.
# fmt: off
UNKEYED = dict.fromkeys([
    "user-agent", "referer", "origin", "x-forwarded-host", "x-forwarded-prefix", "x-original-url", "x-rewrite-url",
    "x-forwarded-for", "x-forwarded-port", "x-forwarded-scheme", "forwarded", "accept", "x-http-method-override",
    "accept-language", "cookie", "range", "if-none-match", "x-requested-with", "via", "x-real-ip", "true-client-ip",
], MARKER)
# fmt: on


@pytest.mark.parametrize(
    "address", ["/", "/people/", "/contests/nextgen/", "/winners/feed.atom", "/api/v1/people", "/card.png"]
)
def test_no_unkeyed_header_changes_what_the_next_visitor_gets(nextgen, address):
    poisoned = KeptClient()
    first = poisoned.get(address, headers=UNKEYED)
    assert MARKER.encode() not in first.content
    assert MARKER not in str(first.headers)
    after, clean = poisoned.get(address), KeptClient().get(address)
    assert (after.status_code, after.content) == (clean.status_code, clean.content)
    assert {**after.headers, "Date": ""} == {**clean.headers, "Date": ""}


@pytest.mark.parametrize("host", ["testserver:1", "testserver:65535", "TESTSERVER:99999"])
def test_a_port_that_is_not_ours_is_kept_by_nobody(nextgen, host):
    """Django accepts any port. A CDN whose key has no port would give links with this port to everybody."""
    client = KeptClient()
    response = client.get("/people/", headers={"host": host})
    assert not response.kept
    assert "public" not in response.headers.get("Cache-Control", "")
    assert ":1/" not in client.get("/people/").content.decode()


@pytest.mark.parametrize(
    "tail", ["x.css", "a.js", ";a.css", "%2fa.css", "%0aa.css", "%3fa.css", "%23a.css", "?a.css", "..%2fstatic/a.css"]
)
def test_no_ending_makes_a_private_page_public(tail):
    client = KeptClient()
    account = make.UserFactory(editor=True, name="Only For Me")
    client.force_login(account)
    for base in (
        "/admin/",
        "/admin/accounts/user/",
        "/account/sessions/",
        "/account/email/",
        "/static/../admin/",
        "/%61dmin/",
    ):
        response = client.get(f"{base}{tail}")
        assert not response.kept, base
        assert "public" not in response.headers.get("Cache-Control", ""), base
        assert response.status_code != 200 or "no-store" in response.headers["Cache-Control"], base


def test_pages_of_an_editor_say_nothing_about_them_to_the_next_visitor(nextgen):
    client = KeptClient()
    client.force_login(make.UserFactory(editor=True, name="Only For Me"))
    for address in ("/", "/people/", "/contests/nextgen/", "/search/?q=a", "/account/", "/admin/"):
        client.get(address)
    client.cookies.clear()
    for address in ("/", "/people/", "/contests/nextgen/", "/search/?q=a", "/account/", "/admin/"):
        response = client.get(address)
        assert "Only For Me" not in response.content.decode()
        assert not response.cookies
