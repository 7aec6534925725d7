"""The latest changes by other users to rows of any model, from the history tables."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, cast

from django.contrib.admin import ModelAdmin
from django.contrib.auth import get_user_model
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import HttpRequest

from record.admin.picker_labels import for_choice
from record.history import is_tracked

from . import Line, joins_of, line, visible

if TYPE_CHECKING:
    from portal.admin_site import LaurelAdminSite

SHOWN = 8
# Only this number of latest changes is read for each model. From these, the changes by other users are selected.
LOOKED_AT = 500


@dataclass(frozen=True)
class Change:
    """
    One change in the history: a user added, changed or deleted a row. `line` is None if the row no longer exists.
    `reason` may be blank.
    """

    at: datetime
    ago: str
    who: str
    type: str
    kind: str
    line: Line | None
    reason: str


def changes(site: "LaurelAdminSite", request: HttpRequest) -> list[Change]:
    """
    Return the latest changes by other users, newest first and at most `SHOWN`. Changes to rows that the signed-in user
    may not view are left out. Runs one SQL statement, plus one for each model among the changes.
    """
    admins = {admin.opts.label_lower: admin for admin in visible(site, request) if is_tracked(admin.model)}
    if not admins:
        return []
    first, *others = [_changes_of(model_admin, cast(int, request.user.pk)) for model_admin in admins.values()]
    found = list(first.union(*others, all=True).order_by("-its_moment", "-history_id")[:SHOWN])
    lines = {label: _lines(admins[label], [each for each in found if each["its_model"] == label]) for label in admins}
    return [
        Change(
            at=each["its_moment"],
            ago=naturaltime(each["its_moment"]),
            who=each["its_author"],
            type=each["history_type"],
            kind=str(admins[each["its_model"]].opts.verbose_name),
            line=lines[each["its_model"]].get(each["its_row"]),
            reason=each["history_change_reason"] or "",
        )
        for each in found
    ]


def _changes_of(model_admin: ModelAdmin, user: int) -> QuerySet:
    history = model_admin.model.history
    last = history.order_by("-history_date", "-history_id").values("history_id")[:LOOKED_AT]
    rows = history.filter(history_id__in=last, history_user__isnull=False).exclude(history_user=user).order_by()
    if model_admin.model is get_user_model():
        # Skip changes by users to their own accounts: every sign-in is recorded as such a change, but it is not an
        # edit.
        rows = rows.exclude(history_user=F(model_admin.opts.pk.attname))
    name = Coalesce(NullIf(F("history_user__name"), Value("")), F("history_user__email"), output_field=CharField())
    # The annotations must not have the name of a field of any model, so their names begin with "its_".
    return rows.values(
        "history_id",
        "history_type",
        "history_change_reason",
        its_moment=F("history_date"),
        its_row=F(model_admin.opts.pk.attname),
        its_author=name,
        its_model=Value(model_admin.opts.label_lower, output_field=CharField()),
    )


def _lines(model_admin: ModelAdmin, found: list[dict]) -> dict[int, Line]:
    if not found:
        return {}
    rows = model_admin.model._default_manager.select_related(*joins_of(model_admin))
    rows = for_choice(model_admin, rows)
    return {row.pk: line(model_admin, row) for row in rows.filter(pk__in={each["its_row"] for each in found})}
