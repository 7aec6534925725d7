"""When a row was last changed, and since when it is public, as its history has it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest, Least

from record.models import Record

MANY = 500


def with_last_change(rows: QuerySet) -> QuerySet:
    """
    With `changed_at`: None where a row has no history, since a fixture brought it. Not for contests: their history has
    the approval of results that nobody may know of yet.
    """
    history = rows.model.history.filter(id=OuterRef("pk")).order_by("-history_date", "-history_id")
    return rows.annotate(changed_at=Subquery(history.values("history_date")[:1]))


def with_public_since(rows: QuerySet, via: str) -> QuerySet:
    """
    With `since`: the moment of the reveal of the contest at the path `via`, or that at which the row was made, if this
    was later; of a row with an approval and a reveal of its own, theirs. For rows that are public, which have all of
    these moments behind them.
    """
    own = {field.name for field in rows.model._meta.fields}
    published, revealed = F(f"{via}__published_at"), F(f"{via}__reveal_at")
    moments: list[Any] = [published, F(f"{via}__approved_at"), *([F("approved_at")] if "approved_at" in own else [])]
    if "reveal_at" in own:
        # Databases disagree on the least of a moment and of none.
        revealed = Least(Coalesce(revealed, F("reveal_at")), Coalesce(F("reveal_at"), revealed))
    made = rows.model.history.filter(id=OuterRef("pk"), history_type="+").order_by("history_date")
    # Of a row that a fixture brought, only later changes are in the history.
    made_at = Coalesce(Subquery(made.values("history_date")[:1]), published)
    return rows.annotate(since=Greatest(*moments, revealed, made_at))


def last_change_of(row: Record, fields: Sequence[str]) -> datetime | None:
    """
    When one of these fields of the row last changed; None where its history doesn't say. An editor who enters what
    hangs on the row, hidden winners among it, saves the row too, and of that nobody may learn. One statement.
    """
    now = tuple(getattr(row, field) for field in fields)
    history = type(row).history.filter(id=row.pk).order_by("-history_date", "-history_id")
    changed = None
    for moment, *values in history.values_list("history_date", *fields)[:MANY]:
        if tuple(values) != now:
            break
        changed = moment
    return changed
