"""The interface in five languages: which language a visitor gets, how they choose another, and what each looks like."""

import json
import re
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from contests.models import Contest
from record.web import interface_languages
from tests import factories as make

LANGUAGES = ["en", "ja", "zh-hans", "ko", "pl"]


OTHERS = LANGUAGES[1:]


pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def language_of(response):
    said = re.search(r'<html lang="([^"]+)"', response.content.decode())[1]
    assert response["Content-Language"] == said
    return said


def prefixed(language, address):
    return address if language == "en" else f"/{language}{address}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_prefix_of_an_address_names_its_language(client, language):
    assert language_of(client.get(prefixed(language, "/people/"))) == language


@pytest.mark.parametrize("language", OTHERS)
def test_a_prefix_wins_over_the_switch_and_the_browser(client, language):
    client.cookies["language"] = "en"
    response = client.get(f"/{language}/people/", headers={"accept-language": "en"})
    assert (response.status_code, language_of(response)) == (200, language)
    # The response needs no Vary header, because the URL determines the language.
    assert "Accept-Language" not in response.get("Vary", "")


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("ja", "ja"),
        ("ja-JP,ja;q=0.9,en;q=0.8", "ja"),
        ("zh-CN,zh;q=0.9", "zh-hans"),
        ("ko-KR", "ko"),
        ("fr,pl;q=0.5,en;q=0.3", "pl"),
    ],
)
def test_the_home_page_leads_a_browser_to_its_language_with_what_it_asked(client, asked, language):
    response = client.get("/?country=PL&sort=-name", headers={"accept-language": asked})
    assert (response.status_code, response["Location"]) == (302, f"/{language}/?country=PL&sort=-name")
    assert response["Cache-Control"] == "private, no-cache"
    assert {part.strip() for part in response["Vary"].split(",")} >= {"Accept-Language", "Cookie"}
    assert client.head("/", headers={"accept-language": asked})["Location"] == f"/{language}/"


@pytest.mark.parametrize(
    "asked", ["", "en", "en-GB,en;q=0.9,ja;q=0.8", "fr", "*", "ja;q=0", "fr,ja;q=0.0", "x" * 3000, "\x00,;;q="]
)
def test_visitors_who_prefer_no_other_language_read_english(client, asked):
    response = client.get("/", headers={"accept-language": asked} if asked else {})
    assert (response.status_code, language_of(response)) == (200, "en")
    assert {part.strip() for part in response["Vary"].split(",")} >= {"Accept-Language", "Cookie"}


def test_the_switch_wins_over_the_browser(client):
    client.cookies["language"] = "en"
    response = client.get("/", headers={"accept-language": "ja"})
    assert (response.status_code, language_of(response)) == (200, "en")
    client.cookies["language"] = "ko"
    assert client.get("/?country=PL", headers={"accept-language": "ja"})["Location"] == "/ko/?country=PL"
    client.cookies["language"] = "klingon"
    assert client.get("/", headers={"accept-language": "ja"})["Location"] == "/ja/"


@pytest.mark.parametrize("path", ["/people/", "/contests/nextgen/", "/winners/?sort=award", "/search/", "/verify/"])
def test_every_page_but_the_home_page_is_in_the_language_of_its_url(client, nextgen, path):
    """So caches need not distinguish visitors."""
    client.cookies["language"] = "ko"
    response = client.get(path, headers={"accept-language": "ja"})
    assert (response.status_code, language_of(response), response.get("Vary")) == (200, "en", "Accept-Encoding")


@pytest.mark.parametrize(
    ("asked", "bare"),
    [("/en/", "/"), ("/en", "/"), ("/en/quotes/?speaker=tim-yip", "/quotes/?speaker=tim-yip")],
)
def test_english_has_one_address_without_a_prefix(client, asked, bare):
    response = client.get(asked)
    assert (response.status_code, response["Location"]) == (301, bare)


@pytest.mark.parametrize("rest", ["/people/", "/people", "", "/", "/?a=b", "?a=b", "/people/?country=PL&sort=-name"])
@pytest.mark.parametrize(
    ("spelled", "language"),
    [(tag, "en") for tag in ("en", "EN", "En", "en-gb", "en-US", "en_US", "en-Latn-GB", "en-001", "en-us-posix")]
    + [(tag, "ja") for tag in ("ja", "JA", "ja-JP", "ja_JP", "ja-jp")]
    + [(tag, "zh-hans") for tag in ("zh", "ZH", "zh-Hans", "zh_hans", "zh-CN", "zh-SG", "zh-Hans-TW")]
    + [("KO-kr", "ko"), ("pl-PL", "pl")],
)
def test_every_spelling_of_a_prefix_leads_to_the_one_address(client, spelled, language, rest):
    path, mark, question = rest.partition("?")
    expected = f"{prefixed(language, path.rstrip('/') + '/')}{mark}{question}"
    response = client.get(f"/{spelled}{rest}", follow=True)
    request = response.request
    assert len(response.redirect_chain) <= 2
    assert response.status_code == 200
    asked = request["PATH_INFO"] + (f"?{request['QUERY_STRING']}" if request["QUERY_STRING"] else "")
    assert (asked, language_of(response)) == (expected, language)


