"""
The texts of confirmation pages in each situation: without a reveal date, with a future one, with a past one, and with
nothing approved.
"""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.messages import get_messages

from contests.models import Contest, Recognition
from tests import factories as make
from tests.admin_pages import page

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
LATER, EARLIER = "27 November 2026, 13:00 UTC", "27 November 2026, 11:00 UTC"
NO_REVEAL = "The public sees nothing yet, because no reveal is set. You reveal the results separately."
AHEAD = f"The public sees it from {LATER} on."
PAST = f"The public sees it at once: the reveal was on {EARLIER}."
UNPUBLISHED = "The public sees nothing yet: the contest is not published."
#: Days until the reveal and until the publication, the text before an approval, and the text after it.
SITUATIONS = [
    (None, -9, NO_REVEAL, "No reveal is set: only editors see this until you reveal it."),
    (1, -9, AHEAD, f"Public on {LATER}."),
    (-1, -9, PAST, f"Public since {NOW:%d %B %Y}, 12:00 UTC."),
    (-1, None, UNPUBLISHED, "The contest is not published: only editors see this."),
    (-1, 1, AHEAD, f"Public on {LATER}."),
]


@pytest.fixture(autouse=True)
def moment():
    with time_machine.travel(NOW, tick=False):
        yield


def at(hours):
    return None if hours is None else NOW + hours * HOUR


def step(row, name: str) -> str:
    return f"/admin/contests/{row._meta.model_name}/steps/{name}/?row={row.pk}"


def made(reveal, published, **more):
    contest = make.ContestFactory(title="NextGen", time_zone="UTC", sealed=True)
    row = make.RecognitionFactory(award__contest=contest, approved_at=None)
    values = {"reveal_at": at(reveal), "published_at": at(published), **more}
    Contest.objects.filter(pk=contest.pk).update(**values)
    return contest, row


@pytest.mark.parametrize(("reveal", "published", "before", "after"), SITUATIONS)
@pytest.mark.parametrize("approved", [False, True])
def test_an_approval_says_when_the_public_will_see_it_and_then_what_is_so(
    desk, approved, reveal, published, before, after
):
    contest, _row = made(reveal, published, approved_at=NOW - 5 * HOUR if approved else None)
    shown = desk.get(step(contest, "approve"))
    said = shown.content.decode()
    assert before in said
    assert [text for text in (NO_REVEAL, AHEAD, PAST, UNPUBLISHED) if text in said] == [before]
    assert "which is another step" not in said.replace(before, "")
    assert (after.startswith("Public since") and bool(shown.context["outlook"].differences)) is (before == PAST)
    answer = desk.post(step(contest, "approve"))
    told = [str(message) for message in get_messages(answer.wsgi_request)]
    since = after
    if before == PAST:  # An approval after the reveal makes an edition of the past.
        since = f"Public since {EARLIER}." if approved else f"Public: the reveal was on {EARLIER}."
    assert told == [f"The results of NextGen are approved. {since}"]


@pytest.mark.parametrize(("reveal", "published", "before", "after"), SITUATIONS)
def test_the_approval_of_one_result_says_so_too(desk, reveal, published, before, after):
    _contest, row = made(reveal, published, approved_at=NOW - 5 * HOUR)
    assert before in desk.get(step(row, "approve")).content.decode()
    answer = desk.post(step(row, "approve"))
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [f"“{row}” is approved. {after}"]


def test_the_approval_of_one_result_before_that_of_its_contest_is_not_enough(desk):
    _contest, row = made(1, -9)
    said = desk.get(step(row, "approve")).content.decode()
    assert "The public sees it once the results of NextGen are approved and revealed too." in said
    assert AHEAD not in said
    answer = desk.post(step(row, "approve"))
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [
        f"“{row}” is approved. Only editors see this until the results of NextGen are approved and revealed too."
    ]


def test_where_a_part_waits_the_head_says_which_part_the_public_sees(desk):
    contest, _row = made(None, -9, approved_at=NOW - 5 * HOUR)
    head = desk.get(page(contest)).context["standing"]
    assert head == (
        "No reveal is set: only editors see this until you reveal it. "
        "1 other result is not approved: only editors see it."
    )


def test_a_reveal_says_which_moment_it_takes_the_place_of(desk):
    contest, row = made(1, -9, approved_at=NOW - 5 * HOUR)
    Recognition.objects.update(approved_at=NOW - 5 * HOUR)
    for name in ("reveal", "schedule", "seal"):
        assert f"The reveal is set to {LATER}." in desk.get(step(contest, name)).content.decode()
    alone = desk.get(step(row, "schedule")).content.decode()
    assert "or with the other results if they are revealed earlier" in alone
    # Two hours from now is after the reveal of the contest.
    answer = desk.post(step(row, "schedule"), {"at_0": "2026-11-27", "at_1": "14:00"})
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [
        f"The reveal of “{row}” is set. Public on {LATER}."
    ]


def notes(desk, contest) -> list[str]:
    return [str(note) for note in desk.get(step(contest, "approve")).context["rows"][0][1]]


NO_AWARD, NO_WINNER = "No entry has an award yet.", "There is no winner yet: no result has the standing “Winner”."
ALONE = "You may approve results that you entered yourself: the setting SINGLE_EDITOR allows it."


def test_an_approval_without_a_winner_says_so_and_is_possible(desk):
    contest, row = made(None, -9)
    assert not {NO_AWARD, NO_WINNER} & set(notes(desk, contest))
    Recognition.objects.update(standing="mention")
    assert notes(desk, contest)[0] == NO_WINNER
    row.delete()
    assert notes(desk, contest)[0] == NO_AWARD
    assert desk.post(step(contest, "approve")).status_code == 302


def test_an_approval_while_entries_can_come_in_says_until_when(desk):
    open_until = f"Entries can still come in: the contest closes on {LATER}."
    contest, _row = made(None, -9, closes_at=at(-1))
    assert open_until not in notes(desk, contest)
    Contest.objects.update(closes_at=at(1))
    assert notes(desk, contest)[0] == open_until


@pytest.mark.parametrize("single", [True, False])
def test_an_approval_says_that_nobody_else_is_needed_and_why(desk, settings, single):
    settings.SINGLE_EDITOR = single
    contest, row = made(None, -9)
    assert (ALONE in notes(desk, contest), ALONE in notes(desk, row)) == (single, single)
