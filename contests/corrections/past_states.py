"""SQL expressions that tell whether a submission was public at the time of a history record."""

from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Case, Exists, F, OuterRef, Q, Subquery, TextField, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from contests.models import Contest, Recognition, Submission


@dataclass(frozen=True)
class ContestColumns:
    """The columns of a contest that queries of corrections need: its primary key and others. Each is an expression."""

    pk: Any
    public_entries: Any
    organiser: Any
    series: Any


def moment(levels: int) -> Any:
    """
    Return an expression for the time of a history record: the column `history_date` of the query that is `levels`
    subqueries further out.
    """
    reference: Any = F("history_date")
    for _level in range(levels):
        reference = OuterRef("history_date" if _level == 0 else reference)
    return reference


def state_of(contest: ContestColumns, levels: int) -> Case:
    """
    Return an SQL expression for queries of the history of submissions: "shown" if `contest` showed the submission to
    the public at the time of the history record, else "hidden". `levels` is the number of subqueries around the
    expression within the query of the history.
    """
    versions = Contest.history.filter(id=contest.pk).values("public_entries")
    then = versions.filter(history_date__lte=moment(levels + 1)).order_by("-history_date", "-history_id")
    first = versions.order_by("history_date", "history_id")
    entries = Coalesce(Subquery(then[:1]), Subquery(first[:1]), contest.public_entries, output_field=TextField())
    known = Recognition.objects.filter(submissions=OuterRef("id"), approved_at__lte=moment(levels + 1))
    is_shown = (
        Q(Exact(entries, Value("all"))) | Q(Exact(entries, Value("selected")), is_selected=True) | Q(Exists(known))
    )
    return Case(
        When(Q(status="eligible") & is_shown, then=Value("shown")), default=Value("hidden"), output_field=TextField()
    )


def state_of_entries(column: str, contest: ContestColumns, levels: int, record: int | None = None) -> Case:
    """
    Return an SQL expression with the value "shown" or "hidden": whether `contest` showed an entry of the work to which
    `column` refers, at the time of a history record. `levels` is as in `state_of_work`. An entry that belonged to
    another work then does not count, for example before two works were merged: at the time of the history record that
    is `record` subqueries further out (by default, as many as `levels`).
    """
    versions = Submission.history.filter(id=OuterRef("pk")).values("work")
    at = moment((levels if record is None else record) + 2)
    then = versions.filter(history_date__lte=at).order_by("-history_date", "-history_id")
    # A work is made before its first entry. If the entry has no version yet, its first one tells.
    first = versions.order_by("history_date", "history_id")
    entries = Submission.objects.filter(work=OuterRef(column), contest=contest.pk).order_by()
    entries = entries.annotate(
        state=state_of_work("pk", contest, levels + 1),
        work_then=Coalesce(Subquery(then[:1]), Subquery(first[:1]), F("work_id"), output_field=BigIntegerField()),
    )
    shown = entries.filter(state="shown", work_then=F("work_id"))
    return Case(When(Exists(shown), then=Value("shown")), default=Value("hidden"), output_field=TextField())


def state_of_work(column: str, contest: ContestColumns, levels: int) -> Coalesce:
    """
    Return an SQL expression with the value "shown" or "hidden": whether `contest` showed the submission to which
    `column` refers, at the time of a history record. `levels` is the number of subqueries between the expression and
    the query of that history record.
    """
    state = state_of(contest, levels + 1)
    versions = Submission.history.filter(id=OuterRef(column), history_date__lte=moment(levels + 1))
    then = versions.order_by("-history_date", "-history_id").annotate(state=state).values("state")[:1]
    loaded = Submission.objects.filter(id=OuterRef(column)).order_by().annotate(state=state).values("state")[:1]
    return Coalesce(Subquery(then), Subquery(loaded), output_field=TextField())
