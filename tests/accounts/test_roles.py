"""Roles: a migration creates them as groups, a command updates them, and the documentation describes them correctly."""

from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.management import CommandError, call_command

from accounts import roles
from accounts.management.commands.roles import PAGE, with_table
from accounts.models import User
from tests import factories as make

Role = roles.Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def right():
    """Create the roles again, because a test that empties the database deletes the groups from the migration."""
    roles.put_right()


def run(**options) -> list[str]:
    out = StringIO()
    call_command("roles", stdout=out, **options)
    return out.getvalue().splitlines()


def permission(name: str) -> Permission:
    app, _, code = name.partition(".")
    return Permission.objects.get(content_type__app_label=app, codename=code)


def held(role: Role) -> set[str]:
    account = make.UserFactory()
    account.groups.add(Group.objects.get(name=role.value))
    return account.get_all_permissions()


@pytest.mark.parametrize("role", Role)
def test_group_of_a_role_holds_what_the_role_grants_and_nothing_else(role):
    assert held(role) == roles.permissions_of(role) != set()


def test_every_model_that_the_admin_shows_has_a_line():
    assert {model._meta.label for model in admin.site._registry} - set(roles.MODELS) == set()


def test_permissions_of_the_roles_are_permissions_there_are():
    known = {f"{p.content_type.app_label}.{p.codename}" for p in Permission.objects.select_related("content_type")}
    assert {name for role in Role for name in roles.permissions_of(role)} - known == set()


def test_history_is_read_by_who_may_read_what_it_is_the_history_of():
    for model in apps.get_models():
        if hasattr(model, "instance_type"):
            for role in Role:
                may = "view" in roles.granted(role, model.instance_type)
                assert roles.granted(role, model) == (("view",) if may else ())


def test_nobody_but_a_publisher_decides_on_results_and_nobody_but_an_administrator_on_accounts():
    def holders(name: str) -> set[Role]:
        return {role for role in Role if name in roles.permissions_of(role)}

    for name in ("approve_results", "reveal_results", "preview_results", "revoke_recognition"):
        assert holders(f"contests.{name}") == {Role.PUBLISHER}
    for name in ("view_user", "change_user", "assign_roles"):
        assert holders(f"accounts.{name}") == {Role.ADMINISTRATOR}
    for name in (
        "accounts.add_user",
        "accounts.delete_user",
        "auth.add_group",
        "auth.change_group",
        "auth.delete_group",
    ):
        assert holders(name) == set()


def test_viewer_only_views():
    assert {name.partition(".")[2].partition("_")[0] for name in roles.permissions_of(Role.VIEWER)} == {"view"}


def test_command_says_what_differs_and_puts_it_right():
    viewers = Group.objects.get(name="viewer")
    viewers.permissions.add(permission("people.delete_person"))
    viewers.permissions.remove(permission("people.view_person"))
    Group.objects.get(name="editor").delete()
    editors = roles.permissions_of(Role.EDITOR)
    lines = [
        "viewer: lacks people.view_person; may too much: people.delete_person",
        f"editor: there is no such group; lacks {', '.join(sorted(editors))}",
    ]
    with pytest.raises(CommandError, match="differ from the roles"):
        run(check=True)
    assert not Group.objects.filter(name="editor").exists()
    assert run() == lines
    assert (held(Role.VIEWER), held(Role.EDITOR)) == (roles.permissions_of(Role.VIEWER), editors)
    assert run() == []
    assert run(check=True) == []


def test_permissions_that_are_missing_altogether_are_made_anew():
    Permission.objects.filter(codename__in=["add_award", "approve_results"]).delete()
    run()
    assert "contests.add_award" in held(Role.EDITOR)
    assert "contests.approve_results" in held(Role.PUBLISHER)


def test_members_and_groups_made_by_hand_are_left_alone():
    jury = Group.objects.create(name="jury")
    jury.permissions.add(permission("contests.delete_award"))
    member = make.UserFactory()
    member.groups.add(jury, Group.objects.get(name="viewer"))
    Group.objects.get(name="viewer").permissions.clear()
    run()
    assert set(jury.permissions.all()) == {permission("contests.delete_award")}
    assert set(member.groups.values_list("name", flat=True)) == {"jury", "viewer"}


def test_documents_tell_of_the_roles_as_they_are():
    page = (settings.BASE_DIR / PAGE).read_text(encoding="utf-8")
    assert with_table(page) == page, "Run `manage.py roles --document`."
    assert "| contests | view | view, add, change, delete | view, history, approve, reveal, schedule, seal" in page
    with pytest.raises(ValueError, match="no place"):
        with_table("A page without a table.")


def test_every_role_has_a_group_of_its_name():
    assert set(User.Role.values) <= set(Group.objects.values_list("name", flat=True))
