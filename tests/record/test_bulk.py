"""Bulk changes have a preview. They are applied to all rows or none, and recorded in the history of each row."""

import pytest
from django.db import IntegrityError

from contests.models import Credit, Submission
from people.models import Person
from record.admin import bulk
from tests import factories as make
from tests.admin_pages import account_that_may, inline_in, page

pytestmark = pytest.mark.django_db

WORKS = "/admin/contests/submission/"
CREDITS = "/admin/contests/credit/"


def chosen(action, rows, **values):
    return {"action": action, "_selected_action": [row.pk for row in rows], **values}


def plan(response) -> list[tuple[str, str, str]]:
    return [(str(planned.row), planned.now, planned.then) for planned in response.context["plan"]]


def change_all(client, address, action, rows, **values):
    """Preview a bulk change and confirm it, as an editor does."""
    shown = client.post(address, chosen(action, rows, preview="1", **values))
    return client.post(address, chosen(action, rows, apply="1", seen=shown.context["seen"], **values))


@pytest.fixture
def works():
    contest = make.ContestFactory()
    return [make.SubmissionFactory(contest=contest, title=title, status="submitted") for title in ("Ada", "Bo")]


def test_page_asks_for_the_value_and_names_the_rows(desk, works):
    response = desk.post(WORKS, chosen("set_status", works, index="0"))
    assert response.status_code == 200
    assert inline_in(response) == []
    assert response.context["rows"] == works
    assert response.context["present"] == [("Submitted", 2)]
    assert list(response.context["form"].fields) == ["status", "reason"]
    assert response.context["plan"] == []


def test_page_shows_what_will_change_before_anything_does(desk, works):
    works[0].status = "eligible"
    works[0].save()
    response = desk.post(WORKS, chosen("set_status", works, preview="1", status="eligible", reason="Checked"))
    assert plan(response) == [("Ada", "Eligible", "Eligible"), ("Bo", "Submitted", "Eligible")]
    assert response.context["changing"] == 1
    assert set(Submission.objects.values_list("title", "status")) == {("Ada", "eligible"), ("Bo", "submitted")}


def test_agreed_change_is_made_and_told_in_each_history_with_who_and_why(desk, editor, works):
    response = change_all(desk, WORKS, "set_status", works, status="eligible", reason="Checked by the office")
    assert response.status_code == 302
    assert set(Submission.objects.values_list("status", flat=True)) == {"eligible"}
    for work in works:
        last = work.history.first()
        assert (last.history_type, last.history_user, last.history_change_reason) == (
            "~",
            editor,
            "Checked by the office",
        )
    assert "2 submissions changed." in desk.get(WORKS).content.decode()


def test_row_that_is_so_already_gets_no_entry_in_its_history(desk, works):
    change_all(desk, WORKS, "set_status", works, status="submitted", reason="Again")
    assert [work.history.count() for work in works] == [1, 1]


def test_reason_is_asked_for(desk, works):
    response = desk.post(WORKS, chosen("set_status", works, preview="1", status="eligible", reason=""))
    assert response.context["form"].errors == {"reason": ["This field is required."]}
    assert response.context["plan"] == []


def test_one_row_that_cannot_changes_none_and_is_named(desk, works):
    category = make.CategoryFactory(contest=works[0].contest)
    stranger = make.SubmissionFactory(title="Cem")
    response = change_all(desk, WORKS, "set_categories", [*works, stranger], categories=category.pk, reason="Sorted")
    assert response.status_code == 200
    errors = {str(planned.row): planned.errors for planned in response.context["plan"]}
    assert errors == {"Ada": [], "Bo": [], "Cem": ["This category belongs to another contest."]}
    assert "apply" not in [button for button in response.content.decode().split('name="') if button.startswith("apply")]
    assert not Submission.objects.filter(categories__isnull=False).exists()


def test_categories_are_set_and_taken_away(desk, works):
    works[0].categories.add(make.CategoryFactory(contest=works[0].contest))
    chosen_ones = [make.CategoryFactory(contest=works[0].contest).pk for _ in range(2)]
    change_all(desk, WORKS, "set_categories", works, categories=chosen_ones, reason="Sorted")
    for work in works:
        assert set(work.categories.values_list("pk", flat=True)) == set(chosen_ones)
    change_all(desk, WORKS, "set_categories", works, categories="", reason="Not sorted")
    assert set(Submission.objects.values_list("categories", flat=True)) == {None}


def test_source_is_named_for_facts_that_lack_one(desk):
    source = make.SourceFactory(title="Report")
    credits = make.CreditFactory.create_batch(2, source=None)
    shown = desk.post(CREDITS, chosen("set_source", credits, preview="1", source=source.pk, reason="Report found"))
    assert [(now, then) for _row, now, then in plan(shown)] == [("—", "Report"), ("—", "Report")]
    change_all(desk, CREDITS, "set_source", credits, source=source.pk, reason="Report found")
    assert set(Credit.objects.values_list("source", flat=True)) == {source.pk}


