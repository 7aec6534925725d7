"""Accounts in the admin: made with an address and a password, and never a way to more rights than one has."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission

from people.models import Person, User
from tests import factories as make
from tests.desk import filled, page, saved

pytestmark = pytest.mark.django_db

NEW = {"email": "New@Example.org", "name": "Neva", "usable_password": "true"}
PASSWORDS = {"password1": "quiet-lamp-7-orbit", "password2": "quiet-lamp-7-orbit"}


def test_account_is_added_with_an_address_and_a_password_and_signs_in_by_them(desk, client):
    saved(desk.post(page(User, "add"), NEW | PASSWORDS))
    account = User.objects.get(email="new@example.org")
    assert (account.is_staff, account.name) == (False, "Neva")
    account.is_staff = True
    account.save()
    client.logout()
    signed_in = client.post("/account/sign-in/", {"login": "new@example.ORG", "password": PASSWORDS["password1"]})
    assert signed_in.status_code == 302
    assert int(client.session["_auth_user_id"]) == account.pk


def test_address_that_is_taken_is_refused_at_its_field_in_any_case(desk):
    other = make.UserFactory(email="new@example.org")
    message = {"email": ["There is an account with this e-mail address already."]}
    assert desk.post(page(User, "add"), NEW | PASSWORDS).context["adminform"].form.errors == message
    account = make.UserFactory()
    values = filled(desk.get(page(account)), email="NEW@example.org")
    assert desk.post(page(account), values).context["adminform"].form.errors == message
    saved(desk.post(page(other), filled(desk.get(page(other)), email="NEW@example.org")))


def test_weak_password_is_refused(desk):
    response = desk.post(page(User, "add"), NEW | {"password1": "12345", "password2": "12345"})
    assert list(response.context["adminform"].form.errors) == ["password2"]


def test_password_of_another_account_can_be_set_but_never_be_read(desk):
    account = make.UserFactory()
    assert desk.post(f"/admin/people/user/{account.pk}/password/", PASSWORDS | {"usable_password": "true"})
    account.refresh_from_db()
    assert account.check_password(PASSWORDS["password1"])
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
    assert client.post(f"/admin/people/user/{chief.pk}/password/", PASSWORDS).status_code == 403


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
    assert client.post(f"/admin/people/user/{chief.pk}/password/", new).status_code == 403
    chief.refresh_from_db()
    assert chief.check_password(make.PASSWORD)
    # Nor anybody else: who could would be two pairs of eyes.
    equal = make.UserFactory(is_staff=True)
    assert client.post(f"/admin/people/user/{equal.pk}/password/", new).status_code == 403


def test_only_who_may_do_everything_changes_what_a_group_may_do(client):
    clerk = make.UserFactory(is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename__endswith="_group"))
    client.force_login(clerk)
    assert client.get("/admin/auth/group/").status_code == 200
    assert client.get("/admin/auth/group/add/").status_code == 403