@pytest.mark.parametrize(
    "path",
    [
        *("/fr/people/", "/tlh/people/", "/zh-TW/people/", "/zh-Hant/people/", "/zh-hant-cn/", "/zh_HK/people/"),
        *("/en/ja/people/", "/en/en/people/", "/ja/en/people/", "/en-gb/en-us/people/", "/JA/ja/", "/ja/ja-JP/"),
        *("/en-/people/", "/-en/people/", "/en--gb/people/", "/en@latin/people/", "/e/people/", "/english/people/"),
        *("/\u212ao/people/", "/ｊａ/people/", "/en-gb//example.org/", "/EN//example.org/"),
    ],
)
def test_any_other_prefix_leads_nowhere(client, path):
    response = client.get(path, follow=True)
    assert (response.status_code, response.redirect_chain) == (404, [])


@pytest.mark.parametrize("path", ["/en/people/", "/en-gb/people/", "/JA/people/"])
def test_what_is_sent_is_not_led_elsewhere(client, path):
    assert client.post(path, {"a": "b"}).status_code == 404


@pytest.mark.parametrize("asked", ["zh-TW", "zh-Hant", "zh-HK,zh-TW;q=0.9", "zh-Hant-CN"])
def test_a_reader_of_traditional_characters_is_not_sent_to_simplified_ones(client, asked):
    response = client.get("/", headers={"accept-language": asked})
    assert (response.status_code, language_of(response)) == (200, "en")
    led = client.get("/", headers={"accept-language": f"{asked},ja;q=0.5,en;q=0.3"})
    assert led["Location"] == "/ja/"
    # The visitor gets the closest language that they accept.
    led = client.get("/", headers={"accept-language": f"{asked},zh;q=0.5"})
    assert led["Location"] == "/zh-hans/"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_url_without_its_final_slash_redirects_in_every_language(client, language):
    for address in ("/people", prefixed(language, "/people")):
        response = client.get(f"{address}?country=CN", headers={"accept-language": language})
        assert (response.status_code, response.get("Location")) == (301, f"{address}/?country=CN")


def test_no_prefix_leads_to_another_site(client):
    assert client.get("/en//example.org/").status_code == 404


def test_only_pages_are_led_elsewhere(client, nextgen):
    make.EventFactory(contest=Contest.objects.get(), slug="dated", order=99, starts_at=timezone.now())
    for address, status in (
        ("/winners/feed.atom", 200),
        ("/winners/feed.json", 200),
        ("/contests/nextgen/feed.atom", 200),
        ("/contests/nextgen/events/dated/event.ics", 200),
        ("/search/suggestions/?q=tim", 200),
        ("/api/v1/", 200),
        ("/api/v1/people", 200),
        ("/sitemap.xml", 200),
        ("/sitemap-people.xml", 200),
        ("/manifest.webmanifest", 200),
        ("/robots.txt", 200),
        ("/healthz", 200),
        ("/media/nothing.png", 404),
        ("/nothing-here/", 404),
    ):
        response = client.get(address, headers={"accept-language": "ja"})
        assert response.status_code == status, address
    assert "Accept-Language" not in client.get("/api/v1/").get("Vary", "")


def test_what_programs_read_has_its_language_too(client, nextgen):
    feed = json.loads(client.get("/ja/winners/feed.json").content)
    assert feed["language"] == "ja"
    assert {urlsplit(item["url"]).path.split("/")[1] for item in feed["items"]} == {"ja"}
    english = json.loads(client.get("/winners/feed.json").content)
    assert [item["id"] for item in english["items"]] == [item["id"] for item in feed["items"]]
    assert "/ja/" not in client.get("/sitemap-people.xml").content.decode()


def test_an_error_is_in_the_language_of_its_address_or_else_of_its_visitor(client):
    assert language_of(client.get("/pl/nothing-here/", headers={"accept-language": "ja"})) == "pl"
    response = client.get("/nothing-here/", headers={"accept-language": "ja"})
    assert (response.status_code, language_of(response)) == (404, "ja")
    assert {part.strip() for part in response["Vary"].split(",")} >= {"Accept-Language", "Cookie"}
    assert "ページが見つかりません" in response.content.decode()
    assert language_of(client.get("/nothing-here/")) == "en"
    # The error in the first request must not affect the language of the second one.
    assert language_of(client.get("/people/")) == "en"


