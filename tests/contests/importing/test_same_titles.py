"""Rows with a title or a name that is here already: which row is meant is never decided silently, and never twice."""

import pytest

from contests.models import Credit, Submission, Work
from people.models import Organisation, Person
from tests import factories as make

from .tables import imported, previewed, problems, table
from .test_submissions import everything

pytestmark = pytest.mark.django_db

HEADER = "Title,Year,Runtime,Directors"


@pytest.fixture
def contest():
    contest = make.ContestFactory()
    imported("submissions", table(HEADER, ["Home", "2025", "1:00", "Ada Specimen"]), target=contest)
    return contest


def unchanged(kind, content, **options):
    """Return whether the import of this file is done and changes nothing."""
    before = everything()
    done = imported(kind, content, **options)
    assert done.state == "done", done.report["problems"]
    return everything() == before and done.report["counts"]["same"] == len(done.report["rows"])


@pytest.mark.parametrize("answer", ["new", "the stored one"])
def test_an_entry_with_the_title_of_one_by_other_people_is_asked_about(contest, answer):
    stored = Submission.objects.get()
    content = table(HEADER, ["Home", "2026", "2:00", "Bo Sample"])
    report = previewed("submissions", content, target=contest)
    [(asked, name, candidates, lines, _number)] = report["questions"]
    assert (name, lines, candidates) == ("Home · Bo Sample", [2], [[stored.key, "Home · 2025 · Ada Specimen · home"]])
    assert problems(report) == [("A2", "Choose which submission “Home · Bo Sample” is: see the questions.")]
    options = {"target": contest, "answers": {asked: "new" if answer == "new" else stored.key}}
    imported("submissions", content, **options)
    stored.refresh_from_db()
    if answer == "new":
        assert (stored.year, stored.runtime) == (2025, 60)
        assert [str(credit.party) for credit in stored.credits.all()] == ["Ada Specimen"]
        assert Submission.objects.count() == Work.objects.count() == 2
    else:
        assert (stored.year, stored.runtime, Submission.objects.count()) == (2026, 120, 1)
    # With the same answers, or none, the same file changes nothing.
    assert unchanged("submissions", content, **options)
    assert unchanged("submissions", content, target=contest)


@pytest.mark.parametrize("same_names", ["same", "new"])
def test_what_holds_for_names_makes_no_two_films_one(contest, same_names):
    content = table(HEADER, ["Home", "2026", "2:00", "Bo Sample"])
    done = imported("submissions", content, target=contest, same_names=same_names)
    assert (len(done.report["questions"]), Submission.objects.count()) == ((1, 1) if same_names == "same" else (0, 2))
    if same_names == "new":
        assert unchanged("submissions", content, target=contest, same_names="new")


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Title,Runtime", ["Home", "2:00"]),
        (HEADER, ["Home", "2025", "2:00", "Bo Sample; Specimen, Ada"]),
    ],
)
def test_an_entry_by_the_same_people_or_without_people_is_taken(contest, header, row):
    report = previewed("submissions", table(header, row), target=contest)
    assert (report["counts"]["changed"], report["questions"]) == (1, [])


def test_of_several_entries_with_a_title_the_one_that_says_the_same_is_taken_or_the_editor_is_asked(contest):
    make.SubmissionFactory(contest=contest, title="Home", slug="home-2", tracking_number="SP2", runtime=120)
    report = previewed("submissions", table("Title,Runtime", ["Home", "2:00"]), target=contest)
    assert (report["counts"]["same"], report["questions"]) == (1, [])
    report = previewed("submissions", table("Title,Runtime", ["Home", "3:00"]), target=contest)
    [(_asked, _name, candidates, *_rest)] = report["questions"]
    assert len(candidates) == 2


def test_a_work_with_the_title_and_year_of_one_by_other_people_is_asked_about(contest):
    stored = Work.objects.get()
    content = table("Title,Year,Directors", ["Home", "2025", "Bo Sample"])
    [(asked, name, candidates, *_rest)] = previewed("works", content)["questions"]
    assert (name, candidates) == ("Home · Bo Sample", [[stored.key, "Home · 2025 · Ada Specimen · home"]])
    assert previewed("works", content, same_names="same")["counts"]["bad"] == 1
    options = {"answers": {asked: "new"}}
    imported("works", content, **options)
    assert [str(credit.party) for credit in stored.credits.all()] == ["Ada Specimen"]
    assert Work.objects.count() == 2
    assert unchanged("works", content, **options)
    assert unchanged("works", table("Title,Year,Directors", ["Home", "2025", "Ada Specimen"]))


@pytest.mark.parametrize("kind", ["people", "organisations"])
def test_new_namesakes_are_made_once(kind):
    older = (make.PersonFactory if kind == "people" else make.OrganisationFactory)(name="Specimen", website="")
    content = table(
        "Name,Website,Country", ["Specimen", "https://example.org/", "PL"], ["Specimen", "https://example.com/", "JP"]
    )
    imported(kind, content, same_names="new")
    assert type(older).objects.filter(name="Specimen").count() == 3
    assert unchanged(kind, content, same_names="new")
    # Nothing tells which one a bare name means.
    assert previewed(kind, table("Name", ["Specimen"]), same_names="new")["counts"]["bad"] == 1


