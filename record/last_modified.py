"""Queries for the time when a row was last changed, and for the time since which it has been public."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest, Least
from simple_history.utils import get_history_manager_for_model

from record.models import Record

MANY = 500


def with_last_change(rows: QuerySet) -> QuerySet:
    """
    Annotate `rows` with `changed_at`, the time of their last change; null for rows without a history, such as rows from
    a fixture. Don't use this function for contests: their last change may be the approval of results, which is secret
    until the reveal.
    """
    history = rows.model.history.filter(id=OuterRef("pk")).order_by("-history_date", "-history_id")
    return rows.annotate(changed_at=Subquery(history.values("history_date")[:1]))


def with_public_since(rows: QuerySet, via: str) -> QuerySet:
    """
    Annotate `rows` with `since`, the time since which each of them has been public. It is the latest of these times:
    the creation of the row; the publication, approval and reveal of its contest; and the row's own approval. If the row
    has a reveal time of its own, the earlier of the two reveal times counts. `via` is the path to the contest, such as
    "contest". All `rows` must be public.
    """
    own = {field.name for field in rows.model._meta.fields}
    published = F(f"{via}__published_at")
    revealed: F | Least = F(f"{via}__reveal_at")
    moments: list[Any] = [published, F(f"{via}__approved_at"), *([F("approved_at")] if "approved_at" in own else [])]
    if "reveal_at" in own:
        # LEAST with a null argument is null on SQLite but not on PostgreSQL. So if one reveal time is null, use the
        # other one in its place.
        revealed = Least(Coalesce(revealed, F("reveal_at")), Coalesce(F("reveal_at"), revealed))
    made = rows.model.history.filter(id=OuterRef("pk"), history_type="+").order_by("history_date")
    # A row from a fixture has no history entry for its creation. Use the publication of the contest instead.
    made_at = Coalesce(Subquery(made.values("history_date")[:1]), published)
    return rows.annotate(since=Greatest(*moments, revealed, made_at))


def last_change_of(row: Record, fields: Sequence[str]) -> datetime | None:
    """
    Return the time when one of `fields` was last changed; None if the history has no entry with the current values.
    Changes of other fields don't count, because their time could reveal that an editor is entering hidden winners.
    Needs one SQL statement.
    """
    now = tuple(getattr(row, field) for field in fields)
    history = get_history_manager_for_model(type(row)).filter(id=row.pk).order_by("-history_date", "-history_id")
    changed = None
    for moment, *values in history.values_list("history_date", *fields)[:MANY]:
        if tuple(values) != now:
            break
        changed = moment
    return changed
