"""
Passwords and e-mail addresses of accounts: only the owner can change them, and no response reveals who has an account.
"""

import re

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories as make
from tests.accounts.test_sign_in import NEW, RESET, body, confirm_it_is_me, no_memory, sign_in, signed_in

pytestmark = pytest.mark.django_db


__all__ = ["no_memory"]


def link_in(message):
    return re.search(r"http://testserver(\S+)", message.body)[1]


def test_nobody_learns_from_a_forgotten_password_who_has_an_account(client):
    known, inactive = make.UserFactory(), make.UserFactory(is_active=False)
    emails = [known.email, inactive.email, "nobody@example.org"]
    asked = [client.post(RESET, {"email": email}) for email in emails]
    assert {(response.status_code, response["Location"]) for response in asked} == {(302, f"{RESET}sent/")}
    assert len({body(client.get(f"{RESET}sent/")) for _email in emails}) == 1
    # A stranger can't make the portal send an e-mail to an unknown address.
    assert [message.to for message in mail.outbox] == [[known.email]]


def asked_for_two(client, monkeypatch):
    """
    Forget the passwords of nobody and of an account, with equally many statements. Return the account, and the
    responses that a server would close next.
    """
    known, closed, numbers = make.UserFactory(), [], []
    with monkeypatch.context() as patched:
        patched.setattr("django.http.HttpResponse.close", lambda response: closed.append(response))
        for email in ("nobody@example.org", known.email):
            with CaptureQueriesContext(connection) as asked:
                assert client.post(RESET, {"email": email}).status_code == 302
            numbers.append(len(asked))
    assert numbers[0] == numbers[1]
    return known, closed


def test_the_answer_to_a_forgotten_password_is_out_before_anything_is_written(client, monkeypatch):
    known, closed = asked_for_two(client, monkeypatch)
    assert mail.outbox == []
    closed[-1].close()
    assert [message.to for message in mail.outbox] == [[known.email]]


def test_a_mail_server_that_takes_nothing_changes_no_answer(client, monkeypatch):
    def refuse(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    assert client.post(RESET, {"email": make.UserFactory().email}).status_code == 302


def test_a_silent_mail_server_is_given_up(settings):
    assert mail.get_connection("django.core.mail.backends.smtp.EmailBackend").timeout == 10


@pytest.mark.parametrize("host", ["testserver:8443", "TESTSERVER", "other.example.org"])
def test_links_in_e_mails_lead_to_the_portal_and_not_to_what_a_visitor_wrote_as_host(client, settings, host):
    settings.ALLOWED_HOSTS = ["testserver", "other.example.org"]
    settings.SITE_URL = "https://laurel.example.org"
    account = make.UserFactory()
    client.post(RESET, {"email": account.email}, headers={"host": host})
    sign_in(client, account)
    client.post("/account/reauthenticate/", {"password": make.PASSWORD}, headers={"host": host})
    client.post("/account/email/", {"email": "new@example.org", "action_add": ""}, headers={"host": host})
    client.post("/account/password/", {"oldpassword": make.PASSWORD, **NEW}, headers={"host": host})
    assert len(mail.outbox) == 3
    for message in mail.outbox:
        assert host.lower() not in f"{message.subject}{message.body}".lower()
        assert "laurel.example.org" in message.body
    assert "\nhttps://laurel.example.org/account/password/reset/" in mail.outbox[0].body
    assert "\nhttps://laurel.example.org/account/email/confirm/" in mail.outbox[1].body


def test_link_to_a_new_password_works_once_and_is_not_used_up_by_looking(client):
    account = make.UserFactory()
    client.post(RESET, {"email": account.email.upper()})
    link = link_in(mail.outbox[0])
    for _scanner in range(2):
        assert Client().get(link, follow=True).status_code == 200
    address = client.get(link)["Location"]
    assert client.post(address, {"password1": "12345", "password2": "12345"}).status_code == 200
    assert client.post(address, NEW)["Location"] == "/account/password/reset/done/"
    account.refresh_from_db()
    assert account.check_password(NEW["password1"])
    assert signed_in(client) is None
    assert "no longer works" in Client().get(link, follow=True).content.decode()


def test_address_that_was_only_typed_gets_no_link_to_a_new_password(client):
    account = make.UserFactory()
    EmailAddress.objects.create(user=account, email="mistyped@example.org", verified=False)
    client.post(RESET, {"email": "mistyped@example.org"})
    assert mail.outbox == []


def test_changed_password_signs_out_everywhere_else_and_is_told_by_letter(client):
    account = make.UserFactory()
    other = Client()
    for browser in (client, other):
        sign_in(browser, account)
    assert client.post("/account/password/", {"oldpassword": "wrong", **NEW}).status_code == 200
    assert client.post("/account/password/", {"oldpassword": make.PASSWORD, **NEW}).status_code == 302
    # The history says only that the password has changed.
    assert [row.history_change_reason for row in account.history.all()] == ["New password", None]
    assert client.get("/account/sessions/").status_code == 200
    assert other.get("/account/sessions/").status_code == 302
    assert [(m.to, m.subject) for m in mail.outbox] == [([account.email], "The password of your account was changed")]


def test_address_changes_when_the_new_one_is_confirmed(client):
    account = make.UserFactory(email="old@example.org")
    sign_in(client, account)
    confirm_it_is_me(client)
    assert client.post("/account/email/", {"email": "New@Example.org", "action_add": ""}).status_code == 302
    letter = mail.outbox[-1]
    assert letter.to == ["new@example.org"]
    account.refresh_from_db()
    assert account.email == "old@example.org"
    scanner = Client()
    assert "new@example.org" in scanner.get(link_in(letter)).content.decode()
    account.refresh_from_db()
    assert account.email == "old@example.org"
    scanner.post(link_in(letter))
    account.refresh_from_db()
    assert account.email == "new@example.org"
    assert [record.email for record in account.history.all()[:2]] == ["new@example.org", "old@example.org"]
    assert mail.outbox[-1].to == ["old@example.org"]
    assert "no longer works" in scanner.get(link_in(letter)).content.decode()
    assert sign_in(Client(), account).status_code == 302


def test_address_of_somebody_else_is_never_taken(client):
    account, other = make.UserFactory(), make.UserFactory()
    sign_in(client, account)
    confirm_it_is_me(client)
    client.post("/account/email/", {"email": other.email, "action_add": ""})
    client.post(link_in(mail.outbox[-1]))
    account.refresh_from_db()
    assert account.email != other.email
    assert sign_in(Client(), other).status_code == 302


def test_change_of_address_can_be_called_off_and_needs_the_password(client):
    account = make.UserFactory()
    sign_in(client, account)
    client.post("/account/email/", {"email": "new@example.org", "action_add": ""})
    assert mail.outbox == []
    confirm_it_is_me(client)
    client.post("/account/email/", {"email": "new@example.org", "action_add": ""})
    letter = mail.outbox[-1]
    client.post("/account/email/", {"email": "new@example.org", "action_remove": ""})
    assert "no longer works" in client.get(link_in(letter)).content.decode()


def test_address_that_an_administrator_changed_is_the_one_that_counts(client):
    account = make.UserFactory(email="old@example.org")
    sign_in(client, account)
    client.get("/account/email/")
    account.email = "given@example.org"
    account.save()
    page = client.get("/account/email/").content.decode()
    assert "given@example.org" in page
    assert "old@example.org" not in page
    assert [(row.email, row.verified, row.primary) for row in account.emailaddress_set.all()] == [
        ("given@example.org", True, True)
    ]
