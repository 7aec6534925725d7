"""Administrators assign roles in the admin: only to other users, and only permissions that a role has."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from accounts import roles
from accounts.models import User
from tests import factories as make
from tests.admin_pages import filled, page, saved, statements, version_page

pytestmark = pytest.mark.django_db

PASSWORDS = {"usable_password": "true", "password1": "quiet-lamp-7-orbit", "password2": "quiet-lamp-7-orbit"}


def in_role(*names: str, **traits) -> User:
    if not Group.objects.filter(name__in=names).exists():
        roles.put_right()  # A test with real transactions has emptied the table.
    account = make.UserFactory(is_staff=True, **traits)
    account.groups.set(Group.objects.filter(name__in=names))
    return account


def names_of(account: User) -> set[str]:
    return set(account.groups.values_list("name", flat=True))


def keys_of(*names: str) -> list[int]:
    return list(Group.objects.filter(name__in=names).values_list("pk", flat=True))


def password_page(account: User) -> str:
    return f"/admin/accounts/user/{account.pk}/password/"


@pytest.fixture
def administrator(db):
    roles.put_right()
    return in_role("administrator", name="Ada")


@pytest.fixture
def office(client, administrator):
    """Return a browser in which an administrator who is not a superuser is signed in."""
    client.force_login(administrator)
    return client


def test_administrator_puts_an_account_into_roles_and_the_history_tells(office, administrator):
    account = make.UserFactory()
    values = filled(office.get(page(account)), is_staff="on", groups=keys_of("publisher", "editor"))
    saved(office.post(page(account), values))
    account.refresh_from_db()
    assert (account.is_staff, names_of(account)) == (True, {"publisher", "editor"})
    assert {record.history_user for record in account.history.all()} == {None, administrator}
    told = [change for record in office.get(page(account, "history")).context["page_obj"] for change in record.changes]
    assert ("Groups", "—", "editor, publisher") in {(change.field, change.old, change.new) for change in told}


def test_administrator_takes_an_account_out_of_a_role_and_closes_it(office):
    publisher = in_role("publisher")
    values = filled(office.get(page(publisher)), groups=[])
    del values["is_active"]
    saved(office.post(page(publisher), values))
    publisher.refresh_from_db()
    assert (publisher.is_active, names_of(publisher)) == (False, set())


def test_administrator_gives_themselves_no_role(office, administrator):
    values = filled(office.get(page(administrator)), name="Ada L.", groups=keys_of("publisher", "administrator"))
    saved(office.post(page(administrator), values))
    administrator.refresh_from_db()
    assert (administrator.name, names_of(administrator)) == ("Ada L.", {"administrator"})


def test_old_version_of_ones_own_account_brings_back_no_role(office, administrator):
    administrator.groups.add(Group.objects.get(name="publisher"))
    administrator.groups.remove(Group.objects.get(name="publisher"))
    values = filled(office.get(page(administrator)), groups=keys_of("publisher"))
    for number in range(administrator.history.count()):
        saved(office.post(version_page(administrator, number), values))
        assert names_of(administrator) == {"administrator"}


def test_administrator_gives_neither_single_permissions_nor_everything(office):
    account = make.UserFactory()
    key = Permission.objects.get(codename="approve_results").pk
    values = filled(office.get(page(account)), is_superuser="on", user_permissions=[key])
    saved(office.post(page(account), values))
    account.refresh_from_db()
    assert (account.is_superuser, account.user_permissions.count()) == (False, 0)


def test_administrator_gives_roles_and_leaves_groups_made_by_hand_alone(office):
    jury = Group.objects.create(name="jury")
    member = make.UserFactory()
    member.groups.add(jury)
    response = office.get(page(member))
    offered = response.context["adminform"].form.fields["groups"].queryset
    assert set(offered.values_list("name", flat=True)) == set(User.Role.values)
    saved(office.post(page(member), filled(response, groups=keys_of("viewer"))))
    assert names_of(member) == {"jury", "viewer"}
    other = make.UserFactory()
    refused = office.post(page(other), filled(office.get(page(other)), groups=[jury.pk]))
    assert list(refused.context["adminform"].form.errors) == ["groups"]
    assert names_of(other) == set()


def test_superuser_is_changed_by_superusers_only(office, client):
    chief = make.UserFactory(editor=True)
    assert office.get(page(chief)).context["has_change_permission"] is False
    for address, values in ((page(chief), {"groups": keys_of("viewer")}), (password_page(chief), PASSWORDS)):
        assert office.post(address, values).status_code == 403
    assert office.post(page(chief, "delete"), {"post": "yes"}).status_code == 403
    client.force_login(make.UserFactory(editor=True))
    saved(client.post(page(chief), filled(client.get(page(chief)), groups=keys_of("viewer"))))
    assert names_of(chief) == {"viewer"}


@pytest.mark.parametrize("role", ["publisher", "editor", "administrator"])
@pytest.mark.parametrize("is_active", [True, False])
def test_administrator_cannot_become_somebody_who_may_do_what_they_may_not(office, role, is_active):
    """
    This is also refused for the account of another administrator: with two accounts, one person could approve their own
    results.
    """
    account = in_role(role, email="mine@example.org", is_active=is_active)
    assert office.get(password_page(account)).status_code == 403
    assert office.post(password_page(account), PASSWORDS).status_code == 403
    response = office.get(page(account))
    assert "../password/" not in response.content.decode()
    assert account.password not in response.content.decode()
    saved(office.post(page(account), filled(response, email="yours@example.org", is_active="on")))
    account.refresh_from_db()
    assert (account.email, account.is_active) == ("mine@example.org", True)
    assert account.check_password(make.PASSWORD)


def test_administrator_sets_nobody_s_password_and_their_own_where_the_present_one_is_asked_for(office, administrator):
    for account in (make.UserFactory(), in_role("viewer"), in_role("administrator")):
        assert office.post(password_page(account), PASSWORDS).status_code == 403
        account.refresh_from_db()
        assert account.check_password(make.PASSWORD)
    assert office.post(password_page(administrator), PASSWORDS)["Location"] == reverse("account_change_password")
    administrator.refresh_from_db()
    assert administrator.check_password(make.PASSWORD)
    assert office.post(f"/admin/accounts/user/{administrator.pk}/second-factor/")["Location"] == reverse("mfa_index")


def test_administrator_becomes_nobody_by_taking_their_roles_first(office):
    publisher = in_role("publisher")
    saved(office.post(page(publisher), filled(office.get(page(publisher)), groups=[])))
    assert office.post(password_page(publisher), PASSWORDS).status_code == 403
    values = filled(office.get(page(publisher)), email="mine@example.org")
    saved(office.post(page(publisher), values))
    publisher.refresh_from_db()
    assert (publisher.email == "mine@example.org", publisher.check_password(make.PASSWORD)) == (False, True)


def test_who_may_change_accounts_but_not_assign_roles_changes_nobody_s_but_their_own(client):
    clerk, account = make.UserFactory(is_staff=True), make.UserFactory()
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    client.force_login(clerk)
    assert client.post(page(account), {"name": "Neva", "groups": keys_of("viewer")}).status_code == 403
    account.refresh_from_db()
    assert (account.name == "Neva", names_of(account)) == (False, set())


@pytest.mark.parametrize("is_superuser", [True, False])
def test_nobody_deletes_or_closes_their_own_account(client, is_superuser):
    me = make.UserFactory(is_staff=True, is_superuser=is_superuser)
    me.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user", "delete_user"]))
    client.force_login(me)
    assert client.post(page(me, "delete"), {"post": "yes"}).status_code == 403
    client.post(page(User, "changelist"), {"action": "delete_selected", "_selected_action": [me.pk], "post": "yes"})
    assert User.objects.filter(pk=me.pk).exists()


def test_accounts_page_takes_the_same_number_of_statements_however_many_roles(office):
    counts = {statements(office, page(account)) for account in (in_role("viewer"), in_role(*User.Role.values))}
    assert counts == {8}


def test_editor_neither_sees_nor_sets_the_account_of_a_person(client, administrator):
    person, account = make.PersonFactory(), make.UserFactory()
    client.force_login(in_role("editor"))
    response = client.get(page(person))
    assert "user" not in response.context["adminform"].form.fields
    saved(client.post(page(person), filled(response, user=account.pk)))
    person.refresh_from_db()
    assert person.user is None
    client.force_login(in_role("editor", "administrator"))
    saved(client.post(page(person), filled(client.get(page(person)), user=account.pk)))
    person.refresh_from_db()
    assert person.user == account
