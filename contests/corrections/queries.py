"""
Queries for corrections in the history. Each kind of row has the same columns, so that one statement reads them all.
"""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Aggregate, Case, Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Greatest, JSONObject

from contests.models import Appearance, Contest, Recognition, Submission
from record.history import IS_FIRST_VERSION
from record.models import Merge
from record.viewpoint import Viewpoint

from .kinds import Kind
from .past_states import state_of, state_of_work
from .shared_rows import tied


class _Joined(Aggregate):
    """The values of a group, separated by commas."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler, connection, **extra):
        template = "STRING_AGG((%(expressions)s)::text, ',' ORDER BY %(expressions)s)"
        return self.as_sql(compiler, connection, template=template, **extra)


def _told(kind: Kind, contest: Contest, levels: int = 0) -> Cast:
    """
    Return the public fields of a history record as text. If it differs from the text of the record before, the record
    is a correction.
    """
    columns: dict[str, Any] = {}
    for name in kind.fields:
        field = kind.model._meta.get_field(name)
        columns[name] = _linked(kind, field) if field.many_to_many else F(field.attname)
    # A row that came from another contest, or from a work that was hidden, counts as new, so its old values are not
    # shown.
    columns["_contest"] = F(kind.to_contest) if kind.to_contest else Value(contest.pk)
    if kind.model is Submission:
        columns["_state"] = state_of(contest, levels)
        columns["work_url"] = Case(
            When(work_url_audience="public", then=F("work_url")), default=Value(""), output_field=TextField()
        )
    elif kind.part:
        columns["_state"] = state_of_work(kind.part, contest, levels)
    if kind.part or kind.model in (Appearance,):
        parent = kind.part or "event_id"
        columns["_parent"] = F(parent)
    return Cast(JSONObject(**columns), TextField())


def _linked(kind: Kind, field: models.ManyToManyField) -> Subquery:
    links = getattr(kind.model.history.model, field.name).model._base_manager
    target = f"{field.m2m_reverse_field_name()}_id"
    found = links.filter(history=OuterRef("history_id")).order_by().values("history")
    return Subquery(found.annotate(all=_Joined(target)).values("all"), output_field=TextField())


def entries_of(kind: Kind, contest: Contest, since: datetime, viewpoint: Viewpoint) -> QuerySet:
    """
    Return the corrections of one kind. Columns: kind, history id, time, type, reason, row id, fields now, fields
    before, time of the earlier record, time from which the row was public, step.
    """
    history = kind.model.history
    earlier = history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    first_shown: Any = Value(since)
    if kind.to_contest:
        rows = history.filter(**{kind.to_contest: contest.pk}, history_date__lte=viewpoint.at).order_by()
        public = kind.model._default_manager.public(viewpoint).filter(**{kind.to_contest: contest.pk})
        shown, gone = Q(id__in=public.values("pk")) & ~Q(history_type="-"), Q(history_type="-")
    else:  # people, organisations and series: only changes to them count, not whether they were created or deleted
        rows = history.filter(history_type="~", history_date__gt=since, history_date__lte=viewpoint.at).order_by()
        shown, gone = tied(kind.model, contest, viewpoint), Q(pk__in=[])
    if kind.model is Submission:
        was = earlier.annotate(state=state_of(contest, 1)).values("state")[:1]
        rows = rows.annotate(state=state_of(contest, 0), was=Subquery(was))
        left = Q(was="shown", state="hidden")
        shown, gone = shown & Q(state="shown"), Q(history_type="-", state="shown") | left
    elif kind.model is Recognition:
        # A recognition that was approved after the rest also became public after it.
        own = Recognition.objects.filter(pk=OuterRef("id")).values("approved_at")[:1]
        first_shown = Greatest(Value(since), Coalesce(Subquery(own), Value(since)))
        gone &= Q(approved_at__isnull=False)
    if kind.part:
        works = Submission.objects.public(viewpoint).filter(pk=OuterRef(kind.part))
        rows = rows.annotate(work_then=state_of_work(kind.part, contest, 0))
        part_is_shown = Q(Exists(works)) & Q(work_then="shown")
        part_is_shown |= Q(**{f"{kind.part}__isnull": True})
        shown, gone = shown & part_is_shown, gone & part_is_shown
    rows = rows.annotate(
        shown_from=first_shown,
        of_kind=Value(kind.label, output_field=TextField()),
        told_now=_told(kind, contest),
        told_before=Subquery(
            earlier.annotate(told=_told(kind, contest, 1)).values("told")[:1], output_field=TextField()
        ),
        before_at=Subquery(earlier.values("history_date")[:1]),
        of_step=Cast(F("step") if hasattr(history.model, "step") else Value(""), TextField()),
    )
    # The first history record of a row counts only if an editor made it; otherwise the row was loaded by a command.
    first = Q(told_before__isnull=True) & Q(history_user__isnull=False)
    # A row that was deleted and put back has the same values as before.
    first |= Q(history_type="+")
    # A merge that was undone has no effect in the end. All history records of a merge have the same time.
    undone = Merge.objects.filter(undone_at__lte=viewpoint.at).filter(
        Q(merged_at=OuterRef("history_date")) | Q(undone_at=OuterRef("history_date"))
    )
    by_merge = Q(history_change_reason__startswith="Merge") & Q(Exists(undone))
    changed = gone | first | ~Q(told_before=F("told_now")) & Q(told_before__isnull=False)
    if kind.model is Recognition:
        changed |= Q(before_at__lt=F("shown_from"), shown_from__gt=since)
    return rows.filter(
        shown | gone, ~IS_FIRST_VERSION, ~by_merge, changed, history_date__gt=F("shown_from")
    ).values_list(
        *(
            "of_kind",
            "history_id",
            "history_date",
            "history_type",
            "history_change_reason",
            "id",
            "told_now",
            "told_before",
        ),
        *("before_at", "shown_from", "of_step"),
    )


def only_after(rows: QuerySet, label: str, position: tuple[datetime, str, int] | None) -> QuerySet:
    """Return the rows of one kind after `position`, the last row of the previous page."""
    if position is None:
        return rows
    moment, kind, number = position
    same = Q(history_date=moment)
    if label == kind:
        same &= Q(history_id__lt=number)
    elif label < kind:
        return rows.filter(history_date__lt=moment)
    return rows.filter(Q(history_date__lt=moment) | same)
