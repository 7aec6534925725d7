"""
Inviting an editor: the e-mail contains a link that expires, works once, and reveals nothing when it does not work.
"""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from accounts import invitations
from accounts.models import Invitation, User
from tests import factories as make
from tests.admin_pages import page

pytestmark = pytest.mark.django_db
NEW = {"name": "Neva New", "password1": "quiet lamp 7 orbit", "password2": "quiet lamp 7 orbit"}
ADD = "/admin/accounts/invitation/add/"


@pytest.fixture
def role():
    return Group.objects.get_or_create(name=User.Role.VIEWER)[0]


def invited(role, actor=None, email="new@example.org"):
    """Return an invitation and the URL of its page."""
    actor = actor or make.UserFactory(editor=True)
    invitation, token = invitations.invite(email, name="Neva", roles=[role], actor=actor)
    return invitation, f"/account/invitation/{token}/"


def inviter(*codenames):
    account = make.UserFactory(is_staff=True)
    content_types = ContentType.objects.get_for_models(User, Invitation)
    for codename in codenames:
        content_type = content_types[User if codename.endswith(("user", "roles")) else Invitation]
        permission, _made = Permission.objects.get_or_create(
            codename=codename, content_type=content_type, defaults={"name": codename}
        )
        account.user_permissions.add(permission)
    return account


def body(response):
    return re.sub(r'value="\w{64}"', "", response.content.decode())


def test_invitation_made_in_the_admin_sends_a_letter_whose_link_makes_the_account(desk, editor, client, role, at_once):
    assert desk.post(ADD, {"email": "New@Example.org", "name": "Neva", "roles": [role.pk]}).status_code == 302
    assert "We sent an e-mail to new@example.org." in desk.get("/admin/").content.decode()
    letter = mail.outbox[0]
    assert (letter.to, letter.subject) == (["new@example.org"], "You are invited to edit at testserver")
    assert "Dear Neva," in letter.body
    assert "Ada invites you" in letter.body
    link = re.search(r"http://testserver(\S+)", letter.body)[1]
    visitor = Client()
    answer = visitor.post(link, NEW)
    assert answer["Location"] == "/admin/"
    account = User.objects.get(email="new@example.org")
    assert visitor.session["_auth_user_id"] == str(account.pk)
    assert (account.name, account.is_staff, account.is_superuser, list(account.groups.all())) == (
        "Neva New",
        True,
        False,
        [role],
    )
    assert account.check_password(NEW["password1"])
    assert Client().get(link).status_code == 404
    record = account.history.first()
    assert (record.history_user, record.history_change_reason) == (editor, "Accepted an invitation")
    invitation = Invitation.objects.get()
    assert (invitation.account, invitation.state) == (account, "used")
    assert [row.history_user for row in invitation.history.all()][-1] == editor


def test_looking_does_not_use_the_link_up(client, role):
    invitation, link = invited(role)
    for _scanner in range(3):
        assert client.get(link).status_code == 200
        assert client.head(link).status_code == 200
    invitation.refresh_from_db()
    assert invitation.state == "waiting"
    assert client.post(link, NEW).status_code == 302


def test_link_that_does_not_work_says_the_same_whatever_the_reason(client, role):
    used, used_link = invited(role, email="used@example.org")
    Client().post(used_link, NEW)
    withdrawn, withdrawn_link = invited(role, email="withdrawn@example.org")
    invitations.withdraw(withdrawn, actor=withdrawn.invited_by)
    orphan, orphan_link = invited(role, email="orphan@example.org")
    User.objects.filter(pk=orphan.invited_by.pk).update(is_active=False)
    expired, expired_link = invited(role, email="expired@example.org")
    Invitation.objects.filter(pk=expired.pk).update(expires_at=timezone.now())
    forged = ["/account/invitation/x/", f"/account/invitation/{'x' * 5000}/", "/account/invitation/%00/"]
    links = [used_link, withdrawn_link, orphan_link, expired_link, *forged]
    answers = [ask(link) for link in links for ask in (client.get, lambda link: client.post(link, NEW))]
    assert {response.status_code for response in answers} == {404}
    assert len({body(response) for response in answers}) == 1
    assert User.objects.filter(is_superuser=False).count() == 1


def test_link_expires_after_a_week(client, role):
    _invitation, link = invited(role)
    with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
        assert client.get(link).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
        assert client.get(link).status_code == 404


def test_database_does_not_hold_what_the_link_ends_in(role):
    invitation, link = invited(role)
    token = link.split("/")[-2]
    rows = [*Invitation.objects.values(), *Invitation.history.values()]
    assert token not in str(rows)
    assert len(invitation.token_digest) == 64


def test_weak_or_mistyped_password_is_refused_and_the_link_stays(client, role):
    invitation, link = invited(role)
    for wrong in ({"password1": "12345", "password2": "12345"}, {"password2": "another"}, {"name": "\x00"}):
        response = client.post(link, NEW | wrong)
        assert (response.status_code, bool(response.context["form"].errors)) == (200, True)
    assert "New@example.org" not in client.post(link, NEW | {"name": "x" * 10_000}).content.decode()
    assert not User.objects.filter(email=invitation.email).exists()
    assert client.post(link, NEW).status_code == 302


