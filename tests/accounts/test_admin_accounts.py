"""Accounts in the admin can't be created, taken over or deleted, and can't be used to gain more permissions."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission

from accounts.models import User
from people.models import Person
from tests import factories as make
from tests.admin_pages import filled, page, saved

pytestmark = pytest.mark.django_db

NEW = {"email": "New@Example.org", "name": "Neva", "usable_password": "true"}
PASSWORDS = {"password1": "quiet-lamp-7-orbit", "password2": "quiet-lamp-7-orbit"}


def test_no_account_is_added_with_a_password_whoever_asks(desk):
    assert desk.get(page(User, "add")).status_code == 403
    assert desk.post(page(User, "add"), NEW | PASSWORDS).status_code == 403
    assert not User.objects.filter(email="new@example.org").exists()


def test_address_that_is_taken_is_refused_at_its_field_in_any_case(desk, editor):
    make.UserFactory(email="new@example.org")
    message = {"email": ["An account with this e-mail address already exists."]}
    values = filled(desk.get(page(editor)), email="NEW@example.org")
    assert desk.post(page(editor), values).context["adminform"].form.errors == message
    saved(desk.post(page(editor), values | {"email": "Other@example.org"}))
    editor.refresh_from_db()
    assert editor.email == "other@example.org"


def test_nobody_takes_an_account_over_or_deletes_it_not_even_a_superuser(desk):
    account = make.UserFactory(email="theirs@example.org")
    address = f"/admin/accounts/user/{account.pk}/password/"
    assert desk.get(address).status_code == 403
    assert desk.post(address, PASSWORDS | {"usable_password": "true"}).status_code == 403
    saved(desk.post(page(account), filled(desk.get(page(account)), email="mine@example.org")))
    assert desk.post(page(account, "delete"), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [account.pk], "post": "yes"}
    desk.post(page(User, "changelist"), chosen)
    account.refresh_from_db()
    assert (account.email, account.check_password(make.PASSWORD)) == ("theirs@example.org", True)
    assert account.password not in desk.get(page(account)).content.decode()
    assert not hasattr(User.history.first(), "password")


def test_who_may_edit_accounts_cannot_make_themselves_more(client):
    clerk, chief = make.UserFactory(is_staff=True), make.UserFactory(editor=True)
    codes = [f"{verb}_user" for verb in ("view", "change", "delete")]
    clerk.user_permissions.set(Permission.objects.filter(codename__in=codes))
    client.force_login(clerk)
    values = filled(client.get(page(clerk)), is_superuser="on", name="Chief", user_permissions=[1, 2, 3])
    saved(client.post(page(clerk), values))
    clerk.refresh_from_db()
    assert (clerk.is_superuser, clerk.name, clerk.user_permissions.count()) == (False, "Chief", 3)
    assert client.post(page(chief), {"email": "mine@example.org"}).status_code == 403
    assert client.post(page(chief, "delete"), {"post": "yes"}).status_code == 403
    assert client.post(f"/admin/accounts/user/{chief.pk}/password/", PASSWORDS).status_code == 403


def test_permissions_offered_are_those_on_what_the_admin_shows(desk):
    offered = desk.get("/admin/auth/group/add/").context["adminform"].form.fields["permissions"].queryset
    assert set(offered.values_list("content_type__model", flat=True)) == {
        model._meta.model_name for model in admin.site._registry
    }
    assert offered.filter(content_type__model="person").count() == 4


def test_visitor_without_the_right_sees_nothing_of_the_admin(client):
    client.force_login(make.UserFactory())
    assert client.get(page(Person, "changelist")).status_code == 302
    client.force_login(make.UserFactory(is_staff=True))
    assert client.get(page(Person, "changelist")).status_code == 403


def test_who_may_edit_accounts_cannot_become_someone_who_may_do_more(client):
    clerk = make.UserFactory(is_staff=True)
    chief = make.UserFactory(is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    chief.user_permissions.set(Permission.objects.filter(codename="change_contest"))
    client.force_login(clerk)
    new = {"password1": "Another word to enter", "password2": "Another word to enter", "usable_password": "true"}
    assert client.post(f"/admin/accounts/user/{chief.pk}/password/", new).status_code == 403
    chief.refresh_from_db()
    assert chief.check_password(make.PASSWORD)
    # An administrator can't even set the password of another administrator, because one person could then use two
    # accounts.
    equal = make.UserFactory(is_staff=True)
    assert client.post(f"/admin/accounts/user/{equal.pk}/password/", new).status_code == 403


def test_only_who_may_do_everything_changes_what_a_group_may_do(client):
    clerk = make.UserFactory(is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__endswith="_group"))
    client.force_login(clerk)
    assert client.get("/admin/auth/group/").status_code == 200
    assert client.get("/admin/auth/group/add/").status_code == 403