def test_new_works_are_made_once():
    make.WorkFactory(title="Home", year_from=2020)
    content = table("Title,Countries", ["Home", "PL"])
    imported("works", content, same_names="new")
    assert Work.objects.filter(title="Home").count() == 2
    assert unchanged("works", content, same_names="new")


@pytest.mark.parametrize(
    ("row", "cell", "message"),
    [
        (["Home", "2:00", ""], "B3", "Row 2 gives “Home” another value here."),
        (["Home", "", "Bo Sample; Ada Specimen"], "", "Row 2 is about “Home” too. Write what both say into one row."),
    ],
)
def test_a_second_row_of_an_entry_changes_nothing_when_the_good_rows_come_again(row, cell, message):
    contest = make.ContestFactory()
    content = table("Title,Runtime,Directors", ["Home", "1:00", "Ada Specimen"], row)
    for _run in range(2):
        done = imported("submissions", content, target=contest, only_good=True)
        assert done.report["counts"]["bad"] == 1
        entry = Submission.objects.get()
        assert (entry.runtime, entry.credits.count()) == (60, 1)
    assert problems(done.report) == [(cell, message)]


def test_a_second_row_of_a_new_appearance_says_nothing_else():
    event = make.EventFactory(title="Gala")
    content = table(
        "Event,Person,Role,Order",
        ["Gala", "Ada", "Host", "1"],
        ["Gala", "Ada", "Host", "1"],
        ["Gala", "Ada", "Host", "2"],
    )
    report = previewed("appearances", content, target=event.contest)
    [(cell, message)] = problems(report)
    assert cell == "D4"
    assert message.startswith("Row 2 gives")


def test_a_second_row_that_says_the_same_is_no_problem():
    contest = make.ContestFactory()
    make.SubmissionFactory(contest=contest, title="Home", runtime=60)
    content = table("Title,Runtime", ["Home", "2:00"], ["Home", "2:00"])
    assert imported("submissions", content, target=contest).report["counts"]["bad"] == 0
    assert Submission.objects.get().runtime == 120


def test_companies_in_credits_are_organisations():
    known = make.OrganisationFactory(name="견본 주식회사")
    contest = make.ContestFactory()
    content = table(
        "Title,Directors,Producers,Cast",
        [
            "Home",
            "Inc Sample",
            "Bo Sample; Specimen Films, Ltd (London); 견본 주식회사; Limited Ltd (person)",
            "Llc Ltd",
        ],
    )
    [(asked, _name, candidates, *_rest)] = previewed("submissions", content, target=contest)["questions"]
    assert candidates[0][0] == known.key
    report = previewed("submissions", content, target=contest, answers={asked: known.key})
    assert "New organisation: Specimen Films, Ltd" in report["rows"][0][4]
    imported("submissions", content, target=contest, answers={asked: known.key})
    credits = Credit.objects.filter(role__slug="producer")
    assert [(str(credit.party), credit.wording) for credit in credits if credit.organisation] == [
        ("Specimen Films, Ltd", "London"),
        ("견본 주식회사", ""),
    ]
    assert set(Person.objects.values_list("name", flat=True)) == {"Inc Sample", "Bo Sample", "Limited Ltd", "Llc Ltd"}
    assert Organisation.objects.filter(name="Specimen Films, Ltd").count() == 1
    assert unchanged("submissions", content, target=contest)


def test_a_company_that_an_earlier_import_has_taken_for_a_person_stays_one():
    entry = make.SubmissionFactory(title="Home")
    make.CreditFactory(submission=entry, person__name="Specimen GmbH")
    content = table("Title,Creators", ["Home", "Specimen GmbH"])
    assert unchanged("submissions", content, target=entry.contest)


def test_each_row_with_a_name_waits_for_the_answer_and_none_is_new_meanwhile(contest):
    make.OrganisationFactory(name="Specimen Films Ltd", country="GB")
    rows = [["One", "Specimen Films Ltd"], ["Two", "Specimen Films Ltd"], ["Three", "Sample GmbH"]]
    content = table("Title,Producers", *rows)
    report = previewed("submissions", content, target=contest)
    [(asked, _name, _candidates, lines, number)] = report["questions"]
    assert (lines, number, report["asked"], report["new"]["organisations"]) == ([2, 3], 2, [2, 3], 1)
    imported("submissions", content, target=contest, only_good=True)
    names = Organisation.objects.filter(name__in=["Sample GmbH", "Specimen Films Ltd"]).values_list("name", flat=True)
    assert sorted(names) == ["Sample GmbH", "Specimen Films Ltd"]
    imported("submissions", content, target=contest, answers={asked: "new"})
    assert Organisation.objects.filter(name="Specimen Films Ltd").count() == 2
    assert unchanged("submissions", content, target=contest, answers={asked: "new"})


def test_quoted_words_behind_a_name_in_the_cast_are_the_character(contest):
    cast = 'Dee Specimen "Captain"; Al "Ace" Sample; Eve Sample “Cook”; Bo Sample (Dog)'
    imported("submissions", table("Title,Key Cast", ["Away", cast]), target=contest)
    found = Credit.objects.filter(role__slug="cast").order_by("order").values_list("person__name", "character")
    assert list(found) == [
        ("Dee Specimen", "Captain"),
        ('Al "Ace" Sample', ""),
        ("Eve Sample", "Cook"),
        ("Bo Sample", "Dog"),
    ]
