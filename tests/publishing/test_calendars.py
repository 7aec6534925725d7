"""Calendar files, read with the library `ical`, which is not the one that writes them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone
from ical.calendar_stream import IcsCalendarStream

from record.synthetic import PREFIX
from tests import factories as make

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
EVENING = datetime(2026, 10, 30, 10, 0, tzinfo=UTC)


def events(client, address):
    response = client.get(address)
    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    for line in response.content.split(b"\r\n"):
        assert len(line) <= 75, line
    return IcsCalendarStream.calendar_from_ics(response.content.decode()).events


def calendar_of(event):
    return f"{event.get_absolute_url()}event.ics"


def ceremony(**fields):
    contest = {"title": "Contest", "time_zone": "Asia/Tokyo", "slug": "contest"}
    contest |= {
        name.removeprefix("contest__"): fields.pop(name) for name in list(fields) if name.startswith("contest__")
    }
    return make.EventFactory(
        contest=make.ContestFactory(**{"sealed": True, **contest}),
        **{"title": "Ceremony", "slug": "ceremony", "starts_at": EVENING, **fields},
    )


def test_an_event_is_told_with_its_time_in_the_zone_of_its_contest_place_and_page(client):
    event = ceremony(ends_at=EVENING + timedelta(hours=3), venue="Hall; B, 2", city="Tokyo", description="One.\nTwo.")
    (entry,) = events(client, calendar_of(event))
    assert (entry.summary, entry.location, entry.description) == (
        "Ceremony, Contest",
        "Hall; B, 2, Tokyo",
        "One.\nTwo.",
    )
    assert (entry.dtstart, entry.dtend) == (EVENING, EVENING + timedelta(hours=3))
    assert str(entry.url) == "http://testserver/contests/contest/events/ceremony/"
    assert 'filename="ceremony.ics"' in client.get(calendar_of(event))["Content-Disposition"]


@pytest.mark.parametrize(
    "zone", ["Europe/Warsaw", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC", "", "No/Zone"]
)
@pytest.mark.parametrize(
    "moment", [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)]
)
def test_the_moment_is_the_same_in_every_zone_also_in_the_night_when_the_clocks_change(client, zone, moment):
    event = ceremony(contest__time_zone=zone, starts_at=moment, ends_at=moment + timedelta(hours=2))
    (entry,) = events(client, calendar_of(event))
    assert (entry.dtstart.astimezone(UTC), entry.dtend.astimezone(UTC)) == (moment, moment + timedelta(hours=2))


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Warsaw", "Australia/Lord_Howe", ""])
def test_two_moments_that_clocks_show_alike_are_told_apart(client, zone):
    # In New York, this local time occurs twice.
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    event = ceremony(contest__time_zone=zone, starts_at=first, ends_at=first + timedelta(minutes=45))
    text = client.get(calendar_of(event)).content.decode()
    assert "DTSTART:20261101T053000Z" in text
    assert "DTEND:20261101T061500Z" in text
    event.starts_at, event.ends_at = first + timedelta(hours=1), None
    event.save()
    assert "DTSTART:20261101T063000Z" in client.get(calendar_of(event)).content.decode()


def test_an_event_of_less_than_a_second_has_no_end(client):
    event = ceremony(ends_at=EVENING + timedelta(milliseconds=900))
    assert b"DTEND" not in client.get(calendar_of(event)).content


def test_a_page_tells_two_moments_apart_that_clocks_show_alike(client):
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    said = []
    for number, moment in enumerate((first, first + timedelta(hours=1), first + timedelta(hours=2))):
        event = ceremony(
            contest__time_zone="America/New_York",
            contest__slug=f"contest-{number}",
            starts_at=moment,
        )
        page = client.get(event.get_absolute_url()).content.decode()
        said.append(re.search(r"<time datetime=\"([^\"]+)\">([^<]+)</time>", page).groups())
    assert [machine for machine, _words in said] == [
        "2026-11-01T01:30-04:00",
        "2026-11-01T01:30-05:00",
        "2026-11-01T02:30-05:00",
    ]
    assert [words.partition("(")[2] for _machine, words in said] == [
        "UTC-04:00) America/New_York",
        "UTC-05:00) America/New_York",
        "",
    ]


def test_of_an_event_whose_beginning_is_unknown_there_is_no_calendar_and_no_link_to_one(client, nextgen):
    page = "/contests/nextgen/events/awards-ceremony/"
    assert client.get(f"{page}event.ics").status_code == 404
    assert "event.ics" not in client.get(page).content.decode()
    assert client.get("/contests/nextgen/dates.ics").status_code == 404
    assert "dates.ics" not in client.get("/contests/nextgen/").content.decode()


def test_where_the_end_is_unknown_none_is_told(client):
    assert b"DTEND" not in client.get(calendar_of(ceremony())).content


def test_the_pages_lead_to_their_calendars(client):
    event = ceremony(contest__opens_at=EVENING)
    assert f'href="{calendar_of(event)}"' in client.get(event.get_absolute_url()).content.decode()
    assert 'href="/contests/contest/dates.ics"' in client.get("/contests/contest/").content.decode()


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        ({"opens_at": EVENING}, ["Contest opens for entries"]),
        ({"closes_at": EVENING}, ["Contest closes for entries"]),
        (
            {"opens_at": EVENING, "closes_at": EVENING + timedelta(days=200)},
            ["Contest opens for entries", "Contest closes for entries"],
        ),
    ],
)
def test_the_dates_of_a_contest_are_told_as_far_as_they_are_known(client, dates, told):
    make.ContestFactory(title="Contest", slug="contest", time_zone="Europe/Warsaw", sealed=True, **dates)
    entries = events(client, "/contests/contest/dates.ics")
    assert [entry.summary for entry in entries] == told
    assert [entry.dtstart for entry in entries] == list(dates.values())
    assert {str(entry.url) for entry in entries} == {"http://testserver/contests/contest/"}
    assert len({entry.uid for entry in entries}) == len(told)


def test_an_entry_keeps_its_name_when_everything_else_of_it_changes(client):
    event = ceremony()
    before = events(client, calendar_of(event))[0]
    event.title, event.slug, event.starts_at = "Gala", "gala", EVENING + timedelta(days=1)
    event.save()
    make.FormerSlugFactory(object=event, slug="ceremony")
    after = events(client, calendar_of(event))[0]
    assert (after.uid, after.summary) == (before.uid, "Gala, Contest")
    assert after.dtstamp >= before.dtstamp
    assert client.get("/contests/contest/events/ceremony/event.ics")["Location"] == calendar_of(event)


def test_a_calendar_stays_the_same_until_the_event_changes(client):
    address = calendar_of(ceremony())
    tag = client.get(address)["ETag"]
    assert client.get(address, headers={"if-none-match": tag}).status_code == 304


def test_the_approval_of_results_shows_in_no_calendar(client):
    from contests import results

    event = ceremony(contest__opens_at=EVENING)
    make.RecognitionFactory(award__contest=event.contest)
    addresses = [calendar_of(event), "/contests/contest/dates.ics"]
    before = [client.get(address).content for address in addresses]
    results.approve(event.contest, actor=make.UserFactory(editor=True))
    assert [client.get(address).content for address in addresses] == before


def test_of_a_contest_that_is_not_published_there_is_no_calendar(client):
    event = ceremony(contest__sealed=False, contest__opens_at=EVENING)
    assert client.get(calendar_of(event)).status_code == 404
    assert client.get("/contests/contest/dates.ics").status_code == 404


def test_what_is_synthetic_says_so_in_the_calendar_too(client):
    event = ceremony(contest__key=f"{PREFIX}c", contest__opens_at=EVENING)
    for address in (calendar_of(event), "/contests/contest/dates.ics"):
        (entry,) = events(client, address)
        assert entry.summary.endswith("(synthetic)")


def test_hostile_words_break_no_calendar(client):
    title = "受賞者\r\nBEGIN:VEVENT\x07\\n, ; : “é” أليس" * 3
    event = ceremony(title=title[:200], description=title * 50, venue=title[:100])
    (entry,) = events(client, calendar_of(event))
    assert entry.description == title.replace("\r", "").replace("\x07", "") * 50


def test_a_calendar_tells_nobody_when_a_hidden_winner_was_entered(client):
    """The form in which an editor enters a winner saves the event too."""
    event, moved = ceremony(), timezone.now().replace(microsecond=0) + timedelta(days=1)
    address = calendar_of(event)
    with time_machine.travel(moved, tick=False):
        event.venue = "Hall 1"
        event.save()
    before = client.get(address)
    assert events(client, address)[0].dtstamp == moved
    with time_machine.travel(moved + timedelta(days=1), tick=False):
        make.AppearanceFactory(event=event, role="winner")
        event.save()
    after = client.get(address)
    assert (after["ETag"], after.content) == (before["ETag"], before.content)
