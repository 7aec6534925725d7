"""Figures about the organiser, such as users and revenue, are not among the figures of the contest."""

import io
import json
import re
import zipfile
from html import unescape

import pytest
from pypdf import PdfReader

pytestmark = pytest.mark.django_db


def figures(page):
    """Return the labels of the large numbers on a page."""
    lists = re.findall(r'<dl class="figures">(.*?)</dl>', page, re.DOTALL)
    return [
        " ".join(unescape(re.sub(r"<[^>]+>", "", label)).split())
        for each in lists
        for label in re.findall(r"<dt.*?</dt>", each, re.DOTALL)
    ]


@pytest.mark.parametrize("address", ["/", "/contests/nextgen/", "/statistics/", "/statistics/?contest=nextgen"])
def test_the_large_numbers_are_those_of_the_contest(client, nextgen, address):
    assert figures(client.get(address).content.decode())[:3] == ["submissions", "countries and regions", "prize pool"]


@pytest.mark.parametrize("address", ["/", "/statistics/", "/contests/nextgen/"])
def test_those_of_the_host_are_not_among_them(client, nextgen, address):
    labels = figures(client.get(address).content.decode())
    assert [label for label in labels if "users" in label or "revenue" in label] == []


def test_the_contest_tells_them_as_those_of_its_host(client, nextgen):
    page = client.get("/contests/nextgen/").content.decode()
    section = page.partition("About the host</a></h2>")[2].partition("</section>")[0]
    text = " ".join(unescape(re.sub(r"<sup.*?</sup>|<[^>]+>", " ", section)).split())
    assert text == (
        "Kling AI: users More than 45 million , globally Kling AI: annualized revenue run rate "
        "More than $ 100 M , within 10 months of launch"
    )
    assert section.count('class="source-mark"') == 2


def test_the_api_tells_them_apart(client, nextgen):
    expanded = client.get("/api/v1/contests?expand=figures,organisation_figures").json()["items"][0]
    assert [figure["label"] for figure in expanded["figures"]] == ["submissions", "countries and regions", "prize pool"]
    assert [(figure["organisation"]["label"], figure["label"]) for figure in expanded["organisation_figures"]] == [
        ("Kling AI", "users"),
        ("Kling AI", "annualized revenue run rate"),
    ]


def test_the_press_kit_tells_them_apart(client, nextgen):
    response = client.get("/contests/nextgen/press-kit.zip")
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        own, _heading, others = archive.read("figures.txt").decode().partition("Figures about organisations")
        data = json.loads(archive.read("press-kit.json"))
        sheet = PdfReader(io.BytesIO(archive.read("fact-sheet.pdf"))).pages[0].extract_text()
    assert ("users" in own, "users" in others) == (False, True)
    assert (len(data["figures"]), len(data["organisation_figures"])) == (3, 2)
    assert ("45 million" in sheet, "4,600" in sheet) == (False, True)


def test_the_statistics_say_what_is_given_and_what_is_offered(client, nextgen):
    text = " ".join(re.sub(r"<[^>]+>", " ", client.get("/statistics/").content.decode()).split())
    assert "awards given" in text
    assert "No amount known 2 awards offered" in text
