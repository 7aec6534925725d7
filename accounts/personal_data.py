"""Collects all that the portal knows about the owner of an account, as JSON."""

import json
from collections.abc import Iterator
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import ForeignKey, Model, Q, QuerySet
from simple_history.utils import get_history_manager_for_model

from accounts.models import Invitation, User
from record.history import is_tracked

#: How many rows of a table are read at once.
CHUNK = 500
ACTIONS = {1: "added", 2: "changed", 3: "deleted"}
CHANGES = {"+": "added", "~": "changed", "-": "deleted"}


def pieces(account: User) -> Iterator[str]:
    """
    Return the JSON text of the owner's data, in pieces, so that a long history needs little memory. The number of SQL
    statements depends on the number of tables, not of rows.
    """
    yield '{"account": ' + _text(_account(account))
    for name, rows in _sections(account):
        yield f',\n"{name}": ['
        for number, row in enumerate(rows):
            yield (",\n" if number else "\n") + _text(row)
        yield "]"
    yield "}\n"


def _account(account: User) -> dict[str, Any]:
    return {
        "number": account.pk,
        "email": account.email,
        "name": account.name,
        "time_zone": account.time_zone,
        "joined_at": account.joined_at,
        "last_signed_in_at": account.last_login,
        "is_active": account.is_active,
        "may_use_the_admin": account.is_staff,
        "may_do_everything": account.is_superuser,
        "roles": list(account.groups.order_by("name").values_list("name", flat=True)),
        "invited_by": account.invited_by_id,
        "confirmed_as_a_separate_person_at": account.confirmed_at,
    }


def _sections(account: User) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    addresses = EmailAddress.objects.filter(user=account).order_by("pk")
    yield "email_addresses", _rows(addresses, email="email", is_confirmed="verified")
    sessions = UserSession.objects.filter(user=account).order_by("pk")
    yield (
        "sessions",
        _rows(sessions, ip_address="ip", browser="user_agent", created_at="created_at", last_seen_at="last_seen_at"),
    )
    yield "second_factors", _factors(account)
    yield (
        "invitations",
        _rows(
            Invitation.objects.filter(account=account).order_by("pk"),
            email="email",
            name="name",
            created_at="created_at",
            used_at="used_at",
        ),
    )
    # The e-mail addresses of other people are not the owner's data, but they typed them themselves.
    yield (
        "invitations_to_others",
        _rows(
            Invitation.objects.filter(Q(made_by=account) | Q(invited_by=account)).order_by("pk"),
            email="email",
            name="name",
            created_at="created_at",
            used_at="used_at",
            withdrawn_at="withdrawn_at",
        ),
    )
    yield (
        "versions_of_the_account",
        _rows(
            account.history.order_by("history_id"),
            at="history_date",
            email="email",
            name="name",
            time_zone="time_zone",
            reason="history_change_reason",
        ),
    )
    yield "changes", _changes(account)
    yield "actions_in_the_admin", _actions(account)
    yield "rows_that_name_the_account", _references(account)


def _factors(account: User) -> Iterator[dict[str, Any]]:
    """Return the second factors without their secrets."""
    for factor in Authenticator.objects.filter(user=account).order_by("pk"):
        name = factor.wrap().name if factor.type == Authenticator.Type.WEBAUTHN else ""
        yield {
            "kind": factor.type,
            "name": name,
            "created_at": factor.created_at,
            "last_used_at": factor.last_used_at,
        }


def _changes(account: User) -> Iterator[dict[str, Any]]:
    """Return what the account changed in the record: which row, when and why, without the row's content."""
    for model in filter(is_tracked, apps.get_models()):
        history = get_history_manager_for_model(model).filter(history_user=account).order_by("history_id")
        for change in _rows(
            history,
            row=model._meta.pk.attname,
            at="history_date",
            what="history_type",
            reason="history_change_reason",
        ):
            yield {"table": model._meta.label, **change, "what": CHANGES.get(change["what"], change["what"])}


def _actions(account: User) -> Iterator[dict[str, Any]]:
    entries = LogEntry.objects.filter(user=account).order_by("pk")
    for entry in _rows(
        entries,
        at="action_time",
        what="action_flag",
        table="content_type__model",
        row="object_id",
        called="object_repr",
    ):
        yield entry | {"what": ACTIONS.get(entry["what"], entry["what"])}


def _references(account: User) -> Iterator[dict[str, Any]]:
    """Return the rows of all other tables that refer to the account, such as approvals and imports."""
    listed = {User, Invitation, EmailAddress, UserSession, Authenticator, LogEntry}
    for model in apps.get_models():
        if model in listed or hasattr(model, "history_id"):
            continue
        for field in _links(model):
            rows = model._base_manager.filter(**{field.name: account}).order_by("pk")
            for row in _rows(rows, row="pk"):
                yield {"table": model._meta.label, "column": field.name, **row}


def _links(model: type[Model]) -> list[ForeignKey]:
    fields = model._meta.concrete_fields
    return [field for field in fields if isinstance(field, ForeignKey) and field.related_model is User]


def _rows(rows: QuerySet, **columns: str) -> Iterator[dict[str, Any]]:
    for values in rows.values_list(*columns.values()).iterator(chunk_size=CHUNK):
        yield dict(zip(columns, values, strict=True))


def _text(value: Any) -> str:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False)
