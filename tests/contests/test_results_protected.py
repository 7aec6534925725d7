"""No form can change, move or delete approved and public results."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from contests import results
from contests.models import Contest, Party, Recognition
from contests.visibility import Results
from record.history import FIRST_VERSION
from record.viewpoint import Viewpoint
from tests import factories as make
from tests.admin_pages import filled, page, saved, version_page

pytestmark = pytest.mark.django_db


@pytest.fixture(params=["approved_future", "revealed"])
def won(request):
    return make.RecognitionFactory(award__contest=make.ContestFactory(**{request.param: True}))


@pytest.mark.parametrize("of_all", [True, False])
def test_a_step_on_a_row_from_a_fixture_can_be_compared_with_what_the_fixture_brought(of_all):
    contest = make.ContestFactory(sealed=True)
    row = make.RecognitionFactory(award__contest=contest, approved_at=None, approved_by=None)
    for model in (Contest, Recognition):
        model.history.all().delete()
    if of_all:
        results.approve(contest, actor=None)
        assert [(entry.approved_at is None, entry.history_type) for entry in contest.history.all()] == [
            (False, "~"),
            (True, "+"),
        ]
    else:
        results.approve_recognition(row, actor=None)
    assert [(entry.approved_at is None, entry.history_change_reason) for entry in row.history.all()] == [
        (False, "Approved"),
        (True, FIRST_VERSION),
    ]


def test_who_won_is_not_changed_on_the_page_of_the_recognition(desk, won):
    other = make.SubmissionFactory(contest=won.award.contest)
    response = desk.post(page(won), filled(desk.get(page(won)), submissions=[other.pk]))
    assert response.status_code == 200
    assert "take back the approval first" in response.content.decode()
    assert Recognition.objects.get().submission == won.submission


@pytest.mark.parametrize(
    "changes",
    [
        {"standing": "finalist"},
        {"outcome": "unofficial"},
        {"rank": 2},
        {"is_tied": True},
        {"is_shared": True},
    ],
)
def test_what_was_won_is_not_changed_once_it_is_approved(desk, won, changes):
    response = desk.post(page(won), filled(desk.get(page(won)), **changes, change_reason="Why"))
    assert response.status_code == 200
    assert "what was won can’t be changed" in response.content.decode()
    row = Recognition.objects.get()
    (name, value) = next(iter(changes.items()))
    assert getattr(row, name) != value
    setattr(row, name, value)
    with pytest.raises(ValidationError, match="what was won can’t be changed"):
        row.full_clean()


def test_what_was_recognised_is_not_changed_between_approval_and_reveal(desk):
    row = make.RecognitionFactory(award__contest__approved_future=True, detail="A Song")
    response = desk.post(page(row), filled(desk.get(page(row)), detail="Another song", change_reason="Why"))
    assert "what was won can’t be changed" in response.content.decode()
    assert Recognition.objects.get().detail == "A Song"


def test_the_wording_of_what_was_recognised_is_corrected_in_public(desk, client):
    row = make.RecognitionFactory(award__contest__revealed=True, detail="A Song of Rian")
    saved(desk.post(page(row), filled(desk.get(page(row)), detail="A Song of Rain", change_reason="A slip")))
    assert Recognition.objects.counted().get().detail == "A Song of Rain"
    told = client.get(f"/contests/{row.award.contest.slug}/corrections/").content.decode()
    assert "A Song of Rian" in told
    assert "A slip" in told


def test_an_award_that_was_not_official_becomes_no_win_without_an_approval(desk, client):
    row = make.RecognitionFactory(award__contest__revealed=True, outcome="unofficial", submission__title="Unofficial")
    answer = desk.post(page(row), filled(desk.get(page(row)), outcome="given", change_reason="Why"))
    assert answer.status_code == 200
    assert not Recognition.objects.counted().exists()
    assert "Unofficial" not in client.get("/winners/").content.decode()


def test_the_award_of_a_recognition_stays_in_the_contest_of_its_works():
    row = make.RecognitionFactory(award__contest__sealed=True, approved_at=None)
    row.award = make.AwardFactory(contest__sealed=True)
    with pytest.raises(ValidationError, match="different contests") as refused:
        row.full_clean()
    assert list(refused.value.error_dict) == ["award"]
    row.award = make.AwardFactory(contest=Recognition.objects.get().award.contest)
    row.full_clean()


def test_a_recognition_that_is_not_approved_moves_with_its_works_to_another_contest(desk):
    row = make.RecognitionFactory(award__contest__sealed=True, approved_at=None)
    award = make.AwardFactory(contest__sealed=True)
    film = make.SubmissionFactory(contest=award.contest)
    saved(desk.post(page(row), filled(desk.get(page(row)), award=award.pk, submissions=[film.pk])))
    row = Recognition.objects.get()
    assert (row.award, row.works) == (award, [film])


def test_who_shares_it_is_not_changed_or_deleted_on_the_page_of_the_recognition(desk, won):
    make.PartyFactory(recognition=won)
    opened = filled(desk.get(page(won)))
    for changes in ({"parties-0-person": make.PersonFactory().pk}, {"parties-0-part": "X"}, {"parties-0-DELETE": "on"}):
        response = desk.post(page(won), opened | changes | {"change_reason": "Why"})
        assert response.status_code == 200
        assert "take back the approval first" in response.content.decode()
    assert Party.objects.get().part == ""


def test_what_is_approved_is_not_deleted(desk, won):
    assert desk.post(page(won, "delete"), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [won.pk], "post": "yes"}
    desk.post(page(Recognition, "changelist"), chosen)
    assert Recognition.objects.filter(pk=won.pk).exists()


def test_an_old_version_puts_nobody_else_in_the_place_of_who_won(desk):
    won = make.RecognitionFactory(award__contest__sealed=True, approved_at=None)
    winner = make.SubmissionFactory(contest=won.award.contest)
    won.submissions.set([winner])
    results.approve(won.award.contest, actor=None)
    values = filled(desk.get(version_page(won, 0)), change_reason="As before")
    assert "take back the approval first" in desk.post(version_page(won, 0), values).content.decode()
    assert Recognition.objects.get().submission == winner


def test_a_work_that_has_won_stays_in_its_contest(desk, won):
    film, other = won.submission, make.ContestFactory(revealed=True)
    answer = desk.post(page(film), filled(desk.get(page(film)), contest=other.pk))
    assert answer.status_code == 200
    assert type(film).objects.get(pk=film.pk).contest != other
    film.contest = other
    with pytest.raises(ValidationError, match="The contest can’t be changed"):
        film.full_clean()


def test_an_award_that_was_given_stays_with_its_contest(won):
    won.award.contest = make.ContestFactory(revealed=True)
    with pytest.raises(ValidationError, match="can’t move to another contest"):
        won.award.full_clean()


def test_since_when_a_contest_is_public_is_not_changed_once_its_results_are():
    contest = make.ContestFactory(revealed=True)
    contest.published_at += timedelta(days=1)
    with pytest.raises(ValidationError, match="can’t be changed any more"):
        contest.full_clean()


def both_roles():
    account = make.UserFactory(is_staff=True)
    names = ["view_recognition", "change_recognition", "add_recognition", "approve_results", "view_contest"]
    account.user_permissions.set(Permission.objects.filter(codename__in=names))
    return User.objects.get(pk=account.pk)


@pytest.mark.parametrize("reason", ["", "Approved", "Sealed", "Reveal set to tomorrow", "reveal set to the right film"])
def test_who_chose_the_winner_does_not_approve_it_whatever_they_call_it(settings, client, reason):
    settings.SINGLE_EDITOR = False
    one, two = both_roles(), both_roles()
    won = make.RecognitionFactory(award__contest=make.ContestFactory(sealed=True), approved_at=None)
    won.history.update(history_user=one, history_change_reason=reason)
    with pytest.raises(ValidationError, match="entered only by you, or by an account"):
        results.approve_recognition(won, actor=one)
    other = make.SubmissionFactory(contest=won.award.contest)
    client.force_login(two)
    changes = {"submissions": [other.pk], "change_reason": reason}
    saved(client.post(page(won), filled(client.get(page(won)), **changes)))
    with pytest.raises(ValidationError, match="entered only by you, or by an account"):
        results.approve_recognition(won, actor=two)
    assert results.approve_recognition(won, actor=one).approved_by == one


def test_a_form_sent_back_as_it_was_is_no_second_pair_of_eyes(settings, client):
    settings.SINGLE_EDITOR = False
    one, two = both_roles(), both_roles()
    won = make.RecognitionFactory(award__contest=make.ContestFactory(sealed=True), approved_at=None)
    won.history.update(history_user=one)
    client.force_login(two)
    saved(client.post(page(won), filled(client.get(page(won)))))
    assert [entry.history_user for entry in won.history.all()] == [one]
    with pytest.raises(ValidationError, match="entered only by you, or by an account"):
        results.approve_recognition(won, actor=one)
    # Changing a reason or an order is not a decision about the winner: still one person alone has chosen the winner.
    other_order = {"order": won.order + 1, "change_reason": "Read against the jury’s list"}
    for changes in ({"change_reason": "Read"}, other_order, {"citation": "Quiet and exact."}):
        saved(client.post(page(won), filled(client.get(page(won)), **changes)))
        with pytest.raises(ValidationError, match="entered only by you, or by an account"):
            results.approve_recognition(won, actor=one)
    assert results.approve_recognition(won, actor=two).approved_by == two


def test_a_step_is_taken_for_what_its_page_has_shown_and_for_nothing_else(desk):
    contest = make.ContestFactory(sealed=True)
    make.RecognitionFactory(award__contest=contest, approved_at=None)
    address = f"{page(type(contest), 'changelist')}steps/approve/?row={contest.pk}"
    seen = desk.get(address).context["seen"]
    Recognition.submissions.through.objects.update(submission=make.SubmissionFactory(contest=contest))
    response = desk.post(address, {"seen": seen})
    assert "has changed since you opened this page" in response.content.decode()
    contest.refresh_from_db()
    assert contest.results(Viewpoint.now()) is Results.SEALED
    assert desk.post(address, {"seen": response.context["seen"]}).status_code == 302


def test_a_reveal_is_not_set_to_a_moment_that_has_passed():
    contest = make.ContestFactory(approved_future=True)
    with pytest.raises(ValidationError, match="has passed"):
        results.reveal(contest, actor=None, at=timezone.now() - timedelta(hours=1))
