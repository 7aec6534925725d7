"""Approving and revealing a single recognition. Two people must have decided it."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from contests import results
from contests.models import Contest, Credit, Recognition, Submission
from record.history import keep_first_version
from record.merging import merge
from record.time_zones import told, zone_named
from record.viewpoint import Viewpoint
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = timezone.now


@pytest.fixture
def editor():
    return make.UserFactory(editor=True)


@pytest.fixture
def four_eyes(settings):
    settings.SINGLE_EDITOR = False


def is_public(row, at=None) -> bool:
    return type(row).objects.public(Viewpoint(at or NOW())).filter(pk=row.pk).exists()


def waiting(contest, **values):
    return make.RecognitionFactory(award__contest=contest, approved_at=None, **values)


def test_a_recognition_entered_after_the_approval_is_hidden_until_somebody_approves_it(editor):
    late = waiting(make.ContestFactory(revealed=True))
    assert not is_public(late)
    late = results.approve_recognition(late, actor=editor)
    assert (late.approved_by, is_public(late)) == (editor, True)
    assert late.history.first().history_change_reason == "Approved"
    with pytest.raises(ValidationError, match="approved already"):
        results.approve_recognition(late, actor=editor)


def test_approving_a_contest_approves_what_waits_in_it_and_keeps_the_history_whole(editor):
    contest = make.ContestFactory(sealed=True)
    presenter = make.PersonFactory()
    rows = [waiting(contest, presenters=[presenter]), waiting(contest)]
    results.approve(contest, actor=editor)
    for row in rows:
        row.refresh_from_db()
        assert row.approved_by == editor
        assert row.history.first().history_user == editor
    assert [link.person for link in rows[0].history.first().presenters.all()] == [presenter]
    assert list(rows[0].presenters.all()) == [presenter]


def test_approving_takes_as_many_statements_for_two_recognitions_as_for_twelve(editor):
    def statements(number):
        contest = make.ContestFactory(sealed=True)
        for _ in range(number):
            waiting(contest, presenters=[make.PersonFactory()])
        with CaptureQueriesContext(connection) as captured:
            results.approve(contest, actor=editor)
        return len(captured)

    assert statements(2) == statements(12)


def test_what_waits_in_an_approved_contest_can_be_approved_with_it_again(editor):
    contest = make.ContestFactory(revealed=True)
    late = waiting(contest)
    results.approve(contest, actor=editor)
    assert is_public(late)
    with pytest.raises(ValidationError, match="approved already"):
        results.approve(contest, actor=editor)


def test_one_result_is_shown_ahead_of_the_others_with_its_film_and_nothing_else(editor):
    contest = make.ContestFactory(approved_future=True)
    ahead, other = make.RecognitionFactory.create_batch(2, award__contest=contest)
    second = make.RecognitionFactory(award__contest=contest, submission=ahead.submission)
    results.reveal_recognition(ahead, actor=editor)
    assert [is_public(row) for row in (ahead, ahead.submission)] == [True, True]
    assert [is_public(row) for row in (other, other.submission, second)] == [False, False, False]
    assert {is_public(row, contest.reveal_at) for row in (ahead, other, other.submission, second)} == {True}


def test_one_result_can_wait_for_a_moment_of_its_own_and_be_taken_back_before_it(editor):
    contest = make.ContestFactory(approved_future=True)
    row = make.RecognitionFactory(award__contest=contest)
    moment = NOW() + timedelta(hours=1)
    row = results.reveal_recognition(row, actor=editor, at=moment)
    before = moment - timedelta(seconds=1)
    assert [is_public(row, at) for at in (before, moment)] == [False, True]
    assert [is_public(row.submission, at) for at in (before, moment)] == [False, True]
    row = results.seal_recognition(row, actor=editor)
    assert (row.approved_at, row.reveal_at, row.submission.reveal_at) == (None, None, None)
    assert not is_public(row, contest.reveal_at)
    with time_machine.travel(moment), pytest.raises(ValidationError, match="Approve"):
        results.reveal_recognition(row, actor=editor)


def test_a_film_keeps_the_earliest_of_its_moments(editor):
    contest = make.ContestFactory(approved_future=True)
    first = make.RecognitionFactory(award__contest=contest)
    second = make.RecognitionFactory(award__contest=contest, submission=first.submission)
    first = results.reveal_recognition(first, actor=editor)
    results.reveal_recognition(second, actor=editor, at=NOW() + timedelta(hours=1))
    assert Submission.objects.get().reveal_at == first.reveal_at
    results.seal_recognition(second, actor=editor)
    assert Submission.objects.get().reveal_at == first.reveal_at


def test_what_was_public_stays_though_its_award_was_deleted(editor):
    contest = make.ContestFactory(approved_future=True)
    shown = make.RecognitionFactory(award__contest=contest)
    other = make.RecognitionFactory(award__contest=contest, submission=shown.submission)
    results.reveal_recognition(shown, actor=editor).delete()
    results.seal_recognition(other, actor=editor)
    assert is_public(Submission.objects.get())


@pytest.mark.parametrize(
    ("contest", "recognition", "words"),
    [
        ({"sealed": True}, {}, "Approve the results"),
        ({"approved_future": True}, {"approved_at": None}, "Approve “"),
        ({"approved_future": True, "published_at": None}, {}, "must be published before its results are revealed"),
        ({"revealed": True}, {}, "public already"),
        ({"approved_future": True}, {"submission__status": "withdrawn"}, "is withdrawn: make it eligible"),
    ],
)
def test_what_cannot_be_shown_is_not_revealed(editor, contest, recognition, words):
    row = make.RecognitionFactory(award__contest=make.ContestFactory(**contest), **recognition)
    with pytest.raises(ValidationError, match=words):
        results.reveal_recognition(row, actor=editor)
    row.refresh_from_db()
    assert row.reveal_at is None


def test_what_is_public_is_not_sealed_neither_alone_nor_with_its_contest(editor):
    contest = make.ContestFactory(approved_future=True)
    row = results.reveal_recognition(make.RecognitionFactory(award__contest=contest), actor=editor)
    with pytest.raises(ValidationError, match="can’t be taken back"):
        results.seal_recognition(row, actor=editor)
    with pytest.raises(ValidationError, match="can’t be taken back"):
        results.seal(contest, actor=editor)
    contest.published_at = None
    with pytest.raises(ValidationError, match="can’t be changed any more"):
        contest.full_clean()
    assert is_public(row)


def test_sealing_a_contest_takes_back_every_approval_in_it(editor):
    contest = make.ContestFactory(approved_future=True)
    row = make.RecognitionFactory(award__contest=contest)
    results.reveal_recognition(row, actor=editor, at=NOW() + timedelta(hours=1))
    results.seal(contest, actor=editor)
    row.refresh_from_db()
    assert (row.approved_at, row.approved_by, row.reveal_at) == (None, None, None)
    assert Submission.objects.get().reveal_at is None


def test_one_result_that_was_shown_ahead_can_be_revoked(editor):
    contest = make.ContestFactory(approved_future=True)
    row = make.RecognitionFactory(award__contest=contest)
    with pytest.raises(ValidationError, match="not public yet"):
        results.revoke(row, actor=editor, reason="Why")
    results.reveal_recognition(row, actor=editor)
    assert results.revoke(row, actor=editor, reason="Why").is_revoked


def test_the_history_is_in_english_whatever_language_the_editor_works_in(editor):
    contest = make.ContestFactory(sealed=True, time_zone="Asia/Tokyo")
    row = waiting(contest)
    with translation.override("pl"):
        results.approve(contest, actor=editor)
        row = results.reveal_recognition(row, actor=editor)
        results.revoke(row, actor=editor, reason="Powód")
        results.restore(row, actor=editor, reason="It was right.")
    reasons = [entry.history_change_reason for entry in row.history.all()]
    moment = told(row.reveal_at, zone_named("Asia/Tokyo"))
    assert reasons == ["Restored: It was right.", "Revoked: Powód", f"Reveal set to {moment}", "Approved", None]


def test_the_history_writes_a_reveal_as_the_pages_do_and_says_what_was_taken_back(editor):
    contest = make.ContestFactory(sealed=True, time_zone="Asia/Tokyo")
    row = waiting(contest)
    results.approve(contest, actor=editor)
    at = datetime(2090, 11, 28, 12, 53, tzinfo=UTC)
    results.reveal_recognition(row, actor=editor, at=at)
    results.reveal(contest, actor=editor, at=at)
    results.seal(contest, actor=editor)
    said = ["Approval taken back", "Reveal set to 28 November 2090, 21:53 Asia/Tokyo"]
    for of in (row, contest):
        assert [entry.history_change_reason for entry in of.history.all()[:2]] == said
    assert row.submission.history.first().history_change_reason == "Reveal taken back"


def by(user, row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    row._history_user = user
    row.save()


def entered(user, **values):
    """Create a recognition that only `user` has edited."""
    row = waiting(make.ContestFactory(sealed=True), **values)
    row.history.update(history_user=user)
    return row


def test_nobody_approves_what_they_alone_entered(editor, four_eyes):
    row = entered(editor)
    for step, of in ((results.approve_recognition, row), (results.approve, row.award.contest)):
        with pytest.raises(
            ValidationError, match="”: entered only by you, or by an account that counts as the same person"
        ):
            step(of, actor=editor)
    row.refresh_from_db()
    assert (row.approved_at, Contest.objects.get().approved_at) == (None, None)
    other = make.UserFactory(editor=True)
    assert results.approve(row.award.contest, actor=other).approved_by == other


def refused(row, actor):
    with pytest.raises(ValidationError, match="entered only by you, or by an account"):
        results.approve_recognition(row, actor=actor)


@pytest.mark.parametrize("changed", [{"citation": "Quiet."}, {"order": 30_001}, {"source": None}])
def test_somebody_elses_change_to_what_decides_nothing_is_no_second_pair(editor, four_eyes, changed):
    row = entered(editor)
    by(make.UserFactory(), row, **changed)
    refused(row, editor)


def test_who_last_set_who_won_what_is_not_who_approves_it(editor, four_eyes):
    other = make.UserFactory(editor=True)
    row = entered(editor)
    first, second = row.submission, make.SubmissionFactory(contest=row.award.contest)
    row._history_user = other
    row.submissions.set([second])
    refused(row, other)
    # The first editor has undone the choice of the second one, so the second one's choice no longer counts.
    row._history_user = editor
    row.submissions.set([first])
    refused(row, editor)
    assert results.approve_recognition(row, actor=other).approved_by == other


def test_an_entry_that_was_deleted_and_put_back_is_of_who_put_it_back(editor, four_eyes):
    other = make.UserFactory(editor=True)
    row = entered(editor)
    kept = {name: getattr(row, name) for name in ("pk", "key", "award", "order")}
    works = row.works
    row.delete()
    again = Recognition(**kept)
    again._history_user = other
    again.save(force_insert=True)
    again.submissions.set(works)
    refused(again, other)
    assert results.approve_recognition(again, actor=editor).approved_by == editor


def test_who_gives_an_award_another_name_after_the_entry_has_chosen_the_winner(editor, four_eyes):
    other = make.UserFactory(editor=True)
    row = entered(other)
    film, award = row.submission, row.award
    maker = make.CreditFactory(submission=film)
    Credit.history.update(history_user=other)
    for what, name in ((award, "name"), (film, "title"), (maker.person, "name"), (maker, "role")):
        before = getattr(what, name)
        by(editor, what, **{name: make.role("editor") if what == maker else "editor"})
        refused(row, editor)
        # Somebody else has undone the choice, so it no longer counts as a decision.
        by(other, what, **{name: before})
    assert results.approve_recognition(row, actor=editor).approved_by == editor


@pytest.mark.parametrize("how", ["added", "deleted", "moved away"])
def test_who_is_credited_on_the_work_is_a_part_of_who_won(editor, four_eyes, how):
    other = make.UserFactory(editor=True)
    row = entered(other)
    credit = make.CreditFactory(submission=row.submission)
    if how == "moved away":
        credit.history.update(history_user=other)
        by(editor, credit, work=make.WorkFactory())
    elif how == "deleted":
        credit.history.update(history_user=other)
        credit._history_user = editor
        credit.delete()
    else:
        credit.history.update(history_user=editor)
    refused(row, editor)


def test_what_was_called_so_before_the_entry_is_decided_by_the_entry(editor, four_eyes):
    other = make.UserFactory(editor=True)
    row = entered(other)
    credit = make.CreditFactory(submission=row.submission)
    for what in (row.award, row.submission, credit, credit.person):
        what.history.update(history_user=editor, history_date=NOW() - timedelta(days=1))
    assert results.approve_recognition(row, actor=editor).approved_by == editor


def test_a_merge_that_moves_an_award_is_an_entry_of_who_merged(editor, four_eyes):
    other = make.UserFactory(editor=True)
    row = entered(other, submission=None, person=make.PersonFactory())
    merge(make.PersonFactory(), row.person, actor=editor)
    refused(Recognition.objects.get(), editor)
    assert results.approve_recognition(Recognition.objects.get(), actor=other).approved_by == other


def test_a_change_to_what_a_fixture_brought_is_an_entry_of_its_own(editor, four_eyes):
    row = entered(None)
    row.history.all().delete()
    keep_first_version(Recognition, [row.pk])
    by(editor, row, standing="runner_up")
    refused(row, editor)


def test_an_approval_or_a_seal_by_somebody_else_is_no_change(editor, four_eyes):
    row = entered(editor)
    other = make.UserFactory(editor=True)
    results.approve_recognition(row, actor=other)
    results.seal_recognition(row, actor=editor)
    with pytest.raises(ValidationError, match="entered only by you, or by an account"):
        results.approve_recognition(row, actor=editor)


def test_what_a_fixture_or_a_command_entered_may_be_approved_by_anybody(editor, four_eyes):
    by_command, by_fixture = entered(None), entered(None)
    by_fixture.history.all().delete()
    for row in (by_command, by_fixture):
        assert results.approve_recognition(row, actor=editor).approved_by == editor


def test_a_single_editor_approves_what_they_entered(editor, settings):
    settings.SINGLE_EDITOR = True
    row = entered(editor)
    assert results.approve_recognition(row, actor=editor).approved_by == editor
    assert Recognition.objects.get().approved_at is not None
