"""`forget_old_data` deletes what nothing needs any more."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from accounts.models import Invitation
from tests import factories as make
from tests.factories.people import PASSWORD

pytestmark = pytest.mark.django_db
NAMES = ("old", "recent", "used", "withdrawn")


def test_sessions_that_have_ended_are_forgotten_with_their_ip_addresses(capsys):
    user = make.UserFactory()
    for _browser in range(3):
        Client().post("/account/sign-in/", {"login": user.email, "password": PASSWORD})
    expired, deleted, there = UserSession.objects.order_by("pk")
    Session.objects.filter(pk=expired.session_key).update(expire_date=timezone.now() - timedelta(days=1))
    Session.objects.filter(pk=deleted.session_key).delete()
    call_command("forget_old_data")
    assert capsys.readouterr().out == "Forgot 2 ended sessions and 0 unused invitations\n"
    assert list(UserSession.objects.all()) == [there]
    assert not Session.objects.filter(pk=expired.session_key).exists()


def test_unused_invitations_lose_their_e_mail_address_after_90_days():
    now = timezone.now()
    old, recent, used, withdrawn = (make.InvitationFactory(email=f"{name}@example.org", name=name) for name in NAMES)
    long_ago = now - timedelta(days=91)
    Invitation.objects.filter(pk__in=[old.pk, used.pk]).update(expires_at=long_ago)
    Invitation.objects.filter(pk=recent.pk).update(expires_at=now - timedelta(days=89))
    Invitation.objects.filter(pk=used.pk).update(used_at=long_ago)
    Invitation.objects.filter(pk=withdrawn.pk).update(withdrawn_at=long_ago)
    for _again in range(2):
        call_command("forget_old_data", verbosity=0)
    emails = dict(Invitation.objects.values_list("pk", "email"))
    assert emails == {
        old.pk: f"invitation-{old.pk}@erased.invalid",
        recent.pk: "recent@example.org",
        used.pk: "used@example.org",
        withdrawn.pk: f"invitation-{withdrawn.pk}@erased.invalid",
    }
    assert set(old.history.values_list("email", "name")) == {(emails[old.pk], "")}
    assert old.history.count() == 2
