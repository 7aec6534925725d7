"""Every kind of page is valid HTML according to the Nu validator, which scripts/validator finds or downloads."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.browser.pages import EMBEDS, EMPTY, NOT_FOUND, PAGES, STYLE_GUIDE, fill

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.validator


@pytest.fixture(scope="session")
def validate():
    """Return the validator's errors in all pages from a single run: {name: [(message, markup), …]}."""
    jar = os.environ.get("LAUREL_VALIDATOR") or find_validator()

    def of(pages, folder):
        folder.mkdir()
        files = {}
        for number, (name, html) in enumerate(pages.items()):
            file = folder / f"{number}.html"
            file.write_bytes(html)
            files[file.name] = name
        command = ["java", "-jar", jar, "--format", "json", "--stdout", "--exit-zero-always", "--errors-only"]
        said = subprocess.run([*command, *folder.iterdir()], stdout=subprocess.PIPE, check=True, text=True).stdout
        found = {}
        for message in json.loads(said)["messages"]:
            found.setdefault(files[message["url"].rpartition("/")[2]], []).append(
                (message["message"], message.get("extract"))
            )
        return found

    return of


def find_validator():
    found = subprocess.run([ROOT / "scripts" / "validator"], stdout=subprocess.PIPE, text=True)
    if found.returncode:
        pytest.fail("scripts/validator found no validator, and could install none.")
    return found.stdout.strip()


def answers(client, addresses, status=200):
    pages = {}
    for name, address in addresses.items():
        response = client.get(address)
        assert response.status_code == status, address
        pages[name] = response.content
    return pages


@pytest.mark.django_db
def test_every_kind_of_page_is_valid(client, validate, tmp_path):
    pages = {f"empty {address}": html for address, html in answers(client, {a: a for a in EMPTY}).items()}
    fill()
    pages |= answers(client, {**PAGES, **EMBEDS, "style guide": STYLE_GUIDE})
    pages |= answers(client, {"not found": NOT_FOUND}, status=404)
    pages["wrong host"] = client.get("/", headers={"Host": "elsewhere.invalid"}).content
    pages["expired form"] = type(client)(enforce_csrf_checks=True).post("/account/sign-in/").content
    pages["refused sign-in"] = client.post("/account/sign-in/", {"login": "a@example.org", "password": "x"}).content
    assert min(len(html) for html in pages.values()) > 500
    assert validate(pages, tmp_path / "pages") == {}


@pytest.mark.django_db
def test_page_that_broke_is_valid(client, validate, tmp_path, monkeypatch):
    client.raise_request_exception = False
    monkeypatch.setattr("people.querysets.PersonQuerySet.public", None)
    response = client.get("/people/")
    assert response.status_code == 500
    assert validate({"broken": response.content}, tmp_path / "pages") == {}


def test_validator_sees_what_is_wrong(validate, tmp_path):
    page = b"<!doctype html><html lang=en><title>A page</title><p><a href=/><a href=/>twice</a></p>"
    good = b"<!doctype html><html lang=en><title>A page</title><p>once</p>"
    found = validate({"wrong": page, "good": good}, tmp_path / "pages")
    assert list(found) == ["wrong"]
    assert found["wrong"][0][0] == "Start tag \u201ca\u201d seen but an element of the same type was already open."
