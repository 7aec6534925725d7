"""Nobody learns from an answer who has an account, guesses a secret for long, or keeps a session that has ended."""

import re

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import invitations
from accounts.models import User
from portal.settings import ACCOUNT_RATE_LIMITS
from tests import factories as make
from tests.accounts.test_sign_in import CODE, NEW, RESET, SIGN_IN, body, sign_in, signed_in, with_app

pytestmark = pytest.mark.django_db
TOO_MANY = "Too many"


@pytest.fixture(autouse=True)
def no_memory():
    cache.clear()


@pytest.fixture
def hashed(monkeypatch):
    """Count how often a password is hashed. That takes nearly all of the time of a sign-in."""
    counted = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda self, password, salt: counted.append(1) or encode(self, password, salt)
    )
    return counted


def work_of(client, address, data, hashed):
    hashed.clear()
    with CaptureQueriesContext(connection) as statements:
        response = client.post(address, data)
    return response.status_code, body(response, data.get("login", data.get("email"))), len(hashed), len(statements)


def test_sign_in_takes_the_same_work_with_and_without_an_account(hashed):
    known, closed = make.UserFactory(email="a@b.example"), make.UserFactory(email="c@d.example", is_active=False)
    answers = [
        work_of(Client(), SIGN_IN, {"login": address, "password": "not the password"}, hashed)
        for address in (known.email, closed.email, "e@f.example")
    ]
    assert answers[0][2] == 1
    assert answers[1] == answers[0]
    # Reading a row that is not there is a statement too.
    assert answers[2] == answers[0]


def test_reset_takes_the_same_work_before_its_answer(hashed):
    known = make.UserFactory(email="a@b.example")
    answers = [work_of(Client(), RESET, {"email": address}, hashed)[:3] for address in (known.email, "e@f.example")]
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    "typed", ["ADMIN@EXAMPLE.ORG", "admin@example.org ", "admin@ｅxample.org", "admın@example.org"]
)
def test_reset_goes_to_the_stored_address_alone(typed):
    """Letters that become equal in lower case, or in another form of Unicode, must not lead to another mailbox."""
    make.UserFactory(email="admin@example.org")
    Client().post(RESET, {"email": typed})
    assert [message.to for message in mail.outbox] in ([], [["admin@example.org"]])


def test_kelvin_sign_is_no_k_of_another_account():
    make.UserFactory(email="kim@bank.example")
    for typed in ("\u212aim@bank.example", "kim@ban\u212a.example"):
        Client().post(RESET, {"email": typed})
    assert {address for message in mail.outbox for address in message.to} <= {"kim@bank.example"}


@pytest.mark.parametrize(
    ("address", "field", "wrong"),
    [
        ("/account/reauthenticate/", "password", "not the password"),
        ("/account/password/", "oldpassword", "not the password"),
    ],
)
def test_whoever_finds_an_open_browser_cannot_guess_the_password_for_long(settings, client, address, field, wrong):
    settings.ACCOUNT_RATE_LIMITS = ACCOUNT_RATE_LIMITS
    client.force_login(make.UserFactory())
    answers = [client.post(address, {field: wrong, **NEW}) for _attempt in range(12)]
    right = client.post(address, {field: make.PASSWORD, **NEW})
    assert right.status_code == 429 or TOO_MANY in right.content.decode()
    assert {response.status_code for response in answers} <= {200, 429}


def test_forged_addresses_give_no_further_attempts(settings):
    """The header X-Forwarded-For counts only behind a proxy, and then only the part that the proxy has added."""
    settings.ACCOUNT_RATE_LIMITS = ACCOUNT_RATE_LIMITS
    for proxies in (0, 1):
        settings.TRUSTED_PROXIES = proxies
        account = make.UserFactory()
        for number in range(6):
            forged = f"203.0.113.{number}" + (", 192.0.2.1" if proxies else "")
            sign_in(Client(headers={"x-forwarded-for": forged, "x-real-ip": forged}), account, "not the password")
        last = Client(headers={"x-forwarded-for": "203.0.113.99" + (", 192.0.2.1" if proxies else "")})
        assert TOO_MANY in sign_in(last, account).content.decode()
        assert signed_in(last) is None
        cache.clear()


