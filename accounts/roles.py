"""
Who may do what: the roles, as data, and what keeps the groups in the database like it.

A role is a group. An account in several groups may do what any of them may; in none, it can sign in and see nothing.
What is not granted here is left to superusers. Groups of other names, made by hand, are nobody's business here.
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

# What everybody at the desk reads, and editors write.
RECORD: Grants = {Role.VIEWER: LOOK, Role.EDITOR: VERBS, Role.PUBLISHER: LOOK, Role.ADMINISTRATOR: LOOK}
# What the portal writes itself.
KEPT: Grants = dict.fromkeys(Role, LOOK)

MODELS: dict[str, Grants] = {
    "contests.Contest": RECORD | {Role.PUBLISHER: (*LOOK, "approve_results", "reveal_results", "preview_results")},
    # What the address in it shows is what a publisher may show.
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
    # Whoever may change and delete what is merged may merge it, and undo that.
    "record.Merge": KEPT,
    # Noted from two records side by side; taken back by deleting the note.
    "record.Distinct": KEPT | {Role.EDITOR: ("view", "delete")},
    # Accounts come by invitation, and are made inactive instead of being deleted. What a group may do is said here.
    "accounts.User": {Role.ADMINISTRATOR: ("view", "change", "assign_roles")},
    "accounts.Invitation": {Role.ADMINISTRATOR: ("view", "add")},
    "auth.Group": {Role.ADMINISTRATOR: LOOK},
}


def granted(role: Role, model: type[Model]) -> tuple[str, ...]:
    """
    The actions that `role` grants on `model`: of `VERBS`, or the name of a permission of its own. On a historical
    model, to look at it where one may look at what it is the history of; without a line in `MODELS`, nothing.
    """
    original = getattr(model, "instance_type", None)
    if original is not None:
        return LOOK if "view" in granted(role, original) else ()
    return tuple(MODELS.get(model._meta.label, {}).get(role, ()))


def permissions_of(role: Role) -> set[str]:
    """The permissions that `role` is made of, as `has_perm` takes them: "contests.add_award"."""
    found = set()
    for model in apps.get_models():
        app, name = model._meta.app_label, model._meta.model_name
        actions = granted(role, model)
        found |= {f"{app}.{action}_{name}" if action in VERBS else f"{app}.{action}" for action in actions}
    return found


@dataclass(frozen=True)
class Difference:
    """How the group of a role differs from what it should be."""

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
    """How the groups in the database differ from the roles. Changes nothing."""
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
    Makes the groups of the roles where they are missing and gives each the permissions it should have, no more and no
    fewer. Nobody's membership changes. Returns what was different before.
    """
    found = differences(using)
    if not found:
        return []
    # Django makes the permissions at the very end of `migrate`, after the migration that calls this.
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
