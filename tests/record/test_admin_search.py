"""The search of the admin lists: rows are found once, ignoring case and accents, also by the names in their credits."""

import pytest

from people.models import Person
from tests import factories as make
from tests.admin_pages import filled, page

pytestmark = pytest.mark.django_db


def titles(desk, words):
    listed = desk.get("/admin/contests/submission/", {"q": words}).context["cl"].result_list
    return [row.title for row in listed]


@pytest.fixture
def works():
    contest = make.ContestFactory()
    ann, bo = make.PersonFactory(name="Ann Lee"), make.PersonFactory(name="Bo Kim")
    night = make.SubmissionFactory(contest=contest, title="Élan of the Night", logline="A Lamp goes out.")
    make.CreditFactory(submission=night, person=ann, role="director")
    make.CreditFactory(submission=night, person=ann, role="writer")
    make.CreditFactory(submission=night, person=bo)
    other = make.SubmissionFactory(contest=contest, title="Day", original_title="Żółw")
    make.CreditFactory(submission=other, person=bo)
    make.SubmissionFactory(contest=contest, title="Nobody")
    return night, other


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("elan", ["Élan of the Night"]),
        ("ELAN lamp", ["Élan of the Night"]),
        ("zolw", ["Day"]),
        ("ann", ["Élan of the Night"]),
        ("lee ann", ["Élan of the Night"]),
        ("night kim", ["Élan of the Night"]),
        ("kim", ["Day", "Élan of the Night"]),
        # Both words must be in the same credit, if they are not in the work itself.
        ("ann kim", []),
        ("day ann", []),
        ("'of the'", ["Élan of the Night"]),
        ("'the of'", []),
        ("nobody", ["Nobody"]),
        (" ", ["Day", "Élan of the Night", "Nobody"]),
    ],
)
def test_works_are_found_by_their_texts_and_by_the_names_in_a_credit(desk, works, words, found):
    assert titles(desk, words) == found


def test_work_is_found_by_the_title_that_it_has_now(desk, works):
    night, _other = works
    night.title = "Morning"
    night.save()
    assert (titles(desk, "elan"), titles(desk, "morning")) == ([], ["Morning"])


def test_person_is_found_by_the_headline_that_an_editor_has_typed(desk):
    person = make.PersonFactory(name="Ann Lee", headline="Director")
    form = filled(desk.get(page(person)), headline="Réalisatrice")
    assert desk.post(page(person), form).status_code == 302
    listed = [desk.get(f"/admin/people/person/?q={word}").context["cl"].result_count for word in ("director", "realis")]
    assert listed == [0, 1]
    assert Person.objects.get().folded_headline == "realisatrice"
