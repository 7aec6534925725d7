"""The time of a row's last change, and the time since when it is public, from its history."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest, Least

from record.models import Record

MANY = 500


def with_last_change(rows: QuerySet) -> QuerySet:
    """
    Annotate `changed_at`, the time of the last change; None if the row has no history, as after loading a fixture.
    Don't use it for contests: their history includes the approval of results, which stays secret until the reveal.
    """
    history = rows.model.history.filter(id=OuterRef("pk")).order_by("-history_date", "-history_id")
    return rows.annotate(changed_at=Subquery(history.values("history_date")[:1]))


def with_public_since(rows: QuerySet, via: str) -> QuerySet:
    """
    Annotate `since`, the time since when the row is public: the latest of its own creation and the publication,
    approval and reveal of the contest at the path `via`. A row with an approval and a reveal of its own counts those
    too. Only for public rows: all these times are in their past.
    """
    own = {field.name for field in rows.model._meta.fields}
    published, revealed = F(f"{via}__published_at"), F(f"{via}__reveal_at")
    moments: list[Any] = [published, F(f"{via}__approved_at"), *([F("approved_at")] if "approved_at" in own else [])]
    if "reveal_at" in own:
        # Databases differ on LEAST with null, so replace each null by the other value.
        revealed = Least(Coalesce(revealed, F("reveal_at")), Coalesce(F("reveal_at"), revealed))
    made = rows.model.history.filter(id=OuterRef("pk"), history_type="+").order_by("history_date")
    # For a row from a fixture, the history has no creation, only later changes.
    made_at = Coalesce(Subquery(made.values("history_date")[:1]), published)
    return rows.annotate(since=Greatest(*moments, revealed, made_at))


def last_change_of(row: Record, fields: Sequence[str]) -> datetime | None:
    """
    Return the time when one of `fields` last changed; None if the history doesn't show it. Other changes don't count:
    an editor who adds hidden winners saves the row too, which nobody may notice. One statement.
    """
    now = tuple(getattr(row, field) for field in fields)
    history = type(row).history.filter(id=row.pk).order_by("-history_date", "-history_id")
    changed = None
    for moment, *values in history.values_list("history_date", *fields)[:MANY]:
        if tuple(values) != now:
            break
        changed = moment
    return changed
