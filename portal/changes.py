"""When a row was last changed, as its history has it."""

from django.db.models import OuterRef, QuerySet, Subquery


def with_last_change(rows: QuerySet) -> QuerySet:
    """
    With `changed_at`: None where a row has no history, since a fixture brought it. Not for contests: their history has
    the approval of results that nobody may know of yet.
    """
    history = rows.model.history.filter(id=OuterRef("pk")).order_by("-history_date", "-history_id")
    return rows.annotate(changed_at=Subquery(history.values("history_date")[:1]))
