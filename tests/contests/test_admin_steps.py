"""An admin action does exactly what its confirmation page has announced."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from contests.models import Recognition
from record.viewpoint import Viewpoint
from tests import factories as make
from tests.admin_pages import account_that_may, page

from .test_admin_results import changes, step, told

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest():
    """Create a contest with a scheduled reveal: a winner and a runner-up."""
    contest = make.ContestFactory(approved_future=True, title="NextGen", time_zone="Asia/Tokyo")
    award = make.AwardFactory(contest=contest, name="Grand Prize")
    film = make.RecognitionFactory(award=award, submission__title="Alpha", order=1).submission
    make.CreditFactory(submission=film, person__name="Ada Nowak")
    make.RecognitionFactory(award=award, submission__title="Beta", standing="runner_up", order=2)
    return contest


@pytest.mark.parametrize("what", ["film", "credit", "contest", "award"])
def test_step_is_not_taken_for_what_has_changed_since_its_page_was_opened(desk, contest, what):
    address = step(contest, "reveal")
    seen = desk.get(address).context["seen"]
    film = contest.submissions.get(title="Alpha")
    row = {"film": film, "credit": film.credits.get(), "contest": contest, "award": contest.awards.get()}[what]
    field = {"film": "logline", "credit": "role", "contest": "tagline", "award": "description"}[what]
    setattr(row, field, make.role("editor") if what == "credit" else "Other words")
    row.save()
    refused = desk.post(address, {"seen": seen})
    assert "Something in this contest has changed since you opened this page." in refused.content.decode()
    assert not Recognition.objects.public(Viewpoint.now()).exists()
    assert desk.post(address, {"seen": refused.context["seen"]}).status_code == 302
    assert Recognition.objects.public(Viewpoint.now()).count() == 2


def test_what_changes_in_another_contest_holds_up_nothing(desk, contest):
    address = step(contest, "reveal")
    seen = desk.get(address).context["seen"]
    make.SubmissionFactory(title="Elsewhere")
    assert desk.post(address, {"seen": seen}).status_code == 302


def test_it_tells_a_winner_from_a_runner_up_and_names_the_pages_that_change(desk, contest):
    outlook = desk.get(step(contest, "reveal")).context["outlook"]
    assert [name for name, _address in outlook.differences[0].appear] == [
        "Grand Prize: Alpha",
        "Grand Prize: Beta (Runner-up)",
    ]
    slug = contest.slug
    own = [f"/contests/{slug}/", f"/contests/{slug}/winners/", f"/contests/{slug}/submissions/"]
    assert outlook.lists == [*own, "/", "/winners/", "/people/", "/sources/", "/statistics/"]


def test_a_revocation_names_the_pages_of_the_makers_too(desk, contest):
    row = contest.awards.get().recognitions.get(order=1)
    contest.reveal_at = timezone.now() - timedelta(hours=1)
    contest.approved_at = contest.published_at = contest.reveal_at
    contest.save()
    shown = desk.get(step(row, "revoke"))
    assert changes(shown) == {"recognitions": (2, 1)}
    assert [name for name, _address in shown.context["outlook"].changing] == ["Alpha", "Ada Nowak"]


def test_who_else_may_is_named_only_where_somebody_else_could(desk, contest, settings):
    make.UserFactory(name="Bo", editor=True)
    row = contest.awards.get().recognitions.get(order=1)
    Recognition.objects.filter(pk=row.pk).update(reveal_at=timezone.now() - timedelta(hours=1))
    refused = desk.get(step(contest, "seal"))
    assert "so the approval of all results can’t be taken back" in refused.content.decode()
    assert refused.context["others"] == []


def test_a_reveal_that_is_set_is_told_before_it_is_moved_and_after(desk, contest):
    contest.reveal_at = datetime(2090, 10, 27, 9, 30, tzinfo=UTC)
    contest.save()
    address = step(contest, "schedule")
    assert "The reveal is set to 27 October 2090, 18:30 Asia/Tokyo" in desk.get(address).content.decode()
    said = told(desk.post(address, {"at_0": "2090-10-28", "at_1": "20:00"}))[-1]
    assert "is set. The reveal is set to 28 October 2090, 20:00 Asia/Tokyo" in said


def test_approval_leads_to_the_list_of_what_waits(desk):
    contest = make.ContestFactory(sealed=True)
    waiting = make.RecognitionFactory(award__contest=contest, approved_at=None)
    make.RecognitionFactory(award__contest__sealed=True, approved_at=None)
    shown = desk.get(step(contest, "approve")).content.decode()
    address = f"/admin/contests/recognition/?award__contest__id__exact={contest.pk}&amp;approved_at__isempty=1"
    assert f'<a href="{address}">1 recognition waits for approval.</a>' in shown
    assert list(desk.get(address.replace("&amp;", "&")).context["cl"].queryset) == [waiting]


def test_approval_of_a_contest_without_recognitions_counts_none(desk):
    shown = desk.get(step(make.ContestFactory(sealed=True), "approve")).content.decode()
    assert "No entry has an award yet." in shown
    assert "for approval" not in shown


def test_a_revocation_does_not_lie_before_the_contest(desk):
    contest = make.ContestFactory(revealed=True, title="NextGen", time_zone="Asia/Tokyo")
    row = make.RecognitionFactory(award__contest=contest)
    event = make.EventFactory(contest=contest, starts_at=datetime(2020, 10, 26, 20, tzinfo=UTC))
    asked = {"reason": "Wrong", "on": "2020-10-26"}
    form = desk.post(step(row, "revoke"), asked).context["form"]
    assert form.errors == {"on": ["Choose 27 October 2020, when NextGen began, or a later date."]}
    # If no date is known, only a future date is refused.
    event.starts_at = timezone.now() + timedelta(days=9)
    event.save()
    assert desk.post(step(row, "revoke"), asked).status_code == 302
    row.refresh_from_db()
    assert row.revoked_on == date(2020, 10, 26)


@pytest.mark.parametrize("revoked", [False, True])
def test_a_work_with_a_public_award_stays_in_the_running(desk, revoked):
    contest = make.ContestFactory(revealed=True)
    film = make.RecognitionFactory(award__contest=contest, revoked=revoked).submission
    other = make.SubmissionFactory(contest=contest)
    chosen = {"action": "set_status", "_selected_action": [film.pk, other.pk], "preview": "1", "status": "withdrawn"}
    shown = desk.post("/admin/contests/submission/", {**chosen, "reason": "They asked"})
    refused = {planned.row: planned.errors for planned in shown.context["plan"]}
    assert (len(refused[film]), refused[other]) == (1, [])
    assert "public pages must not disappear" in refused[film][0]
    assert "rows will change" not in shown.content.decode()
    film.status = "withdrawn"
    assert film.won_in_public
    with pytest.raises(Exception, match="Revoke the recognition instead"):
        film.clean()
    other.status = "withdrawn"
    other.clean()


def test_whoever_may_only_look_reads_each_time_with_its_zone(client):
    contest = make.ContestFactory(opens_at=datetime(2026, 10, 26, 15, tzinfo=UTC), time_zone="Asia/Tokyo")
    event = make.EventFactory(contest=contest, starts_at=datetime(2026, 10, 27, 9, 30, tzinfo=UTC))
    client.force_login(account_that_may("view_contest", "view_event"))
    assert "27 October 2026, 00:00 Asia/Tokyo" in client.get(page(contest)).content.decode()
    assert "27 October 2026, 18:30 Asia/Tokyo" in client.get(page(event)).content.decode()


def test_reveal_says_that_no_entry_is_eligible(desk):
    contest = make.ContestFactory(approved_future=True)
    entry = make.SubmissionFactory(contest=contest, status="submitted")
    assert "No entry is eligible" in desk.get(step(contest, "reveal")).content.decode()
    entry.status = "eligible"
    entry.save()
    assert "No entry is eligible" not in desk.get(step(contest, "reveal")).content.decode()
