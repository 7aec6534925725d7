"""No link of the portal leads to another website, whatever it names as the next page."""

from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
from django.test import Client

from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

# Ways to write another website that browsers understand: they remove tabs and line breaks, and read "\" as "/".
ELSEWHERE = [
    *(
        "https://evil.example/",
        "//evil.example/",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
    ),
    *(
        "http:evil.example",
        "https:/evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        " //evil.example",
        "\x00//evil.example",
    ),
    *(
        "/\n/evil.example",
        "https://testserver@evil.example/",
        "//testserver.evil.example",
        "http://[::1",
        "//[::1",
        "/\\[",
        "/%09/evil.example",
    ),
    *(
        "/pl//evil.example/",
        "/en//evil.example/",
        "/ja/\\evil.example",
        "//evil%E3%80%82example/",
        "https://testserver:1@evil.example",
    ),
]


def leads_to(response) -> str:
    """Return the host to which a browser goes."""
    location = "".join(c for c in response.get("Location", "") if c not in "\t\r\n").strip().replace("\\", "/")
    target = urlsplit(urljoin("http://testserver/", location))
    assert target.scheme in ("http", "https"), location
    return target.netloc


# `next` without a slash: "home" is the name of a view, the others are none.
RELATIVE = ["home", "nothing", "?q=film", "#top", "two words", "\udced\udca0\udc80"]


@pytest.mark.parametrize("there", RELATIVE)
@pytest.mark.parametrize("address", ["/admin/login/", "/account/sign-in/"])
def test_next_page_without_a_slash_is_a_relative_url_and_never_the_name_of_a_view(address, there):
    client = Client()
    client.force_login(make.UserFactory(is_staff=True))
    asked = quote(there.encode("utf-8", "surrogateescape"), safe="")
    response = client.get(f"{address}?next={asked}")
    assert response.status_code == 302
    assert unquote(response["Location"]) == there.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


@pytest.mark.parametrize("there", ELSEWHERE)
def test_no_form_and_no_link_leads_elsewhere(there):
    account = make.UserFactory(is_staff=True)
    sign_in = {"login": account.email, "password": make.PASSWORD, "next": there}
    client = Client()
    assert leads_to(client.post("/account/sign-in/", sign_in)) == "testserver"
    asked = f"next={quote(there, safe='')}"
    for address in ("/account/sign-in/", "/admin/login/", "/account/reauthenticate/", "/account/second-factor/"):
        assert leads_to(client.get(f"{address}?{asked}")) == "testserver", address
    assert leads_to(client.post("/account/reauthenticate/", {"password": make.PASSWORD, "next": there})) == "testserver"
    for language in ("en", "pl"):
        assert leads_to(client.post("/language/", {"language": language, "next": there})) == "testserver"
    for address in ("/admin/time-zone/", "/admin/keyboard/"):
        sent = {"next": there, "time_zone": "Asia/Tokyo", "zone": "Asia/Tokyo", "shortcuts": "on"}
        assert leads_to(client.post(address, sent, headers={"referer": there.strip()})) == "testserver", address
    assert leads_to(client.post(f"/account/sign-out/?{asked}", {"next": there})) == "testserver"


@pytest.mark.parametrize(
    "there", ["//evil.example", "//evil.example/", "/%5Cevil.example", "/\\evil.example/", "/%09/evil.example"]
)
@pytest.mark.parametrize("before", ["", "/en", "/EN", "/pl", "/zh-cn", "/people"])
def test_no_path_leads_elsewhere(there, before):
    # The test client would read "//evil.example" as a host.
    path = unquote(f"{before}{there}")
    response = Client().get("/", PATH_INFO=path)
    assert response.status_code in (301, 302, 404)
    assert leads_to(response) == "testserver"


@pytest.mark.parametrize(
    "name", ["x-forwarded-host", "forwarded", "x-host", "x-original-url", "x-rewrite-url", "x-forwarded-server"]
)
def test_no_header_names_another_host(client, nextgen, name):
    value = "host=evil.example" if name == "forwarded" else "evil.example"
    for address in ("/people", "/people/", "/winners/feed.atom", "/sitemap.xml", "/robots.txt", "/api/v1/people"):
        response = client.get(address, headers={name: value})
        assert "evil.example" not in str(response.headers) + response.content.decode(), address
