"""The audit log in the admin: the history of all models, newest changes first, with the account and the reason."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.utils import quote
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from record.csv_safety import harmless
from record.history import is_first_version, is_tracked

from .version_diff import Version, set_changes, set_names

SHOWN = 50
EXPORTED_AT_ONCE = 500
MOST_ACCOUNTS = 500
NOBODY = "nobody"
KINDS = [("+", _("Added")), ("~", _("Changed")), ("-", _("Deleted"))]
COLUMNS = ("when", "account", "what", "kind", "id", "name", "reason", "field", "before", "after")
WHAT = {"+": "added", "~": "changed", "-": "deleted"}


@dataclass(frozen=True)
class Place:
    """
    A position in the log, used for paging: the time, the model label and the history ID of the last entry of a page.
    """

    at: datetime
    kind: str
    number: int

    def __str__(self) -> str:
        return f"{self.at.astimezone(UTC).isoformat()} {self.kind} {self.number}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """Return the position that `text`, a value from a URL, describes. Return None if `text` is not valid."""
        try:
            moment, kind, number = text.split(" ")
            at = parse_datetime(moment)
            return None if at is None else cls(at.astimezone(UTC), kind, int(number) if len(number) < 19 else 0)
        except (ValueError, OverflowError):
            return None

    def before(self, kind: str) -> Q:
        """
        Return a Q object for the history entries of the model with label `kind` that the log lists after this position.
        The log is sorted by time, model label and history ID, all in descending order.
        """
        if kind == self.kind:
            return Q(history_date__lt=self.at) | Q(history_date=self.at, history_id__lt=self.number)
        return Q(history_date__lte=self.at) if kind < self.kind else Q(history_date__lt=self.at)


class _DayField(forms.DateField):
    """
    An optional field for a date from 1900 to 2999. These limits prevent an overflow when a day is added or the time
    zone is converted.
    """

    widget = forms.DateInput(attrs={"type": "date"})
    default_validators = [MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2999, 12, 31))]

    def __init__(self, **kwargs: Any):
        super().__init__(required=False, **kwargs)


class Filters(forms.Form):
    """The form with the filters of the log. Dates are in the current time zone, and `until` includes the whole day."""

    account = forms.ChoiceField(label=_("Account"), required=False)
    kind = forms.ChoiceField(label=_("Kind of row"), required=False)
    what = forms.ChoiceField(label=_("What was done"), required=False, choices=[("", _("Any action")), *KINDS])
    since = _DayField(label=pgettext_lazy("day", "From"))
    until = _DayField(label=_("To"))

    def __init__(self, data: Any, kinds: dict[str, ModelAdmin]):
        super().__init__(data)
        asked = data.get("account", "")
        known = get_user_model().objects.filter(
            Q(is_staff=True) | Q(pk=asked if asked.isdecimal() and len(asked) < 19 else None)
        )
        accounts = [(str(user.pk), str(user)) for user in known.order_by("name", "email")[:MOST_ACCOUNTS]]
        account, kind_of_row = (cast(forms.ChoiceField, self.fields[name]) for name in ("account", "kind"))
        account.choices = [
            ("", _("Any account")),
            *accounts,
            (NOBODY, _("Commands (changes without an account)")),
        ]
        names = sorted(
            (str(capfirst(model_admin.opts.verbose_name_plural)), kind) for kind, model_admin in kinds.items()
        )
        kind_of_row.choices = [("", _("All")), *((kind, name) for name, kind in names)]

    def clean_since(self) -> datetime | None:
        return _midnight(self.cleaned_data["since"])

    def clean_until(self) -> datetime | None:
        day = self.cleaned_data["until"]
        return _midnight(day and day + timedelta(days=1))

    def condition(self) -> Q:
        """Return a Q object for history entries that combines all filters except `kind`, the model."""
        asked, found = self.cleaned_data, Q()
        if asked["account"]:
            found &= Q(history_user=None) if asked["account"] == NOBODY else Q(history_user=asked["account"])
        if asked["what"]:
            found &= Q(history_type=asked["what"])
        if asked["since"]:
            found &= Q(history_date__gte=asked["since"])
        if asked["until"]:
            found &= Q(history_date__lt=asked["until"])
        return found

    def of(self, kinds: dict[str, ModelAdmin]) -> dict[str, ModelAdmin]:
        chosen = self.cleaned_data["kind"]
        return {chosen: kinds[chosen]} if chosen else kinds


def _midnight(day: Any) -> datetime | None:
    return day and timezone.make_aware(datetime.combine(day, time.min))


def kinds_seen_by(request: HttpRequest, site: AdminSite) -> dict[str, ModelAdmin]:
    """Return all models that have a history and that the user may view, as {model label: model admin}."""
    return {
        model_admin.opts.label_lower: model_admin
        for model, model_admin in site._registry.items()
        if is_tracked(model) and model_admin.has_view_or_change_permission(request)
    }


def entries(kinds: dict[str, ModelAdmin], condition: Q, after: Place | None, limit: int) -> list[Version]:
    """
    Return the newest `limit` historical records of the models in `kinds`, {model label: model admin}, that meet
    `condition` and come after the position `after`. Set the attributes `kind`, `row_name`, `row_pk`, `row_is_there` and
    `changes` on each record. Runs one SQL statement, one for each model among the records, and one for each
    many-to-many field of these models and for each other part of their names.
    """
    parts = [_newest(kind, model_admin.model, condition, after, limit) for kind, model_admin in kinds.items()]
    found = parts[0].union(*parts[1:], all=True) if parts[1:] else parts[0]
    places = list(found.order_by("-history_date", "-its_kind", "-history_id")[:limit])
    records: dict[tuple[str, int], Version] = {}
    for kind, model_admin in kinds.items():
        numbers = [number for number, _at, its_kind in places if its_kind == kind]
        for record in _told(model_admin.model, numbers) if numbers else ():
            record.kind = kind
            records[kind, record.history_id] = record
    return [records[kind, number] for number, _at, kind in places]


def _newest(kind: str, model: Any, condition: Q, after: Place | None, limit: int) -> QuerySet:
    rows = model.history.filter(condition)
    if after is not None:
        rows = rows.filter(after.before(kind))
    # SQLite does not allow LIMIT in a part of a union, but it allows LIMIT in a subquery of that part.
    last = rows.order_by("-history_date", "-history_id").values("history_id")[:limit]
    part = model.history.filter(history_id__in=last).order_by()
    return part.annotate(its_kind=Value(kind, output_field=CharField())).values_list(
        "history_id", "history_date", "its_kind"
    )


def _told(model: Any, numbers: Sequence[int]) -> list[Version]:
    """
    Return the historical records of `model` with the history IDs `numbers`. The attribute `changes` of a record has the
    differences from the previous record of the same row.
    """
    pk_name = model._meta.pk.attname
    before = model.history.filter(**{pk_name: OuterRef(pk_name)}, history_id__lt=OuterRef("history_id"))
    before = model.history.filter(history_id__in=numbers).values(
        before=Subquery(before.order_by("-history_id").values("history_id")[:1])
    )
    rows = model.history.filter(Q(history_id__in=numbers) | Q(history_id__in=before))
    rows = rows._select_related_history_tracked_objs().select_related("history_user")
    there = Exists(model._base_manager.filter(pk=OuterRef(pk_name)))
    everything = list(rows.annotate(row_is_there=there).order_by("-history_id"))
    set_changes(everything)
    wanted = set(numbers)
    records = [record for record in everything if record.history_id in wanted]
    set_names(records)
    for record in records:
        record.row_pk = getattr(record, pk_name)
    return records


def page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Show the log, filtered by account, model, kind of change (added, changed or deleted), and date."""
    kinds = _kinds_or_403(request, site)
    filters = Filters(request.GET, kinds)
    after = Place.read(request.GET.get("after", ""))
    found: list[Version] = []
    if filters.is_valid():
        found = entries(filters.of(kinds), filters.condition(), after, SHOWN + 1)
    asked = request.GET.copy()
    asked.pop("after", None)
    older = None
    if len(found) > SHOWN:
        last = found[SHOWN - 1]
        older = asked.copy()
        older["after"] = str(Place(last.history_date, last.kind, last.history_id))
    for record in found:
        opts = kinds[record.kind].opts
        name = f"{site.name}:{opts.app_label}_{opts.model_name}"
        record.kind_name = capfirst(opts.verbose_name)
        record.history_page = reverse(f"{name}_history", args=[quote(record.row_pk)])
        record.row_page = record.row_is_there and reverse(f"{name}_change", args=[quote(record.row_pk)])
        record.what = _("First version") if is_first_version(record) else dict(KINDS)[record.history_type]
    context = {
        **site.each_context(request),
        "title": _("History"),
        "filters": filters,
        "zone": timezone.get_current_timezone_name(),
        "records": found[:SHOWN],
        "asked": asked.urlencode(),
        "older": older and older.urlencode(),
        "is_newest": after is None,
    }
    return render(request, "admin/record_whole_history.html", context)


