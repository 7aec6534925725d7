import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contests.models import Category, Credit, Recognition, Submission, Work
from people.models import Person
from record.importing.running import plan_of, take_back
from record.importing.writing import Refused, write
from record.models import TableImport
from tests import factories as make

from .tables import imported, previewed, problems, stored, table

pytestmark = pytest.mark.django_db

HEADER = "Tracking Number,Project Title,Directors,Country of Origin,Runtime,Completion Date,Category,Key Cast"
FIRST = [
    "SP1",
    "Specimen Street",
    "Ada Specimen; Bo Sample",
    "Czech Rep.",
    "6:45",
    "April 3, 2026",
    "Short",
    "Cy (The Baker)",
]
SECOND = ["SP2", "Sample Moon", "Specimen, Ada", "UK", "12 min", "2026-04-05", "Short; Drama", ""]


def everything():
    """Return the number of rows of each table of the record and its history, but not of imports."""
    models = [model for model in apps.get_models(include_auto_created=True) if model is not TableImport]
    return {model._meta.label: model._base_manager.count() for model in models}


@pytest.fixture
def contest():
    return make.ContestFactory()


def test_a_table_of_entries_makes_works_people_credits_and_categories(contest):
    done = imported("submissions", table(HEADER, FIRST, SECOND), target=contest)
    assert done.report["counts"] == {"new": 2, "changed": 0, "same": 0, "bad": 0}
    one, two = Submission.objects.order_by("tracking_number")
    assert (one.title, one.runtime, one.year, str(one.countries[0].code)) == ("Specimen Street", 405, 2026, "CZ")
    assert (one.status, one.contest, one.work.title, one.work.year_from) == ("submitted", contest, one.title, 2026)
    said = [(str(credit.party), credit.role.slug, credit.character) for credit in one.credits.order_by("order")]
    assert said == [("Ada Specimen", "director", ""), ("Bo Sample", "director", ""), ("Cy", "cast", "The Baker")]
    # The second row names the first director in another way.
    assert [credit.person.name for credit in two.credits.all()] == ["Ada Specimen"]
    assert Person.objects.filter(name="Ada Specimen").count() == 1
    assert [category.name for category in two.categories.order_by("order")] == ["Short", "Drama"]
    assert {row.slug for row in (one, two)} == {"specimen-street", "sample-moon"}


def test_the_same_table_again_changes_nothing(contest):
    content = table(HEADER, FIRST, SECOND)
    imported("submissions", content, target=contest)
    before = everything()
    again = imported("submissions", content, target=contest)
    assert again.report["counts"] == {"new": 0, "changed": 0, "same": 2, "bad": 0}
    assert everything() == before


def test_only_what_changed_is_written(contest):
    imported("submissions", table(HEADER, FIRST, SECOND), target=contest)
    entry = Submission.objects.get(tracking_number="SP2")
    done = imported(
        "submissions",
        table("tracking number,title,runtime", ["SP1", FIRST[1], "6:45"], ["SP2", "Sample Moon", "13 min"]),
        target=contest,
    )
    [(line, state, label, changes, _also)] = [row for row in done.report["rows"] if row[1] != "same"]
    assert (line, state, label, changes) == (3, "changed", "Sample Moon", [["runtime", "12:00", "13:00"]])
    entry.refresh_from_db()
    assert entry.runtime == 780
    latest = entry.history.first()
    assert (latest.history_type, latest.history_change_reason) == ("~", "Import: table.csv")


def test_each_new_row_has_a_history_entry_with_the_name_of_the_import_and_its_author(contest):
    editor = make.UserFactory()
    imported("submissions", table(HEADER, FIRST), target=contest, user=editor)
    for model in (Submission, Work, Person, Credit, Category):
        for row in model.objects.all():
            if model is Category or row.history.exists():
                [entry] = row.history.all()
                assert (entry.history_type, entry.history_user, entry.history_change_reason) == (
                    "+",
                    editor,
                    "Import: table.csv",
                )
    entry = Submission.objects.get()
    assert [link.category.name for link in entry.history.get().categories.all()] == ["Short"]


def test_a_bad_row_at_the_end_is_named_by_cell_and_nothing_is_written(contest):
    before = everything()
    bad = ["SP3", "Placeholder", "Ada Specimen", "Atlantis", "6:75", "2026", "", ""]
    done = imported("submissions", table(HEADER, FIRST, SECOND, bad), target=contest)
    assert done.state == "checked"
    assert [cell for cell, _message in problems(done.report)] == ["D4", "E4"]
    assert "Atlantis" in problems(done.report)[0][1]
    assert everything() == before


