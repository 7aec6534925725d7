"""The languages on a page: links to its other languages, the language of its content, and untranslated texts."""

import json
import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.utils import translation

from contests.models import Award, Contest, Event, Figure, Series, Submission
from people.models import Affiliation, Organisation, Person
from portal.templatetags import laurel
from record.models import Source
from search import index
from tests import factories as make
from tests import pseudo_language
from tests.browser.pages import PAGES
from tests.portal.test_languages import LANGUAGES, language_of, prefixed
from tests.test_crawl import Page, reached

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def test_every_page_names_its_address_in_each_language_and_each_of_them_names_it(client, nextgen):
    # The response to a mistyped code is not for search engines, so it has no links to other languages.
    kept_out = {PAGES["mistyped code"], PAGES["sign-in"]}
    addresses = [address for address in PAGES.values() if address not in kept_out]
    assert len(addresses) > 20
    for address in addresses:
        said = {}
        for language in LANGUAGES:
            response = client.get(prefixed(language, address))
            assert (response.status_code, language_of(response)) == (200, language), address
            page = Page(response.content.decode())
            said[language] = page.languages
            assert page.canonical == page.languages[language], address
        assert list(said["en"]) == [*LANGUAGES, "x-default"], address
        assert all(each == said["en"] for each in said.values()), address
        paths = {language: urlsplit(url).path for language, url in said["en"].items()}
        bare = urlsplit(address).path
        assert paths == {"x-default": bare} | {language: prefixed(language, bare) for language in LANGUAGES}


def test_the_statistics_of_one_contest_are_a_page_of_their_own_in_each_language(client, nextgen):
    page = Page(client.get("/ja/statistics/?contest=nextgen&x=1").content.decode())
    assert page.canonical == "http://testserver/ja/statistics/?contest=nextgen"
    assert page.languages["pl"] == "http://testserver/pl/statistics/?contest=nextgen"


def test_no_link_of_a_page_leaves_its_language(client, nextgen):
    """The test requests all pages of one other language. Only the language switch may lead to another language."""

    def leads_on(address, link):
        path, _question, query = link.partition("#")[0].partition("?")
        if query or not path.startswith("/") or path.startswith(("/api/v1/", "/media/", "/laurels/")):
            return ""
        assert path.startswith("/ko/"), (address, link)
        return path

    answers = reached(client, "/ko/", leads_on)
    assert {address for address, response in answers.items() if response.status_code != 200} == set()
    assert len(answers) > 35


def test_structured_data_leads_to_pages_of_the_same_language(client, nextgen):
    page = client.get("/ja/statistics/").content.decode()
    graph = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)[1])["@graph"]
    assert (graph[0]["inLanguage"], graph[0]["url"]) == ("ja", "http://testserver/ja/statistics/")


def test_content_is_marked_with_its_language_where_the_page_is_in_another(client, nextgen):
    japanese = client.get("/ja/works/alzheimer/").content.decode()
    assert '<p class="logline" lang="en">' in japanese
    assert '<div class="text" lang="en">' in japanese
    english = client.get("/works/alzheimer/").content.decode()
    assert '<p class="logline">' in english


def test_content_of_another_script_says_which_way_it_is_read(settings):
    settings.CONTENT_LANGUAGE = "ar"
    with translation.override("ja"):
        assert laurel.lang_of() == ' lang="ar" dir="rtl"'
    with translation.override("en"):
        assert laurel.lang_of("pl") == ' lang="pl"'


@pytest.mark.parametrize(
    ("language", "marked"), [("en", "“Now”"), ("ja", "「Now」"), ("zh-Hans", "“Now”"), ("pl", "„Now”"), ("cy", "“Now”")]
)
def test_a_quote_stands_between_the_marks_of_its_own_language(language, marked):
    assert laurel.in_quotes("Now", language) == marked
    assert laurel.in_quotes("<b>", language) == marked.replace("Now", "&lt;b&gt;")


