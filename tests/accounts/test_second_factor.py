"""Users with permissions for irreversible actions can open the admin only with a second factor."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.management import CommandError, call_command

from accounts import second_factor
from accounts.models import User
from people.models import Person
from tests import factories as make
from tests.admin_pages import page, statements
from tests.url_patterns import addresses

pytestmark = pytest.mark.django_db
SET_UP = "/account/second-factor/"


@pytest.fixture
def required(settings):
    settings.REQUIRE_SECOND_FACTOR = True


def clerk(permission):
    """Create an editor with only this permission."""
    account = make.UserFactory(is_staff=True)
    app, codename = permission.split(".")
    permissions = Permission.objects.filter(content_type__app_label=app, codename=codename)
    if not permissions:  # The permission comes from a migration that creates the roles.
        content_type = ContentType.objects.get_for_model(User)
        permissions = [Permission.objects.create(codename=codename, content_type=content_type, name=codename)]
    account.user_permissions.set(permissions)
    return account


@pytest.mark.parametrize("permission", second_factor.PERMISSIONS)
def test_each_weighty_permission_asks_for_a_second_factor(required, permission):
    assert second_factor.is_missing(clerk(permission))


@pytest.mark.parametrize("permission", ["contests.change_contest", "accounts.view_user", "people.change_person"])
def test_writing_content_asks_for_none(required, client, permission):
    client.force_login(clerk(permission))
    assert client.get("/admin/").status_code == 200


def test_nothing_asks_for_one_where_the_portal_does_not_require_it(client):
    client.force_login(make.UserFactory(editor=True))
    assert client.get("/admin/").status_code == 200


def test_no_page_of_the_admin_opens_without_it_and_no_form_is_taken(required, client):
    client.force_login(make.UserFactory(editor=True))
    person = make.PersonFactory(name="Before")
    asked = [address for address in addresses({}, [], otherwise=[str(person.pk)]) if address.startswith("/admin/")]
    open_to_all = {"/admin/login/", "/admin/logout/"}
    assert len(asked) > 60
    for address in sorted({*asked} - open_to_all):
        response = client.post(address)
        assert (address, response.status_code, response["Location"][:18]) == (address, 302, "/admin/login/?next")
    assert client.get("/admin/", follow=True).redirect_chain[-1] == (SET_UP, 302)
    assert "Set up an authenticator app or a passkey to open the admin." in client.get(SET_UP).content.decode()
    client.post(page(person), {"name": "After"})
    client.post(page(Person, "changelist"), {"action": "delete_selected", "_selected_action": person.pk, "post": "yes"})
    person.refresh_from_db()
    assert person.name == "Before"


@pytest.mark.parametrize("kind", ["totp", "webauthn"])
def test_desk_opens_with_an_app_or_a_passkey(required, client, kind):
    account = make.UserFactory(editor=True)
    Authenticator.objects.create(user=account, type=kind, data={})
    client.force_login(account)
    assert client.get("/admin/").status_code == 200


def test_recovery_codes_are_no_factor_by_themselves(required, client):
    account = make.UserFactory(editor=True)
    RecoveryCodes.activate(account)
    client.force_login(account)
    assert client.get("/admin/").status_code == 302


def test_asking_for_it_takes_one_statement_a_page(client, settings):
    account = make.UserFactory(editor=True)
    Authenticator.objects.create(user=account, type="totp", data={})
    client.force_login(account)
    without = statements(client, page(Person, "changelist"))
    settings.REQUIRE_SECOND_FACTOR = True
    assert statements(client, page(Person, "changelist")) == without + 1


def test_secrets_are_kept_encrypted_and_read_with_an_earlier_key_too(settings):
    account, secret = make.UserFactory(), generate_totp_secret()
    settings.SECRET_KEY = "the first key"
    factor = TOTP.activate(account, secret)
    codes = RecoveryCodes.activate(account).get_unused_codes()
    kept = Authenticator.objects.values_list("data", flat=True)
    assert all(str(value).startswith("fernet:") for data in kept for name, value in data.items() if name != "used_mask")
    assert secret not in str(list(kept))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the second key", ["the first key"]
    assert factor.validate_code(code_of(secret))
    assert RecoveryCodes.activate(account).get_unused_codes() == codes


def test_nobody_gets_in_by_a_secret_that_cannot_be_read(settings):
    account, secret = make.UserFactory(), generate_totp_secret()
    factor = TOTP.activate(account, secret)
    codes = RecoveryCodes.activate(account).get_unused_codes()
    settings.SECRET_KEY = "another key"
    assert not factor.validate_code(code_of(secret))
    assert not set(RecoveryCodes.activate(account).get_unused_codes()) & set(codes)


def test_secret_from_before_they_were_encrypted_is_read(client):
    account, secret = make.UserFactory(), generate_totp_secret()
    factor = TOTP(Authenticator.objects.create(user=account, type="totp", data={"secret": secret}))
    assert factor.validate_code(code_of(secret))


def code_of(secret):
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


@pytest.fixture
def locked_out():
    account = make.UserFactory(is_staff=True, email="lost@example.org")
    TOTP.activate(account, generate_totp_secret())
    RecoveryCodes.activate(account)
    return account


def test_administrator_removes_what_somebody_has_lost(desk, editor, locked_out):
    address = f"/admin/accounts/user/{locked_out.pk}/second-factor/"
    assert address in desk.get(page(locked_out)).content.decode()
    assert "Authenticator app" in desk.get(address).content.decode()
    assert Authenticator.objects.count() == 2
    assert desk.post(address)["Location"] == page(locked_out)
    assert not Authenticator.objects.exists()
    last = locked_out.history.first()
    assert (last.history_user, last.history_change_reason) == (editor, "Second factor removed")
    assert [message.to for message in mail.outbox] == [["lost@example.org"]]
    assert editor.name in mail.outbox[0].body
    desk.post(address)
    assert locked_out.history.count() == 2


def test_who_may_edit_accounts_disarms_nobody_who_may_do_more(client, locked_out):
    User.objects.filter(pk=locked_out.pk).update(is_superuser=True)
    for helper in (clerk("accounts.change_user"), clerk("accounts.view_user")):
        client.force_login(helper)
        assert client.post(f"/admin/accounts/user/{locked_out.pk}/second-factor/").status_code == 403
    assert Authenticator.objects.count() == 2


def test_operator_removes_it_on_the_server(locked_out, capsys):
    call_command("remove_second_factor", "LOST@example.org")
    assert not Authenticator.objects.exists()
    assert locked_out.history.first().history_change_reason == "Second factor removed on the server"
    with pytest.raises(CommandError, match="no second factor"):
        call_command("remove_second_factor", "lost@example.org")
    with pytest.raises(CommandError, match="no account"):
        call_command("remove_second_factor", "nobody@example.org")


def test_secrets_of_factors_and_sessions_have_no_page_in_the_admin(desk):
    for path in ("mfa/authenticator/", "account/emailaddress/", "usersessions/usersession/"):
        assert desk.get(f"/admin/{path}").status_code == 404
