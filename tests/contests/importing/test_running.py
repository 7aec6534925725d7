"""Imports that two processes run or others overtake: rows are written once, as they were seen. Also large cells."""

import cProfile

import pytest
from django.urls import reverse

from contests.models import Recognition, Work
from people.models import Person
from record.importing.running import check, run, run_import
from record.models import TableImport
from tests import factories as make

from .tables import previewed, stored, table

pytestmark = pytest.mark.django_db

PEOPLE = table("Name", ["Ada Specimen"], ["Bo Sample"])


def started(kind, content, **options):
    """Return an import whose preview has been confirmed, so that its task is waiting."""
    row = stored(kind, content, **options)
    check(row)
    row.refresh_from_db()
    row.state, row.options = TableImport.State.RUNNING, {**row.options, "digest": row.report["digest"]}
    row.save()
    return row


def test_a_task_that_is_done_by_two_workers_writes_its_rows_once():
    row = started("people", PEOPLE)
    slow = TableImport.objects.get(pk=row.pk)
    run_import.call(number=row.pk)
    # This worker had read the import before the other one was done with it.
    assert not run(slow, digest=row.options["digest"])
    row.refresh_from_db()
    assert (row.state, Person.objects.count()) == ("done", 2)
    assert len(row.written["new"]["people.person"]) == 2


def test_an_import_that_was_stopped_writes_nothing_more():
    row = started("people", PEOPLE)
    slow = TableImport.objects.get(pk=row.pk)
    TableImport.objects.filter(pk=row.pk).update(state=TableImport.State.FAILED)
    assert not run(slow, digest=row.options["digest"])
    row.refresh_from_db()
    assert (row.state, Person.objects.exists()) == ("failed", False)


def test_a_check_that_was_stopped_does_not_replace_the_result():
    row = stored("people", PEOPLE)
    slow = TableImport.objects.get(pk=row.pk)
    run(row)
    check(slow)
    row.refresh_from_db()
    assert row.state == "done"


def test_only_the_good_rows_that_were_seen_are_written():
    contest = make.ContestFactory()
    make.AwardFactory(contest=contest, name="Known")
    content = table("Award,People", ["Known", "Ada Specimen"], ["Later", "Bo Sample"])
    row = stored("recognitions", content, target=contest)
    check(row)
    row.refresh_from_db()
    digest = row.report["digest"]
    make.AwardFactory(contest=contest, name="Later")
    assert not run(row, only_good=True, digest=digest)
    row.refresh_from_db()
    assert (row.state, row.report["is_stale"], Recognition.objects.exists()) == ("checked", True, False)


def test_two_works_of_one_title_and_person_are_asked_about_one_by_one():
    works = [make.WorkFactory(title="Untitled", year_from=year, year_to=None) for year in (2020, 2021)]
    for work in works:
        make.CreditFactory(work=work, person=make.PersonFactory(name=f"Other {work.year_from}"))
    content = table("Title,Year,Director", ["Untitled", "2020", "Ada Specimen"], ["Untitled", "2021", "Ada Specimen"])
    answers = {}
    for _round in range(2):
        for asked, _name, candidates, *_rest in previewed("works", content, same_names="ask", answers=answers)[
            "questions"
        ]:
            answers[asked] = candidates[0][0]
    report = previewed("works", content, same_names="ask", answers=answers)
    assert report["questions"] == []
    assert Work.objects.count() == 2


def test_the_time_for_the_names_in_a_cell_does_not_grow_with_the_square():
    def calls(number):
        names = "; ".join(f"Person {place} Specimen" for place in range(number))
        counted = cProfile.Profile()
        counted.enable()
        report = previewed("works", table("Title,Cast,Producer", [f"Crowd {number}", names, names]))
        counted.disable()
        assert report["counts"]["new"] == 1
        return sum(each.callcount for each in counted.getstats())

    calls(1)
    few, some, many = calls(40), calls(80), calls(160)
    assert many - some < 3 * (some - few)


def test_a_question_lists_only_the_most_likely_of_many_works(desk):
    works = [make.WorkFactory(title="Untitled", year_from=None, year_to=None) for _place in range(40)]
    for place, work in enumerate(works[:-1]):
        make.CreditFactory(work=work, person=make.PersonFactory(name=f"Other {place}"))
    row = stored("works", table("Title,Director", ["Untitled", "Ada Specimen"]), same_names="ask")
    check(row)
    row.refresh_from_db()
    [(asked, _name, candidates, *_rest)] = row.report["questions"]
    assert (len(candidates), candidates[0][0]) == (30, works[-1].key)
    assert row.report["unlisted"] == {asked: 10}
    page = desk.get(reverse("admin:record_tableimport_change", args=[row.pk])).content.decode()
    assert "10 more are not listed." in page
