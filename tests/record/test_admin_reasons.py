"""Editors must give a reason for deleting, restoring or reverting public rows, and everybody can read it."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.utils import timezone

from contests.models import Contest, Credit, Quote
from people.models import PastWork, Person
from tests import factories as make
from tests.admin_pages import filled, page, saved, version_page

pytestmark = pytest.mark.django_db

ASKED = "The public sees this now: give a reason for deleting it."
AGAIN = "Give a reason, because saving restores a deleted record or changes what the public sees."


@pytest.fixture
def quote():
    """Create a quote of a contest that was revealed a day ago."""
    with time_machine.travel(timezone.now() - timedelta(days=5)):
        contest = make.ContestFactory(slug="c", title="Contest", time_zone="UTC", revealed=True)
        quote = make.QuoteFactory(event__contest=contest, text="As said.", speaker__name="Ada")
    now = timezone.now()
    contest.published_at, contest.approved_at, contest.reveal_at = (now - timedelta(days=d) for d in (4, 3, 1))
    Contest.objects.bulk_update([contest], ["published_at", "approved_at", "reveal_at"])
    return quote


@pytest.fixture
def hidden():
    return make.QuoteFactory(event__contest__sealed=True, text="Not yet.")


def corrections(client) -> list[str]:
    items = re.findall(r"<li>\s*<h3>.*?</li>", client.get("/contests/c/corrections/").content.decode(), re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", item)).split()) for item in items]


def reason(row) -> str | None:
    return type(row).history.filter(id=row.pk).first().history_change_reason


def test_what_the_public_sees_is_not_deleted_without_a_reason_which_everybody_reads(desk, client, quote):
    shown = desk.get(page(quote, "delete")).content.decode()
    assert re.search(r'<input[^>]* name="reason"[^>]* required>', shown)
    for said in ("", "  ", "\u200b"):
        asked = desk.post(page(quote, "delete"), {"post": "yes", "reason": said})
        assert (asked.status_code, ASKED in asked.content.decode()) == (200, True)
        assert Quote.objects.contains(quote)
    assert desk.post(page(quote, "delete"), {"post": "yes", "reason": "She never said it"}).status_code == 302
    assert corrections(client) == ["Quote, Removed Why She never said it"]


def test_what_nobody_sees_is_deleted_without_one(desk, hidden):
    shown = desk.get(page(hidden, "delete")).content.decode()
    assert re.search(r'<input[^>]* name="reason"[^>]*>', shown)
    assert not re.search(r'<input[^>]* name="reason"[^>]* required', shown)
    assert desk.post(page(hidden, "delete"), {"post": "yes"}).status_code == 302
    assert not Quote.objects.exists()


def test_many_rows_are_not_deleted_without_a_reason_where_the_public_sees_one(desk, quote, hidden):
    chosen = {"action": "delete_selected", "_selected_action": [quote.pk, hidden.pk]}
    assert re.search(r'name="reason"[^>]* required', desk.post(page(Quote, "changelist"), chosen).content.decode())
    asked = desk.post(page(Quote, "changelist"), {**chosen, "post": "yes"})
    assert ASKED in asked.content.decode()
    assert Quote.objects.count() == 2
    desk.post(page(Quote, "changelist"), {**chosen, "post": "yes", "reason": "Both wrong"})
    assert Quote.objects.count() == 0
    assert {reason(quote), reason(hidden)} == {"Both wrong"}


def test_what_goes_with_a_row_keeps_its_reason(desk, quote):
    film = make.SubmissionFactory(contest=quote.event.contest)
    credit = make.CreditFactory(submission=film)
    film.delete()
    assert desk.post(page(film.work, "delete"), {"post": "yes", "reason": "Entered twice"}).status_code == 302
    assert reason(credit) == "Entered twice"
    assert not Credit.objects.exists()


def test_a_part_of_a_row_is_not_deleted_on_its_page_without_a_reason(desk, quote):
    person = quote.speaker
    work = make.PastWorkFactory(person=person)
    film = make.SubmissionFactory(contest=quote.event.contest)
    credit = make.CreditFactory(submission=film)
    for parent, row, prefix in ((person, work, "past_works"), (film, credit, "credits")):
        values = filled(desk.get(page(parent))) | {f"{prefix}-0-DELETE": "on"}
        refused = desk.post(page(parent), values)
        assert refused.status_code == 200
        assert (
            "The public sees this. Give a reason for deleting it under “Reason for this change”."
            in refused.content.decode()
        )
        assert type(row).objects.contains(row)
        saved(desk.post(page(parent), {**values, "change_reason": "No longer so"}))
        assert (type(row).objects.exists(), reason(row)) == (False, "No longer so")
    assert not PastWork.objects.exists()


def test_a_version_is_not_put_in_place_of_what_the_public_sees_without_a_reason(desk, client, quote):
    quote.text = "As misheard."
    quote.save()
    address = version_page(quote, 0)
    values = filled(desk.get(address))
    refused = desk.post(address, values)
    assert refused.context["adminform"].form.errors == {"change_reason": [AGAIN]}
    saved(desk.post(address, {**values, "change_reason": "Listened again"}))
    quote.refresh_from_db()
    assert (quote.text, reason(quote)) == ("As said.", "Listened again")
    assert corrections(client)[0].endswith("now: As said. Why Listened again")


def test_a_version_of_what_nobody_sees_is_put_in_place_without_one_and_none_is_made_up(desk, hidden):
    hidden.text = "Other."
    hidden.save()
    address = version_page(hidden, 0)
    saved(desk.post(address, filled(desk.get(address))))
    hidden.refresh_from_db()
    assert (hidden.text, reason(hidden)) == ("Not yet.", None)


def test_what_was_told_as_removed_is_told_when_it_is_put_back_with_the_reason(desk, client, quote):
    film = make.SubmissionFactory(contest=quote.event.contest, title="Lost")
    credit = make.CreditFactory(submission=film, person__name="Bea", role="director")
    figure = make.FigureFactory(contest=quote.event.contest, label="guests")
    appearance = make.AppearanceFactory(event=quote.event, person__name="Cyd")
    for row in (quote, credit, figure, appearance):
        before = len(corrections(client))
        desk.post(page(row, "delete"), {"post": "yes", "reason": "Wrong"})
        told = corrections(client)
        assert (len(told), ", Removed" in told[0]) == (before + 1 - (row is not quote), True)
        address = f"{page(row, 'history')}{type(row).history.filter(id=row.pk).first().pk}/"
        values = filled(desk.get(address))
        assert desk.post(address, values).context["adminform"].form.errors == {"change_reason": [AGAIN]}
        saved(desk.post(address, {**values, "change_reason": "It was right"}))
        told = corrections(client)
        assert ", Put back " in told[0]
        assert told[0].endswith("Why It was right")
    assert Person.objects.filter(name="Ada").exists()


def test_what_the_portal_once_wrote_instead_of_a_reason_is_told_nobody(client, quote):
    for text, said in (("One.", "Back to the version of 2026-03-01 12:00 UTC"), ("Two.", "Because")):
        quote.text, quote._change_reason = text, said
        quote.save()
    assert [line.partition(" Why ")[2] for line in corrections(client)] == ["Because", ""]
