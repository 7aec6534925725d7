"""The texts of the interface are in plain English, and use the same terms for the same things in each language."""

import re
from html import unescape
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext, pgettext

pytestmark = pytest.mark.django_db
PLAIN = {
    "/": ["API for developers", "Submissions on Laurel"],
    "/contests/nextgen/": ["Countries with the most submissions", "Download share image", "Submissions on Laurel"],
    "/contests/nextgen/winners/": ["3 awards"],
    "/winners/": ["3 awards"],
    "/works/alzheimer/": ["Terms of use"],
    "/winners/?award=nextgen%2Fgrand-prize&country=PL": ["No results match these filters."],
    "/verify/": ["Enter it to see whether the award is still valid."],
    "/search/": ["who won what"],
    "/statistics/": ["Countries with the most submissions", "submissions on Laurel"],
    "/api/": ["Laurel’s data as JSON"],
}
#: Phrases from older texts that must not come back.
STILTED = [
    "answers to that",
    "in the record",
    "For programs",
    "Leading in",
    "stands a code",
    "is known by",
    "is no beginning",
]
TERMS = {
    "ja": {
        "Runner-up": "準グランプリ",
        "A to Z": "名前順",
        "Also selected": "そのほかの受賞作",
        "Verify a laurel": "受賞ローレルの確認",
    },
    "zh-hans": {
        "Alongside": "同期活动",
        "Hosted by": "主办方",
        "Also selected": "其他入选作品",
        "Runner-up": "第二名",
        "API for developers": "开发者接口",
    },
    "ko": {"Heard on stage": "무대 위 발언", "Runner-up": "준우승", "Embed": "퍼가기"},
    "pl": {"Alongside": "Równolegle z", "From": "Kraj", "Known for": "Najbardziej znane prace"},
}
RETIRED = {
    "ja": "月桂冠|次点|昇順|降順|そのほかの選出",
    "zh_Hans": "主会活动|承办方|一同入选|亚军|供程序读取",
    "ko": "초과|무대 위의 말|차점|삽입",
    "pl": "stoi kod|za którą stał|nie nosi go nic|Przy wydarzeniu|Wcześniejsze prace",
}


@pytest.mark.parametrize("address", PLAIN)
def test_a_page_says_it_plainly(client, nextgen, address):
    text = " ".join(unescape(re.sub(r"<[^>]+>", " ", client.get(address).content.decode())).split())
    assert [words for words in PLAIN[address] if words not in text] == []


def test_no_public_page_goes_back_to_stilted_words():
    base = Path(settings.BASE_DIR)
    templates = [
        path
        for name in ("components", "contests", "portal", "search", "api", "publishing", "publishing/embeds")
        for path in (base / "templates" / name).glob("*.html")
    ]
    found = {
        (path.name, words)
        for path in templates
        for words in STILTED
        if words in re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL)
    }
    assert found == set()


@pytest.mark.parametrize("language", TERMS)
def test_a_term_is_the_one_that_the_trade_uses(language):
    with translation.override(language):
        assert {english: gettext(english) for english in TERMS[language]} == TERMS[language]


def test_korean_says_more_than_as_reports_do():
    with translation.override("ko"):
        assert pgettext("number", "more than {number}") == "{number} 이상"


@pytest.mark.parametrize("language", RETIRED)
def test_no_translation_has_a_retired_term(language):
    catalog = (Path(settings.BASE_DIR) / "locale" / language / "LC_MESSAGES" / "django.po").read_text()
    assert re.findall(rf'^(?:msgstr|").*(?:{RETIRED[language]}).*$', catalog, re.MULTILINE) == []
