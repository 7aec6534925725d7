"""
The permissions of each role, and the functions that compare them with the groups in the database and update the groups.

Each role is a group. An account in several groups has the permissions of all of them. An account without a group can
sign in but has no permissions. Permissions that no role has are for superusers only. Groups that are not roles are
never changed.
"""

from dataclasses import dataclass

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Model, QuerySet

from accounts.models import User

Role = User.Role
Grants = dict[Role, tuple[str, ...]]

VERBS = ("view", "add", "change", "delete")
LOOK = ("view",)

# Grants for most models: every role may view the rows. Editors may also add, change and delete them.
RECORD: Grants = {Role.VIEWER: LOOK, Role.EDITOR: VERBS, Role.PUBLISHER: LOOK, Role.ADMINISTRATOR: LOOK}
# Grants for models whose rows are created and changed only by the portal's own code: every role may view the rows.
KEPT: Grants = dict.fromkeys(Role, LOOK)

MODELS: dict[str, Grants] = {
    "contests.Contest": RECORD | {Role.PUBLISHER: (*LOOK, "approve_results", "reveal_results", "preview_results")},
    # A preview link shows hidden results to anyone who has its URL, so only publishers may view preview links.
    "contests.PreviewLink": {Role.PUBLISHER: LOOK},
    "contests.Submission": RECORD,
    "contests.Work": RECORD,
    "contests.WorkIdentifier": RECORD,
    "contests.Award": RECORD,
    "contests.Recognition": RECORD | {Role.PUBLISHER: (*LOOK, "revoke_recognition")},
    "contests.Event": RECORD,
    "contests.Quote": RECORD,
    "contests.Category": RECORD,
    "contests.Credit": RECORD,
    "contests.CreditRole": RECORD,
    "contests.Appearance": RECORD,
    "contests.Figure": RECORD,
    "contests.LeadingRegion": RECORD,
    "contests.Series": RECORD,
    "contests.SeriesOrganiser": RECORD,
    "contests.AwardLine": RECORD,
    "people.Person": RECORD,
    "people.Organisation": RECORD,
    "record.Source": RECORD,
    "people.Affiliation": RECORD,
    "people.PastWork": RECORD,
    "people.NextProject": RECORD,
    "people.PersonName": RECORD,
    "people.PersonIdentifier": RECORD,
    "people.OrganisationName": RECORD,
    "people.OrganisationIdentifier": RECORD,
    "record.FormerSlug": KEPT,
    # To merge rows, or to undo a merge, a user needs the permissions to change and to delete the merged rows.
    "record.Merge": KEPT,
    # A `Distinct` row says that two rows are not duplicates. Editors create it on the merge page and can delete it.
    "record.Distinct": KEPT | {Role.EDITOR: ("view", "delete")},
    # An import also needs the permissions to add and change the rows that it creates and changes. "Delete" is for undo.
    "record.TableImport": {Role.EDITOR: ("view", "add", "delete")},
    # Nobody may add or delete accounts: they are created by invitation, and deactivated instead of deleted.
    "accounts.User": {Role.ADMINISTRATOR: ("view", "change", "assign_roles")},
    "accounts.Invitation": {Role.ADMINISTRATOR: ("view", "add")},
    "auth.Group": {Role.ADMINISTRATOR: LOOK},
    "django_tasks_database.DBTaskResult": {Role.ADMINISTRATOR: LOOK},
}


def granted(role: Role, model: type[Model]) -> tuple[str, ...]:
    """
    Return the actions that `role` may take on `model`: some of `VERBS`, and codenames of other permissions. A role that
    may view a model may also view its history model. For a model that is not in `MODELS`, return ().
    """
    original = getattr(model, "instance_type", None)
    if original is not None:
        return LOOK if "view" in granted(role, original) else ()
    return tuple(MODELS.get(model._meta.label, {}).get(role, ()))


def permissions_of(role: Role) -> set[str]:
    """Return all permissions of `role`, in the form that `User.has_perm` takes, such as "contests.add_award"."""
    found = set()
    for model in apps.get_models():
        app, name = model._meta.app_label, model._meta.model_name
        actions = granted(role, model)
        found |= {f"{app}.{action}_{name}" if action in VERBS else f"{app}.{action}" for action in actions}
    return found


@dataclass(frozen=True)
class Difference:
    """
    The difference between the group of a role in the database and the role as defined here. `is_missing` is True if
    there is no such group. `lacks` has the permissions that the group should also have, and `exceeds` those that it
    should not have.
    """

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
    """
    Compare the groups in the database `using` with the roles, and return a `Difference` for each role whose group is
    missing or has other permissions. Change nothing.
    """
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
    Create missing groups for roles, and give the group of each role exactly its permissions. The members of the groups
    don't change. Return the differences that were corrected.
    """
    found = differences(using)
    if not found:
        return []
    # First create the permissions: a migration calls this function, and Django creates permissions only after all
    # migrations.
    for app in {label.partition(".")[0] for label in MODELS}:
        create_permissions(apps.get_app_config(app), verbosity=0, using=using)
    keys = {name: key for key, name in _names(Permission.objects.using(using)).items()}
    for difference in found:
        group, _ = Group.objects.using(using).get_or_create(name=difference.role.value)
        group.permissions.set([keys[name] for name in permissions_of(difference.role)])
    return found


def _names(permissions: QuerySet[Permission]) -> dict[int, str]:
    rows = permissions.values_list("pk", "content_type__app_label", "codename")
    return {pk: f"{app}.{code}" for pk, app, code in rows}
