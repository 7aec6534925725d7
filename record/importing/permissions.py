"""Who may import tables of a kind, look at an import, and undo it."""

from typing import Any

from django.contrib.auth import get_permission_codename
from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import urlencode

from record.importing.kinds import Kind, kind_named, kind_of, kinds
from record.models import TableImport


def _may(request: HttpRequest, verb: str, model: type[Any]) -> bool:
    opts = model._meta
    user: Any = request.user
    return user.has_perm(f"{opts.app_label}.{get_permission_codename(verb, opts)}")


def may_import(request: HttpRequest, kind: Kind | None) -> bool:
    """Return whether the user may import tables of this kind, so add and change all rows that it may write."""
    return (
        kind is not None
        and _may(request, "add", TableImport)
        and all(_may(request, verb, model) for model in kind.needed for verb in ("add", "change"))
    )


def may_view(request: HttpRequest, kind: Kind | None) -> bool:
    """Return whether the user may see imports of this kind. They show unpublished rows."""
    return _may(request, "view", TableImport) and (kind is None or _may(request, "view", kind.model))


def may_undo(request: HttpRequest, kind: Kind | None) -> bool:
    """Return whether the user may undo imports of this kind, so delete and change all rows that it may write."""
    return (
        kind is not None
        and _may(request, "delete", TableImport)
        and all(_may(request, verb, model) for model in kind.needed for verb in ("change", "delete"))
    )


def may_delete(request: HttpRequest, stored: TableImport) -> bool:
    """Return whether the user may delete this import. Nobody may while it is being checked or written."""
    return not stored.is_busy and _may(request, "delete", TableImport) and may_view(request, kind_named(stored.kind))


def allowed_kinds(request: HttpRequest) -> list[Kind]:
    return [kind for kind in kinds() if may_import(request, kind)]


def import_url(request: HttpRequest, model: type[Any]) -> str:
    """Return the URL for importing rows of `model`. Return "" if there is no such import, or if the user may not."""
    kind = kind_of(model)
    if kind is None or not may_import(request, kind):
        return ""
    return f"{reverse('admin:record_tableimport_add')}?{urlencode({'kind': kind.name})}"
