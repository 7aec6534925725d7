"""The page of a step looks at few works of a contest that shows only some, and finds them by indexes."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contests import results
from contests.admin import impact
from contests.admin.few_works import few_works
from contests.admin.impact import outlook
from contests.models import Submission
from record.models import Source
from tests import factories as make
from tests.query_plans import plan_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole():
    whole = make.ContestFactory(revealed=True, public_entries="all")
    award = make.AwardFactory(contest=whole)
    make.RecognitionFactory(award=award, submission=make.SubmissionFactory(contest=whole, title="Awarded"))
    make.SubmissionFactory(contest=whole, title="Selected", is_selected=True)
    make.SubmissionFactory(contest=whole, title="Early", is_selected=False)
    Submission.objects.filter(title="Early").update(reveal_at=timezone.now())
    for number in (1, 2, 3):
        make.SubmissionFactory(contest=whole, title=f"Other {number}", is_selected=False)
    elsewhere = make.ContestFactory(revealed=True)
    make.SubmissionFactory(contest=elsewhere, title="Elsewhere", is_selected=True)
    Submission.objects.filter(title="Awarded").update(is_selected=False)
    return whole


def titles(keys):
    return set(Submission.objects.filter(pk__in=keys).values_list("title", flat=True))


@pytest.mark.parametrize(
    ("entries", "found"),
    [("winners", {"Awarded", "Early"}), ("selected", {"Awarded", "Early", "Selected"})],
)
def test_few_works_are_those_that_the_contest_can_show(whole, entries, found):
    assert titles(few_works({whole.pk: entries}, [], 10)) == found


def test_before_the_reveal_only_works_with_their_own_reveal_can_be_public(whole):
    assert titles(few_works({}, [whole.pk], 10)) == {"Early"}


def test_works_are_not_listed_if_they_are_many(whole):
    assert few_works({whole.pk: "winners"}, [], 2) is not None
    assert few_works({whole.pk: "winners"}, [], 1) is None
    with CaptureQueriesContext(connection) as captured:
        assert few_works({whole.pk: "all"}, [], 1) == []
    assert len(captured) == 0


@pytest.mark.parametrize("entries", ["winners", "selected"])
def test_page_says_the_same_whether_works_are_few_or_many(whole, entries, monkeypatch):
    def told():
        shown = outlook([whole], lambda trial: results.show_entries(whole, actor=None, entries=entries, trial=trial))
        return [(str(each.kind), each.before, each.after, each.leave) for each in shown.differences]

    few = told()
    assert few
    monkeypatch.setattr(impact, "few_works", lambda *_arguments: None)
    assert told() == few


@pytest.mark.parametrize("entries", ["winners", "selected"])
def test_plan_reads_neither_all_works_nor_all_people(whole, entries):
    for work in Submission.objects.all():
        make.CreditFactory(submission=work)
    with CaptureQueriesContext(connection) as captured:
        outlook([whole], lambda trial: results.show_entries(whole, actor=None, entries=entries, trial=trial))
    tried = [query["sql"] for query in captured if query["sql"].startswith("WITH") and "SELECT 1" in query["sql"]]
    assert tried
    for sql in tried:
        plan = plan_of(sql, forbidden=("enable_seqscan",))
        for table in ("contests_submission", "people_person", "contests_credit"):
            assert f"SCAN {table}" not in plan
            assert f"Seq Scan on {table}" not in plan


def test_conditions_of_sources_are_not_asked_for_if_no_step_can_hide_them(whole):
    work = Submission.objects.get(title="Awarded")
    make.CreditFactory(submission=work, source=make.SourceFactory())
    whole.sources.set(Source.objects.all())

    def statements():
        with CaptureQueriesContext(connection) as captured:
            shown = outlook(
                [whole], lambda trial: results.show_entries(whole, actor=None, entries="winners", trial=trial)
            )
        assert "sources" not in [str(each.kind) for each in shown.differences]
        return [query["sql"] for query in captured if "shown_source" in query["sql"]]

    assert statements() == []
    make.CreditFactory(submission=work, source=make.SourceFactory())
    assert len(statements()) == 2
