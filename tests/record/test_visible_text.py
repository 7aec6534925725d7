"""Text without visible characters counts as blank, in every field of every model and in every form."""

import doctest
from contextlib import nullcontext

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from factory.django import DjangoModelFactory

from contests import results
from people.models import Organisation, Person
from record import visible_text
from record.models.record import Record
from tests import factories as make
from tests.admin_pages import filled, page

BLANK = [
    "\u200b",
    "\u2800",
    "\u3164",
    "\uffa0",
    "\ufe0f",
    "\u00ad \u2060",
    "\u0301",
    "\U000e0061",
    "\u200e\u200f",
    "\x1f",
]
VISIBLE = ["C·one", "受賞者", "أليس", "…", "!!!", "🎬\ufe0f", "1\u20e3", "می\u200cخواهم", "\u200b.", "हिन्दी"]
RECORDS = [
    factory
    for factory in vars(make).values()
    if isinstance(factory, type) and issubclass(factory, DjangoModelFactory)
    if issubclass(factory._meta.model or object, Record)
]


def test_examples_in_the_documentation_are_true():
    assert doctest.testmod(visible_text) == (0, 1)


@pytest.mark.parametrize("text", BLANK, ids=ascii)
def test_invisible_text_is_blank(text):
    assert visible_text.is_blank(text)


@pytest.mark.parametrize("text", VISIBLE, ids=ascii)
def test_whatever_shows_something_is_not_blank(text):
    assert not visible_text.is_blank(text)


def test_every_model_of_the_record_is_asked_below():
    records = {model for model in apps.get_models() if issubclass(model, Record)}
    assert records == {factory._meta.model for factory in RECORDS}


def _texts(model: type[models.Model], *, blank: bool) -> list[str]:
    fields = [f for f in model._meta.fields if isinstance(f, models.CharField | models.TextField) and f.editable]
    return [
        f.name for f in fields if f.blank is blank and not f.choices and type(f) in (models.CharField, models.TextField)
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("factory", RECORDS, ids=lambda factory: factory._meta.model.__name__)
def test_no_text_of_the_record_is_invisible(factory):
    row = factory()
    needed, optional = _texts(type(row), blank=False), _texts(type(row), blank=True)
    for name in needed + optional:
        setattr(row, name, "\u200b\u3164")
    with pytest.raises(ValidationError) if needed else nullcontext() as refused:
        row.clean_fields()
    told = refused.value.message_dict if needed else {}
    assert told == dict.fromkeys(needed, ["Enter at least one visible character."])
    assert [getattr(row, name) for name in optional] == [""] * len(optional)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["\u200b", "\u2800", "\u3164"], ids=ascii)
def test_editor_reads_at_the_name_that_it_shows_nothing(desk, name):
    add = page(Organisation, "add")
    response = desk.post(add, filled(desk.get(add), name=name, slug=""))
    assert response.context["adminform"].form.errors == {"name": ["Enter at least one visible character."]}
    assert not Organisation.objects.exists()


@pytest.mark.django_db
def test_title_of_an_emoji_with_a_variation_selector_gets_a_slug_that_shows(desk):
    add = page(Organisation, "add")
    desk.post(add, filled(desk.get(add), name="🎬\ufe0f", slug=""))
    assert Organisation.objects.get().slug == "untitled"


@pytest.mark.django_db
def test_reason_of_a_revocation_has_to_show_something():
    recognition = make.RecognitionFactory(award__contest=make.ContestFactory(revealed=True))
    with pytest.raises(ValidationError):
        results.revoke(recognition, actor=None, reason="\u200b")


@pytest.mark.django_db
def test_optional_text_that_shows_nothing_is_kept_as_blank(desk):
    values = {
        "name": "Ann",
        "sort_name": "Ann",
        "slug": "",
        "kind": "individual",
        "headline": "\u200b",
        "biography": "\u3164",
    }
    add = page(Person, "add")
    desk.post(add, filled(desk.get(add), **values))
    person = Person.objects.get()
    assert (person.headline, person.biography) == ("", "")


@pytest.mark.parametrize("character", ["\x0b", "\t", "\n", "\x85", "\ufffe"])
def test_a_text_of_one_line_has_no_control_characters(character):
    contest = make.ContestFactory.build(title=f"Gala{character}one", about=f"Two{character}parts")
    with pytest.raises(ValidationError) as refused:
        contest.clean_fields(exclude={"organiser"})
    assert list(refused.value.error_dict) == ["title"]
    assert refused.value.messages == ["Remove the control characters, such as tabs and line breaks, from this text."]


@pytest.mark.parametrize("character", ["\u202a", "\u202e", "\u2066", "\u2069"])
def test_a_text_of_one_line_keeps_the_direction_of_what_is_beside_it(character):
    contest = make.ContestFactory.build(title=f"Gala{character}one", about=f"Two{character}parts")
    with pytest.raises(ValidationError) as refused:
        contest.clean_fields(exclude={"organiser"})
    assert list(refused.value.error_dict) == ["title"]
    assert "direction of writing" in refused.value.messages[0]


def test_a_name_may_have_the_marks_that_hebrew_and_arabic_need():
    make.ContestFactory.build(title="Gala \u200fאבג\u200e 2026").clean_fields(exclude={"organiser"})
