"""The changes of state of results: approving, revealing, revoking, and when each is refused."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from contests import results
from contests.visibility import Results
from record.viewpoint import Viewpoint
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    return make.UserFactory(editor=True)


def test_approve_then_reveal_makes_results_public_and_says_who_did_it(editor):
    contest = make.ContestFactory(sealed=True)
    contest = results.approve(contest, actor=editor)
    assert contest.approved_by == editor
    assert contest.results(Viewpoint.now()) is Results.APPROVED
    contest = results.reveal(contest, actor=editor)
    contest.refresh_from_db()
    assert contest.results(Viewpoint.now()) is Results.PUBLIC
    assert [(h.history_user, h.history_change_reason[:10]) for h in contest.history.all()[:2]] == [
        (editor, "Reveal set"),
        (editor, "Results ap"),
    ]


def test_a_scheduled_reveal_waits_for_its_moment(editor):
    contest = results.approve(make.ContestFactory(sealed=True), actor=editor)
    moment = timezone.now() + timedelta(hours=1)
    contest = results.reveal(contest, actor=editor, at=moment)
    assert contest.reveal_at == moment
    assert contest.results(Viewpoint(moment - timedelta(seconds=1))) is Results.APPROVED
    assert contest.results(Viewpoint(moment)) is Results.PUBLIC


def test_a_scheduled_reveal_can_be_moved(editor):
    contest = make.ContestFactory(approved_future=True)
    later = contest.reveal_at + timedelta(days=1)
    assert results.reveal(contest, actor=editor, at=later).reveal_at == later


def test_nothing_is_approved_twice(editor):
    contest = make.ContestFactory(approved_future=True)
    with pytest.raises(ValidationError, match="approved already"):
        results.approve(contest, actor=editor)


def test_sealed_results_are_not_revealed(editor):
    contest = make.ContestFactory(sealed=True)
    with pytest.raises(ValidationError, match="Approve the results"):
        results.reveal(contest, actor=editor)
    contest.refresh_from_db()
    assert contest.reveal_at is None


def test_public_results_are_not_revealed_again(editor):
    contest = make.ContestFactory(revealed=True)
    with pytest.raises(ValidationError, match="public already"):
        results.reveal(contest, actor=editor, at=timezone.now() + timedelta(days=1))


@pytest.mark.parametrize("published_at", [None, timezone.now() + timedelta(days=365)])
def test_the_results_of_an_unpublished_contest_are_not_revealed(editor, published_at):
    contest = make.ContestFactory(published_at=published_at, approved_at=timezone.now())
    with pytest.raises(ValidationError, match="must be published before its results are revealed"):
        results.reveal(contest, actor=editor)


def test_sealing_takes_approval_and_reveal_back(editor):
    contest = results.seal(make.ContestFactory(approved_future=True), actor=editor)
    contest.refresh_from_db()
    assert (contest.approved_at, contest.approved_by, contest.reveal_at) == (None, None, None)


def test_public_results_cannot_be_sealed(editor):
    contest = make.ContestFactory(revealed=True)
    with pytest.raises(ValidationError, match="their approval can’t be taken back"):
        results.seal(contest, actor=editor)
    contest.refresh_from_db()
    assert contest.results(Viewpoint.now()) is Results.PUBLIC


def test_revoke_and_restore(editor):
    recognition = make.RecognitionFactory(award__contest=make.ContestFactory(revealed=True))
    recognition = results.revoke(recognition, actor=editor, reason=" Not their own work. ", on=date(2026, 3, 1))
    assert (recognition.revoked_on, recognition.revocation_reason) == (date(2026, 3, 1), "Not their own work.")
    recognition = results.restore(recognition, actor=editor, reason="It was right.")
    recognition.refresh_from_db()
    assert (recognition.revoked_on, recognition.revocation_reason) == (None, "")
    assert [h.history_change_reason for h in recognition.history.all()[:2]] == [
        "Restored: It was right.",
        "Revoked: Not their own work.",
    ]
    assert {h.history_user for h in recognition.history.all()[:2]} == {editor}


def test_revoking_counts_from_today_unless_told(editor):
    recognition = make.RecognitionFactory(award__contest=make.ContestFactory(revealed=True))
    assert results.revoke(recognition, actor=editor, reason="Why").revoked_on == timezone.localdate()


def test_revoking_needs_a_reason(editor):
    recognition = make.RecognitionFactory(award__contest=make.ContestFactory(revealed=True))
    with pytest.raises(ValidationError) as refusal:
        results.revoke(recognition, actor=editor, reason="  ")
    assert list(refusal.value.message_dict) == ["reason"]


def test_what_is_not_public_is_not_revoked(editor):
    recognition = make.RecognitionFactory(award__contest=make.ContestFactory(approved_future=True))
    with pytest.raises(ValidationError, match="not public yet"):
        results.revoke(recognition, actor=editor, reason="Why")


def test_nothing_is_revoked_or_restored_twice(editor):
    recognition = make.RecognitionFactory(award__contest=make.ContestFactory(revealed=True))
    with pytest.raises(ValidationError, match="is already valid"):
        results.restore(recognition, actor=editor, reason="It was right.")
    recognition = results.revoke(recognition, actor=editor, reason="Why")
    with pytest.raises(ValidationError, match="revoked already"):
        results.revoke(recognition, actor=editor, reason="Again")


def test_a_revocation_cannot_lie_ahead(editor):
    recognition = make.RecognitionFactory(award__contest=make.ContestFactory(revealed=True))
    with pytest.raises(ValidationError) as refusal:
        results.revoke(recognition, actor=editor, reason="Why", on=timezone.localdate() + timedelta(days=1))
    assert list(refusal.value.message_dict) == ["on"]


@pytest.mark.parametrize("published_at", [None, timezone.now() + timedelta(days=365)])
def test_a_contest_with_public_results_cannot_be_unpublished(published_at):
    contest = make.ContestFactory(revealed=True)
    contest.published_at = published_at
    with pytest.raises(ValidationError) as refusal:
        contest.full_clean()
    assert list(refusal.value.message_dict) == ["published_at"]


def test_a_contest_whose_results_wait_can_be_unpublished():
    contest = make.ContestFactory(approved_future=True)
    contest.published_at = None
    contest.full_clean()
    contest.save()
    assert contest.results(Viewpoint.now()) is Results.APPROVED
