"""Numbers, dates, money, lists and names in the formats of each of the five languages."""

import re
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import translation
from django.utils.translation import ngettext

from contests import formatting
from portal.templatetags import charts, laurel
from record.list_format import enumerated
from record.sort_keys import reading_key
from tests import factories as make

LANGUAGES = ["en", "ja", "zh-hans", "ko", "pl"]
OTHERS = LANGUAGES[1:]
pytestmark = pytest.mark.django_db


def rendered(template, **context):
    return Template("{% load i18n %}" + template).render(Context(context))


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["5,000", "$42,000", "$100M", "45 million", "29%", "1 March 2026", "1 March 2026, 18:30"]),
        ("ja", ["5,000", "$42,000", "$1億", "4500万", "29%", "2026年3月1日", "2026年3月1日 18:30"]),
        ("zh-hans", ["5,000", "US$42,000", "US$1亿", "4500万", "29%", "2026年3月1日", "2026年3月1日 18:30"]),
        ("ko", ["5,000", "US$42,000", "US$1억", "4500만", "29%", "2026년 3월 1일", "2026년 3월 1일 오후 6:30"]),
        ("pl", ["5 000", "42 000 USD", "100 mln USD", "45 milionów", "29%", "1 marca 2026", "1 marca 2026 18:30"]),
    ],
)
def test_numbers_money_and_dates(language, expected):
    figure = make.FigureFactory.build(value=Decimal(45_000_000), currency="")
    with translation.override(language):
        found = [
            formatting.number(5000),
            formatting.money(Decimal(42_000), "USD"),
            formatting.money(Decimal(100_000_000), "USD"),
            rendered("{{ figure|figure_number|striptags }}", figure=figure),
            charts.percent(0.29),
            rendered('{{ day|date:"DATE_FORMAT" }}', day=date(2026, 3, 1)),
            rendered('{{ day|date:"DATETIME_FORMAT" }}', day=datetime(2026, 3, 1, 18, 30)),
        ]
    assert [text.replace("\xa0", " ") for text in found] == expected


@pytest.mark.parametrize(("language", "amount"), [("en", "$1.2345B"), ("ja", "$12.345億"), ("pl", "1,2345 mld USD")])
def test_a_large_amount_is_written_short_only_as_far_as_nothing_is_lost(language, amount):
    with translation.override(language):
        assert formatting.money(Decimal(1_234_500_000), "USD").replace("\xa0", " ") == amount


@pytest.mark.parametrize(
    ("language", "listed", "name", "tongue", "alphabet"),
    [
        ("en", "A, B and C", "South Korea", "Japanese", "China Iceland Latvia Lithuania"),
        ("ja", "A、B、C", "韓国", "日本語", "アイスランド ラトビア リトアニア 中国"),
        ("zh-hans", "A、B和C", "韩国", "日语", "冰岛 拉脱维亚 立陶宛 中国"),
        ("ko", "A, B 및 C", "대한민국", "일본어", "라트비아 리투아니아 아이슬란드 중국"),
        ("pl", "A, B i C", "Korea Południowa", "japoński", "Chiny Islandia Litwa Łotwa"),
    ],
)
def test_lists_countries_and_languages(language, listed, name, tongue, alphabet):
    from django_countries import countries

    with translation.override(language):
        assert enumerated(["A", "B", "C"]) == listed
        assert countries.name("KR") == name
        assert formatting.language_label("ja") == tongue
        assert " ".join(sorted(map(countries.name, ("LV", "LT", "IS", "CN")), key=reading_key)) == alphabet


def test_people_in_a_row_are_links_and_their_names_are_escaped():
    ann, bo = make.PersonFactory(slug="ann", name="<Ann>"), make.PersonFactory(slug="bo", name="Bo")
    with translation.override("pl"):
        assert laurel.linked_people([ann, bo]) == (
            '<a href="/pl/people/ann/"><bdi>&lt;Ann&gt;</bdi></a> i <a href="/pl/people/bo/"><bdi>Bo</bdi></a>'
        )


def test_countries_of_a_facet_have_their_names_in_the_language_of_the_page(client):
    contest = make.ContestFactory(revealed=True)
    for country in ("LV", "LT", "PL", "PL", "JP", "KR", "CN", "IS"):
        film = make.SubmissionFactory(contest=contest)
        make.CreditFactory(submission=film, person=make.PersonFactory(country=country))
    page = client.get("/pl/people/").content.decode()
    names = re.findall(r'id="country-\w\w"[^>]*><span><bdi>([^<]+)<', page)
    assert names == ["Polska", "Chiny", "Islandia", "Japonia", "Korea Południowa", "Litwa", "Łotwa"]


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "1 zgłoszenie"), (2, "2 zgłoszenia"), (5, "5 zgłoszeń"), (12, "12 zgłoszeń"), (22, "22 zgłoszenia")],
)
def test_polish_has_three_forms(number, words):
    with translation.override("pl"):
        assert ngettext("%(number)s submission", "%(number)s submissions", number) % {"number": number} == words


@pytest.mark.parametrize("language", ["ja", "zh-hans", "ko"])
def test_languages_without_a_plural_have_one_form(language):
    with translation.override(language):
        one, many = (ngettext("%(number)s submission", "%(number)s submissions", n) for n in (1, 5))
    assert one == many


def test_the_names_of_languages_need_no_translation():
    assert [code for code, _name in settings.LANGUAGES] == LANGUAGES