def test_the_good_rows_only(contest):
    bad = ["SP3", "Placeholder", "Di Placeholder; Ada Specimen", "Atlantis", "", "", "Other", ""]
    done = imported("submissions", table(HEADER, bad, FIRST), target=contest, only_good=True)
    assert done.state == "done"
    assert list(Submission.objects.values_list("title", flat=True)) == ["Specimen Street"]
    # What only the bad row needs is left out, what a good row needs too is there.
    assert set(Person.objects.filter(credits__isnull=False).values_list("name", flat=True)) == {
        "Ada Specimen",
        "Bo Sample",
        "Cy",
    }
    assert not Category.objects.filter(name="Other").exists()


def test_a_person_of_the_same_name_is_never_taken_silently(contest):
    known = make.PersonFactory(name="Ada Specimen", country="PL")
    content = table("title,directors", ["Specimen Street", "Ada Specimen"])
    report = previewed("submissions", content, target=contest)
    [(asked, name, candidates, _lines, number)] = report["questions"]
    assert (name, number) == ("Ada Specimen", 1)
    assert candidates == [[known.key, f"Ada Specimen · Poland · {known.slug}"]]
    assert report["counts"]["bad"] == 1
    imported("submissions", content, target=contest, answers={asked: known.key})
    assert Credit.objects.get().person == known
    # The credit is there now, so the same table is sure who is meant.
    again = imported("submissions", content, target=contest)
    assert (again.state, again.report["counts"]["same"]) == ("done", 1)


@pytest.mark.parametrize(("same_names", "number"), [("same", 1), ("new", 2)])
def test_an_editor_can_decide_for_all_names_at_once(contest, same_names, number):
    make.PersonFactory(name="Ada Specimen")
    imported("submissions", table("title,directors", ["A", "Ada Specimen"]), target=contest, same_names=same_names)
    assert Person.objects.filter(name="Ada Specimen").count() == number


def test_a_work_of_the_same_title_is_asked_about(contest):
    other = make.SubmissionFactory(title="Specimen Street", year=2026)
    content = table("title,year", ["Specimen Street", "2026"])
    report = previewed("submissions", content, target=contest)
    [(asked, _name, candidates, *_rest)] = report["questions"]
    assert candidates[0][0] == other.work.key
    imported("submissions", content, target=contest, answers={asked: other.work.key})
    assert {entry.contest for entry in other.work.entries.all()} == {contest, other.contest}


def test_an_undo_takes_everything_back(contest):
    known = make.SubmissionFactory(contest=contest, tracking_number="SP0", title="Old", runtime=60)
    before = everything()
    done = imported("submissions", table(HEADER, FIRST, ["SP0", "New", "", "", "2:00", "", "", ""]), target=contest)
    known.refresh_from_db()
    assert (known.title, known.runtime) == ("New", 120)
    take_back(done, actor=None)
    known.refresh_from_db()
    assert (known.title, known.runtime) == ("Old", 60)
    after = everything()
    changed = {label for label in after if after[label] != before[label]}
    assert all("istorical" in label or label.startswith("search.") for label in changed)
    assert Submission.history.filter(history_type="-").get().history_change_reason == "Import undone: table.csv"
    with pytest.raises(ValidationError, match="Only a finished import"):
        take_back(done, actor=None)


@pytest.mark.parametrize("build", ["edit", "credit", "recognition"])
def test_an_undo_is_refused_if_somebody_has_built_on_the_import(contest, build):
    done = imported("submissions", table(HEADER, FIRST), target=contest)
    entry = Submission.objects.get()
    if build == "edit":
        entry.logline = "Edited."
        entry.save()
    elif build == "credit":
        make.CreditFactory(person=Person.objects.get(name="Bo Sample"))
    else:
        make.RecognitionFactory(award__contest=contest, submissions=[entry])
    with pytest.raises(ValidationError) as refused:
        take_back(done, actor=None)
    assert "changed after the import" in str(refused.value) or "refers to a row of this import" in str(refused.value)
    assert Submission.objects.filter(pk=entry.pk).exists()


def test_a_change_after_the_import_keeps_the_undo_from_losing_it(contest):
    entry = make.SubmissionFactory(contest=contest, tracking_number="SP0", runtime=60)
    done = imported("submissions", table("tracking number,title,runtime", ["SP0", entry.title, "2:00"]), target=contest)
    entry.refresh_from_db()
    entry.runtime = 180
    entry.save()
    with pytest.raises(ValidationError, match="changed after the import"):
        take_back(done, actor=None)
    entry.refresh_from_db()
    assert entry.runtime == 180


