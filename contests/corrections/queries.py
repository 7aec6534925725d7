"""
The query that finds corrections in the history. The queries for all models return the same columns, so that one SQL
statement can combine them with UNION. Django takes half a second to build this statement, so it is prepared.
"""

from datetime import datetime
from typing import Any

from django.db import models, router
from django.db.models import Aggregate, Case, Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Greatest, JSONObject

from contests.models import Appearance, Contest, Party, Recognition, Submission, Work
from contests.works import WITH_ENTRY, WITH_WORK
from record.history import IS_FIRST_VERSION
from record.models import Merge
from record.prepared_queries import PreparedQuery
from record.viewpoint import Viewpoint

from .kinds import ALL_KINDS, Kind
from .past_states import ContestColumns, state_of, state_of_entries, state_of_work
from .shared_rows import tied

PER_PAGE = 24
# The columns that lead to the row that a correction names as its subject, for kinds without a `part`.
_PARENT_COLUMNS: dict[type[models.Model], str] = {Appearance: "event_id", Party: "recognition__award_id"}


class _Joined(Aggregate):
    """An SQL aggregate that joins the values of a group, separated by commas."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = "STRING_AGG((%(expressions)s)::text, ',' ORDER BY %(expressions)s)"
        return self.as_sql(compiler, connection, template=template, **extra)


def _told(kind: Kind, contest: ContestColumns, levels: int = 0) -> Cast:
    """
    Return an SQL expression for the public fields of a history record, as JSON text. If the text differs from that of
    the row's previous history record, the record is a correction. `levels` is the number of subqueries around the
    expression.
    """
    columns: dict[str, Any] = {}
    for name in kind.fields:
        field = kind.field(name)
        columns[name] = _linked(kind, field) if isinstance(field, models.ManyToManyField) else F(field.attname)
    # Also read, as of the time of the record, the contest of the row and whether its work was visible. If the row was
    # in another contest before, or its work was hidden, the correction shows the row as added, without old values.
    columns["_contest"] = F(kind.to_contest) if kind.to_contest else contest.pk
    if kind.model is Submission:
        columns["_state"] = state_of(contest, levels)
        columns["work_url"] = Case(
            When(work_url_audience="public", then=F("work_url")), default=Value(""), output_field=TextField()
        )
    elif kind.part:
        columns["_state"] = state_of_work(kind.part, contest, levels)
    elif kind.of_work:
        # Of the record itself, also if it is the one before the correction: its work may have had no entry then.
        columns["_state"] = state_of_entries(kind.of_work, contest, levels, record=0)
    of_work = kind.of_work if kind.model is not Work else ""
    if parent := kind.part or of_work or _PARENT_COLUMNS.get(kind.model, ""):
        columns["_parent"] = F(parent)
    return Cast(JSONObject(**columns), TextField())


def _linked(kind: Kind, field: models.ManyToManyField) -> Subquery:
    links = getattr(kind.history.model, field.name).model._base_manager
    target = f"{field.m2m_reverse_field_name()}_id"
    found = links.filter(history=OuterRef("history_id")).order_by().values("history")
    return Subquery(found.annotate(all=_Joined(target)).values("all"), output_field=TextField())


def _reason(kind: Kind, viewpoint: Viewpoint) -> Any:
    """
    Return an SQL expression for the reason of a history record. For a row that belongs to a work, it is null if the
    work has, or had, an entry that is not public: the editor may have written the reason on the page of that entry.
    """
    said = F("history_change_reason")
    if not kind.of_work:
        return said
    public = Submission.objects.public(viewpoint)
    entries = Submission.objects.filter(work=OuterRef(kind.of_work)).order_by()
    former = Submission.history.filter(work=OuterRef(kind.of_work)).order_by()
    hidden = Q(Exists(entries.filter(~Exists(public.filter(pk=OuterRef("pk"))))))
    hidden |= Q(Exists(former.filter(~Exists(public.filter(pk=OuterRef("id"))))))
    return Case(When(hidden, then=Value(None)), default=said, output_field=TextField())


def _entries_of(kind: Kind, contest: ContestColumns, since: Any, viewpoint: Viewpoint) -> QuerySet:
    """
    Return the corrections of the rows of `kind` in `contest`, as tuples with these columns: model name; the history
    record's primary key, time, type and reason; the row's primary key; the public fields after and before the change;
    the time of the row's previous history record; the time from which the row was public; the change of state, if any.
    `since` is the time from which the contest's results are public.
    """
    history = kind.history
    earlier = history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    first_shown = since
    if kind.to_contest:
        rows = history.filter(**{kind.to_contest: contest.pk}, history_date__lte=viewpoint.at).order_by()
        public = kind.public(viewpoint).filter(**{kind.to_contest: contest.pk})
        # Not `id__in`: SQLite would list all public rows to look up each of them in the history.
        shown = Q(Exists(public.filter(pk=OuterRef("id")).order_by())) & ~Q(history_type="-")
        gone = Q(history_type="-")
    elif kind.of_work:
        entered = Submission.objects.filter(contest=contest.pk).order_by().values("work")
        rows = history.filter(**{f"{kind.of_work}__in": entered}, history_date__lte=viewpoint.at).order_by()
        # The entry of a work says the same, so readers see the change once.
        rows = (
            rows.exclude(history_change_reason__isnull=False, history_change_reason__startswith=WITH_ENTRY)
            if kind.model is Work
            else rows
        )
        shown = Q(Exists(kind.public(viewpoint).filter(pk=OuterRef("id")).order_by())) & ~Q(history_type="-")
        gone = Q(history_type="-")
    else:  # For people, series and so on, creating or deleting a row is not a correction, only changing it.
        rows = history.filter(history_type="~", history_date__gt=since, history_date__lte=viewpoint.at).order_by()
        shown, gone = tied(kind.model, contest, viewpoint), Q(pk__in=[])
    if kind.model is Submission:
        # The same change of its work is a correction already.
        rows = rows.exclude(history_change_reason__isnull=False, history_change_reason__startswith=WITH_WORK)
        was = earlier.annotate(state=state_of(contest, 1)).values("state")[:1]
        rows = rows.annotate(state=state_of(contest, 0), was=Subquery(was))
        left = Q(was="shown", state="hidden")
        shown, gone = shown & Q(state="shown"), Q(history_type="-", state="shown") | left
    elif kind.model in (Recognition, Party):
        # A recognition that was approved after the reveal became public at the time of its own approval.
        key = "id" if kind.model is Recognition else "recognition_id"
        approved = Recognition.objects.filter(pk=OuterRef(key))
        first_shown = Greatest(since, Coalesce(Subquery(approved.values("approved_at")[:1]), since))
        gone &= (
            Q(approved_at__isnull=False)
            if kind.model is Recognition
            else Q(Exists(approved.public(viewpoint).filter(approved_at__lt=OuterRef("history_date"))))
        )
    if kind.part:
        works = Submission.objects.public(viewpoint).filter(pk=OuterRef(kind.part))
        rows = rows.annotate(work_then=state_of_work(kind.part, contest, 0))
        part_is_shown = Q(Exists(works)) & Q(work_then="shown")
        part_is_shown |= Q(**{f"{kind.part}__isnull": True})
        shown, gone = shown & part_is_shown, gone & part_is_shown
    if kind.of_work:
        entries = Submission.objects.public(viewpoint).filter(work=OuterRef(kind.of_work), contest=contest.pk)
        rows = rows.annotate(work_then=state_of_entries(kind.of_work, contest, 0))
        part_is_shown = Q(Exists(entries)) & Q(work_then="shown")
        shown, gone = shown & part_is_shown, gone & part_is_shown
    rows = rows.annotate(
        shown_from=first_shown,
        reason=_reason(kind, viewpoint),
        of_kind=Value(kind.label, output_field=TextField()),
        told_now=_told(kind, contest),
        told_before=Subquery(
            earlier.annotate(told=_told(kind, contest, 1)).values("told")[:1], output_field=TextField()
        ),
        before_at=Subquery(earlier.values("history_date")[:1]),
        of_step=Cast(F("step") if hasattr(history.model, "step") else Value(""), TextField()),
    )
    # A row's first history record is a correction only if an editor made it, not if a command loaded the row.
    first = Q(told_before__isnull=True) & Q(history_user__isnull=False)
    # Restoring a deleted row is a correction too, although the row has the same values as before.
    first |= Q(history_type="+")
    # Leave out merges that were undone. All history records that a merge creates have the time of the merge.
    undone = Merge.objects.filter(undone_at__lte=viewpoint.at).filter(
        Q(merged_at=OuterRef("history_date")) | Q(undone_at=OuterRef("history_date"))
    )
    by_merge = Q(history_change_reason__startswith="Merge") & Q(Exists(undone))
    changed = gone | first | ~Q(told_before=F("told_now")) & Q(told_before__isnull=False)
    if kind.model in (Recognition, Party):
        changed |= Q(before_at__lt=F("shown_from"), shown_from__gt=since)
    # An import creates a contest and its rows at the same time. What came in with the contest corrects nothing.
    imported = Contest.history.filter(id=contest.pk, history_type="+", history_date=OuterRef("history_date"))
    came_in = Q(history_type="+") & Q(Exists(imported))
    return rows.filter(
        shown | gone, ~IS_FIRST_VERSION, ~by_merge, ~came_in, changed, history_date__gt=F("shown_from")
    ).values_list(
        *(
            "of_kind",
            "history_id",
            "history_date",
            "history_type",
            "reason",
            "id",
            "told_now",
            "told_before",
        ),
        *("before_at", "shown_from", "of_step"),
    )


def _only_after(rows: QuerySet, label: str, position: tuple[Any, str, Any] | None) -> QuerySet:
    """
    Return those of `rows` that come after `position` in the list. `position` is the time, the model name and the
    history id of the last row on the previous page, or None for the first page. `label` is the model name of `rows`.
    """
    if position is None:
        return rows
    moment, kind, number = position
    same = Q(history_date=moment)
    if label == kind:
        same &= Q(history_id__lt=number)
    elif label < kind:
        return rows.filter(history_date__lt=moment)
    return rows.filter(Q(history_date__lt=moment) | same)


def _newest(
    preview: int | None,
    kind: str | None,
    *,
    contest: Any,
    public_entries: Any,
    organiser: Any,
    series: Any,
    since: Any,
    at: Any,
    position_at: Any,
    position_id: Any,
) -> QuerySet:
    columns = ContestColumns(contest, public_entries, organiser, series)
    viewpoint = Viewpoint(at, preview)
    position = None if kind is None else (position_at, kind, position_id)
    parts = [
        _only_after(_entries_of(each, columns, since, viewpoint), each.label, position) for each in ALL_KINDS.values()
    ]
    union = parts[0].union(*parts[1:], all=True).order_by("-history_date", "of_kind", "-history_id")
    return union[: PER_PAGE + 1]


_NEWEST = PreparedQuery(
    _newest,
    {
        "contest": models.BigIntegerField(),
        "public_entries": models.TextField(),
        "organiser": models.BigIntegerField(),
        "series": models.BigIntegerField(),
        "since": models.DateTimeField(),
        "at": models.DateTimeField(),
        "position_at": models.DateTimeField(),
        "position_id": models.BigIntegerField(),
    },
)


def newest(
    contest: Contest, since: datetime, viewpoint: Viewpoint, position: tuple[datetime, str, int] | None
) -> list[tuple[Any, ...]]:
    """
    Return the corrections of `contest` after `position`, newest first, as the tuples that `_entries_of` describes: at
    most one more than a page shows. `since` is the time from which the contest's results are public. `position` is the
    time, the model name and the history record's primary key of the last row on the previous page, or None.
    """
    moment, kind, number = position or (None, None, None)
    return _NEWEST.rows(
        router.db_for_read(Contest),
        viewpoint.preview,
        kind,
        contest=contest.pk,
        public_entries=contest.public_entries,
        organiser=contest.organiser_id,
        series=contest.series_id,
        since=since,
        at=viewpoint.at,
        position_at=moment,
        position_id=number,
    )
