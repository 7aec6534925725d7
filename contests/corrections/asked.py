"""What is asked of the history: the corrections of each kind, as rows of one shape, so that one statement finds all."""

from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Aggregate, Case, Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value, When
from django.db.models.functions import Cast, Coalesce, Greatest, JSONObject
from django.db.models.lookups import Exact

from contests.models import Appearance, Contest, Recognition, Submission
from people.history import FIRST_VERSION

from .kinds import Kind


class _Joined(Aggregate):
    """The values of a group, with commas between them."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler, connection, **extra):
        template = "STRING_AGG((%(expressions)s)::text, ',' ORDER BY %(expressions)s)"
        return self.as_sql(compiler, connection, template=template, **extra)


def _moment(levels: int) -> Any:
    """The moment of an entry, as a question so many levels below it names it."""
    reference: Any = F("history_date")
    for _level in range(levels):
        reference = OuterRef("history_date" if _level == 0 else reference)
    return reference


def _state(contest: Contest, levels: int) -> Case:
    """Whether a submission, as a row or as a version of it, was one of those that `contest` showed at that moment."""
    versions = Contest.history.filter(id=contest.pk).values("public_entries")
    then = versions.filter(history_date__lte=_moment(levels + 1)).order_by("-history_date", "-history_id")
    first = versions.order_by("history_date", "history_id")
    entries = Coalesce(Subquery(then[:1]), Subquery(first[:1]), Value(contest.public_entries), output_field=TextField())
    known = Recognition.objects.filter(submission=OuterRef("id"), approved_at__lte=_moment(levels + 1))
    is_shown = (
        Q(Exact(entries, Value("all"))) | Q(Exact(entries, Value("selected")), is_selected=True) | Q(Exists(known))
    )
    return Case(
        When(Q(status="eligible") & is_shown, then=Value("shown")), default=Value("hidden"), output_field=TextField()
    )


def _state_of_film(kind: Kind, contest: Contest, levels: int) -> Coalesce:
    """The same of the submission that a row is a part of."""
    state = _state(contest, levels + 1)
    versions = Submission.history.filter(id=OuterRef(kind.part), history_date__lte=_moment(levels + 1))
    then = versions.order_by("-history_date", "-history_id").annotate(state=state).values("state")[:1]
    loaded = Submission.objects.filter(id=OuterRef(kind.part)).order_by().annotate(state=state).values("state")[:1]
    return Coalesce(Subquery(then), Subquery(loaded), output_field=TextField())


def _told(kind: Kind, contest: Contest, levels: int = 0) -> Cast:
    """The fields that are told of an entry, as text: what differs in it is a correction."""
    columns: dict[str, Any] = {}
    for name in kind.fields:
        field = kind.model._meta.get_field(name)
        columns[name] = _linked(kind, field) if field.many_to_many else F(field.attname)
    # Of what stood elsewhere, or belonged to a film that nobody saw, nothing is told: it came with the move.
    columns["_contest"] = F(kind.to_contest)
    if kind.model is Submission:
        columns["_state"] = _state(contest, levels)
        columns["film_url"] = Case(
            When(film_url_audience="public", then=F("film_url")), default=Value(""), output_field=TextField()
        )
    elif kind.part:
        columns["_state"] = _state_of_film(kind, contest, levels)
    if kind.part or kind.model in (Appearance,):
        parent = kind.part or "event_id"
        columns["_parent"] = F(parent)
    return Cast(JSONObject(**columns), TextField())


def _linked(kind: Kind, field: models.ManyToManyField) -> Subquery:
    links = getattr(kind.model.history.model, field.name).model._base_manager
    target = f"{field.m2m_reverse_field_name()}_id"
    found = links.filter(history=OuterRef("history_id")).order_by().values("history")
    return Subquery(found.annotate(all=_Joined(target)).values("all"), output_field=TextField())


def entries_of(kind: Kind, contest: Contest, since: datetime, at: datetime) -> QuerySet:
    """The corrections of one kind, each as (kind, id of the entry, its moment, type, reason, row, now, before)."""
    history = kind.model.history
    earlier = history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    rows = history.filter(**{kind.to_contest: contest.pk}, history_date__lte=at).order_by()
    public = kind.model._default_manager.public(at).filter(**{kind.to_contest: contest.pk})
    shown = Q(id__in=public.values("pk")) & ~Q(history_type="-")
    gone = Q(history_type="-")
    first_shown = Value(since)
    if kind.model is Submission:
        was = earlier.annotate(state=_state(contest, 1)).values("state")[:1]
        rows = rows.annotate(state=_state(contest, 0), was=Subquery(was))
        left = Q(was="shown", state="hidden")
        shown, gone = shown & Q(state="shown"), Q(history_type="-", state="shown") | left
    elif kind.model is Recognition:
        # One that was approved later than the rest came later too.
        own = Recognition.objects.filter(pk=OuterRef("id")).values("approved_at")[:1]
        first_shown = Greatest(Value(since), Coalesce(Subquery(own), Value(since)))
        gone &= Q(approved_at__isnull=False)
    if kind.part:
        films = Submission.objects.public(at).filter(pk=OuterRef(kind.part))
        rows = rows.annotate(film_then=_state_of_film(kind, contest, 0))
        part_is_shown = Q(Exists(films)) & Q(film_then="shown")
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
    # What is kept of a row before its first change is there to compare with: nobody corrected anything.
    kept = Q(history_change_reason=FIRST_VERSION, history_user__isnull=True)
    # The first entry of a row that came without a history was made by a person, or by what loaded it.
    first = Q(told_before__isnull=True) & (Q(history_type="+") | Q(history_user__isnull=False))
    changed = gone | first | ~Q(told_before=F("told_now")) & Q(told_before__isnull=False)
    if kind.model is Recognition:
        changed |= Q(before_at__lt=F("shown_from"), shown_from__gt=since)
    return rows.filter(shown | gone, ~kept, changed, history_date__gt=F("shown_from")).values_list(
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


def only_after(rows: QuerySet, label: str, place: tuple[datetime, str, int] | None) -> QuerySet:
    """Those of one kind that come after `place`, the last row of the page before."""
    if place is None:
        return rows
    moment, kind, number = place
    same = Q(history_date=moment)
    if label == kind:
        same &= Q(history_id__lt=number)
    elif label < kind:
        return rows.filter(history_date__lt=moment)
    return rows.filter(Q(history_date__lt=moment) | same)