def test_a_search_in_another_language_leads_to_pages_of_that_language(client):
    contest = make.ContestFactory(revealed=True)
    path = make.SubmissionFactory(contest=contest, title="Findable", slug="findable").get_absolute_url()
    index.refresh()
    assert f'href="/pl{path}"' in client.get("/pl/search/?q=findable").content.decode()
    assert client.get("/ko/search/suggestions/?q=findable").json()["suggestions"][0]["url"] == f"/ko{path}"
    assert f'href="{path}"' in client.get("/search/?q=findable").content.decode()


def test_an_index_made_in_japanese_serves_every_language(client):
    contest = make.ContestFactory(slug="c", revealed=True)
    path = make.SubmissionFactory(contest=contest, title="Findable", slug="findable").get_absolute_url()
    with translation.override("ja"):
        index.refresh()
    assert f'href="{path}"' in client.get("/search/?q=findable").content.decode()


def test_statistics_that_are_kept_are_kept_for_every_language(client, kept):
    film = make.SubmissionFactory(contest=make.ContestFactory(revealed=True))
    make.CreditFactory(submission=film, person=make.PersonFactory(country="PL"))
    for language, name in (
        ("pl", "Polska"),
        ("ja", "ポーランド"),
        ("zh-hans", "波兰"),
        ("ko", "폴란드"),
        ("en", "Poland"),
    ):
        assert name in client.get(prefixed(language, "/statistics/")).content.decode()


class Unmarked(HTMLParser):
    """
    Collects the texts of a page that are in the page's language: neither marked as another language, nor a name or
    code.
    """

    VOID = {"meta", "link", "input", "br", "img", "source", "rect", "circle", "path", "use", "hr", "wbr"}
    CONTENT = ("bdi", "cite", "code", "pre", "script", "svg", "textarea", "title")
    NAMED = ("aria-label", "alt", "title", "placeholder")

    def __init__(self, html):
        super().__init__()
        self.open, self.texts = [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag != "link":  # A link element is for programs. Its title is the name of the linked page.
            self.texts += [values[name] for name in self.NAMED if values.get(name)]
        if tag not in self.VOID:
            is_marked = "lang" in values and tag != "html" or values.get("class") == "citation"
            self.open.append((tag, is_marked or tag in self.CONTENT))

    def handle_endtag(self, tag):
        while tag not in self.VOID and self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not any(is_content for _tag, is_content in self.open):
            self.texts.append(data)


def test_no_page_says_a_word_that_no_translator_has_seen(client, nextgen, monkeypatch):
    pseudo_language.install(monkeypatch)
    names = {
        value
        for model in (Contest, Event, Figure, Organisation, Person, Source, Submission, Award, Series, Affiliation)
        for row in model.objects.values()
        for value in row.values()
        if isinstance(value, str)
    }
    # Words that are the same in every language, or that come from CLDR.
    names |= {
        "Laurel",
        "OpenAPI",
        "Python",
        "RFC",
        "API",
        "JSON",
        "USD",
        "mln",
        "BibTeX",
        "CSL",
        "PDFF",  # "PDF" as a part of longer words.
        "PNG",
        "SVG",
        "UTC",
        *dict(settings.LANGUAGES).values(),
    }
    known = sorted(filter(None, names), key=len, reverse=True)
    found = {}
    for address in PAGES.values():
        if address.startswith("/account/"):  # These URLs have no language prefix.
            continue
        for text in Unmarked(client.get(f"/pl{address}").content.decode()).texts:
            rest = re.sub(r"https?://\S+|\b[0-9A-Z]{5}-[0-9A-Z]{5}\b", "", text)
            for name in known:
                rest = rest.replace(name, "")
            if words := re.findall(r"(?<![^\W\d_])[a-zA-Z]{3,}(?![^\W\d_])", rest):
                found.setdefault(address, set()).add((tuple(words), text[:80]))
    assert found == {}
