"""Reveals as of a time in the past: an archive's edition, approved and revealed in one step, that is no news."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.utils import timezone

from contests import results
from contests.historical_reveals import end_of, had_ended
from contests.models import Contest, Recognition, Step
from contests.visibility import Results
from record.viewpoint import Viewpoint
from tests import factories as make
from tests.accounts.test_admin_roles import in_role
from tests.admin_pages import page
from tests.public_pages import text_of

pytestmark = pytest.mark.django_db


def publisher():
    return in_role("publisher")


def past_edition(**values):
    values = {"published": True, "title": "Reel", "slug": "reel", "held_from": "1929-05-16", **values}
    contest = make.ContestFactory(**values)
    make.RecognitionFactory(
        award__contest=contest, award__name="Best Picture", submission__title="Wings", approved_at=None
    )
    return contest


@pytest.mark.parametrize(
    ("held", "end"),
    [
        ({"held_from": "1929-05-16"}, datetime(1929, 5, 16, 23, 59, 59, tzinfo=UTC)),
        ({"held_from": "1929-05-16", "held_to": "1929-05-18"}, datetime(1929, 5, 18, 23, 59, 59, tzinfo=UTC)),
        ({"held_from": "1929-12"}, datetime(1929, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ({"held_from": "1929"}, datetime(1929, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ({"held_from": "1989-05-16T20:00", "time_zone": "Asia/Tokyo"}, datetime(1989, 5, 16, 11, 0, tzinfo=UTC)),
        ({"held_from": ""}, None),
    ],
)
def test_the_end_is_the_last_second_of_what_is_known(held, end):
    assert end_of(make.ContestFactory.build(**held)) == end


def test_a_contest_had_ended_on_its_last_day_and_not_before():
    contest = make.ContestFactory.build(held_from="1929-05-16")
    assert had_ended(contest, datetime(1929, 5, 16, 20, tzinfo=UTC))
    assert not had_ended(contest, datetime(1929, 5, 15, 20, tzinfo=UTC))
    assert had_ended(make.ContestFactory.build(held_from="1929"), datetime(1929, 2, 1, tzinfo=UTC))


def test_one_step_approves_and_reveals_as_of_the_end_of_the_contest(client):
    contest, actor = past_edition(), publisher()
    results.publish_history(contest, actor=actor)
    contest = Contest.objects.get()
    assert contest.results(Viewpoint.now()) is Results.PUBLIC
    assert contest.reveal_at == datetime(1929, 5, 16, 23, 59, 59, tzinfo=UTC)
    assert (contest.is_history, contest.approved_by) == (True, actor)
    assert Recognition.objects.get().approved_as["work"] == "Wings"
    steps = contest.history.order_by("history_id").exclude(step="").values_list("step", flat=True)
    assert list(steps) == [Step.APPROVED, Step.REVEAL_SET]
    assert "Wings" in text_of(client.get("/contests/reel/winners/").content)


def test_it_is_no_news_for_the_feeds_and_the_home_page(client):
    results.publish_history(past_edition(), actor=None)
    assert "Wings" not in client.get("/winners/feed.atom").content.decode()
    assert "Wings" in client.get("/").content.decode()  # There is nothing else yet.
    news = make.ContestFactory(revealed=True, title="In the news")
    make.RecognitionFactory(award__contest=news, submission__title="Fresh film")
    assert "Fresh film" in client.get("/winners/feed.atom").content.decode()
    assert client.get("/").context["contest"] == news
    # Those who ask for the feed of this contest get its winners.
    assert "Wings" in client.get("/contests/reel/feed.atom").content.decode()


def test_a_reveal_may_be_in_the_past_only_after_the_end_of_the_contest():
    contest = results.approve(past_edition(), actor=None)
    with pytest.raises(ValidationError, match="This time has passed"):
        results.reveal(contest, actor=None, at=datetime(1929, 5, 15, tzinfo=UTC))
    results.reveal(contest, actor=None, at=datetime(1929, 5, 17, tzinfo=UTC))
    assert Contest.objects.get().results(Viewpoint.now()) is Results.PUBLIC


def test_a_contest_without_dates_has_no_past():
    contest = results.approve(past_edition(held_from=""), actor=None)
    with pytest.raises(ValidationError, match="This time has passed"):
        results.reveal(contest, actor=None, at=datetime(1929, 5, 17, tzinfo=UTC))


@pytest.mark.parametrize("held", ["", f"{timezone.now() + timedelta(days=2):%Y-%m-%d}"])
def test_the_step_needs_a_date_that_has_passed(held):
    with pytest.raises(ValidationError, match="when Reel was held"):
        results.publish_history(past_edition(held_from=held), actor=None)
    assert Contest.objects.get().approved_at is None


def test_the_step_needs_a_published_contest():
    contest = past_edition(published_at=None)
    with pytest.raises(ValidationError, match="Publish Reel first"):
        results.publish_history(contest, actor=None)
    assert Contest.objects.get().approved_at is None  # The approval is taken back with the rest of the step.


def test_the_four_eyes_rule_holds(settings):
    settings.SINGLE_EDITOR = False
    contest, editor = past_edition(), publisher()
    [row] = Recognition.objects.all()
    row._history_user = editor
    row.standing = "finalist"
    row.save()
    row.standing = "winner"
    row._history_user = editor
    row.save()
    with pytest.raises(ValidationError):
        results.publish_history(contest, actor=editor)
    assert Contest.objects.get().approved_at is None
    results.publish_history(contest, actor=publisher())


def test_a_work_that_is_not_eligible_stops_the_step():
    contest = past_edition()
    contest.submissions.update(status="submitted")
    with pytest.raises(ValidationError, match="make it eligible"):
        results.publish_history(contest, actor=None)


def test_a_publisher_takes_the_step_on_one_page_of_the_admin(client):
    contest = past_edition()
    client.force_login(publisher())
    change = f"/admin/contests/contest/{contest.pk}/change/"
    address = f"/admin/contests/contest/steps/history/?row={contest.pk}"
    assert address in client.get(change).content.decode()
    asked = client.get(address)
    assert "1929" in asked.content.decode()
    assert client.post(address, {"seen": asked.context["seen"]}).status_code == 302
    assert Contest.objects.get().is_history


def test_admin_says_the_time_of_the_reveal_of_an_edition_of_the_past_not_of_its_approval(desk):
    contest = past_edition()
    results.publish_history(contest, actor=publisher())
    recognition = Recognition.objects.get()
    told = "Public: the reveal was on 16 May 1929, 23:59 UTC."
    for address in (page(Contest.objects.get()), page(recognition)):
        text = desk.get(address).content.decode()
        assert told in text
        assert "Public since" not in text
    late = make.RecognitionFactory(
        award__contest=Contest.objects.get(), submission__title="Late", submission__status="eligible", approved_at=None
    )
    address = f"/admin/contests/recognition/steps/approve/?row={late.pk}"
    seen = desk.get(address).context["seen"]
    said = desk.post(address, {"seen": seen}, follow=True).context["messages"]
    assert [str(message) for message in said if told in str(message)]


def test_the_step_needs_both_permissions(client):
    contest, user = past_edition(), publisher()
    address = f"/admin/contests/contest/steps/history/?row={contest.pk}"
    client.force_login(user)
    user.groups.get().permissions.remove(Permission.objects.get(codename="approve_results"))
    asked = client.get(address)
    assert "permission to approve results" in client.post(address, {"seen": asked.context["seen"]}).content.decode()
    user.groups.get().permissions.remove(Permission.objects.get(codename="reveal_results"))
    assert client.get(address).status_code == 403
    assert Contest.objects.get().approved_at is None