def test_recovery_codes_cannot_be_guessed_for_long(settings, client):
    settings.ACCOUNT_RATE_LIMITS = ACCOUNT_RATE_LIMITS
    account = make.UserFactory()
    _secret, codes = with_app(account)
    sign_in(client, account)
    for number in range(6):
        client.post(CODE, {"code": f"{number:08}"})
    client.post(CODE, {"code": codes[0]})
    assert signed_in(client) is None


def test_token_of_an_invitation_cannot_be_guessed():
    """It has 256 bits, only its digest is stored, and a wrong one looks like a used one."""
    _invitation, token = invitations.invite("n@b.example", roles=[], actor=make.UserFactory(editor=True))
    assert len(re.sub(r"[^\w-]", "", token)) >= 40
    assert Client().get(f"/account/invitation/{token}x/").status_code == 404


def test_a_session_planted_before_the_sign_in_is_worth_nothing(client):
    account = make.UserFactory()
    client.cookies["sessionid"] = "a" * 32
    sign_in(client, account)
    assert client.cookies["sessionid"].value != "a" * 32
    planted = Client()
    planted.cookies["sessionid"] = "a" * 32
    assert planted.get("/account/sessions/").status_code == 302


def test_the_session_changes_at_the_sign_in_and_ends_at_the_sign_out(client):
    account = make.UserFactory()
    _secret, codes = with_app(account)
    sign_in(client, account)
    before = client.cookies["sessionid"].value
    client.post(CODE, {"code": codes[0]})
    inside = client.cookies["sessionid"].value
    assert signed_in(client)
    assert inside != before
    client.post("/account/sign-out/")
    for value in (before, inside):
        thief = Client()
        thief.cookies["sessionid"] = value
        assert thief.get("/account/sessions/").status_code == 302


def test_no_form_of_an_account_takes_more_than_it_shows(client):
    """Mass assignment: fields that are not in a form are not read from it."""
    _invitation, token = invitations.invite("n@b.example", roles=[], actor=make.UserFactory(editor=True))
    more = {"is_superuser": "on", "is_staff": "on", "email": "evil@b.example", "roles": "1", "groups": "1", "pk": "1"}
    client.post(f"/account/invitation/{token}/", {"name": "Neva", **NEW, **more})
    account = User.objects.get(name="Neva")
    assert (account.email, account.is_superuser, account.groups.count()) == ("n@b.example", False, 0)
    client.post("/account/password/", {"oldpassword": NEW["password1"], "password1": "other lamp 8 orbit"} | more)
    account.refresh_from_db()
    assert (account.email, account.is_superuser) == ("n@b.example", False)


@pytest.mark.parametrize(
    "name", ["Neva\nBcc: evil@b.example", "Neva\r\nSubject: x", "Neva\u2028x", "\u202eaveN", "Neva\x00"]
)
def test_no_name_adds_a_header_to_an_e_mail_or_turns_the_text_around(client, name):
    _invitation, token = invitations.invite("n@b.example", roles=[], actor=make.UserFactory(editor=True))
    client.post(f"/account/invitation/{token}/", {"name": name, **NEW})
    accepted = User.objects.filter(email="n@b.example").first()
    assert accepted is None or not re.search("[\r\n\x00\u202e]", accepted.name)


@pytest.mark.parametrize(
    "address", ["a@b.example\r\nBcc: evil@b.example", "a@b.example\nX: y", "a@b.example, evil@b.example"]
)
def test_no_address_adds_a_recipient_to_an_e_mail(client, address):
    make.UserFactory(email="a@b.example")
    client.post(RESET, {"email": address})
    client.force_login(make.UserFactory(editor=True))
    client.post("/admin/accounts/invitation/add/", {"email": address, "name": "Neva"})
    assert all("evil" not in str(message.message()) for message in mail.outbox)


def test_the_name_of_a_contest_or_an_inviter_adds_no_header():
    actor = make.UserFactory(editor=True)
    actor.name = "Ada\r\nBcc: evil@b.example"
    invitation, token = invitations.invite("n@b.example", name="Neva\r\nBcc: evil@b.example", roles=[], actor=actor)
    invitations.send(invitation, token)
    [message] = mail.outbox
    assert set(message.message().keys()) >= {"Subject", "From", "To"}
    assert message.message()["Bcc"] is None
    assert message.recipients() == ["n@b.example"]
