"""Results in the admin: each change of state has a confirmation page that says what will happen."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from contests.admin.datetime_fields import in_words
from contests.admin.steps import MOST_AT_ONCE
from contests.models import Appearance, Contest, Recognition
from contests.visibility import Results
from record.viewpoint import Viewpoint
from tests import factories as make
from tests.admin_pages import filled, inline_in, page, saved, statements, version_page

pytestmark = pytest.mark.django_db


CONTESTS = "/admin/contests/contest/"


def step(row, name: str) -> str:
    return f"/admin/contests/{row._meta.model_name}/steps/{name}/?row={row.pk}"


def told(response) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def state(contest) -> Results:
    return Contest.objects.get(pk=contest.pk).results(Viewpoint.now())


def filled_contest(**traits) -> Contest:
    """Create a contest with a winner, a work that is not eligible, a quote and a winner at the ceremony."""
    contest = make.ContestFactory(title="NextGen", **traits)
    make.RecognitionFactory(award__contest=contest)
    make.SubmissionFactory(contest=contest, draft=True)
    event = make.EventFactory(contest=contest)
    make.QuoteFactory.create_batch(2, event=event)
    make.AppearanceFactory(event=event, role=Appearance.Role.WINNER)
    make.AppearanceFactory(event=event)
    return contest


# The changes that the confirmation page announces: for each kind of row, the number of public rows before and after.
REVEALED = {"recognitions": (0, 1), "works": (0, 1), "people": (1, 4), "quotes": (0, 2)}


REVEALED |= {"winners listed on event pages": (0, 1), "sources": (1, 5)}


# The other settings for which entries are public. In this test, all eligible ones are.
ENTRIES = ["Show only entries with an award", "Show selected entries too"]


# For each state of the results, the actions that the page of the contest offers.
OFFERED = [
    ({}, ["Approve results", "Make a preview link"]),
    ({"sealed": True}, ["Approve results", "Make a preview link"]),
    (
        {"approved_future": True},
        ["Reveal now", "Schedule the reveal", "Take back the approval", *ENTRIES, "Make a preview link", "Stage view"],
    ),
    ({"revealed": True}, [*ENTRIES, "Stage view"]),
]


@pytest.mark.parametrize(("traits", "labels"), OFFERED, ids=["draft", "sealed", "approved", "public"])
def test_page_of_a_contest_offers_the_steps_that_are_possible(desk, traits, labels):
    contest = make.ContestFactory(**traits)
    response = desk.get(page(contest))
    assert [label for label, _address in response.context["steps"]] == labels
    for _label, address in response.context["steps"]:
        assert address in response.content.decode()
        asked = desk.get(address)
        assert (asked.status_code, inline_in(asked)) == (200, [])


@pytest.mark.parametrize(
    ("traits", "line"),
    [
        ({"sealed": True}, "The results are not approved: only editors see them."),
        ({"approved_future": True}, "The reveal is set to "),
        ({"approved_future": True, "reveal_at": None}, "No reveal is set."),
        ({"revealed": True}, "Public since "),
    ],
)
def test_page_of_a_contest_says_where_its_results_stand(desk, traits, line):
    assert line in desk.get(page(make.ContestFactory(**traits))).content.decode()


def test_results_line_names_who_approved_and_the_time_zone(desk):
    approved_at = datetime(2026, 10, 27, 9, 30, tzinfo=UTC)
    contest = make.ContestFactory(
        approved_future=True, approved_at=approved_at, approved_by__name="Ada", time_zone="Asia/Tokyo"
    )
    assert (
        "Approved by Ada on 27 October 2026, 18:30 Asia/Tokyo (27 October 2026, 09:30 UTC)."
        in desk.get(page(contest)).content.decode()
    )


def changes(response) -> dict[str, tuple[int, int]]:
    """
    Return the changes that the confirmation page announces: for each kind of row, the number of public rows before and
    after.
    """
    return {str(each.kind): (each.before, each.after) for each in response.context["outlook"].differences}


STEPS = [
    ({"sealed": True}, "approve", {}, Results.APPROVED, {}),
    ({"approved_future": True}, "reveal", {}, Results.PUBLIC, REVEALED),
    (
        {"approved_future": True},
        "seal",
        {},
        Results.SEALED,
        {kind: numbers[::-1] for kind, numbers in REVEALED.items()},
    ),
]


@pytest.mark.parametrize(("traits", "name", "values", "after", "effects"), STEPS, ids=lambda value: str(value)[:10])
def test_step_is_asked_for_taken_recorded_and_told(desk, editor, traits, name, values, after, effects):
    contest = filled_contest(**traits)
    before = state(contest)
    asked = desk.get(step(contest, name))
    assert changes(asked) == effects
    assert ("This action alone does not change any public page." in asked.content.decode()) is (not effects)
    assert state(contest) is before
    response = desk.post(step(contest, name), values)
    assert (response.status_code, response["Location"]) == (302, page(contest))
    assert state(contest) is after
    assert contest.history.first().history_user == editor
    (message,) = told(response)
    assert "NextGen" in message


def test_approval_after_the_moment_of_the_reveal_warns_that_it_publishes(desk):
    contest = filled_contest(published=True, reveal_at=timezone.now() - timedelta(hours=1))
    asked = desk.get(step(contest, "approve"))
    assert changes(asked)["recognitions"] == (0, 1)
    assert "What the public will see at once" in asked.content.decode()


def test_approval_before_a_reveal_that_is_set_says_what_that_will_show_and_when(desk):
    contest = filled_contest(approved_future=True, time_zone="Asia/Tokyo")
    make.RecognitionFactory(award__contest=contest, approved_at=None, award__name="Late", submission__title="Latecomer")
    asked = desk.get(step(contest, "approve"))
    assert changes(asked)["recognitions"] == (1, 2)
    page = asked.content.decode()
    assert "1 recognition waits for approval." in page
    assert "Late: Latecomer" in page
    assert f"from the reveal on, {in_words(contest.reveal_at, 'Asia/Tokyo')}" in page


def test_page_of_a_step_takes_as_many_statements_for_two_results_as_for_twelve(desk):
    def taken(number):
        contest = make.ContestFactory(published=True, reveal_at=timezone.now() - timedelta(hours=1))
        for _ in range(number):
            row = make.RecognitionFactory(award__contest=contest, approved_at=None)
            make.CreditFactory(submission=row.submission)
        return statements(desk, step(contest, "approve"))

    assert taken(4) == taken(12)


def test_page_of_a_step_leaves_everything_as_it_was(desk):
    contest = filled_contest(approved_future=True)
    won = Recognition.objects.get()
    for name in ("reveal", "seal", "schedule"):
        desk.get(step(contest, name))
    for name in ("reveal", "schedule", "seal"):
        desk.get(step(won, name))
    won.refresh_from_db()
    assert (contest.history.count(), won.history.count(), won.submission.history.count()) == (1, 1, 1)
    assert (state(contest), won.reveal_at) == (Results.APPROVED, None)


def test_who_alone_entered_a_result_reads_so_before_the_click_and_who_else_may(desk, editor, settings):
    settings.SINGLE_EDITOR = False
    won = make.RecognitionFactory(award__contest=make.ContestFactory(sealed=True), approved_at=None)
    won.history.update(history_user=editor)
    make.UserFactory(name="Grace", editor=True)
    make.UserFactory(name="Nobody")
    for row in (won, won.award.contest):
        asked = desk.get(step(row, "approve")).content.decode()
        assert "entered only by you, or by an account" in asked
        assert "Others who can do this: Grace." in asked
        assert 'type="submit" value="Approve' not in asked
        assert "entered only by you, or by an account" in str(
            desk.post(step(row, "approve")).context["form"].non_field_errors()
        )
    won.refresh_from_db()
    assert won.approved_at is None


def test_reveal_is_scheduled_in_the_time_zone_of_the_contest(desk):
    contest = make.ContestFactory(approved_future=True, time_zone="Asia/Tokyo")
    assert "Time zone: Asia/Tokyo." in desk.get(step(contest, "schedule")).content.decode()
    saved(desk.post(step(contest, "schedule"), {"at_0": "2090-10-27", "at_1": "18:30"}))
    contest.refresh_from_db()
    assert contest.reveal_at == datetime(2090, 10, 27, 9, 30, tzinfo=UTC)
    assert state(contest) is Results.APPROVED


@pytest.mark.parametrize("values", [{}, {"at_0": "tomorrow", "at_1": "18:30"}, {"at_0": "2090-10-27"}])
def test_reveal_without_a_moment_changes_nothing(desk, values):
    contest = make.ContestFactory(approved_future=True)
    response = desk.post(step(contest, "schedule"), values)
    assert list(response.context["form"].errors) == ["at"]
    assert Contest.objects.get().reveal_at == contest.reveal_at


def test_what_results_refuse_is_said_on_the_page(desk):
    contest = make.ContestFactory(approved_future=True, published_at=None)
    response = desk.post(step(contest, "reveal"))
    assert response.status_code == 200
    assert "must be published before its results are revealed" in response.content.decode()
    assert state(contest) is Results.APPROVED


@pytest.mark.parametrize(
    ("traits", "name", "why"),
    [
        ({"revealed": True}, "seal", "are public: their approval can’t be taken back."),
        ({"sealed": True}, "reveal", "Approve the results of "),
        ({"revealed": True}, "approve", "are approved already."),
    ],
)
def test_step_that_is_not_possible_is_neither_asked_for_nor_taken_and_says_why(desk, traits, name, why):
    contest = make.ContestFactory(**traits)
    before = state(contest)
    asked = desk.get(step(contest, name))
    assert asked["Location"] == page(contest)
    assert "is not possible" in told(asked)[0]
    assert why in told(asked)[0]
    assert desk.post(step(contest, name)).status_code == 200
    assert state(contest) is before


def test_unknown_step_and_unknown_rows_are_not_found(desk):
    contest = make.ContestFactory(sealed=True)
    for address in ("publish/?row=1", "approve/", "approve/?row=987654", "approve/?row=x"):
        assert desk.get(f"{CONTESTS}steps/{address}").status_code == 404
        assert desk.post(f"{CONTESTS}steps/{address}").status_code == 404
    assert state(contest) is Results.SEALED


def choose(desk, address, action, rows):
    return desk.post(address, {"action": action, "_selected_action": [row.pk for row in rows]})


def test_several_contests_are_approved_from_the_list(desk):
    contests = [filled_contest(sealed=True), make.ContestFactory(sealed=True)]
    asked = choose(desk, CONTESTS, "approve", contests)
    content = desk.get(asked["Location"]).content.decode()
    assert all(str(contest) in content for contest in contests)
    assert {state(contest) for contest in contests} == {Results.SEALED}
    assert desk.post(asked["Location"])["Location"] == CONTESTS
    assert {state(contest) for contest in contests} == {Results.APPROVED}


def test_of_several_all_or_none_are_changed(desk):
    ready, unpublished = (
        make.ContestFactory(approved_future=True),
        make.ContestFactory(approved_future=True, published_at=None),
    )
    asked = choose(desk, CONTESTS, "reveal", [ready, unpublished])
    assert desk.post(asked["Location"]).status_code == 200
    assert [state(ready), state(unpublished)] == [Results.APPROVED, Results.APPROVED]


def test_too_many_at_once_are_refused(desk):
    contests = make.ContestFactory.create_batch(MOST_AT_ONCE + 1, organiser=make.OrganisationFactory())
    response = desk.post(CONTESTS, {"action": "approve", "_selected_action": [contests[0].pk], "select_across": 1})
    assert told(response) == ["Choose at most 100 at once."]


def test_list_can_be_filtered_by_where_results_stand(desk):
    rows = {
        "sealed": {make.ContestFactory(), make.ContestFactory(sealed=True)},
        "approved": {make.ContestFactory(approved_future=True)},
        "public": {make.ContestFactory(revealed=True)},
    }
    for name, contests in rows.items():
        listed = desk.get(CONTESTS, {"results": name}).context["cl"].result_list
        assert set(listed) == contests
        assert {contest.results(Viewpoint.now()).value for contest in listed} == {name}


def test_who_may_only_look_and_change_is_offered_no_step_and_takes_none(client):
    contest = make.ContestFactory(sealed=True)
    viewer = make.UserFactory(is_staff=True)
    viewer.user_permissions.set(Permission.objects.filter(codename__in=["view_contest", "change_contest"]))
    client.force_login(viewer)
    response = client.get(page(contest))
    assert response.status_code == 200
    assert response.context["steps"] == []
    assert "Approve results" not in client.get(CONTESTS).content.decode()
    assert client.get(step(contest, "approve")).status_code == 403
    assert client.post(step(contest, "approve")).status_code == 403
    assert state(contest) is Results.SEALED


def test_who_may_approve_results_need_not_be_one_who_changes_contests(client):
    contest = make.ContestFactory(sealed=True)
    clerk = make.UserFactory(is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_contest", "approve_results"]))
    client.force_login(clerk)
    saved(client.post(step(contest, "approve")))
    assert Contest.objects.get().approved_by == clerk


def test_visitor_is_asked_to_sign_in(client):
    contest = make.ContestFactory(sealed=True)
    assert client.post(step(contest, "approve"))["Location"].startswith("/admin/login/")
    assert state(contest) is Results.SEALED


def test_step_is_not_taken_for_another_site(editor):
    contest = make.ContestFactory(sealed=True)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(editor)
    assert browser.post(step(contest, "approve")).status_code == 403
    assert state(contest) is Results.SEALED


def test_form_changes_nothing_of_the_results(desk):
    contest = make.ContestFactory(sealed=True)
    values = filled(
        desk.get(page(contest)), approved_at="2026-01-01", approved_at_0="2026-01-01", reveal_at="2026-01-01"
    )
    saved(desk.post(page(contest), values | {"title": "Renamed"}))
    contest.refresh_from_db()
    assert (contest.title, contest.approved_at, contest.reveal_at) == ("Renamed", None, None)


def test_old_version_brings_back_no_approval(desk):
    contest = make.ContestFactory(approved_future=True)
    contest.approved_at = contest.reveal_at = contest.approved_by = None
    contest.tagline = "Later"
    contest.save()
    values = filled(desk.get(version_page(contest, 0)), change_reason="As before")
    saved(desk.post(version_page(contest, 0), values))
    contest.refresh_from_db()
    assert (contest.tagline, contest.approved_at, contest.approved_by, contest.reveal_at) == ("", None, None, None)


def test_history_tells_who_approved_and_when(desk, editor):
    contest = make.ContestFactory(sealed=True)
    desk.post(step(contest, "approve"))
    latest = desk.get(page(contest, "history")).context["page_obj"][0]
    assert (latest.history_user, latest.history_change_reason) == (editor, "Results approved")
    assert [(change.field, change.old) for change in latest.changes] == [
        ("Results approved at", "—"),
        ("Results approved by", "—"),
    ]
    assert latest.changes[1].new == "Ada"
