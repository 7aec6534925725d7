"""Restoring a deleted row from its history, with its related rows."""

import re
from html import unescape

import pytest
from django.contrib.messages import get_messages
from django.utils import timezone

from contests.models import Credit, Event, Recognition, Submission
from people.models import Person
from record.merging import Plan, merge
from tests import factories as make
from tests.admin_pages import account_that_may, filled, page, saved

pytestmark = pytest.mark.django_db


def delete(desk, row):
    """Delete a row as an editor does. Return the URL of the page of its last version."""
    assert desk.post(page(row, "delete"), {"post": "yes", "reason": "By mistake"}).status_code == 302
    last = type(row).history.filter(id=row.pk).first()
    assert last.history_type == "-"
    return f"{page(row, 'history')}{last.pk}/"


def put_back(desk, address, **changes):
    return saved(desk.post(address, filled(desk.get(address), **{"change_reason": "Put back again", **changes})))


def test_deleted_row_comes_back_as_it_was_with_its_keys_and_sources(desk, editor):
    source = make.SourceFactory()
    person = make.PersonFactory(headline="Artist", slug="ada")
    person.sources.add(source)
    before = Person.objects.filter(pk=person.pk).values().get()
    address = delete(desk, person)
    shown = desk.get(address).content.decode()
    assert 'value="Put back"' in shown
    assert "Revert" not in shown
    put_back(desk, address)
    assert Person.objects.values().get() == before
    assert list(Person.objects.get().sources.all()) == [source]
    latest = Person.objects.get().history.first()
    added = Person.objects.get().history.filter(history_type="+").first()
    assert (added.history_user, added.history_change_reason) == (editor, "Put back again")
    assert latest.history_id >= added.history_id


def test_what_was_deleted_with_it_comes_back_and_what_was_deleted_before_does_not(desk, editor):
    film = make.SubmissionFactory()
    gone = make.CreditFactory(submission=film, order=3)
    kept = make.CreditFactory(submission=film, order=1, person__name="Ada Nowak")
    Credit.objects.filter(pk=gone.pk).first().delete()
    Credit.history.filter(id=gone.pk, history_type="-").update(
        history_date=timezone.now() - timezone.timedelta(hours=1)
    )
    film.delete()
    address = delete(desk, film.work)
    assert not Credit.objects.exists()
    assert "Ada Nowak, Creator" in desk.get(address).content.decode()
    put_back(desk, address)
    assert Credit.objects.get() == kept
    assert (Credit.objects.get().key, Credit.objects.get().person.name) == (kept.key, "Ada Nowak")
    assert Credit.history.filter(id=kept.pk).first().history_user == editor


def test_affiliations_works_and_projects_come_back_with_a_person(desk):
    person = make.PersonFactory()
    rows = [make.AffiliationFactory(person=person), make.PastWorkFactory(person=person)]
    rows.append(make.NextProjectFactory(person=person))
    put_back(desk, delete(desk, person))
    person = Person.objects.get(pk=person.pk)
    assert [person.affiliations.get(), person.past_works.get(), person.next_projects.get()] == rows


def test_who_handed_an_award_over_does_so_again(desk):
    presenter = make.PersonFactory()
    won = make.RecognitionFactory()
    won.presenters.add(presenter)
    address = delete(desk, presenter)
    assert not won.presenters.exists()
    put_back(desk, address)
    assert list(won.presenters.all()) == [presenter]


def test_what_leads_to_a_row_that_is_gone_stays_away_and_is_named(desk):
    event = make.EventFactory()
    appearance = make.AppearanceFactory(event=event)
    address = delete(desk, event)
    appearance.person.delete()
    response = desk.post(address, filled(desk.get(address), change_reason="Put back again"), follow=True)
    assert Event.objects.filter(pk=event.pk).exists()
    assert "Could not be restored: appearance" in response.content.decode()


def test_a_result_comes_back_unapproved_and_as_an_entry_of_who_puts_it_back(desk, editor):
    won = make.RecognitionFactory(award__contest__revealed=True)
    # An approved row can't be deleted in the admin, but the history may contain one.
    Recognition.objects.get(pk=won.pk).delete()
    address = f"{page(won, 'history')}{Recognition.history.filter(id=won.pk).first().pk}/"
    put_back(desk, address)
    back = Recognition.objects.get()
    assert (back.pk, back.key, back.award, back.submission) == (won.pk, won.key, won.award, won.submission)
    assert (back.approved_at, back.approved_by, back.reveal_at, back.revoked_on) == (None, None, None, None)
    entry = back.history.filter(history_type="+").first()
    assert entry.history_user == editor


def test_a_contest_comes_back_sealed(desk):
    contest = make.ContestFactory(revealed=True)
    address = delete(desk, contest)
    put_back(desk, address)
    contest.refresh_from_db()
    assert (contest.approved_at, contest.approved_by, contest.reveal_at) == (None, None, None)
    assert contest.published_at is not None


