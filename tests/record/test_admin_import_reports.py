"""The pages of an import after its check: what was left out, questions, other languages, and the undo."""

from datetime import timedelta

import pytest
from django.utils import timezone

from people.models import Person
from record.admin.imports.preview import changes_told
from record.models import TableImport
from tests import factories as make
from tests.admin_pages import page
from tests.record.test_admin_imports import BAD, check, run, step, uploaded

pytestmark = pytest.mark.django_db


def test_rows_that_were_left_out_can_be_downloaded_after_the_import(desk):
    stored = uploaded(desk, BAD)
    check(desk, stored, column_2="website")
    before = b"".join(desk.get(step(stored, "bad-rows")))
    result = run(desk, stored, only_good="1")
    assert [stored.state, b"".join(desk.get(step(stored, "bad-rows")))] == ["done", before]
    html = result.content.decode()
    assert step(stored, "bad-rows") in html
    assert ("C2" in html, stored.report["problems"][0][4] in html) == (True, True)
    # The next upload removes the file when it is old. The messages stay.
    TableImport.objects.update(finished_at=timezone.now() - timedelta(days=31))
    uploaded(desk)
    assert desk.get(step(stored, "bad-rows")).status_code == 404
    html = desk.get(page(stored)).content.decode()
    assert (step(stored, "bad-rows") in html, "C2" in html) == (False, True)


def test_undo_page_says_beforehand_why_it_is_refused(desk):
    stored = uploaded(desk)
    check(desk, stored)
    run(desk, stored)
    free = desk.get(step(stored, "undo")).content.decode()
    make.AppearanceFactory(person=Person.objects.get(name="Ann Specimen"))
    refused = desk.get(step(stored, "undo")).content.decode()
    found = [
        (f'value="{button}"' in html, "refers to a row" in html)
        for html in (free, refused)
        for button in ["Undo this import"]
    ]
    assert found == [(True, False), (False, True)]


def test_unanswered_questions_are_counted_apart_from_problems(desk):
    first = make.CreditFactory(person=make.PersonFactory(name="Ann Specimen"))
    make.CreditFactory(person=first.person)
    text = "Name,Headline,Website\nAnn Specimen,Paints,\nBo Sample,Sings,nonsense\nAnn Specimen,Paints,nonsense\n"
    stored = uploaded(desk, text)
    preview = check(desk, stored, column_2="website")
    numbers = {told: number for _key, told, number in preview.context["filters"]}
    assert numbers == {"all": 3, "new": 0, "changed": 0, "the same": 0, "to decide": 1, "with problems": 2}
    assert {problem[0] for problem in preview.context["problems"]} == {3, 4}
    [question] = preview.context["questions"]
    [candidate] = question["candidates"]
    assert candidate["facts"] == f"Credits: 2 ({first.work.title}, …)"
    assert candidate["url"] == page(first.person)
    assert preview.content.decode().count("All others: new") == 1
    for language in ("ja", "ko", "pl", "zh-hans"):
        desk.post(step(stored, "again"), headers={"accept-language": language})
        stored.refresh_from_db()
        assert stored.report["asked"] == [2]


def test_value_that_an_entry_and_its_work_share_is_told_once():
    changes = [["title", "A", "B"], ["B: title", "A", "B"], ["B: year", "A", "B"], ["Director", "—", "Ann"]]
    assert changes_told(changes) == [("title", "A", "B"), ("B: year", "A", "B"), ("Director", "", "Ann")]


def test_preview_in_another_language_says_so_and_can_be_made_again(desk):
    stored = uploaded(desk, BAD)
    check(desk, stored, column_2="website")
    english = stored.report["problems"][0][4]
    in_polish = {"headers": {"accept-language": "pl"}}
    html = desk.get(page(stored), **in_polish).content.decode()
    assert (english in html, step(stored, "again") in html) == (True, True)
    desk.post(step(stored, "again"), **in_polish)
    html = desk.get(page(stored), **in_polish).content.decode()
    assert (english in html, step(stored, "again") in html) == (False, False)


def test_columns_that_are_left_out_are_folded_until_a_needed_one_is_missing(desk):
    form = desk.get(step(uploaded(desk, "Title,Whatever\nOne,x\n", kind="submissions"), "columns")).context["form"]
    taken, left_out = form.groups
    assert [[line["header"] for line in group["lines"]] for group in (taken, left_out)] == [["Title"], ["Whatever"]]
    assert (left_out["is_open"], form.missing, form["target"].label) == (False, [], "Contest of all rows *")
    form = desk.get(step(uploaded(desk, "Whatever,Contest\nx,y\n", kind="submissions"), "columns")).context["form"]
    assert (form.groups[1]["is_open"], form.missing, form["target"].label) == (True, ["Title *"], "Contest of all rows")


def test_list_of_contests_leads_to_both_imports(desk):
    html = desk.get("/admin/contests/contest/").content.decode()
    assert '<a href="/admin/record/tableimport/add/?kind=contests">Import a table</a>' in html
    assert '<a href="/admin/contests/contest/import/">Import a contest</a>' in html
    assert (
        '<a href="/admin/contests/series/import/">Import a series</a>'
        in desk.get("/admin/contests/series/").content.decode()
    )
