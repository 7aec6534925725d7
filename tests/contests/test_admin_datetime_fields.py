"""Times in the admin that don't exist or exist twice because clocks change."""

import re
from datetime import UTC, date, datetime

import pytest
from django.utils import timezone, translation

from contests.models import Contest
from tests import factories as make
from tests.admin_pages import filled, page, saved

from .test_admin_results import step

pytestmark = pytest.mark.django_db
TIME = "TIME_INPUT_FORMATS"


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


def test_a_day_without_a_time_is_not_called_a_wrong_time(desk, warsaw):
    address = page(warsaw, "change")
    response = desk.post(address, filled(desk.get(address), opens_at_0="2090-10-29", opens_at_1=""))
    assert response.context["adminform"].form.errors["opens_at"] == ["Type the time, too, such as 20:00."]


def test_a_date_that_cannot_be_read_is_refused_with_the_form_that_can(desk, warsaw):
    words = "This isn’t a date. Type it like this: 31/12/2027."
    assert scheduled(desk, warsaw, "next Friday", "20:00") == words
    public = make.RecognitionFactory(award__contest__revealed=True)
    response = desk.post(step(public, "revoke"), {"reason": "Wrong", "on": "yesterday"})
    assert response.context["form"].errors == {"on": [words]}
    told = desk.post(step(warsaw, "schedule"), {"at_0": "x", "at_1": "20:00"}, headers={"Accept-Language": "pl"})
    assert "31.12.2027" in told.context["form"].errors["at"][0]


def test_a_new_row_does_not_name_a_zone_before_its_contest_is_known(desk, warsaw):
    for address, name in (("contest", "opens_at"), ("event", "starts_at")):
        asked = desk.get(f"/admin/contests/{address}/add/")
        assert asked.context["adminform"].form.fields[name].help_text.endswith("Time zone: that of the contest.")
    # If the form is shown again because of another error, it names the time zone that was used.
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
        # The saved time is displayed in the way it must be entered, and saving it again does not change it.
        again = desk.get(page(row))
        assert 'value="02:30+01:00"' in again.content.decode()
        with timezone.override("Europe/Warsaw"):
            saved(desk.post(page(row), filled(again)))
        row.refresh_from_db()
        assert getattr(row, field) == datetime(2090, 10, 29, 1, 30, tzinfo=UTC)


WRITTEN = {
    "en": ("20/12/2026", "18:00"),
    "ja": ("2026-12-20", "18:00"),
    "zh-hans": ("2026/12/20", "18:00"),
    "ko": ("2026-12-20", "18:00"),
    "pl": ("20.12.2026", "18:00"),
}


def form_of(desk, row, language="en"):
    return desk.get(page(row), headers={"Accept-Language": language})


def written_in(response, name):
    html = response.content.decode()
    return tuple(re.search(rf'name="{name}_{part}" value="([^"]*)"', html)[1] for part in (0, 1))


def as_written(response, name):
    """Return the data of the form as a browser sends it, with the field `name` as its page shows it."""
    day, clock = written_in(response, name)
    return filled(response, **{f"{name}_0": day, f"{name}_1": clock})


@pytest.mark.parametrize("language", WRITTEN)
def test_a_form_writes_dates_and_times_as_its_shortcuts_and_hints_do(desk, warsaw, language):
    Contest.objects.update(opens_at=datetime(2026, 12, 20, 17, tzinfo=UTC))
    response = form_of(desk, warsaw, language)
    assert written_in(response, "opens_at") == WRITTEN[language]
    # The calendar and the shortcuts "Today" and "Now" write the first of these formats.
    catalog = desk.get("/admin/jsi18n/", headers={"Accept-Language": language}).content.decode()
    first = {name: re.search(rf'"{name}": \[\s*"([^"]+)"', catalog)[1] for name in ("DATE_INPUT_FORMATS", TIME)}
    moment = datetime(2026, 12, 20, 18)
    assert (moment.strftime(first["DATE_INPUT_FORMATS"]), moment.strftime(first[TIME])) == WRITTEN[language]


@pytest.mark.parametrize("language", WRITTEN)
@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 12, 20, 17, tzinfo=UTC),
        datetime(2026, 12, 3, 17, 0, 5, tzinfo=UTC),
        datetime(2026, 12, 3, 17, 0, 0, 123456, tzinfo=UTC),
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    ],
)
def test_a_form_saved_unchanged_changes_no_moment(desk, warsaw, language, moment):
    Contest.objects.update(opens_at=moment)
    with translation.override(language):
        values = as_written(form_of(desk, warsaw, language), "opens_at")
        saved(desk.post(page(warsaw), values, headers={"Accept-Language": language}))
    assert Contest.objects.get().opens_at == moment


def test_a_form_says_seconds_where_a_time_has_some(desk, warsaw):
    Contest.objects.update(opens_at=datetime(2026, 12, 20, 17, 0, 5, tzinfo=UTC))
    assert written_in(form_of(desk, warsaw), "opens_at") == ("20/12/2026", "18:00:05")


def test_american_forms_write_the_month_first(desk, warsaw, american):
    moment = datetime(2026, 12, 3, 17, tzinfo=UTC)
    Contest.objects.update(opens_at=moment)
    response = form_of(desk, warsaw)
    assert written_in(response, "opens_at") == ("12/03/2026", "18:00")
    saved(desk.post(page(warsaw), as_written(response, "opens_at")))
    assert Contest.objects.get().opens_at == moment


def test_a_date_alone_is_written_the_same_way(desk):
    source = make.SourceFactory(published_on=date(2026, 12, 3))
    assert 'value="03/12/2026"' in desk.get(page(source)).content.decode()
    saved(desk.post(page(source), filled(desk.get(page(source)), published_on="03/12/2026")))
    source.refresh_from_db()
    assert source.published_on == date(2026, 12, 3)
