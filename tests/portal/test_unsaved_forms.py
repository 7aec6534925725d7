"""Which fields of a form that could not be saved are shown to the editor as what they typed."""

from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import resolve, reverse
from django.utils import translation

from portal.unsaved_forms import entered_texts
from record.countries import Countries


def sent_to(path, sent):
    """
    Return a request that sends the fields to a page of the admin, as a form without files: the names of fields in other
    forms are short.
    """
    request = RequestFactory().post(path, urlencode(sent, True), content_type="application/x-www-form-urlencoded")
    request.resolver_match = resolve(request.path)
    return request


def test_only_what_was_typed_is_shown():
    sent = {
        "name": "C·one",
        "other_names-0-name": "Cone",
        "other_names-__prefix__-kind": "other",
        "other_names-TOTAL_FORMS": "1",
        "csrfmiddlewaretoken": "x" * 32,
        "portrait_focus_x": "50",
    }
    assert entered_texts(RequestFactory().post("/admin/", sent)) == [("name", "C·one"), ("other names 0 name", "Cone")]


def test_fields_have_the_labels_of_the_form_and_defaults_are_left_out():
    request = RequestFactory().post(
        "/admin/people/person/add/",
        {
            "name": "C·one",
            "headline": "Editor",
            "kind": "individual",
            "presented_recognitions-0-is_tied": "on",
            "other_names-1-name": "Cone",
            "other_names-1-kind": "stage",
            "unknown-1-name": "x",
        },
    )
    request.resolver_match = resolve(request.path)
    with translation.override("pl"):
        assert entered_texts(request) == [
            ("Nazwa", "C·one"),
            ("Krótki opis", "Editor"),
            ("Inne nazwisko osoby 2: nazwa", "Cone"),
            ("Inne nazwisko osoby 2: rodzaj", "Pseudonim artystyczny"),
            ("unknown 1 name", "x"),
        ]


def test_names_that_no_form_has_are_shown_too():
    sent = {
        f"other_names-{'9' * 5000}-name": "Cone",
        "other_names-0-pk": "a",
        "other_names-0-name\n": "b",
        "presented_recognitions": "c",
        "": "d",
    }
    request = sent_to("/admin/people/person/add/", sent)
    assert [text for _label, text in entered_texts(request)] == ["Cone", "a", "b", "c", "d"]


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model.__name__)
def test_the_texts_of_every_field_of_every_form_are_shown(model):
    sent = {field.name: "Typed here" for field in model._meta.get_fields()}
    for relation in model._meta.related_objects:
        rows = relation.get_accessor_name()
        sent |= {f"{rows}-0-{field.name}": "Typed here" for field in relation.related_model._meta.get_fields()}
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    assert "Typed here" in {text for _label, text in entered_texts(sent_to(path, sent))}


def test_countries_are_shown_by_name():
    assert entered_texts(sent_to("/admin/contests/work/add/", {"countries": ["JP", "FR"]})) == [
        ("Countries and regions", "Japan"),
        ("Countries and regions", "France"),
    ]


def test_the_names_of_countries_are_made_once_for_a_form(monkeypatch):
    made = []
    names = Countries.__iter__
    monkeypatch.setattr(Countries, "__iter__", lambda countries: (made.append(1), names(countries))[1])
    entered_texts(sent_to("/admin/contests/leadingregion/add/", {"country": "JP"}))
    of_one = len(made)
    assert len(entered_texts(sent_to("/admin/contests/leadingregion/add/", {"country": ["JP", "FR"] * 50}))) == 100
    assert len(made) == 2 * of_one