def test_source_is_added_to_those_that_are_there(desk, editor):
    old, new = make.SourceFactory(title="Old"), make.SourceFactory(title="New")
    people = [make.PersonFactory(name="Ada", sources=[old]), make.PersonFactory(name="Bo", sources=[new])]
    address = page(Person, "changelist")
    shown = desk.post(address, chosen("set_sources", people, preview="1", sources=[new.pk], reason="Found"))
    assert plan(shown) == [("Ada", "Old", "Old; New"), ("Bo", "New", "New")]
    change_all(desk, address, "set_sources", people, sources=[new.pk], reason="Found")
    assert [set(person.sources.all()) for person in people] == [{old, new}, {new}]
    last = people[0].history.first()
    assert (last.history_user, last.history_change_reason) == (editor, "Found")


def test_what_changed_between_showing_and_agreeing_is_shown_again(desk, works):
    values = {"status": "eligible", "reason": "Checked"}
    shown = desk.post(WORKS, chosen("set_status", works, preview="1", **values))
    Submission.objects.filter(pk=works[0].pk).update(status="withdrawn")
    response = desk.post(WORKS, chosen("set_status", works, apply="1", seen=shown.context["seen"], **values))
    assert response.status_code == 200
    assert plan(response)[0] == ("Ada", "Withdrawn", "Eligible")
    assert set(Submission.objects.values_list("status", flat=True)) == {"withdrawn", "submitted"}


@pytest.mark.parametrize("seen", ["", "made up"])
def test_nothing_changes_unseen(desk, works, seen):
    values = {"status": "eligible", "reason": "Checked", "seen": seen, "apply": "1"}
    assert desk.post(WORKS, chosen("set_status", works, **values)).status_code == 200
    assert set(Submission.objects.values_list("status", flat=True)) == {"submitted"}


def test_failure_half_way_leaves_everything_as_it_was(desk, works, monkeypatch):
    save, done = Submission.save, []

    def failing(self, *args, **kwargs):
        if done:
            raise IntegrityError
        done.append(self)
        save(self, *args, **kwargs)

    monkeypatch.setattr(Submission, "save", failing)
    response = change_all(desk, WORKS, "set_status", works, status="eligible", reason="Checked")
    assert len(done) == 1
    refusal = "Nothing was changed: the database does not allow this change in one of the rows."
    assert response.context["form"].non_field_errors() == [refusal]
    assert set(Submission.objects.values_list("status", flat=True)) == {"submitted"}
    assert [work.history.count() for work in works] == [1, 1]


@pytest.mark.parametrize("action", ["set_status", "delete_selected"])
def test_more_rows_than_are_changed_at_once_are_refused_kindly(desk, works, monkeypatch, action):
    monkeypatch.setattr(bulk, "MOST_AT_ONCE", 1)
    response = desk.post(WORKS, chosen(action, works, index="0", select_across="1"), follow=True)
    assert "Select at most 1 rows at once." in response.content.decode()
    assert Submission.objects.filter(status="submitted").count() == 2


@pytest.mark.parametrize(("most", "offered"), [(50, False), (60, True)])
def test_all_pages_are_offered_only_as_far_as_they_are_changed_at_once(desk, monkeypatch, most, offered):
    monkeypatch.setattr(bulk.BulkOptions, "most_at_once", most)
    make.SubmissionFactory.create_batch(55, contest=make.ContestFactory())
    assert ("Select all 55 submissions" in desk.get(WORKS).content.decode()) is offered


def test_statements_that_show_a_plan_do_not_depend_on_the_rows(desk, django_assert_num_queries):
    def asked(number):
        works = make.SubmissionFactory.create_batch(number)
        return chosen("set_status", works, preview="1", status="draft", reason="Reset")

    few, many = asked(2), asked(12)
    desk.post(WORKS, few)
    with django_assert_num_queries(11):
        desk.post(WORKS, few)
    with django_assert_num_queries(11):
        desk.post(WORKS, many)


def test_who_may_only_look_is_offered_nothing_and_can_change_nothing(client, works):
    client.force_login(account_that_may("view_submission"))
    assert "set_status" not in client.get(WORKS).content.decode()
    client.post(WORKS, chosen("set_status", works, apply="1", status="eligible", reason="No", seen=""))
    assert set(Submission.objects.values_list("status", flat=True)) == {"submitted"}


def test_no_value_is_chosen_beforehand(desk, works):
    form = desk.post(WORKS, chosen("set_status", works, index="0")).context["form"]
    assert 'value="" selected' in str(form["status"])
    refused = desk.post(WORKS, chosen("set_status", works, preview="1", status="", reason="None"))
    assert refused.context["form"].errors == {"status": ["This field is required."]}
