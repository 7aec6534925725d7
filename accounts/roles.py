"""
The permissions of each role, as data, and the code that keeps the groups in the database in step with them.

A role is a group. An account in several groups has the permissions of all; an account in none can sign in but see
nothing. Permissions not granted here are for superusers only. Groups with other names, made by hand, are left alone.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Model

from accounts.models import User

Role = User.Role
Grants = Mapping[Role, tuple[str, ...]]

VERBS = ("view", "add", "change", "delete")
LOOK = ("view",)

# Rows that every role can view and editors can edit.
RECORD: Grants = {Role.VIEWER: LOOK, Role.EDITOR: VERBS, Role.PUBLISHER: LOOK, Role.ADMINISTRATOR: LOOK}
# Rows that the portal writes itself.
KEPT: Grants = dict.fromkeys(Role, LOOK)

MODELS: dict[str, Grants] = {
    "contests.Contest": RECORD | {Role.PUBLISHER: (*LOOK, "approve_results", "reveal_results", "preview_results")},
    # The link lets its reader see hidden results, so only those who may preview them may see it.
    "contests.PreviewLink": {Role.PUBLISHER: LOOK},
    "contests.Submission": RECORD,
    "contests.Award": RECORD,
    "contests.Recognition": RECORD | {Role.PUBLISHER: (*LOOK, "revoke_recognition")},
    "contests.Event": RECORD,
    "contests.Quote": RECORD,
    "contests.Category": RECORD,
    "contests.Credit": RECORD,
    "contests.Appearance": RECORD,
    "contests.Figure": RECORD,
    "contests.LeadingRegion": RECORD,
    "contests.Series": RECORD,
    "people.Person": RECORD,
    "people.Organisation": RECORD,
    "record.Source": RECORD,
    "people.Affiliation": RECORD,
    "people.PastWork": RECORD,
    "people.NextProject": RECORD,
    "record.FormerSlug": KEPT,
    # Merging, and undoing a merge, needs permission to change and delete the merged rows.
    "record.Merge": KEPT,
    # Created from the merge page; deleting one undoes it.
    "record.Distinct": KEPT | {Role.EDITOR: ("view", "delete")},
    # Accounts are created by invitation, and deactivated instead of deleted. Groups get their permissions from here.
    "accounts.User": {Role.ADMINISTRATOR: ("view", "change", "assign_roles")},
    "accounts.Invitation": {Role.ADMINISTRATOR: ("view", "add")},
    "auth.Group": {Role.ADMINISTRATOR: LOOK},
}


def granted(role: Role, model: type[Model]) -> tuple[str, ...]:
    """
    Return the actions that `role` grants on `model`: some of `VERBS`, or the codenames of other permissions. A history
    can be viewed by the roles that can view its model. A model without a line in `MODELS` gets nothing.
    """
    original = getattr(model, "instance_type", None)
    if original is not None:
        return LOOK if "view" in granted(role, original) else ()
    return tuple(MODELS.get(model._meta.label, {}).get(role, ()))


def permissions_of(role: Role) -> set[str]:
    """Return the permissions of `role` in the form that `has_perm` takes: "contests.add_award"."""
    found = set()
    for model in apps.get_models():
        app, name = model._meta.app_label, model._meta.model_name
        actions = granted(role, model)
        found |= {f"{app}.{action}_{name}" if action in VERBS else f"{app}.{action}" for action in actions}
    return found


@dataclass(frozen=True)
class Difference:
    """The difference between the group of a role and what it should be."""

    role: Role
    is_missing: bool
    lacks: tuple[str, ...]
    exceeds: tuple[str, ...]

    def __str__(self) -> str:
        parts = ["there is no such group"] if self.is_missing else []
        parts += [f"lacks {', '.join(self.lacks)}"] if self.lacks else []
        parts += [f"may too much: {', '.join(self.exceeds)}"] if self.exceeds else []
        return f"{self.role.value}: {'; '.join(parts)}"


def differences(using: str = "default") -> list[Difference]:
    """Return how the groups in the database differ from the roles. Changes nothing."""
    groups = {group.name: group for group in Group.objects.using(using).filter(name__in=Role.values)}
    found = []
    for role in Role:
        group = groups.get(role.value)
        wanted, held = permissions_of(role), set(_names(group.permissions.all()).values()) if group else set()
        if group is None or wanted != held:
            found.append(Difference(role, group is None, tuple(sorted(wanted - held)), tuple(sorted(held - wanted))))
    return found


@transaction.atomic
def put_right(using: str = "default") -> list[Difference]:
    """
    Create the missing groups of roles, and give each group exactly its permissions. Memberships don't change. Return
    the differences that were found.
    """
    found = differences(using)
    if not found:
        return []
    # Django creates permissions only at the very end of `migrate`, after the migration that calls this.
    for app in {label.partition(".")[0] for label in MODELS}:
        create_permissions(apps.get_app_config(app), verbosity=0, using=using)
    keys = {name: key for key, name in _names(Permission.objects.using(using)).items()}
    for difference in found:
        group, _ = Group.objects.using(using).get_or_create(name=difference.role.value)
        group.permissions.set([keys[name] for name in permissions_of(difference.role)])
    return found


def _names(permissions: Iterable[Permission]) -> dict[int, str]:
    rows = permissions.values_list("pk", "content_type__app_label", "codename")
    return {pk: f"{app}.{code}" for pk, app, code in rows}
