"""Dates that are impossible for a contest cause an error at the field. If they are stored anyway, no page breaks."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection

from contests.models import Contest, Event, Recognition
from record.models import Source
from search import index
from tests import factories as make
from tests.admin_pages import filled, page

from .test_admin_results import step

pytestmark = pytest.mark.django_db
TOLD = "Choose a year between 1800 and 2200."
ZONES = ["", "America/New_York", "Pacific/Kiritimati"]
YEARS = ["0001-01-01", "1799-12-31", "2201-01-01", "9999-12-30", "9999-12-31"]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("day", YEARS)
def test_a_date_out_of_bounds_is_told_at_its_field_and_what_was_typed_stays(desk, zone, day):
    event = make.EventFactory(contest__time_zone=zone, starts_at=None, ends_at=None)
    for row, names in ((event.contest, ("opens_at", "closes_at")), (event, ("starts_at", "ends_at"))):
        typed = {f"{name}_0": day for name in names} | {f"{name}_1": "23:59" for name in names}
        response = desk.post(page(row), filled(desk.get(page(row)), **typed, city="Typed with care"))
        assert response.status_code == 200, (names, response)
        assert response.context["adminform"].form.errors == {name: [TOLD] for name in names}
        assert 'value="Typed with care"' in response.content.decode()
        assert f'value="{day}"' in response.content.decode()


@pytest.mark.parametrize("day", YEARS)
def test_it_is_told_where_a_row_is_added_and_in_the_steps_too(desk, day):
    for model, name in ((Contest, "published_at"), (Event, "starts_at")):
        values = filled(desk.get(page(model, "add")), **{f"{name}_0": day, f"{name}_1": "00:00"})
        assert desk.post(page(model, "add"), values).context["adminform"].form.errors[name] == [TOLD]
    values = filled(desk.get(page(Source, "add")), title="A source", slug="a-source", published_on=day, accessed_on=day)
    errors = desk.post(page(Source, "add"), values).context["adminform"].form.errors
    assert errors == {"published_on": [TOLD], "accessed_on": [TOLD]}
    sealed = make.ContestFactory(approved_future=True, time_zone="Asia/Tokyo")
    for name, field in (("schedule", "at"), ("preview", "expires_at")):
        answer = desk.post(step(sealed, name), {f"{field}_0": day, f"{field}_1": "00:00", "note": "Press"})
        assert answer.context["form"].errors == {field: [TOLD]}, name
    public = make.RecognitionFactory(award__contest__revealed=True)
    answer = desk.post(step(public, "revoke"), {"reason": "Typed with care", "on": day})
    assert answer.context["form"].errors == {"on": [TOLD]}
    assert "Typed with care" in answer.content.decode()


def test_the_first_and_the_last_day_are_within_in_every_zone(desk):
    contest = make.ContestFactory(time_zone="Pacific/Kiritimati")
    for day in ("1800-01-02", "2200-12-31"):
        response = desk.post(page(contest), filled(desk.get(page(contest)), opens_at_0=day, opens_at_1="12:00"))
        assert response.status_code == 302
        assert desk.get(page(contest)).status_code == 200


def test_a_form_whose_row_is_gone_gives_back_what_was_typed(desk):
    public = make.RecognitionFactory(award__contest__revealed=True)
    address = step(public, "revoke")
    Recognition.objects.all().delete()
    response = desk.post(address, {"reason": "Typed with care", "on": ""})
    assert (response.status_code, response["Cache-Control"]) == (404, "no-store")
    assert "Nothing was saved" in response.content.decode()
    assert "Typed with care" in response.content.decode()
    assert desk.get(address).status_code == 404


def test_a_number_that_no_database_holds_loses_no_form(desk, monkeypatch):
    def overflows(*args, **kwargs):
        raise OverflowError

    person = make.PersonFactory()
    values = filled(desk.get(page(person)), biography="Typed with care")
    monkeypatch.setattr("record.admin.change_form.ChangeFormAdmin.changeform_view", overflows)
    response = desk.post(page(person), values)
    assert (response.status_code, "Typed with care" in response.content.decode()) == (404, True)
    assert desk.get(page(person)).status_code == 404


@pytest.fixture
def unbounded():
    """Remove the constraint from the database, so that it is as before the constraint existed."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        else:
            for model in (Contest, Event, Recognition, Source):
                for constraint in model._meta.constraints:
                    if constraint.name.endswith("_within_years"):
                        cursor.execute(f"ALTER TABLE {model._meta.db_table} DROP CONSTRAINT {constraint.name}")
        yield
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


FIRST, LAST = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("moment", [FIRST, LAST])
def test_no_page_breaks_on_what_is_stored(client, unbounded, zone, moment):
    contest = make.ContestFactory(revealed=True, slug="c", time_zone=zone, opens_at=moment)
    film = make.SubmissionFactory(contest=contest, slug="f", work__slug="f")
    source = make.SourceFactory(published_on=moment.date(), accessed_on=moment.date(), slug="s")
    won = make.RecognitionFactory(award__contest=contest, submission=film, source=source)
    event = make.EventFactory(contest=contest, slug="e", starts_at=moment, ends_at=None, kind="ceremony")
    quote = make.QuoteFactory(event=event, source=source, slug="q", submission=film)
    make.AppearanceFactory(event=event, person=quote.speaker)
    if moment == FIRST:
        Contest.objects.update(published_at=moment, reveal_at=moment, approved_at=moment)
    index.refresh()
    pages = [
        *("/", "/contests/", "/winners/", "/people/", "/quotes/", "/sources/", "/statistics/", "/search/?q=contest"),
        *("/contests/c/", "/contests/c/winners/", "/contests/c/submissions/", "/works/f/"),
        *("/contests/c/events/e/", "/contests/c/events/e/event.ics", "/contests/c/dates.ics", "/contests/c/card.png"),
        *("/contests/c/events/e/card.png", "/contests/c/fact-sheet.pdf", "/contests/c/press-kit.zip"),
        *(
            "/contests/c/submissions/f/press-kit.zip",
            "/contests/c/submissions/f/citation.txt",
            "/quotes/q/citation.txt",
        ),
        *("/quotes/q/", "/quotes/q/citation.bib", "/quotes/q/citation.json", "/sources/s/", "/contests/c/corrections/"),
        *("/contests/c/feed.atom", "/contests/c/feed.json", "/winners/feed.json", "/quotes/feed.atom", "/sitemap.xml"),
        *("/sitemap-contests.xml", "/api/v1/contests", "/api/v1/events", "/api/v1/sources"),
        *("/embed/contests/c/winners/", "/embed/quotes/q/", f"/verify/{won.code}/", quote.speaker.get_absolute_url()),
    ]
    answers = {}
    for address in pages:
        response = client.get(address)
        list(response.streaming_content if response.streaming else [response.content])
        answers[address] = response.status_code
    assert {address: status for address, status in answers.items() if status not in (200, 302)} == {}
    Recognition.objects.update(revoked_on=date(moment.year, 12, 31), revocation_reason="It was not theirs.")
    for address in ("/works/f/", f"/verify/{won.code}/", "/embed/contests/c/submissions/f/"):
        assert client.get(address).status_code == 200