def test_what_others_save_between_the_plan_and_the_writing_is_kept(contest):
    entry = make.SubmissionFactory(contest=contest, tracking_number="SP0", runtime=60)
    row = stored("submissions", table("tracking number,title,runtime", ["SP0", entry.title, "2:00"]), target=contest)
    plan, *_rest = plan_of(row)
    Submission.objects.filter(pk=entry.pk).update(logline="By somebody else.")
    write(plan, actor=None, reason="Import")
    entry.refresh_from_db()
    assert (entry.runtime, entry.logline) == (120, "By somebody else.")
    plan, *_rest = plan_of(stored("submissions", bytes(row.content).replace(b"2:00", b"4:00"), target=contest))
    Submission.objects.filter(pk=entry.pk).update(runtime=180)
    with pytest.raises(Refused):
        write(plan, actor=None, reason="Import")
    assert "changed by somebody else" in plan.problems[0].message
    entry.refresh_from_db()
    assert entry.runtime == 180


def test_an_entry_that_would_be_public_at_once_is_refused(contest):
    public = make.ContestFactory(revealed=True, public_entries="all")
    report = previewed("submissions", table("title,status", ["A", "eligible"]), target=public)
    assert "public at once" in problems(report)[0][1]
    assert problems(report)[0][0] == "B2"


def test_the_results_of_approved_contests_can_not_be_changed_by_the_word_selected():
    contest = make.ContestFactory(approved_future=True)
    entry = make.SubmissionFactory(contest=contest, tracking_number="SP1")
    report = previewed(
        "submissions", table("tracking number,title,selected", ["SP1", entry.title, "yes"]), target=contest
    )
    assert "The results of this contest are approved" in problems(report)[0][1]


def test_a_second_row_for_the_same_entry_is_named():
    contest = make.ContestFactory()
    report = previewed("submissions", table("title", ["A"], ["B"], ["A"]), target=contest)
    assert problems(report) == [("A4", "Row 2 has the same title, and no other tracking number tells the two apart.")]


def test_entries_with_the_same_title_and_other_tracking_numbers_are_two():
    contest = make.ContestFactory()
    content = table("title,tracking number", ["A", "1"], ["A", "2"])
    imported("submissions", content, target=contest)
    assert sorted(Submission.objects.values_list("slug", flat=True)) == ["a", "a-2"]
    assert imported("submissions", content, target=contest).report["counts"]["same"] == 2


def test_of_filmfreeway_the_country_is_the_films_and_the_camera_is_nobody(contest):
    header = "Country,Tracking Number,Project Title,Country of Origin,Camera"
    imported("submissions", table(header, ["Poland", "SP1", "A", "France, Belgium", "Specimen Cam 5"]), target=contest)
    entry = Submission.objects.get()
    assert [country.code for country in entry.countries] == ["BE", "FR"]
    assert not entry.credits.exists()
    imported("submissions", table("Tracking Number,Title,Country", ["SP2", "B", "Poland"]), target=contest)
    assert [country.code for country in Submission.objects.get(title="B").countries] == ["PL"]


def test_the_source_of_all_rows_is_cited(contest):
    source = make.SourceFactory()
    imported("submissions", table("title,directors", ["A", "Ada Specimen"]), target=contest, source=source)
    entry = Submission.objects.get()
    assert list(entry.sources.all()) == list(entry.work.sources.all()) == [source]
    assert entry.credits.get().source == source
    assert list(Person.objects.get(name="Ada Specimen").sources.all()) == [source]


def test_a_blank_cell_changes_nothing_unless_the_editor_says_so(contest):
    entry = make.SubmissionFactory(contest=contest, tracking_number="SP0", runtime=60, logline="Kept.")
    content = table("tracking number,title,runtime,logline", ["SP0", entry.title, "", ""])
    assert imported("submissions", content, target=contest).report["counts"]["same"] == 1
    imported("submissions", content, target=contest, blanks_clear=True)
    entry.refresh_from_db()
    assert (entry.runtime, entry.logline, entry.status) == (None, "", "eligible")


def test_statements_do_not_grow_with_the_rows(contest):
    def statements(number):
        names = [
            [f"SP{n}", f"Specimen {n}", f"Ada {n}; Bo {n}", "PL", "6:45", "2026", "Short", ""] for n in range(number)
        ]
        with CaptureQueriesContext(connection) as captured:
            previewed("submissions", table(HEADER, *names), target=contest)
        # SQLite takes a limited number of values in one INSERT.
        return len([query for query in captured if not query["sql"].startswith("INSERT")])

    statements(1)
    assert statements(60) == statements(4)


def test_an_entry_in_a_public_contest_does_not_publish_the_title_of_a_hidden_one():
    secret = make.SubmissionFactory(contest__published=True, title="Secret Title", status="eligible")
    public = make.ContestFactory(revealed=True)
    content = table("Tracking Number,Title,Work", ["SP1", "Open Title", secret.work.slug])
    [row] = imported("submissions", content, target=public).report["rows"]
    assert [change[1:] for change in row[3]] == [
        ["Secret Title", "Open Title"],
        [secret.work.slug, "open-title"],
    ]
    entry = Submission.objects.get(contest=public)
    assert (entry.work.title, entry.work.slug) == ("Open Title", "open-title")


