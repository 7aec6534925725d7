"""A page with too many inline rows shows their number and links instead, and nothing that was entered is lost."""

import pytest
from django.contrib.auth.models import Permission

from contests.admin.event import AppearanceInline, QuoteInline
from contests.models import Quote
from tests import factories as make
from tests.admin_pages import filled, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(monkeypatch):
    monkeypatch.setattr(QuoteInline, "most_rows", 2)
    return make.EventFactory()


def prefixes(response):
    return [part.formset.prefix for part in response.context["inline_admin_formsets"]]


def test_rows_up_to_the_limit_are_edited_on_the_page(desk, event):
    make.QuoteFactory.create_batch(2, event=event)
    response = desk.get(page(event))
    assert prefixes(response) == ["appearances", "quotes"]
    assert "_left_out" not in response.content.decode()


def test_more_rows_are_behind_links_to_their_list_and_to_a_new_row(desk, event):
    make.QuoteFactory.create_batch(3, event=event)
    make.QuoteFactory()
    response = desk.get(page(event))
    assert prefixes(response) == ["appearances"]
    (part,) = response.context["long_inlines"]
    assert (part.number, part.heading) == ("3", "quotes")
    assert part.list_url in response.content.decode()
    listed = desk.get(part.list_url).context["cl"]
    assert {row.event for row in listed.result_list} == {event}
    assert listed.result_count == 3
    new = desk.get(part.add_url).context["adminform"].form
    assert (new.initial["event"], new.initial["contest"]) == (str(event.pk), event.contest_id)


def test_account_that_may_not_see_the_rows_gets_no_link_to_their_list(client, event):
    make.QuoteFactory.create_batch(3, event=event)
    account = make.UserFactory(is_staff=True)
    account.user_permissions.set(Permission.objects.filter(codename__in=["change_event", "add_quote"]))
    client.force_login(account)
    response = client.get(page(event))
    (part,) = response.context["long_inlines"]
    assert (part.list_url, bool(part.add_url)) == ("", True)
    assert "Show all" not in response.content.decode()


def test_filter_by_one_row_is_shown_only_if_a_link_has_chosen_it(desk, event):
    make.QuoteFactory(event=event)
    shown = [
        [str(spec.title) for spec in desk.get(url).context["cl"].filter_specs]
        for url in (
            "/admin/contests/quote/",
            f"/admin/contests/quote/?event__id__exact={event.pk}",
            "/admin/contests/quote/?event__id__exact=999999999",
        )
    ]
    assert [titles.count("event") for titles in shown] == [0, 1, 0]


def test_rows_that_the_page_leaves_out_stay_as_they_are(desk, event):
    quotes = make.QuoteFactory.create_batch(3, event=event)
    form = filled(desk.get(page(event)), venue="The new hall")
    assert desk.post(page(event), form).status_code == 302
    event.refresh_from_db()
    assert event.venue == "The new hall"
    assert list(Quote.objects.order_by("pk")) == quotes


def test_rows_on_the_page_are_saved_even_if_somebody_has_added_too_many(desk, event):
    first = make.QuoteFactory(event=event, context="Before")
    form = filled(desk.get(page(event)), **{"quotes-0-context": "After"})
    make.QuoteFactory.create_batch(2, event=event)
    seen = desk.post(page(event), form)
    assert "quotes" in prefixes(seen)
    assert desk.post(page(event), filled(seen)).status_code == 302
    first.refresh_from_db()
    assert first.context == "After"
    assert event.quotes.count() == 3


def test_page_that_left_rows_out_is_saved_even_if_few_are_left(desk, event):
    quotes = make.QuoteFactory.create_batch(3, event=event)
    form = filled(desk.get(page(event)), venue="The new hall")
    quotes[0].delete()
    assert desk.post(page(event), form).status_code == 302
    event.refresh_from_db()
    assert (event.venue, event.quotes.count()) == ("The new hall", 2)


def test_page_with_an_error_still_shows_the_links(desk, event):
    make.QuoteFactory.create_batch(3, event=event)
    response = desk.post(page(event), filled(desk.get(page(event)), title=""))
    assert response.status_code == 200
    assert [part.name for part in response.context["long_inlines"]] == ["quote"]


def test_every_list_of_inline_rows_can_be_filtered_by_its_parent(desk, event, monkeypatch):
    monkeypatch.setattr("record.admin.form_fields.PartOptions.most_rows", 0)
    monkeypatch.setattr("record.admin.form_fields.RecordStackedInline.most_rows", 0)
    monkeypatch.setattr(QuoteInline, "most_rows", 0)
    work, person, contest = make.SubmissionFactory(), make.PersonFactory(), event.contest
    make.QuoteFactory(event=event)
    make.AppearanceFactory(event=event)
    make.CreditFactory(submission=work)
    make.RecognitionFactory(submission=work, award__contest=work.contest)
    make.AwardFactory(contest=contest)
    make.FigureFactory(contest=contest)
    make.LeadingRegionFactory(contest=contest)
    make.AffiliationFactory(person=person)
    make.PastWorkFactory(person=person)
    make.NextProjectFactory(person=person)
    parts = [part for row in (event, work, contest, person) for part in desk.get(page(row)).context["long_inlines"]]
    assert len(parts) == 10
    for part in parts:
        assert desk.get(part.list_url).context["cl"].result_count == 1
        assert desk.get(part.add_url).status_code == 200


def test_tables_may_be_longer_than_long_texts():
    assert AppearanceInline.most_rows > QuoteInline.most_rows


def test_work_leads_to_its_entries_and_to_their_recognitions(desk):
    work = make.SubmissionFactory(title="Lane").work
    make.SubmissionFactory(work=work, title="Lane")
    entry = work.entries.first()
    recognition = make.RecognitionFactory(submission=entry, award__contest=entry.contest)
    recognition.submissions.add(make.SubmissionFactory(work=work, contest=entry.contest, title="Lane II"))
    make.RecognitionFactory()
    entries, recognitions = desk.get(page(work)).context["long_inlines"]
    assert (entries.rows, recognitions.rows) == ("Submissions (3)", "Recognitions (1)")
    assert set(desk.get(entries.list_url).context["cl"].result_list) == set(work.entries.all())
    assert list(desk.get(recognitions.list_url).context["cl"].result_list) == [recognition]
    assert desk.get(entries.add_url).context["adminform"].form.initial["work"] == str(work.pk)
    assert recognitions.add_url == ""


def test_account_that_may_not_see_related_rows_gets_no_link_to_them(client):
    work = make.SubmissionFactory().work
    account = make.UserFactory(is_staff=True)
    account.user_permissions.set(Permission.objects.filter(codename="change_work"))
    client.force_login(account)
    assert client.get(page(work)).context["long_inlines"] == []


def test_number_of_rows_is_said_without_a_plural(desk):
    entry = make.SubmissionFactory()
    make.RecognitionFactory(submission=entry, award__contest=entry.contest)
    text = desk.get(page(entry)).content.decode()
    assert "1 recognitions" not in text
    assert "Recognitions (1): <a" in text
