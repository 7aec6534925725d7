"""The admin's dashboard shows what needs attention, with links to lists of exactly these rows."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from accounts.models import User
from contests.models import Recognition, Submission
from people.models import Person
from portal import page_cache
from tests import factories as make
from tests.admin_pages import account_that_may, inline_in, statements
from tests.portal.test_dashboard_panels import everything, found

pytestmark = pytest.mark.django_db


def test_empty_desk_says_so_in_one_line(desk):
    response = desk.get("/admin/")
    assert '<p class="nothing">Nothing is waiting.</p>' in response.content.decode()
    assert response.context["dashboard"] == {"panels": [], "reveals": [], "changes": [], "page_cache": None}


def test_first_page_takes_the_same_statements_whatever_waits(desk):
    everything()
    few = statements(desk, "/admin/")
    for _ in range(3):
        everything()
    assert few == statements(desk, "/admin/") == 37


def test_empty_first_page_takes_few_statements(desk):
    assert statements(desk, "/admin/") == 7


def reveals(client):
    return client.get("/admin/").context["dashboard"]["reveals"]


@time_machine.travel(datetime(2026, 10, 25, 9, 0, tzinfo=UTC), tick=False)
def test_reveal_is_told_in_the_zone_of_the_contest_and_in_one_s_own(desk, editor):
    at = datetime(2026, 10, 27, 12, 30, tzinfo=UTC)
    contest = make.ContestFactory(title="NextGen", time_zone="Asia/Tokyo", published=True, reveal_at=at)
    contest.approved_at = timezone.now()
    contest.save()
    User.objects.filter(pk=editor.pk).update(time_zone="Europe/Warsaw")
    (reveal,) = reveals(desk)
    assert (reveal.line.text, reveal.until.replace("\xa0", " "), reveal.is_approved) == (
        "NextGen",
        "2 days, 3 hours",
        True,
    )
    assert (reveal.there.text, reveal.there.zone) == ("27 October 2026, 21:30", "Asia/Tokyo")
    # This date is after the end of daylight saving time in Warsaw.
    assert (reveal.here.text, reveal.here.zone) == ("27 October 2026, 13:30", "Europe/Warsaw")
    text = " ".join(desk.get("/admin/").content.decode().split())
    assert '21:30</time> <span class="quiet">Asia/Tokyo</span>' in text


@pytest.mark.parametrize("own", ["", "Asia/Tokyo"])
def test_one_time_is_told_once(desk, editor, own):
    make.ContestFactory(approved_future=True, time_zone="Asia/Tokyo")
    User.objects.filter(pk=editor.pk).update(time_zone=own)
    assert [reveal.here for reveal in reveals(desk)] == [None]


def test_reveals_come_in_their_order_those_of_single_rows_among_them(desk):
    now = timezone.now()
    contest = make.ContestFactory(title="NextGen", approved_future=True)
    work, award = make.SubmissionFactory(contest=contest, title="Ada"), make.AwardFactory(contest=contest, name="Prize")
    recognition = make.RecognitionFactory(award=award, submission=work)
    Submission.objects.filter(pk=work.pk).update(reveal_at=now + timedelta(days=3))
    Recognition.objects.filter(pk=recognition.pk).update(reveal_at=now + timedelta(days=1))
    make.ContestFactory(revealed=True)
    assert [reveal.line.text for reveal in reveals(desk)] == ["Prize: Ada", "NextGen", "Ada · NextGen"]


def test_reveal_that_nobody_approved_says_that_nothing_will_be_public(desk):
    make.ContestFactory(published=True, reveal_at=timezone.now() + timedelta(days=1))
    assert [reveal.is_approved for reveal in reveals(desk)] == [False]
    assert "Not approved: nothing becomes public at the reveal." in desk.get("/admin/").content.decode()


def test_time_zone_is_chosen_on_the_desk(desk, editor):
    response = desk.post("/admin/time-zone/", {"time_zone": "Asia/Tokyo"}, follow=True)
    editor.refresh_from_db()
    assert editor.time_zone == "Asia/Tokyo"
    assert "Your time zone is Asia/Tokyo." in response.content.decode()


@pytest.mark.parametrize("name", ["Tokyo", "../etc", "\x00", "x" * 10_000, "<b>"])
def test_time_zone_that_there_is_not_changes_nothing_and_is_told(desk, editor, name):
    response = desk.post("/admin/time-zone/", {"time_zone": name}, follow=True)
    editor.refresh_from_db()
    assert editor.time_zone == ""
    assert "Unknown time zone" in response.content.decode()
    assert "<b>" not in response.content.decode()


def test_time_zone_is_set_by_a_form_only(desk):
    assert desk.get("/admin/time-zone/").status_code == 405


def changes(client):
    return [
        (change.who, change.type, change.line and change.line.text, change.reason)
        for change in client.get("/admin/").context["dashboard"]["changes"]
    ]


def change(row, by, reason="", **fields):
    for name, value in fields.items():
        setattr(row, name, value)
    row._history_user, row._change_reason = by, reason
    row.save()


def test_last_changes_by_others_are_told_with_their_reason_and_one_s_own_are_not(desk, editor):
    other = make.UserFactory(name="Bo")
    person, source = make.PersonFactory(name="Ann"), make.SourceFactory(title="Report")
    change(person, editor, headline="Mine")
    change(person, other, "As the report has it", headline="Theirs")
    change(source, other, note="Read")
    assert changes(desk) == [("Bo", "~", "Report", ""), ("Bo", "~", "Ann", "As the report has it")]


def test_what_somebody_does_to_their_own_account_is_no_news(desk):
    other = make.UserFactory(editor=True)
    change(other, other, time_zone="Asia/Tokyo")
    assert changes(desk) == []


def test_what_was_deleted_since_is_told_without_a_link(desk):
    person = make.PersonFactory()
    change(person, make.UserFactory(name="Bo"), headline="Theirs")
    Person.objects.filter(pk=person.pk).delete()
    assert changes(desk) == [("Bo", "~", None, "")]


def test_nothing_is_told_of_models_that_one_may_not_view(client):
    everything()
    client.force_login(account_that_may("view_person"))
    told = client.get("/admin/").context["dashboard"]
    assert found(client) == {
        "Facts without a source": {"person": 1},
        "Images without alternative text or credit": {"person": 1},
        "People who may be the same": {"person": 2},
    }
    assert (told["reveals"], told["changes"]) == ([], [])


def test_account_without_any_permission_is_told_how_to_get_one(client):
    client.force_login(account_that_may())
    assert "An administrator can change that." in client.get("/admin/").content.decode()


def test_pages_of_the_desk_have_nothing_inline(desk):
    everything()
    for address in ("/admin/", "/admin/contests/", "/admin/keyboard/"):
        assert inline_in(desk.get(address)) == []


@pytest.mark.parametrize("address", ["/admin/", "/admin/keyboard/", "/admin/people/person/export/"])
def test_pages_of_the_desk_are_for_who_signed_in(client, address):
    assert re.match("/admin/login/", client.get(address)["Location"])


def test_an_administrator_sees_how_well_the_page_cache_works(client, settings, monkeypatch):
    settings.PAGE_CACHE = 64
    monkeypatch.setattr(page_cache, "COUNTS", page_cache.Counts(hits=2991, misses=9, pages=1234, size=3_500_000))
    client.force_login(make.UserFactory(is_superuser=True, is_staff=True))
    told = " ".join(client.get("/admin/").content.decode().split())
    assert "Page cache of this server process: 3.3 of 64 MB, with this number of pages: 1,234." in told
    assert "99 % of 3,000 requests for public pages were answered from it." in told
    client.force_login(account_that_may("view_person"))
    assert "Page cache" not in client.get("/admin/").content.decode()
    settings.PAGE_CACHE = 0
    client.force_login(make.UserFactory(is_superuser=True, is_staff=True))
    assert "Page cache" not in client.get("/admin/").content.decode()
