"""Users and rows for the tests of permissions."""

from collections.abc import Iterator
from functools import cache
from inspect import isclass
from io import BytesIO

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Model
from django.test import Client, RequestFactory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts import roles
from accounts.models import User
from contests.admin.steps import Step
from contests.models import Contest, CreditRole, Recognition, Submission
from search import models as search
from tests import factories as make
from tests.admin_pages import filled, page
from tests.url_patterns import patterns

REGISTERED = list(admin.site._registry)
FACTORIES = {
    found._meta.model: found
    for found in vars(make).values()
    if isclass(found) and issubclass(found, DjangoModelFactory) and found._meta.model
}
# Valid data for the form of every admin action.
ANSWERS = {
    "at_0": "2090-10-27",
    "at_1": "18:30",
    "reason": "The work was not theirs.",
    "on": "2026-11-20",
    "note": "The jury",
}


def steps_of(model: type[Model]) -> tuple[Step, ...]:
    return tuple(getattr(admin.site.get_model_admin(model), "steps", ()))


def stored(row: Model) -> list[tuple]:
    """Return the values of `row` in the database, or an empty list if it has been deleted."""
    return list(type(row)._base_manager.filter(pk=row.pk).values_list())


def everything() -> dict[str, list[tuple]]:
    """Return every row of every table, except the tables of the search, which the request of any editor may update."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if model.__module__ == search.__name__:
                continue
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}" ORDER BY "{model._meta.pk.column}"')
            found[model._meta.label] = cursor.fetchall()
    return found


class Table(BytesIO):
    """A file that can be sent several times."""

    name = "people.csv"

    def read(self, *size: int) -> bytes:
        self.seek(0)
        return super().read(*size)


class Desks:
    """
    An account for each role, one without a role, one without admin access, an inactive one and a superuser; for each
    account a browser in which it is signed in; and a row of every model to which no other row refers.
    """

    def __init__(self):
        roles.put_right()
        self.chief = self._browser(editor=True)
        self.browsers = {"anonymous": Client(), "without a role": self._browser(is_staff=True)}
        self.browsers["not of the desk"] = self._browser()
        self.browsers["switched off"] = self._browser(is_staff=True, is_superuser=True, is_active=False)
        for role in roles.Role:
            self.browsers[role] = self._browser(role, is_staff=True)
        self.rows = {model: self._row(model) for model in REGISTERED}
        viewers = Group.objects.get(name=roles.Role.VIEWER.value)
        # Values that a new row needs in addition to those in the form of an existing row.
        self.new = {
            "accounts.Invitation": {"email": "new@example.org", "roles": [viewers.pk]},
            "record.TableImport": {"kind": "people", "file": Table(b"Name\nAnn Specimen\n")},
        }
        self.values = cache(self._values)

    @staticmethod
    def _browser(role: roles.Role | None = None, **traits) -> Client:
        account = make.UserFactory(**traits)
        if role:
            account.groups.add(Group.objects.get(name=role.value))
        client = Client()
        client.force_login(account)
        return client

    @staticmethod
    def _row(model: type[Model]) -> Model:
        if model is Group:
            return Group.objects.create(name="made by hand")
        # An approved recognition can't be changed by anybody.
        return FACTORIES[model](**({"approved_at": None} if model is Recognition else {}))

    def _values(self, model: type[Model]) -> dict[str, object]:
        """Return the data of the form for a row of `model`, or an empty dict if even a superuser has no form for it."""
        response = self.chief.get(page(self.rows[model]))
        if not response.context.get("has_change_permission"):
            response = self.chief.get(page(model, "add"))
        values = filled(response) if response.status_code == 200 else {}
        return values | self.new.get(model._meta.label, {})

    def changed_values(self, model: type[Model]) -> dict[str, object]:
        """Return the data of the form for a row of `model` with a changed value."""
        values = dict(self.values(model))
        if "scheme" in values:
            return values | {"value": f"{values['value']}1"}
        if "since" in values:
            return values | {"since": "1999"}
        if model is CreditRole:  # Another role may have the next position.
            return values | {"name": "Another role"}
        for name in ("order", "rank", "precedence"):
            if name in values:
                return values | {name: int(values[name]) + 1}
        for name in ("name", "title", "role"):
            if name in values:
                return values | {name: f"{values[name]} anew"}
        if "scheme" in values:
            return values | {"value": f"{values['value']}1"}
        return values

    def open_to(self, step: Step, model: type[Model]) -> Model:
        """Return a row of `model` for which the admin action `step` is possible."""
        request = RequestFactory().get("/")
        request.user = User.objects.get(pk=self.chief.session["_auth_user_id"])
        rows = admin.site.get_model_admin(model).get_queryset(request)
        for made in _in_every_state(model):
            row = rows.get(pk=made.pk)
            if step.is_open(row, timezone.now()):
                return row
        raise LookupError(f"The step {step.name} of {model._meta.label} needs a row in a state that none has here.")


def _in_every_state(model: type[Model]) -> Iterator[Model]:
    states: tuple[dict[str, bool], ...] = ({"sealed": True}, {"approved_future": True}, {"revealed": True})
    for state in states:
        contest = make.ContestFactory(**state)
        if model is Contest:
            yield contest
            yield make.ContestFactory(**state, public_entries=Contest.PublicEntries.WINNERS)
            yield make.ContestFactory(**state, held_to="1990")
        elif model is Recognition:
            yield make.RecognitionFactory(award__contest=contest)
            yield make.RecognitionFactory(award__contest=contest, revoked=True)
            yield make.RecognitionFactory(award__contest=contest, approved_at=None)
        elif model is Submission:
            yield make.SubmissionFactory(contest=contest)
            selected = make.ContestFactory(**state, public_entries=Contest.PublicEntries.SELECTED)
            yield make.SubmissionFactory(contest=selected, is_selected=False)
            yield make.SubmissionFactory(contest=selected, is_selected=True)
    yield FACTORIES[model]()


def addresses_of(desks: Desks) -> list[tuple[str, dict[str, object]]]:
    """Return every URL of the admin, with the data that its form would send."""
    found = {}
    for route, parts in patterns():
        if not route.startswith("admin/"):
            continue
        model = next((model for model in REGISTERED if route.startswith(page(model, "changelist")[1:])), None)
        row = desks.rows[model or Contest]
        for unnamed in (row, _version(row)):
            route = route.replace("([^/]+)", str(unnamed.pk), 1)
        kind = ContentType.objects.get_for_model(row).pk
        fill = dict.fromkeys(parts, row.pk) | {"url": "nowhere/", "content_type_id": kind, "app_label": "contests"}
        values = {"post": "yes", "action": "delete_selected", "_selected_action": [row.pk], **ANSWERS}
        if model:
            values |= desks.changed_values(model)
        for step in steps_of(model) if model and "name" in parts else (None,):
            address = route.format(**fill | ({"name": step.name} if step else {}))
            found[f"/{address}?row={row.pk}"] = values
    return sorted(found.items())


def _version(row: Model) -> Model:
    return row.history.first() if hasattr(row, "history") else row