def test_a_broken_page_says_so_in_its_language(client, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError

    client.raise_request_exception = False
    monkeypatch.setattr("search.views.engine.search", broken)
    response = client.get("/ko/search/?q=a")
    assert (response.status_code, language_of(response)) == (500, "ko")


def test_the_admin_speaks_the_language_of_its_editor(client):
    client.force_login(make.UserFactory(editor=True))
    response = client.get("/admin/", headers={"accept-language": "pl"})
    assert (response.status_code, response["Content-Language"]) == (200, "pl")
    assert "Wyloguj" in response.content.decode()
    client.cookies["language"] = "en"
    assert client.get("/admin/", headers={"accept-language": "pl"})["Content-Language"] == "en"


@pytest.mark.parametrize("chosen", LANGUAGES)
@pytest.mark.parametrize("before", ["en", "zh-hans"])
def test_the_switch_keeps_the_page_and_its_filters(client, nextgen, before, chosen):
    page_and_filters = "/quotes/?speaker=tim-yip&sort=event"
    here = prefixed(before, page_and_filters)
    page = client.get(here).content.decode()
    assert f'<input type="hidden" name="next" value="{here.replace("&", "&amp;")}">' in page
    response = client.post("/language/", {"language": chosen, "next": here}, headers={"accept-language": "ja"})
    assert (response.status_code, response["Location"]) == (
        302,
        prefixed(chosen, "/quotes/?speaker=tim-yip&sort=event"),
    )
    cookie = response.cookies["language"]
    assert (cookie.value, cookie["samesite"], cookie["httponly"]) == (chosen, "Lax", True)
    # The visitor has chosen a language, which takes precedence over the browser's preference for Japanese.
    after = client.get(response["Location"], headers={"accept-language": "ja"})
    assert (after.status_code, language_of(after)) == (200, chosen)


def test_the_switch_names_each_language_in_its_own_words(client):
    page = client.get("/pl/people/").content.decode()
    assert re.findall(r'<button name="language" value="([\w-]+)" lang="([\w-]+)"([^>]*)>([^<]+)<', page) == [
        ("en", "en", "", "English"),
        ("ja", "ja", "", "日本語"),
        ("zh-hans", "zh-hans", "", "简体中文"),
        ("ko", "ko", "", "한국어"),
        ("pl", "pl", ' aria-current="true"', "Polski"),
    ]


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://example.org/",
        "//example.org/",
        "/\\example.org",
        "/ja//example.org/",
        "/pl/\\example.org",
        "/ja/\t/example.org",
        "javascript:alert(1)",
        "",
    ],
)
@pytest.mark.parametrize(("chosen", "home"), [("en", "/"), ("ja", "/ja/")])
def test_the_switch_leads_to_no_other_site(client, elsewhere, chosen, home):
    there = client.post("/language/", {"language": chosen, "next": elsewhere})["Location"]
    # With a language prefix, this is a URL on this site, even if the page does not exist.
    assert there == home or (chosen == "ja" and there.startswith("/ja/"))


def test_the_switch_refuses_what_it_does_not_know(client):
    assert client.post("/language/", {"language": "x" * 10_000, "next": "/"}).status_code == 400
    assert client.post("/language/", {"language": "ja\x00"}).status_code == 400
    assert client.post("/language/").status_code == 400
    assert client.get("/language/").status_code == 405


def test_the_switch_needs_no_token_so_that_a_page_is_the_same_for_all(nextgen):
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/language/", {"language": "ja", "next": "/people/"})["Location"] == "/ja/people/"
    assert "csrfmiddlewaretoken" not in strict.get("/people/").content.decode()


@pytest.mark.parametrize(
    ("language", "address", "expected"),
    [
        ("ja", "/", "/ja/"),
        ("en", "/ja/", "/"),
        ("en", "/ja", "/"),
        ("pl", "/zh-hans/people/?a=/ko/", "/pl/people/?a=/ko/"),
        ("en", "/jam/", "/jam/"),
        ("ko", "/people/한국/", "/ko/people/한국/"),
        ("pl", "/en-GB/people/", "/pl/people/"),
        ("ja", "/ja?a=b", "/ja/?a=b"),
        ("en", "/pl#top", "/#top"),
    ],
)
def test_an_address_in_another_language(language, address, expected):
    assert interface_languages.url_in(language, address) == expected


def test_a_former_slug_leads_on_in_the_same_language(client):
    contest = make.ContestFactory(slug="today", revealed=True)
    make.FormerSlugFactory(object=contest, slug="before")
    assert client.get("/ja/contests/before/?a=b")["Location"] == "/ja/contests/today/?a=b"
    assert client.get("/ja/contests/today")["Location"] == "/ja/contests/today/"
