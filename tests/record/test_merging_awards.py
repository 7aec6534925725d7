"""Merging people who have awards: an approved award keeps its winner, and a hidden winner stays hidden."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from contests.models import Recognition
from record.merging import GONE, KEPT, Plan, merge, undo
from record.slug_lookup import keep_former_slug
from tests import factories as make
from tests.record.test_merging import database

pytestmark = pytest.mark.django_db


def won_by(person, **state):
    contest = make.ContestFactory(**state)
    return make.RecognitionFactory(award__contest=contest, submission=None, person=person)


@pytest.mark.parametrize("kept_first", [True, False])
@pytest.mark.parametrize("state", ["sealed", "approved_future", "revealed"])
def test_an_approved_award_goes_to_nobody_else_by_a_merge(editor, state, kept_first):
    winner, friend = make.PersonFactory(name="Ada Nowak"), make.PersonFactory(name="Friend")
    row = won_by(winner, **{state: True})
    if not kept_first:  # The winner keeps their row, so the award does not change.
        merge(winner, friend, {"name": KEPT}, actor=editor)
        assert Recognition.objects.get().person == winner
        return
    before = database()
    assert Plan(friend, winner, timezone.now(), {"name": KEPT}).conflicts
    with pytest.raises(
        ValidationError, match=["is approved", "is public, so the winner’s name must not change"][state == "revealed"]
    ):
        merge(friend, winner, {"name": KEPT}, actor=editor)
    assert database() == before
    # Without an approval, the row can be merged like any other.
    Recognition.objects.update(approved_at=None)
    merge(friend, winner, actor=editor)
    row.refresh_from_db()
    assert row.person == friend


def test_a_public_award_goes_to_another_record_of_the_same_name_and_back(editor):
    winner, double = make.PersonFactory(name="Ada Nowak"), make.PersonFactory(name="NOWAK, Ada")
    row = won_by(winner, revealed=True)
    merged = merge(double, winner, actor=editor)
    row.refresh_from_db()
    assert row.person == double
    undo(merged, actor=editor)
    row.refresh_from_db()
    assert row.person == winner


def test_an_undo_gives_no_award_that_was_approved_meanwhile_to_somebody_else(editor):
    winner, friend = make.PersonFactory(name="Ada Nowak"), make.PersonFactory(name="Friend")
    row = won_by(friend, sealed=True)
    Recognition.objects.update(approved_at=None)
    merged = merge(winner, friend, actor=editor)
    Recognition.objects.update(approved_at=timezone.now())
    before = database()
    with pytest.raises(ValidationError, match="is approved"):
        undo(merged, actor=editor)
    assert database() == before
    row.refresh_from_db()
    assert row.person == winner


@pytest.fixture
def secret():
    """Create a public panellist who has also won, under another name, an award of a contest with a future reveal."""
    known = make.PersonFactory(name="Panellist", slug="panellist")
    make.AppearanceFactory(person=known, event__contest__revealed=True)
    contest = make.ContestFactory(approved_future=True)
    winner = make.PersonFactory(
        name="Winner", slug="winner", biography="A winner.", sources=[make.SourceFactory(slug="of-winner")]
    )
    make.CreditFactory(person=winner, submission__contest=contest)
    keep_former_slug(winner, "winner-before")
    return known, winner, contest


@pytest.mark.parametrize("kept_first", [True, False])
def test_the_address_of_a_hidden_winner_tells_nothing_before_the_reveal(
    secret, client, editor, time_machine_at, kept_first
):
    known, winner, contest = secret
    pair = (known, winner) if kept_first else (winner, known)
    address = pair[0].get_absolute_url()
    merge(*pair, actor=editor)
    hidden = ["/people/winner-before/"] + (["/people/winner/"] if kept_first else [])
    nobody = client.get("/people/nobody/")
    for url in hidden:
        assert client.get(url).status_code == nobody.status_code == 404
        assert client.get(f"{url}card.png").status_code == 404
    body = client.get(address).content.decode()
    assert "A winner." not in body
    assert client.get("/sources/of-winner/").status_code == 404
    time_machine_at(contest.reveal_at + timedelta(seconds=1))
    for url in hidden:
        assert client.get(url)["Location"] == address


@pytest.fixture
def time_machine_at():
    import time_machine

    travels = []

    def at(moment):
        travels.append(time_machine.travel(moment, tick=False))
        travels[-1].start()

    yield at
    for travel in travels:
        travel.stop()


def test_no_reason_of_the_history_names_a_hidden_winner(secret, editor):
    known, winner, _contest = secret
    shown = known.appearances.get()
    merged = merge(winner, known, actor=editor)
    undo(merged, actor=editor)
    reasons = list(shown.history.values_list("history_change_reason", flat=True))
    assert reasons == ["Merge undone", "Merged with another record", None]


def test_nothing_of_a_hidden_one_is_taken_unless_it_is_chosen(secret):
    known, winner, _contest = secret
    make.PastWorkFactory(person=winner)
    plan = Plan(known, winner, timezone.now())
    assert (plan.hidden, plan.shown_with_it) == (winner, [("past works", 1)])
    assert set(plan.chosen.values()) == {KEPT}
    assert set(Plan(winner, known, timezone.now()).chosen.values()) == {GONE}
