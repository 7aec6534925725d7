"""Times in the admin that clocks skip, or say twice."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from contests.models import Contest
from tests import factories as make
from tests.desk import filled, page, saved

from .test_admin_results import step

pytestmark = pytest.mark.django_db


@pytest.fixture
def warsaw():
    return make.ContestFactory(approved_future=True, time_zone="Europe/Warsaw")


def scheduled(desk, contest, day, clock):
    response = desk.post(step(contest, "schedule"), {"at_0": day, "at_1": clock})
    if response.status_code == 302:
        return Contest.objects.get().reveal_at
    return response.context["form"].errors["at"][0]


def test_a_time_that_clocks_say_twice_is_refused_with_both_readings(desk, warsaw):
    told = scheduled(desk, warsaw, "2090-10-29", "02:30")
    assert told == (
        "29 October 2090, 02:30 happens twice in Europe/Warsaw: the clocks go back then. Type 02:30+02:00 for the "
        "earlier time or 02:30+01:00 for the later one."
    )
    assert scheduled(desk, warsaw, "2090-10-29", "02:30+02:00") == datetime(2090, 10, 29, 0, 30, tzinfo=UTC)
    assert scheduled(desk, warsaw, "2090-10-29", "02:30 +01:00") == datetime(2090, 10, 29, 1, 30, tzinfo=UTC)


def test_a_time_that_clocks_skip_is_refused_with_both_readings(desk, warsaw):
    told = scheduled(desk, warsaw, "2090-03-26", "02:30")
    assert told == (
        "26 March 2090, 02:30 does not exist in Europe/Warsaw: the clocks go forward then. Type 02:30+02:00 (clocks "
        "show 01:30) or 02:30+01:00 (clocks show 03:30)."
    )
    assert scheduled(desk, warsaw, "2090-03-26", "02:30+01:00") == datetime(2090, 3, 26, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("clock", ["25:00", "02:30+99:00", "noon", "02:30+", "9" * 5000])
def test_a_time_that_is_none_is_refused(desk, warsaw, clock):
    assert scheduled(desk, warsaw, "2090-10-29", clock) == "This isn’t a time. Type it like this: 20:00."


def test_a_date_that_cannot_be_read_is_refused_with_the_form_that_can(desk, warsaw):
    words = "This isn’t a date. Type it like this: 2027-12-31."
    assert scheduled(desk, warsaw, "next Friday", "20:00") == words
    public = make.RecognitionFactory(award__contest__revealed=True)
    response = desk.post(step(public, "revoke"), {"reason": "Wrong", "on": "yesterday"})
    assert response.context["form"].errors == {"on": [words]}
    told = desk.post(step(warsaw, "schedule"), {"at_0": "x", "at_1": "20:00"}, headers={"Accept-Language": "pl"})
    assert "31.12.2027" in told.context["form"].errors["at"][0]


def test_a_new_row_does_not_name_a_zone_before_its_contest_is_known(desk, warsaw):
    for address, name in (("contest", "opens_at"), ("event", "starts_at")):
        asked = desk.get(f"/admin/contests/{address}/add/")
        assert asked.context["adminform"].form.fields[name].help_text.endswith("Time zone: the contest’s.")
    # Sent back for something else that is missing, it names the zone in which it was read.
    typed = {"contest": warsaw.pk, "starts_at_0": "2027-12-31", "starts_at_1": "20:00"}
    refused = desk.post("/admin/contests/event/add/", filled(asked, **typed))
    assert "Time zone: Europe/Warsaw." in refused.content.decode()


def test_dates_of_a_contest_and_of_its_events_are_read_the_same_way_and_name_their_zone(desk, warsaw):
    event = make.EventFactory(contest=warsaw)
    for row, field in ((warsaw, "opens_at"), (event, "starts_at")):
        asked = desk.get(page(row))
        assert "Time zone: Europe/Warsaw." in asked.content.decode()
        typed = {f"{field}_0": "2090-10-29", f"{field}_1": "02:30"}
        refused = desk.post(page(row), filled(asked, **typed))
        assert "02:30+02:00 for the earlier" in refused.context["adminform"].form.errors[field][0]
        saved(desk.post(page(row), filled(asked, **typed | {f"{field}_1": "02:30+01:00"})))
        row.refresh_from_db()
        assert getattr(row, field) == datetime(2090, 10, 29, 1, 30, tzinfo=UTC)
        # What it was saved as is shown as it has to be typed, and saves again as the same.
        again = desk.get(page(row))
        assert 'value="02:30+01:00"' in again.content.decode()
        with timezone.override("Europe/Warsaw"):
            saved(desk.post(page(row), filled(again)))
        row.refresh_from_db()
        assert getattr(row, field) == datetime(2090, 10, 29, 1, 30, tzinfo=UTC)
