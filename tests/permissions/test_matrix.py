"""
Tests every cell of the permission matrix: a role can do what it may do with rows of a model, and everything else is
refused.
"""

from itertools import product

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.test import Client

from accounts import roles
from tests import factories as make
from tests.admin_pages import page, sent_by, version_page

from .users_and_rows import ANSWERS, REGISTERED, Desks, everything, steps_of, stored


def cell(role, model, *more):
    """
    Return a cell of the matrix. It runs on both databases for the role with most permissions for the model, and for a
    role that may take the step. The other roles are refused, or send the same statements.
    """
    fullest = max(roles.Role, key=lambda each: len(roles.granted(each, model)))
    runs_on_both = role == fullest if not more else more[0].permission in roles.permissions_of(role)
    named = "-".join([role, str(model._meta.model_name), *(step.name for step in more)])
    return pytest.param(role, model, *more, id=named, marks=() if runs_on_both else pytest.mark.one_database)


CELLS = [cell(role, model) for role, model in product(roles.Role, REGISTERED)]
STEPS = [cell(role, model, step) for role, model in product(roles.Role, REGISTERED) for step in steps_of(model)]

every_cell = pytest.mark.parametrize(("role", "model"), CELLS)


def choices_page(model) -> str | None:
    """
    Return the URL from which autocomplete fields for `model` get their options, or None if no form has such a field.
    """
    for other, desk in admin.site._registry.items():
        for field in other._meta.fields:
            if field.related_model is model and field.name in desk.get_autocomplete_fields(None):
                where = f"app_label={other._meta.app_label}&model_name={other._meta.model_name}"
                return f"/admin/autocomplete/?{where}&field_name={field.name}&term="
    return None


@every_cell
def test_rows_are_shown_to_who_may_view_them(desks, role, model):
    browser, row = desks.browsers[role], desks.rows[model]
    pages = [page(model, "changelist"), page(row), page(row, "history")]
    pages += [version_page(row, 0)] if hasattr(row, "history") else []
    pages += [address] if (address := choices_page(model)) else []
    expected = 200 if "view" in roles.granted(role, model) else 403
    assert {address: browser.get(address).status_code for address in pages} == dict.fromkeys(pages, expected)
    on_site = f"/admin/r/{ContentType.objects.get_for_model(model).pk}/{row.pk}/"
    leads = expected == 200 and hasattr(row, "get_absolute_url")
    assert browser.get(on_site).status_code == (302 if leads else 404)


@every_cell
def test_rows_are_added_by_who_may_add_them(desks, role, model):
    browser, row = desks.browsers[role], desks.rows[model]
    may = "add" in roles.granted(role, model)
    values = desks.values(model)
    model._base_manager.filter(pk=row.pk).delete()
    before = model._base_manager.count()
    assert browser.get(page(model, "add")).status_code == (200 if may else 403)
    response = browser.post(page(model, "add"), values)
    assert (response.status_code, model._base_manager.count() - before) == ((302, 1) if may else (403, 0))


@every_cell
def test_rows_are_changed_by_who_may_change_them(desks, role, model):
    browser, row = desks.browsers[role], desks.rows[model]
    may = "change" in roles.granted(role, model)
    before = stored(row)
    response = browser.post(page(row), desks.changed_values(model))
    assert (response.status_code, stored(row) != before) == ((302, True) if may else (403, False))
    if hasattr(row, "history"):
        changed = stored(row)
        response = browser.post(version_page(row, 0), desks.values(model) | {"change_reason": "As before"})
        assert (response.status_code, stored(row) != changed) == ((302, True) if may else (403, False))


@every_cell
def test_rows_are_deleted_by_who_may_delete_them(desks, role, model):
    browser, row = desks.browsers[role], desks.rows[model]
    may = "delete" in roles.granted(role, model)
    assert browser.get(page(row, "delete")).status_code == (200 if may else 403)
    chosen = {"action": "delete_selected", "post": "yes"}
    for address, values in (
        (page(row, "delete"), {"post": "yes", "reason": "Not needed"}),
        (page(model, "changelist"), {**chosen, "_selected_action": [row.pk], "reason": "Not needed"}),
        (page(model, "changelist"), {**chosen, "select_across": 1, "index": 0}),
    ):
        assert is_gone_after(browser, address, values, row) is (may and "select_across" not in values), values


def is_gone_after(browser: Client, address: str, values: dict, row) -> bool:
    """Return whether sending `values` to `address` deletes `row`. The deletion is rolled back."""
    with transaction.atomic():
        assert browser.post(address, values).status_code in (200, 302, 403)
        gone = stored(row) == []
        transaction.set_rollback(True)
    return gone


@pytest.mark.parametrize(("role", "model", "step"), STEPS)
def test_steps_are_taken_by_who_may_take_them(desks: Desks, role, model, step):
    browser, row = desks.browsers[role], desks.open_to(step, model)
    may = step.permission in roles.permissions_of(role)
    address = f"{page(model, 'changelist')}steps/{step.name}/?row={row.pk}"
    before = everything()
    assert browser.get(address).status_code == (200 if may else 403)
    assert everything() == before
    shown = browser.get(page(row))
    offered = [label for label, _address in shown.context["steps"]] if shown.status_code == 200 else []
    assert (step.label in offered) is may
    chosen = browser.post(page(model, "changelist"), {"action": step.name, "_selected_action": [row.pk]})
    assert (chosen.get("Location", "").endswith(address)) is may
    response = browser.post(address, sent_by(desks.chief.get(address).context["form"]) | ANSWERS)
    assert (response.status_code, everything() != before) == ((302, True) if may else (403, False))


@pytest.mark.parametrize("role", roles.Role)
def test_account_in_two_roles_may_do_what_either_may(desks: Desks, role):
    account = make.UserFactory(is_staff=True)
    account.groups.set(Group.objects.filter(name__in=[role, roles.Role.EDITOR]))
    assert account.get_all_permissions() == roles.permissions_of(role) | roles.permissions_of(roles.Role.EDITOR)
