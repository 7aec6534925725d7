"""Users can download what the portal knows about them."""

import json

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import personal_data
from tests import factories as make
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
EXPORT = "/account/data/export/"


def changed(person, user):
    person._history_user, person._change_reason = user, "A better name"
    person.save()


def test_the_file_has_the_data_of_the_user_and_nobody_else_s():
    owner, other = make.UserFactory(email="owner@example.org"), make.UserFactory(email="other@example.org")
    secret = generate_totp_secret()
    person = make.PersonFactory(user=owner)
    changed(person, owner)
    changed(make.PersonFactory(), other)
    make.InvitationFactory(invited_by=owner, email="guest@example.org")
    browser = Client(headers={"user-agent": "A browser"})
    browser.post("/account/sign-in/", {"login": owner.email, "password": PASSWORD})
    TOTP.activate(owner, secret)
    text = "".join(personal_data.pieces(owner))
    found = json.loads(text)
    assert found["account"]["email"] == "owner@example.org"
    assert [session["browser"] for session in found["sessions"]] == ["A browser"]
    assert [factor["kind"] for factor in found["second_factors"]] == ["totp"]
    assert [row["email"] for row in found["invitations_to_others"]] == ["guest@example.org"]
    assert [(row["table"], row["row"], row["reason"]) for row in found["changes"]] == [
        ("people.Person", person.pk, "A better name")
    ]
    assert {"table": "people.Person", "column": "user", "row": person.pk} in found["rows_that_name_the_account"]
    for hidden in ("other@example.org", secret, "fernet:", owner.password, browser.session.session_key):
        assert hidden not in text


def test_the_download_asks_for_the_password_again_and_then_comes():
    owner = make.UserFactory()
    browser = Client()
    browser.force_login(owner)
    asked = browser.post(EXPORT)
    assert asked["Location"].startswith("/account/reauthenticate/")
    response = browser.post(asked["Location"], {"password": PASSWORD})
    assert json.loads(response.getvalue())["account"]["email"] == owner.email
    assert 'filename="my-data-' in response["Content-Disposition"]
    assert response["Cache-Control"] == "private, no-store"
    again = browser.post(asked["Location"], {"password": PASSWORD}, follow=True)
    assert (again.status_code, again.request["PATH_INFO"]) == (200, "/account/data/")


def test_the_statements_do_not_grow_with_the_history():
    owner, person = make.UserFactory(), make.PersonFactory()
    counts = []
    for _round in range(2):
        for _again in range(1 + 3 * _round):
            changed(person, owner)
        with CaptureQueriesContext(connection) as captured:
            "".join(personal_data.pieces(owner))
        counts.append(len(captured))
    assert counts[0] == counts[1]
