"""Editors find rows whatever their case and accents, on both databases."""

import pytest
from django.contrib import admin
from django.test import RequestFactory

from people.models import Person
from record.models import Source
from tests import factories as make
from tests.admin_pages import page

pytestmark = pytest.mark.django_db

NAMES = [
    ("Iga Świątek", ["świątek", "swiatek", "ŚWIĄTEK", "Swiatek iga"]),
    ("Öö Õhtu", ["öö", "oo", "ÖÖ", "õhtu"]),
    ("Łukasz Żak", ["łukasz", "lukasz", "ŻAK"]),
    ("Лев Ёлкин", ["лев", "ЕЛКИН"]),
    ("Nikos Άγγελος", ["αγγελοσ", "ΆΓΓΕΛΟΣ"]),
    ("Weiß Straße", ["weiss", "STRASSE"]),
    ("C·one (un)titled", ["C·one", "c·ONE", "(UN)titled"]),
    ("Søren Ærø", ["soren", "aero", "ÆRØ"]),
    ("ジョン・スミス", ["ジョン・スミス", "スミス"]),
    ("100% Wul_Cat", ["100%", "wul_cat"]),
]


@pytest.mark.parametrize(("name", "asked"), NAMES)
def test_row_is_found_by_its_letters_in_lists_and_pickers(desk, name, asked):
    make.PersonFactory(name="Vul Cat", sort_name="Cat", headline="")
    make.SourceFactory(title="1000 WulXcat")
    person = make.PersonFactory(name=name, sort_name=name)
    source = make.SourceFactory(title=f"On {name}")
    rows = {Person: person, Source: source}
    for words in asked:
        for model, row in rows.items():
            listed = desk.get(page(model, "changelist"), {"q": words})
            assert list(listed.context["cl"].result_list) == [row], (words, model)
        where = {"app_label": "people", "model_name": "affiliation", "term": words}
        for field, row in (("person", person), ("source", source)):
            found = desk.get("/admin/autocomplete/", {**where, "field_name": field}).json()["results"]
            assert [each["id"] for each in found] == [str(row.pk)], (words, field)


def test_every_search_looks_by_letters():
    request = RequestFactory().get("/")
    plain = {
        str(model): fields
        for model, desk in admin.site._registry.items()
        if (fields := [name for name in desk.get_search_fields(request) if not name.endswith("__folded")])
    }
    assert plain == {}


def test_row_is_found_through_what_it_leads_to(desk):
    credit = make.CreditFactory(person__name="Iga Świątek", submission__title="Öine Ärkamine")
    quote = make.QuoteFactory(speaker=credit.person, text="Żółć i gęś")
    for row, asked in (
        (credit, ["SWIATEK", "oine"]),
        (credit.work.entries.get(), ["świątek", "ärkamine"]),
        (quote, ["ŻÓŁĆ", "zolc", "swiatek"]),
    ):
        for words in asked:
            listed = desk.get(page(type(row), "changelist"), {"q": words})
            assert list(listed.context["cl"].result_list) == [row], (row, words)


def test_name_typed_without_javascript_is_found_by_its_letters(desk):
    person = make.PersonFactory(name="Iga Świątek")
    data = {"person": "swiatek iga", "role": "Founder", "organisation": make.OrganisationFactory().pk}
    assert desk.post("/admin/people/affiliation/add/", data).status_code == 200
    data["person"] = "iga swiątek"
    assert desk.post("/admin/people/affiliation/add/", data).status_code == 302
    assert person.affiliations.count() == 1


def test_what_shows_nothing_finds_nothing(desk):
    make.PersonFactory()
    listed = desk.get("/admin/people/person/", {"q": "\u200b"})
    assert list(listed.context["cl"].result_list) == []
