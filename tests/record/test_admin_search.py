"""The search of the admin lists: rows are found once, ignoring case and accents, also by the names in their credits."""

import pytest
from django.contrib.admin.sites import site
from django.db import connection

from contests.models import Submission
from people.models import Person
from record.admin import search
from record.admin.pagination import LISTED
from search import index
from tests import factories as make
from tests.admin_pages import filled, page
from tests.query_plans import plans_of

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


LISTS = {
    "people/person": (["old smith", "smith", "Smith, O", "smith old", "smit"], ["mith"]),
    "contests/submission": (["old", "OLD LIGHT", "light", "lig", "ann", "lee", "lee, ann"], ["ight"]),
    "contests/credit": (["old", "light", "ann", "lee", "old light"], ["ight"]),
    "record/source": (["old", "old rep", "report", "repo"], ["eport"]),
}


@pytest.mark.parametrize("name", LISTS)
def test_row_that_is_not_among_the_newest_is_found_by_its_words(desk, monkeypatch, name):
    monkeypatch.setattr(search, "NEWEST", 1)
    known, others = LISTS[name]
    work = make.SubmissionFactory(title="Old Light")
    make.CreditFactory(submission=work, person=make.PersonFactory(name="Ann Lee", sort_name="Lee, Ann"))
    make.PersonFactory(name="Old Smith", sort_name="Smith, Old")
    make.SourceFactory(title="Old Report")
    make.CreditFactory(submission__title="New", person__name="New")
    make.SourceFactory(title="New")
    index.refresh()

    def count(words):
        return desk.get(f"/admin/{name}/", {"q": words}).context["cl"].result_count

    assert {words: count(words) for words in known} == dict.fromkeys(known, 1)
    assert {words: count(words) for words in others} == dict.fromkeys(others, 0)
    monkeypatch.setattr(search, "NEWEST", 100)
    assert {words: count(words) for words in others} == dict.fromkeys(others, 1)


@pytest.mark.parametrize("words", ["100%", "a_b", "back\\slash", "'", "%", "★", "   ", "\U0010ffff"])
def test_search_text_may_have_any_characters(desk, works, words):
    for name in LISTS:
        assert desk.get(f"/admin/{name}/", {"q": words}).status_code == 200


def test_percent_sign_is_no_wildcard_at_the_beginning(desk, monkeypatch):
    monkeypatch.setattr(search, "NEWEST", 1)
    make.SourceFactory(title="100 films", slug="other")
    make.SourceFactory(title="100% films")
    make.SourceFactory(title="New")
    assert [row.title for row in desk.get("/admin/record/source/?q=100%25").context["cl"].result_list] == ["100% films"]


@pytest.mark.parametrize("name", ["people/person", "contests/credit", "contests/submission", "record/source"])
def test_plan_reads_no_whole_table(desk, works, name):
    make.PersonFactory(name="Elan")
    make.SourceFactory(title="Elan report")
    searches = [
        (sql, plan)
        for sql, plan in plans_of(desk, f"/admin/{name}/?q=elan", forbidden=("enable_seqscan",))
        if " LIKE " in sql and f"LIMIT {LISTED + 1}" in sql
    ]
    assert searches
    for sql, plan in searches:
        # PostgreSQL cannot tell how few rows a subquery finds.
        before_the_words = sql.split(" LIKE ")[0]
        assert before_the_words.count("SELECT") == 1
        if connection.vendor == "sqlite":
            assert "MULTI-INDEX OR" in plan
            table = name.replace("/", "_")
            assert f"SCAN {table}" not in plan
        else:
            assert "Seq Scan" not in plan


def test_list_says_that_it_leaves_out_rows_that_begin_like_the_search_text(desk, monkeypatch):
    monkeypatch.setattr(search, "NEWEST", 1)
    monkeypatch.setattr(search, "BEGINNING", 2)
    for number in (1, 2, 3):
        make.CreditFactory(person__name=f"Lane {number}", submission__title="Work")
        if number == 2:
            assert "more than" not in desk.get("/admin/people/person/?q=lane").content.decode()
    make.CreditFactory(person__name="New", submission__title="New")
    text = desk.get("/admin/people/person/?q=lane").content.decode()
    assert "more than 2 results" in text or "more than 3 results" in text
    assert "more than" in desk.get("/admin/contests/credit/?q=lane").content.decode()
    assert "more than" in desk.get("/admin/contests/submission/?q=lane").content.decode()


def test_rows_of_the_chosen_contest_are_found_however_many_others_begin_like_them(desk, monkeypatch):
    monkeypatch.setattr(search, "NEWEST", 1)
    monkeypatch.setattr(search, "BEGINNING", 2)
    for _number in range(4):
        make.SubmissionFactory(title="Lane")
    work = make.SubmissionFactory(title="Lane at night")
    make.SubmissionFactory(title="New")
    listed = desk.get(f"/admin/contests/submission/?q=lane&contest__id__exact={work.contest_id}").context["cl"]
    assert list(listed.result_list) == [work]


def test_rows_that_a_search_finds_are_in_the_order_that_the_editor_has_chosen(desk):
    for title in ("Bay", "Cay", "Day"):
        make.SubmissionFactory(title=title)
    assert titles(desk, "ay") == ["Bay", "Cay", "Day"]
    column = site.get_model_admin(Submission).list_display.index("title") + 1
    listed = desk.get("/admin/contests/submission/", {"q": "ay", "o": f"-{column}"}).context["cl"].result_list
    assert [row.title for row in listed] == ["Day", "Cay", "Bay"]


def test_list_says_if_the_search_has_not_read_all_rows(desk, works, monkeypatch):
    monkeypatch.setattr(search, "NEWEST", 2)
    told = "Parts of words are searched for only in the newest 2 rows."
    assert told in desk.get("/admin/contests/submission/?q=elan").content.decode()
    assert told not in desk.get("/admin/contests/submission/").content.decode()
    monkeypatch.setattr(search, "NEWEST", 3)
    assert told not in desk.get("/admin/contests/submission/?q=elan").content.decode()
