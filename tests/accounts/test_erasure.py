"""An account can be erased: nothing about its owner stays, and everything that refers to it does."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client

from accounts import erasure, invitations
from accounts.models import Invitation, User
from accounts.same_person import counts_as
from contests import four_eyes
from contests.models import Recognition
from people.models import Person
from tests import factories as make
from tests.admin_pages import page
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
EMAIL, OLD_EMAIL, NAME = "zenobia.quill@example.org", "zq@example.net", "Zenobia Quill"
DATA, ERASE = "/account/data/", "/account/data/erase/"


@pytest.fixture
def boss():
    return make.UserFactory(editor=True)


@pytest.fixture
def owner(boss):
    """Return an account that left its traces in many tables."""
    call_command("roles", verbosity=0)
    editor = Group.objects.get(name=User.Role.EDITOR)
    _invitation, token = invitations.invite(OLD_EMAIL, name=NAME, roles=[editor], actor=boss)
    account = invitations.accept(token, name=NAME, password=PASSWORD)
    account.email, account.time_zone = EMAIL, "Asia/Tokyo"
    account.save()
    EmailAddress.objects.create(user=account, email=EMAIL, verified=True, primary=True)
    EmailAddress.objects.create(user=account, email=f"next.{EMAIL}")
    make.InvitationFactory(email=EMAIL, name=NAME, invited_by=boss)
    of_users = ContentType.objects.get_for_model(User)
    for label in (NAME, EMAIL):
        LogEntry.objects.create(
            user=boss, content_type=of_users, object_id=account.pk, object_repr=label, action_flag=CHANGE
        )
    make.PersonFactory(name="A Maker", user=account)
    return account


def found_in_the_database(*texts):
    """Return the columns with one of `texts`, of all columns of all tables."""
    found = []
    with connection.cursor() as cursor:
        # The tables of SQLite's full-text index have no columns to search; their texts are in search_entry.
        tables = (name for name in connection.introspection.table_names(cursor) if "_fts" not in name)
        for table in tables:
            name = connection.ops.quote_name(table)
            for column in connection.introspection.get_table_description(cursor, table):
                text = f"LOWER(CAST({connection.ops.quote_name(column.name)} AS text))"
                where = " OR ".join([f"{text} LIKE %s"] * len(texts))
                cursor.execute(f"SELECT COUNT(*) FROM {name} WHERE {where}", [f"%{text.lower()}%" for text in texts])
                if cursor.fetchone()[0]:
                    found.append(f"{table}.{column.name}")
    return found


def signed_in(account):
    """Return a browser whose user has just typed the password."""
    browser = Client()
    for address in ("/account/sign-in/", "/account/reauthenticate/"):
        assert browser.post(address, {"login": account.email, "password": PASSWORD}).status_code == 302
    return browser


def test_nothing_about_the_owner_stays_in_any_table(owner, boss, django_capture_on_commit_callbacks):
    browser = signed_in(owner)
    TOTP.activate(owner, generate_totp_secret())
    texts = (EMAIL, OLD_EMAIL, "zenobia", "asia/tokyo")
    assert len(found_in_the_database(*texts)) > 8
    with django_capture_on_commit_callbacks(execute=True):
        erased = erasure.erase(owner, actor=boss)
    assert found_in_the_database(*texts) == []
    assert not Authenticator.objects.filter(user=erased).exists()
    assert browser.get(DATA).status_code == 302
    assert (erased.is_active, erased.is_staff, erased.groups.count()) == (False, False, 0)
    assert str(erased) == f"former user {erased.pk}"
    assert [message.to for message in mail.outbox] == [[EMAIL]]
    entry = erased.history.latest()
    assert (entry.history_user, entry.history_change_reason) == (boss, "Erased by an administrator")
    assert not Invitation.objects.filter(withdrawn_at=None, used_at=None).exists()
    make.UserFactory(email=EMAIL)  # The e-mail address is free again.


def test_what_refers_to_the_account_stays(owner, boss, client):
    owner.confirmed_at = None
    owner.save()
    person = Person.objects.get(name="A Maker")
    credit = make.CreditFactory(person=person, work__title="The Work")
    person._history_user = owner
    person.save()
    invited = make.UserFactory(invited_by=owner)
    before = counts_as([owner.pk, boss.pk, invited.pk])
    erasure.erase(owner, actor=boss)
    person.refresh_from_db()
    credit.refresh_from_db()
    assert (person.name, person.user, credit.person) == ("A Maker", None, person)
    assert person.history.latest().history_user_id == owner.pk
    assert counts_as([owner.pk, boss.pk, invited.pk]) == before


def test_the_inviter_still_can_not_approve_what_an_erased_account_entered(owner, boss, settings):
    settings.SINGLE_EDITOR = False
    award = make.RecognitionFactory()
    for standing in (Recognition.Standing.FINALIST, Recognition.Standing.WINNER):
        award.standing, award._history_user = standing, owner
        award.save()
    rows = Recognition.objects.filter(pk=award.pk)
    before = four_eyes.entered_by(boss, rows)
    assert before == [award]
    erasure.erase(owner, actor=boss)
    assert four_eyes.entered_by(boss, rows) == before
    assert four_eyes.entered_by(make.UserFactory(editor=True), rows) == []


def test_nobody_can_bring_an_erased_account_back(owner, boss, client):
    erased = erasure.erase(owner, actor=boss)
    for changes in ({"is_active": True}, {"name": "X"}, {"email": "x@example.org"}, {"is_superuser": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.filter(pk=erased.pk).update(**changes)
    client.force_login(boss)
    assert client.get(page(erased)).status_code == 200
    assert client.post(page(erased), {"name": "Back", "is_active": "on"}).status_code == 403
    with pytest.raises(ValidationError):
        erasure.erase(erased, actor=boss)


def test_only_the_owner_and_administrators_may_erase(owner, boss):
    other = make.UserFactory(is_staff=True)
    with pytest.raises(PermissionDenied):
        erasure.erase(owner, actor=other)
    other.groups.add(Group.objects.get(name=User.Role.ADMINISTRATOR))
    other = User.objects.get(pk=other.pk)
    with pytest.raises(PermissionDenied):
        erasure.erase(boss, actor=other)
    assert erasure.erase(owner, actor=other).erased_at


def test_the_last_administrator_can_not_erase_the_account(boss):
    browser = signed_in(boss)
    assert "First make somebody else an administrator." in browser.get(DATA).content.decode()
    assert browser.post(ERASE, {"understood": "on"})["Location"] == DATA
    with pytest.raises(ValidationError):
        erasure.erase(boss, actor=boss)
    make.UserFactory(editor=True)
    assert browser.post(ERASE, {"understood": "on"}).status_code == 200
    boss.refresh_from_db()
    assert boss.erased_at


def test_owners_erase_their_account_after_they_have_typed_the_password_again(boss):
    owner = make.UserFactory()
    browser = Client()
    browser.force_login(owner)
    assert browser.get(ERASE)["Location"].startswith("/account/reauthenticate/")
    assert browser.post(ERASE, {"understood": "on"})["Location"].startswith("/account/reauthenticate/")
    owner.refresh_from_db()
    assert owner.erased_at is None
    browser = signed_in(owner)
    assert "can’t be undone" in browser.get(ERASE).content.decode()
    assert "errorlist" in browser.post(ERASE).content.decode()
    response = browser.post(ERASE, {"understood": "on"})
    assert "Your account was erased" in response.content.decode()
    assert response["Cache-Control"] == "private, no-store"
    owner.refresh_from_db()
    assert owner.erased_at
    assert owner.history.latest().history_change_reason == "Erased by the owner"
    assert browser.get(DATA).status_code == 302


@pytest.mark.parametrize("address", [ERASE, "/account/data/export/"])
def test_another_site_can_not_send_the_forms(address):
    owner = make.UserFactory()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(owner)
    assert browser.post(address, {"understood": "on"}).status_code == 403


@pytest.mark.parametrize("address", [DATA, ERASE])
def test_strangers_are_sent_to_the_sign_in(client, address):
    assert client.get(address)["Location"] == f"/account/sign-in/?next={address}"


def test_administrators_erase_others_in_the_admin(owner, boss, client):
    client.force_login(boss)
    address = f"/admin/accounts/user/{owner.pk}/erase/"
    assert address in client.get(page(owner)).content.decode()
    assert "can’t be undone" in client.get(address).content.decode()
    owner.refresh_from_db()
    assert owner.erased_at is None
    response = client.post(address, follow=True)
    assert f"It is now called “former user {owner.pk}”." in response.content.decode()
    assert address not in response.content.decode()
    assert client.post(address).status_code == 403
    assert client.get(f"/admin/accounts/user/{boss.pk}/erase/")["Location"] == DATA


def test_editors_can_not_erase_others_in_the_admin(owner, boss, client):
    client.force_login(owner)
    assert client.post(f"/admin/accounts/user/{boss.pk}/erase/").status_code in (302, 403)
    boss.refresh_from_db()
    assert boss.erased_at is None
