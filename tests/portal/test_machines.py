from unittest.mock import patch

import pytest
from django.db import OperationalError

pytestmark = pytest.mark.django_db


def test_healthz_says_ok_while_the_database_answers(client):
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


def test_healthz_says_unavailable_when_the_database_does_not_answer(client):
    with patch("portal.views.machines.connection.cursor", side_effect=OperationalError("gone")):
        response = client.get("/healthz")
    assert (response.status_code, response.json()["status"]) == (503, "unavailable")


def test_robots_may_read_all_but_the_admin_and_find_the_sitemap(client):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().splitlines() == [
        "User-agent: *",
        "Disallow: /admin/",
        "",
        "Sitemap: http://testserver/sitemap.xml",
    ]


def test_the_sitemap_lists_every_public_page_of_the_contest(client, nextgen):
    from xml.etree import ElementTree

    def locations(address):
        tree = ElementTree.fromstring(client.get(address).content)  # noqa: S314 (our own answer)
        found = [element.text for element in tree.iter() if element.tag.endswith("loc")]
        return [location.removeprefix("http://testserver") for location in found]

    sections = locations("/sitemap.xml")
    assert len(sections) == 8
    pages = [page for section in sections for page in locations(section)]
    assert len(pages) == len(set(pages))
    for page in ("/", "/contests/nextgen/", "/contests/nextgen/submissions/alzheimer/", "/people/c-one/"):
        assert page in pages
    assert [page for page in pages if client.get(page).status_code != 200] == []
