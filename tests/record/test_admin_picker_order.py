"""Pickers offer the row with exactly the typed name first, then those that begin like it, then all others."""

import pytest
from django.db import connection

from record.admin import base, search
from record.admin.pagination import LISTED
from tests import factories as make
from tests.admin_pages import statements
from tests.query_plans import plans_of

from .test_admin_picker_labels import offered

pytestmark = pytest.mark.django_db
PEOPLE = "/admin/autocomplete/?app_label=contests&model_name=credit&field_name=person&term="


@pytest.fixture
def people():
    willow = make.PersonFactory(name="Ada Example-Willow", sort_name="Example-Willow, Ada")
    make.PersonNameFactory(person=willow, name="Ada Specimen")
    make.PersonFactory(name="Zoe Ada Specimen", sort_name="Aaron, Zoe")
    make.PersonFactory(name="Ada Specimen-Zeal", sort_name="Specimen-Zeal, Ada")
    make.PersonFactory(name="Áda Specimen", sort_name="Specimen, Ada")


@pytest.mark.parametrize("term", ["ada specimen", "ADA  Specimen", "'ada specimen'", "Specimen, Ada", "specimen ada"])
def test_exact_name_comes_first_whatever_its_letters_and_the_order_of_its_words(desk, people, term):
    assert offered(desk, term=term)[0].partition(" · ")[0] == "Áda Specimen"


def test_names_that_begin_like_the_words_come_before_those_that_only_have_them(desk, people):
    assert [label.partition(" · ")[0] for label in offered(desk, term="ada spec")] == [
        "Áda Specimen",
        "Ada Specimen-Zeal",
        "Zoe Ada Specimen",
        "Ada Example-Willow",
    ]


def test_label_says_which_other_name_was_found_if_the_shown_name_does_not_tell(desk, people):
    make.OrganisationNameFactory(organisation=make.OrganisationFactory(name="Nova"), name="Old Lane")
    labels = offered(desk, term="ada specimen")
    assert [label for label in labels if "other name" in label] == ["Ada Example-Willow · other name: Ada Specimen"]
    assert not [label for label in offered(desk, term="ada") if "other name" in label]
    assert offered(desk, "organisation", term="old lane") == ["Nova · other name: Old Lane"]


def test_titles_and_names_of_other_rows_are_in_this_order_too(desk):
    for title in ("A Lane", "Lane at Night", "Lane"):
        make.SubmissionFactory(title=title)
        make.OrganisationFactory(name=title)
        make.SourceFactory(title=title, publisher="")
        make.AwardFactory(name=title, contest__title=title)
    order = ["Lane", "Lane at Night", "A Lane"]

    def names(*where):
        return [label.partition(" · ")[0] for label in offered(desk, *where, term="lane")]

    assert names("work", "credit") == order
    assert names("organisation", "credit") == order
    assert names("source", "credit") == order
    assert names("submission", "quote") == order
    assert names("contest", "award") == order
    assert names("award", "recognition") == order


def test_exact_title_is_found_however_many_others_begin_like_it(desk, monkeypatch):
    monkeypatch.setattr(search, "NEWEST", 1)
    monkeypatch.setattr(search, "BEGINNING", 2)
    for title in ("Lane 1", "Lane 2", "Lane 3", "Lane 4", "Lane", "New"):
        make.WorkFactory(title=title)
    assert offered(desk, "work", "credit", term="lane")[0].startswith("Lane · ")


@pytest.mark.parametrize("term", ["100%", "a_b", "back\\slash", "'", "%", "★", "\x00", "\U0010ffff", "·"])
def test_any_characters_may_be_typed(desk, people, term):
    assert offered(desk, term=term) is not None


@pytest.mark.parametrize("field", ["person", "organisation", "work"])
def test_order_takes_no_statement_and_reads_no_whole_table(desk, people, monkeypatch, field):
    make.OrganisationFactory(name="Ada Specimen")
    make.WorkFactory(title="Ada Specimen")
    address = PEOPLE.replace("person", field) + "ada+spec"
    sorts = [
        (sql, plan)
        for sql, plan in plans_of(desk, address, forbidden=("enable_seqscan",))
        if "CASE WHEN" in sql and f"LIMIT {LISTED + 1}" in sql
    ]
    assert sorts
    for sql, plan in sorts:
        table = sql.partition(' FROM "')[2].partition('"')[0]
        assert f"SCAN {table}" not in plan if connection.vendor == "sqlite" else "Seq Scan" not in plan
    with_order = statements(desk, address)
    monkeypatch.setattr(base, "best_first", lambda rows, _term: rows)
    assert statements(desk, address) == with_order