def test_slug_that_another_has_now_is_told_at_its_field_and_may_be_left_blank(desk):
    film = make.SubmissionFactory(slug="alzheimer", title="Alzheimer")
    address = delete(desk, film)
    make.SubmissionFactory(contest=film.contest, slug="alzheimer")
    values = filled(desk.get(address), change_reason="Put back again")
    response = desk.post(address, values)
    assert list(response.context["adminform"].form.errors) == ["slug"]
    saved(desk.post(address, {**values, "slug": ""}))
    assert Submission.objects.get(pk=film.pk).slug == "alzheimer-2"


def test_row_whose_contest_is_gone_asks_for_another(desk):
    event = make.EventFactory()
    address = delete(desk, event)
    event.contest.delete()
    response = desk.post(address, filled(desk.get(address), change_reason="Put back again"))
    assert list(response.context["adminform"].form.errors) == ["contest"]


def test_picture_is_gone_and_its_texts_come_back(desk):
    person = make.PersonFactory(portrait_alt="Ada at her desk", portrait_credit="Ewa Lis")
    Person.objects.filter(pk=person.pk).update(portrait="portraits/gone.jpg", portrait_width=4, portrait_height=5)
    person.refresh_from_db()
    person.save()
    address = delete(desk, person)
    assert "The image file of “portrait” can’t be recovered." in desk.get(address).content.decode()
    put_back(desk, address)
    person.refresh_from_db()
    assert (str(person.portrait), person.portrait_width, person.portrait_alt) == ("", None, "Ada at her desk")


def test_row_that_is_in_the_record_again_is_not_offered(desk):
    person = make.PersonFactory()
    address = delete(desk, person)
    make.PersonFactory(key=person.key)
    shown = desk.get(address)
    assert "another one with the same permanent key exists already" in shown.content.decode()
    assert 'name="_save"' not in shown.content.decode()
    assert desk.post(address, {}).status_code == 403


def test_merged_row_is_not_put_back_beside_the_one_it_went_into(desk, editor):
    kept, gone = make.PersonFactory.create_batch(2)
    plan = Plan(kept, gone, timezone.now())
    choices = {choice.name: choice.default for choice in plan.fields}
    merge(kept, gone, choices, actor=editor, reason="", shown=plan.fingerprint)
    last = Person.history.filter(id=gone.pk).first()
    address = f"{page(gone, 'history')}{last.pk}/"
    assert "Undo the merge instead." in desk.get(address).content.decode()
    assert desk.post(address, {}).status_code == 403


def test_who_may_not_add_is_offered_nothing(desk, client):
    person = make.PersonFactory()
    address = delete(desk, person)
    client.force_login(account_that_may("view_person", "change_person"))
    shown = client.get(address).content.decode()
    assert 'name="_save"' not in shown
    assert client.post(address, {}).status_code == 403
    assert not Person.objects.filter(pk=person.pk).exists()


def said(response):
    return unescape("\n".join(str(message) for message in get_messages(response.wsgi_request)))


def offered(desk, text):
    """Open each URL in the message. Return the URLs."""
    addresses = re.findall(r'href="([^"]+)">Put back', text)
    for address in addresses:
        assert 'value="Put back"' in desk.get(address).content.decode()
    return addresses


def test_message_after_a_deletion_leads_to_where_it_is_put_back(desk):
    person = make.PersonFactory(name="Jo Doe")
    text = said(desk.post(page(person, "delete"), {"post": "yes"}))
    assert "Deleted by mistake?" in text
    assert "Put back “Jo Doe”" in text
    (address,) = offered(desk, text)
    put_back(desk, address)
    assert Person.objects.get() == person


def test_message_offers_what_a_list_and_what_a_page_with_rows_deleted(desk):
    people = make.PersonFactory.create_batch(7)
    chosen = {"action": "delete_selected", "_selected_action": [row.pk for row in people], "post": "yes"}
    text = said(desk.post(page(Person, "changelist"), chosen))
    assert len(offered(desk, text)) == 5
    assert text.count("…") == 1
    credit = make.CreditFactory(person__name="Ada Nowak")
    film = credit.work.entries.get()
    text = said(desk.post(page(film), filled(desk.get(page(film)), **{"credits-0-DELETE": "on"})))
    assert "Put back “Ada Nowak, Creator”" in text
    assert len(offered(desk, text)) == 1


@pytest.mark.parametrize("may", [["delete_person"], ["delete_person", "view_person"], ["delete_person", "add_person"]])
def test_nobody_is_offered_what_they_may_not_put_back(client, may):
    person = make.PersonFactory()
    account = account_that_may(*may)
    client.force_login(account)
    response = client.post(page(person, "delete"), {"post": "yes"})
    assert response.status_code == 302
    assert "Put back" not in said(response)


def test_whoever_may_look_and_add_puts_back_from_the_message(client):
    person = make.PersonFactory()
    client.force_login(account_that_may("delete_person", "view_person", "add_person"))
    text = said(client.post(page(person, "delete"), {"post": "yes"}))
    put_back(client, *offered(client, text))
    assert Person.objects.filter(pk=person.pk).exists()