def test_a_line_that_is_left_out_changes_nothing_of_a_row_that_another_line_changes(contest):
    entry = make.SubmissionFactory(contest=contest, title="Specimen Street", logline="Old", synopsis="Old")
    content = table(
        "Key,Title,Logline,Synopsis,Runtime",
        [entry.key, "Specimen Street", "New", "", ""],
        [entry.key, "Specimen Street", "", "New", "long"],
    )
    assert imported("submissions", content, target=contest, only_good=True).state == "done"
    entry.refresh_from_db()
    assert (entry.logline, entry.synopsis) == ("New", "Old")


@pytest.mark.parametrize("known", [True, False])
def test_a_note_in_square_brackets_makes_no_two_people_one(contest, known):
    if known:
        make.PersonFactory(name="Ada Specimen")
    header = "Tracking Number,Title,Directors"
    content = table(header, ["SP1", "One", "Ada Specimen [UK]"], ["SP2", "Two", "Bo Sample [UK]"])
    report = previewed("submissions", content, target=contest)
    assert [cell for cell, message in problems(report) if "“UK”" in message] == ["C2", "C3"]


def test_an_entry_is_not_found_by_a_title_that_looks_like_a_number_or_by_an_old_slug(contest):
    make.SubmissionFactory(contest=contest, title="#1")
    make.SubmissionFactory(contest=contest, title="Sample Moon", slug="home")
    content = table("Tracking Number,Title", ["1", "Specimen Street"], ["", "Home"])
    assert imported("submissions", content, target=contest).report["counts"]["new"] == 2


@pytest.mark.parametrize(
    ("header", "value", "is_told"),
    [("Title", "Other", True), ("Directors", "Bo", True), ("Category", "Drama", True), ("Logline", "Other", False)],
)
def test_the_preview_says_that_an_approval_is_withdrawn(header, value, is_told):
    contest = make.ContestFactory(approved_future=True)
    entry = make.SubmissionFactory(contest=contest, title="Specimen Street", tracking_number="SP1")
    row = make.RecognitionFactory(award__contest=contest, submission=entry)
    Recognition.objects.filter(pk=row.pk).update(approved_at=contest.approved_at, approved_as={"work": entry.title})
    content = table(
        f"Tracking Number,Title,{header}".removesuffix(",Title"),
        ["SP1", *([value] if header == "Title" else [entry.title, value])],
    )
    [line] = previewed("submissions", content, target=contest)["rows"]
    assert any("its approval is withdrawn" in text for text in line[4]) == is_told
    imported("submissions", content, target=contest)
    row.refresh_from_db()
    assert (row.approved_at is None) == is_told


@pytest.mark.parametrize(("header", "value"), [("Original Title", "Other"), ("Directors", "Bo")])
def test_an_undo_withdraws_no_approval(header, value):
    contest = make.ContestFactory(approved_future=True)
    entry = make.SubmissionFactory(contest=contest, title="Specimen Street", tracking_number="SP1")
    row = make.RecognitionFactory(award__contest=contest, submission=entry, approved_at=None)
    content = table(f"Tracking Number,Title,{header}", ["SP1", entry.title, value])
    done = imported("submissions", content, target=contest)
    Recognition.objects.filter(pk=row.pk).update(approved_at=contest.approved_at, approved_as={"work": entry.title})
    with pytest.raises(ValidationError, match="approved or public result"):
        take_back(done, actor=None)
    row.refresh_from_db()
    assert row.approved_at is not None


def test_an_open_status_of_another_system_takes_no_decision_back(contest):
    content = table("tracking number,title,submission status", ["SP1", "A", "In Consideration"])
    imported("submissions", content, target=contest)
    entry = Submission.objects.get()
    assert entry.status == "submitted"
    Submission.objects.update(status="eligible")
    assert imported("submissions", content, target=contest).report["counts"]["same"] == 1
    own = table("tracking number,title,status", ["SP1", "A", "Submitted"])
    assert imported("submissions", own, target=contest).report["counts"]["changed"] == 1


def test_of_several_spoken_languages_the_first_is_that_of_the_entry_and_all_are_those_of_the_work(contest):
    content = table("title,language", ["A", "Polish, Japanese"])
    imported("submissions", content, target=contest)
    entry = Submission.objects.get()
    assert (entry.language, entry.work.languages) == ("pl", "pl,ja")
    assert imported("submissions", content, target=contest).report["counts"]["same"] == 1