def export(request: HttpRequest, site: AdminSite) -> HttpResponse | StreamingHttpResponse:
    """
    Return the filtered log as a CSV file, with one line for each changed field and times in UTC. If a filter is
    invalid, redirect to the log.
    """
    kinds = _kinds_or_403(request, site)
    filters = Filters(request.GET, kinds)
    if not filters.is_valid():
        return redirect(f"{reverse(f'{site.name}:record_history')}?{request.GET.urlencode()}")
    lines = _lines(filters.of(kinds), filters.condition())
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="history-{timezone.now():%Y-%m-%d}.csv"'
    return response


def _kinds_or_403(request: HttpRequest, site: AdminSite) -> dict[str, ModelAdmin]:
    kinds = kinds_seen_by(request, site)
    if not kinds:
        raise PermissionDenied
    return kinds


class _Line:
    """A file object for csv.writer that returns each line instead of storing it."""

    def write(self, text: str) -> str:
        return text


def _lines(kinds: dict[str, ModelAdmin], condition: Q) -> Iterator[str]:
    write = csv.writer(_Line()).writerow
    yield "\ufeff" + write(COLUMNS)
    after: Place | None = None
    while True:
        # This code runs after the view has returned, when the language and the time zone of the request are no longer
        # active.
        with translation.override("en"), timezone.override(UTC):
            found = entries(kinds, condition, after, EXPORTED_AT_ONCE)
            lines = [write([harmless(cell) for cell in line]) for record in found for line in _cells(kinds, record)]
        yield from lines
        if len(found) < EXPORTED_AT_ONCE:
            return
        after = Place(found[-1].history_date, found[-1].kind, found[-1].history_id)


def _cells(kinds: dict[str, ModelAdmin], record: Any) -> Iterator[list[str]]:
    told = [
        record.history_date.astimezone(UTC).isoformat(timespec="seconds"),
        str(record.history_user or ""),
        "kept" if is_first_version(record) else WHAT[record.history_type],
        str(kinds[record.kind].opts.verbose_name),
        str(record.row_pk),
        record.row_name,
        record.history_change_reason or "",
    ]
    for change in record.changes:
        yield [*told, change.field, *change.whole]
    if not record.changes:
        yield [*told, "", "", ""]
