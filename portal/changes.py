"""When a row was last changed, and since when it is public, as its history has it."""

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest


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
    was later. For rows that are public, which have all of these moments behind them.
    """
    revealed = [F(f"{via}__{moment}") for moment in ("published_at", "approved_at", "reveal_at")]
    made = rows.model.history.filter(id=OuterRef("pk")).order_by("history_date").values("history_date")[:1]
    # A row that a fixture brought has no history.
    return rows.annotate(since=Greatest(*revealed, Coalesce(Subquery(made), revealed[-1])))