def test_of_two_who_follow_a_link_one_gets_in(role):
    _invitation, link = invited(role)
    token = link.split("/")[-2]
    assert invitations.accept(token, name="One", password=NEW["password1"]).name == "One"
    assert invitations.accept(token, name="Two", password=NEW["password1"]) is None


def test_new_editor_is_led_to_a_second_factor_where_one_is_needed(client, role, settings):
    settings.REQUIRE_SECOND_FACTOR = True
    role.permissions.add(Permission.objects.get(codename="approve_results"))
    _invitation, link = invited(role)
    assert client.post(link, NEW, follow=True).redirect_chain[-1][0] == "/account/second-factor/"
    # The user entered the password just before, so it is not required again.
    assert client.get("/account/second-factor/app/activate/").status_code == 200


def test_address_with_an_account_or_an_open_invitation_is_refused_at_the_form(desk, role):
    account = make.UserFactory()
    invitation, _link = invited(role)
    for email in (account.email.upper(), invitation.email):
        errors = desk.post(ADD, {"email": email, "roles": [role.pk]}).context["adminform"].form.errors
        assert list(errors) == ["email"]
        with pytest.raises(ValidationError):
            invitations.invite(email, roles=[role], actor=invitation.invited_by)
    assert Invitation.objects.count() == 1


def test_nobody_invites_to_a_role_that_they_may_not_give(client, role):
    clerk = inviter("add_invitation", "view_invitation", "add_user")
    client.force_login(clerk)
    assert list(client.get(ADD).context["adminform"].form.fields["roles"].queryset) == []
    assert client.post(ADD, {"email": "new@example.org", "roles": [role.pk]}).status_code == 200
    with pytest.raises(PermissionDenied):
        invitations.invite("new@example.org", roles=[role], actor=clerk)
    assert not Invitation.objects.exists()
    # An administrator can create a group with any permissions.
    other = Group.objects.create(name="made by hand")
    client.force_login(inviter("add_invitation", "view_invitation", "assign_roles"))
    assert client.post(ADD, {"email": "new@example.org", "roles": [role.pk, other.pk]}).status_code == 200
    assert client.post(ADD, {"email": "new@example.org", "roles": [role.pk]}).status_code == 302


def test_who_may_not_invite_sees_and_changes_nothing(client, role):
    invitation, link = invited(role)
    for account, seen in ((inviter("add_user", "change_user"), 403), (inviter("view_invitation"), 200)):
        client.force_login(account)
        assert client.get(page(invitation)).status_code == seen
        assert client.post(ADD, {"email": "x@example.org", "roles": [role.pk]}).status_code == 403
        for step in ("again", "withdraw"):
            assert client.post(f"/admin/accounts/invitation/{invitation.pk}/{step}/").status_code == 403
    assert Client().get(link).status_code == 200
    assert mail.outbox == []


def test_sending_again_makes_a_new_link_and_kills_the_old(desk, editor, role, at_once):
    invitation, old = invited(role)
    assert desk.post(f"/admin/accounts/invitation/{invitation.pk}/again/").status_code == 302
    new = re.search(r"http://testserver(\S+)", mail.outbox[0].body)[1]
    assert [Client().get(link).status_code for link in (old, new)] == [404, 200]
    invitation.refresh_from_db()
    assert invitation.invited_by == editor
    assert invitation.history.first().history_change_reason == "Sent again"


def test_withdrawing_kills_the_link_and_is_the_end(desk, editor, role):
    invitation, link = invited(role)
    withdraw = f"/admin/accounts/invitation/{invitation.pk}/withdraw/"
    assert withdraw in desk.get(page(invitation)).content.decode()
    assert desk.get(withdraw).status_code == 405
    desk.post(withdraw)
    assert Client().get(link).status_code == 404
    last = invitation.history.first()
    assert (last.history_user, last.history_change_reason) == (editor, "Withdrawn")
    assert withdraw not in desk.get(page(invitation)).content.decode()
    for step in ("again", "withdraw"):
        desk.post(f"/admin/accounts/invitation/{invitation.pk}/{step}/")
    assert invitation.history.first() == last
    assert desk.post("/admin/accounts/invitation/987654/again/").status_code == 404


def test_mail_server_that_takes_nothing_is_told(desk, role, monkeypatch, at_once):
    def refuse(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    desk.post(ADD, {"email": "new@example.org", "roles": [role.pk]})
    invitation = Invitation.objects.get()
    assert invitation.state == "waiting"
    told = desk.get("/admin/").content.decode()
    told += desk.post(f"/admin/accounts/invitation/{invitation.pk}/again/", follow=True).content.decode()
    assert told.count("The e-mail could not be sent") == 2
    assert "We sent" not in told
