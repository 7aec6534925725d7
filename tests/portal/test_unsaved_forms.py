"""Which fields of a form that could not be saved are shown to the editor as what they typed."""

from urllib.parse import urlencode

from django.test import RequestFactory
from django.urls import resolve
from django.utils import translation

from portal.unsaved_forms import entered_texts


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
    # As a form without files, because the names in other forms are short.
    sent = {
        f"other_names-{'9' * 5000}-name": "Cone",
        "other_names-0-pk": "a",
        "other_names-0-name\n": "b",
        "presented_recognitions": "c",
        "": "d",
    }
    request = RequestFactory().post(
        "/admin/people/person/add/", urlencode(sent), content_type="application/x-www-form-urlencoded"
    )
    request.resolver_match = resolve(request.path)
    assert [text for _label, text in entered_texts(request)] == ["Cone", "a", "b", "c", "d"]
