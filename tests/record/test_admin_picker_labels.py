"""
Rows with the same name have different labels wherever an editor chooses one: in autocomplete fields, on the merge page,
and on the dashboard.
"""

from html import unescape

import pytest

from contests.models import Work
from people.models import Person
from record.models import Distinct
from tests import factories as make
from tests.admin_pages import page, statements

pytestmark = pytest.mark.django_db


@pytest.fixture
def namesakes():
    """
    Create five people called Jo Doe: one from Poland, one in an organisation, one with a credit, one at an event, and
    one with only a slug.
    """
    rows = [
        make.PersonFactory(name="Jo Doe", slug=slug, country=country)
        for slug, country in [("jo-doe", "PL"), ("jo-doe-2", ""), ("jo-doe-3", ""), ("jo-doe-4", ""), ("jo-doe-5", "")]
    ]
    make.AffiliationFactory(person=rows[1], organisation__name="Nova Films")
    make.CreditFactory(person=rows[2], submission__title="Alzheimer")
    make.AppearanceFactory(person=rows[3], event__title="The panel")
    return rows


LABELS = [
    "Jo Doe · Poland",
    "Jo Doe · Nova Films · jo-doe-2",
    "Jo Doe · Alzheimer · jo-doe-3",
    "Jo Doe · The panel · jo-doe-4",
    "Jo Doe · jo-doe-5",
]


def offered(desk, field="person", model="credit", app="contests", term="Jo"):
    where = {"app_label": app, "model_name": model, "field_name": field, "term": term}
    return [each["text"] for each in desk.get("/admin/autocomplete/", where).json()["results"]]


def test_picker_says_who_is_meant(desk, namesakes):
    assert offered(desk) == LABELS


def test_picker_takes_the_same_statements_for_any_number_of_namesakes(desk, namesakes):
    address = "/admin/autocomplete/?app_label=contests&model_name=credit&field_name=person&term="
    for_five = statements(desk, f"{address}Jo")
    Person.objects.filter(pk=namesakes[4].pk).delete()
    assert statements(desk, f"{address}Jo") == for_five


def test_desk_tells_possible_duplicates_apart(desk, namesakes):
    text = unescape(desk.get("/admin/").content.decode())
    # The dashboard shows at most four rows.
    assert [label for label in LABELS if f">{label}</a>" not in text] == LABELS[4:]


def test_merge_page_tells_the_two_apart(desk, namesakes):
    first, *_others, last = namesakes
    shown = unescape(desk.get(f"{page(Person, 'changelist')}merge/?keep={first.pk}&merge={last.pk}").content.decode())
    assert ">Jo Doe · Poland</a>" in shown
    assert ">Jo Doe · jo-doe-5</a>" in shown
    alone = unescape(desk.get(f"{page(Person, 'changelist')}{last.pk}/merge/").content.decode())
    assert "Merge “Jo Doe · jo-doe-5” with another" in alone


def test_sentences_of_the_merge_page_tell_the_two_apart(desk):
    contest = make.ContestFactory(revealed=True)
    works = [make.WorkFactory(title="Bridge", slug=slug) for slug in ("bridge", "bridge-2", "bridge-3")]
    for work in works[:2]:
        make.SubmissionFactory(work=work, title="Bridge", slug=work.slug, contest=contest, status="eligible")

    def shown(kept, gone):
        return unescape(desk.get(f"{page(Work, 'changelist')}merge/?keep={kept.pk}&merge={gone.pk}").content.decode())

    first, second = f"Bridge · {contest}", f"Bridge · {contest} · bridge-2"
    assert f"The page of “{second}” is removed. Its URLs redirect to “{first}”." in shown(*works[:2])
    assert "“Bridge · bridge-3” is not public yet" in shown(works[0], works[2])
    assert "“Bridge · bridge-3” is not public yet" in shown(works[2], works[0])
    assert "Until the results of “Bridge · bridge-3” are public" in shown(works[0], works[2])


def test_form_tells_who_is_chosen(desk, namesakes):
    quote = make.QuoteFactory(speaker=namesakes[1])
    assert ">Jo Doe · jo-doe-2</option>" in desk.get(page(quote)).content.decode()


def test_note_of_two_of_one_name_says_which(desk, namesakes):
    Distinct.note(namesakes[:2], actor=None)
    assert set(Distinct.objects.get().names.split(" ≠ ")) == {"Jo Doe (jo-doe)", "Jo Doe (jo-doe-2)"}


def test_other_rows_of_one_name_are_told_apart_too(desk):
    contest = make.ContestFactory(title="C")
    for slug in ("nova", "nova-2"):
        make.OrganisationFactory(name="Nova", slug=slug)
        make.SourceFactory(title="Nova", publisher="The Paper", slug=slug)
        make.SubmissionFactory(title="Nova", slug=slug, contest=contest)
    assert offered(desk, "organisation", "affiliation", "people", "Nova") == ["Nova", "Nova · nova-2"]
    assert offered(desk, "source", term="Nova") == ["Nova · The Paper", "Nova · The Paper · nova-2"]
    assert offered(desk, "submission", "quote", term="Nova") == ["Nova · C", "Nova · C · nova-2"]
