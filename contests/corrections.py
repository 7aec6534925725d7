"""
What was changed in a contest after the reveal of its results, from the same history that its editors read.

A correction is an entry of the history about a row that the public sees today, and saw then; of a row that is gone, it
is told only that there was one. Which fields are told, and in which words, stands in `KINDS`: what isn't named there
(the state of approval, places in an order, keys) is nobody's but the editors'. So is who made the change; why they did
is told. Everything that a page needs is asked in two statements, whatever is on it.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from itertools import groupby
from typing import Any

from django.db import models
from django.db.models import Aggregate, Exists, F, OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Greatest, JSONObject
from django.utils import formats
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django_countries import countries
from simple_history.template_utils import ObjDiffDisplay

from contests.models import (
    Appearance,
    Award,
    Category,
    Contest,
    Credit,
    Event,
    Figure,
    LeadingRegion,
    Quote,
    Recognition,
    Submission,
)
from contests.models.fields import zone_named
from people.enumeration import enumerated
from people.keyset import token_of
from people.models import Organisation, Person, Source

PER_PAGE = 24
# Of a long text, what stands around the first difference.
LONGEST = 300

SOURCE, SOURCES = gettext_lazy("Source"), gettext_lazy("Sources")
PERSON, ROLE = gettext_lazy("Person"), gettext_lazy("Role")
DESCRIPTION, NAME, TITLE = gettext_lazy("Description"), gettext_lazy("Name"), gettext_lazy("Title")
CITY, KIND = gettext_lazy("City"), gettext_lazy("Kind")


@dataclass(frozen=True)
class Kind:
    """
    What is told of one kind of row: its name, the column that leads to the contest, and the words for each field.
    `part` is the column of the submission with which it is shown; `added` are the fields that are told of a new one.
    """

    model: type[models.Model]
    name: Any
    to_contest: str
    fields: dict[str, Any]
    part: str = ""
    added: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        return self.model._meta.model_name


KINDS = {
    kind.label: kind
    for kind in (
        Kind(
            Contest,
            gettext_lazy("The contest"),
            "id",
            {
                "title": TITLE,
                "edition": gettext_lazy("Edition"),
                "tagline": gettext_lazy("Tagline"),
                "about": gettext_lazy("The contest’s story"),
                "organiser": gettext_lazy("Organiser"),
                "host_event": gettext_lazy("Alongside"),
                "city": CITY,
                "country": gettext_lazy("Country or region"),
                "prize_pool": gettext_lazy("Prize pool"),
                "prize_currency": gettext_lazy("Currency"),
                "opens_at": gettext_lazy("Opens"),
                "closes_at": gettext_lazy("Closes"),
                "hero": gettext_lazy("Image"),
                "sources": SOURCES,
            },
        ),
        Kind(
            Submission,
            gettext_lazy("Film"),
            "contest",
            {
                "title": TITLE,
                "original_title": gettext_lazy("Original title"),
                "category": gettext_lazy("Category"),
                "logline": gettext_lazy("Logline"),
                "synopsis": gettext_lazy("Synopsis"),
                "language": gettext_lazy("Spoken language"),
                "countries": gettext_lazy("Countries and regions"),
                "runtime": gettext_lazy("Runtime"),
                "year": gettext_lazy("Year"),
                "tools": gettext_lazy("Tools used"),
                "film_url": gettext_lazy("Where to see it"),
                "poster": gettext_lazy("Poster"),
                "sources": SOURCES,
            },
        ),
        Kind(
            Credit,
            pgettext_lazy("of a work", "Credit"),
            "submission__contest",
            {"person": PERSON, "role": ROLE, "source": SOURCE},
            part="submission_id",
            added=("person", "role"),
        ),
        Kind(
            Award,
            gettext_lazy("Award"),
            "contest",
            {
                "name": NAME,
                "kind": KIND,
                "description": DESCRIPTION,
                "prize_amount": gettext_lazy("Prize money"),
                "prize_currency": gettext_lazy("Currency"),
                "source": SOURCE,
            },
        ),
        Kind(
            Recognition,
            gettext_lazy("Recognition"),
            "award__contest",
            {
                "award": gettext_lazy("Award"),
                "submission": gettext_lazy("Film"),
                "person": PERSON,
                "standing": gettext_lazy("Standing"),
                "citation": gettext_lazy("The jury’s words"),
                "presenters": gettext_lazy("Presented by"),
                "revoked_on": gettext_lazy("Revoked on"),
                "revocation_reason": gettext_lazy("Reason"),
                "source": SOURCE,
            },
            part="submission_id",
            added=("standing",),
        ),
        Kind(
            Event,
            gettext_lazy("Event"),
            "contest",
            {
                "title": TITLE,
                "kind": KIND,
                "host": gettext_lazy("Host"),
                "part_of": gettext_lazy("Part of"),
                "starts_at": gettext_lazy("Starts"),
                "ends_at": gettext_lazy("Ends"),
                "venue": gettext_lazy("Venue"),
                "city": CITY,
                "description": DESCRIPTION,
                "sources": SOURCES,
            },
        ),
        Kind(
            Appearance,
            gettext_lazy("Appearance"),
            "event__contest",
            {"person": PERSON, "role": ROLE, "source": SOURCE},
            added=("person", "role"),
        ),
        Kind(
            Quote,
            gettext_lazy("Quote"),
            "event__contest",
            {
                "text": gettext_lazy("Words"),
                "speaker": gettext_lazy("Speaker"),
                "event": gettext_lazy("Event"),
                "submission": gettext_lazy("Film"),
                "context": gettext_lazy("Context"),
                "language": gettext_lazy("Language"),
                "source": SOURCE,
            },
            part="submission_id",
        ),
        Kind(
            Figure,
            gettext_lazy("Figure"),
            "contest",
            {
                "qualifier": gettext_lazy("How exact"),
                "value": gettext_lazy("Number"),
                "label": gettext_lazy("What is counted"),
                "unit": gettext_lazy("Unit"),
                "currency": gettext_lazy("Currency"),
                "note": gettext_lazy("Note"),
                "organisation": gettext_lazy("Organisation"),
                "source": SOURCE,
            },
            added=("qualifier", "value"),
        ),
        Kind(
            LeadingRegion,
            gettext_lazy("Leading region"),
            "contest",
            {"country": gettext_lazy("Country or region"), "rank": gettext_lazy("Rank"), "source": SOURCE},
            added=("rank",),
        ),
        Kind(Category, gettext_lazy("Category"), "contest", {"name": NAME, "description": DESCRIPTION}),
    )
}

WHAT = {
    "changed": pgettext_lazy("of a correction", "Changed"),
    "added": pgettext_lazy("of a correction", "Added"),
    "removed": pgettext_lazy("of a correction", "Removed"),
    "revoked": pgettext_lazy("of a correction", "Revoked"),
    "restored": pgettext_lazy("of a correction", "Restored"),
}

#: What each row is called, for the names that a correction refers to.
NAMED: dict[type[models.Model], str] = {
    Person: "name",
    Organisation: "name",
    Source: "title",
    Submission: "title",
    Award: "name",
    Category: "name",
    Event: "title",
    Quote: "text",
}


class _Joined(Aggregate):
    """The values of a group, with commas between them."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler, connection, **extra):
        template = "STRING_AGG((%(expressions)s)::text, ',' ORDER BY %(expressions)s)"
        return self.as_sql(compiler, connection, template=template, **extra)


# What is asked of the history


def revealed_at(contest: Contest) -> datetime | None:
    """The moment from which on the results of `contest` are public; None where a part of it is not set."""
    moments = [contest.published_at, contest.approved_at, contest.reveal_at]
    return None if None in moments else max(moments)


def _told(kind: Kind) -> Cast:
    """The fields that are told of an entry, as text: what differs in it is a correction."""
    columns: dict[str, Any] = {}
    for name in kind.fields:
        field = kind.model._meta.get_field(name)
        columns[name] = _linked(kind, field) if field.many_to_many else F(field.attname)
    # Of what stood elsewhere, or belonged to a film that nobody saw, nothing is told: it came with the move.
    columns["_contest"] = F(kind.to_contest)
    if kind.model is Submission:
        columns["status"] = F("status")
    elif kind.part:
        then = Submission.history.filter(id=OuterRef(kind.part), history_date__lte=OuterRef("history_date"))
        columns["status"] = Subquery(then.order_by("-history_date", "-history_id").values("status")[:1])
    if kind.part or kind.model in (Appearance,):
        parent = kind.part or "event_id"
        columns["_parent"] = F(parent)
    return Cast(JSONObject(**columns), TextField())


def _linked(kind: Kind, field: models.ManyToManyField) -> Subquery:
    links = getattr(kind.model.history.model, field.name).model._base_manager
    target = f"{field.m2m_reverse_field_name()}_id"
    found = links.filter(history=OuterRef("history_id")).order_by().values("history")
    return Subquery(found.annotate(all=_Joined(target)).values("all"), output_field=TextField())


def _entries(kind: Kind, contest: Contest, since: datetime, at: datetime) -> QuerySet:
    """The corrections of one kind, each as (kind, id of the entry, its moment, type, reason, row, now, before)."""
    history = kind.model.history
    earlier = history.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id")).order_by("-history_id")
    rows = history.filter(**{kind.to_contest: contest.pk}, history_date__lte=at).order_by()
    public = kind.model._default_manager.public(at).filter(**{kind.to_contest: contest.pk})
    shown = Q(id__in=public.values("pk")) & ~Q(history_type="-")
    gone = Q(history_type="-")
    first_shown = Value(since)
    if kind.model is Submission:
        rows = rows.annotate(was=Subquery(earlier.values("status")[:1]))
        left = Q(was="eligible") & ~Q(status="eligible")
        shown, gone = shown & Q(status="eligible"), Q(history_type="-", status="eligible") | left
    elif kind.model is Recognition:
        # One that was approved later than the rest came later too.
        own = Recognition.objects.filter(pk=OuterRef("id")).values("approved_at")[:1]
        first_shown = Greatest(Value(since), Coalesce(Subquery(own), Value(since)))
        gone &= Q(approved_at__isnull=False)
    if kind.part:
        films = Submission.objects.public(at).filter(pk=OuterRef(kind.part))
        eligible = Submission.history.filter(id=OuterRef(kind.part), history_date__lte=OuterRef("history_date"))
        status = Subquery(eligible.order_by("-history_date", "-history_id").values("status")[:1])
        rows = rows.annotate(film_then=status)
        part_is_shown = Q(Exists(films)) & (Q(film_then="eligible") | Q(film_then__isnull=True))
        part_is_shown |= Q(**{f"{kind.part}__isnull": True})
        shown, gone = shown & part_is_shown, gone & part_is_shown
    rows = rows.annotate(
        shown_from=first_shown,
        of_kind=Value(kind.label, output_field=TextField()),
        told_now=_told(kind),
        told_before=Subquery(earlier.annotate(told=_told(kind)).values("told")[:1], output_field=TextField()),
        before_at=Subquery(earlier.values("history_date")[:1]),
    )
    # The first entry of a row that came without a history was made by a person, or by what loaded it.
    first = Q(told_before__isnull=True) & (Q(history_type="+") | Q(history_user__isnull=False))
    changed = gone | first | ~Q(told_before=F("told_now")) & Q(told_before__isnull=False)
    if kind.model is Recognition:
        changed |= Q(before_at__lt=F("shown_from"), shown_from__gt=since)
    return rows.filter(shown | gone, changed, history_date__gt=F("shown_from")).values_list(
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
        *("before_at", "shown_from"),
    )


def _after(rows: QuerySet, label: str, place: tuple[datetime, str, int] | None) -> QuerySet:
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


# What is told


@dataclass(frozen=True)
class Line:
    """That a field had one value and has another; `as_what` says how a template writes them."""

    label: Any
    old: Any
    new: Any
    as_what: str = "text"


@dataclass(frozen=True)
class Correction:
    """One correction: when it was made, of what, with a link where it has a page, and why."""

    at: datetime
    kind: Any
    what: Any
    """Changed, added, removed, revoked or restored."""
    subject: str
    href: str
    lines: tuple[Line, ...]
    reason: str
    is_unknown: bool
    """Whether nobody can tell what stood there before: the row came without a history."""


class Corrections:
    """
    A page of what was corrected in `contest` as of the moment `at`, the newest first; `question` is a mapping such as
    `request.GET`, whose `after` says where the page starts. A place that nobody can have been given is the beginning.
    """

    def __init__(self, contest: Contest, at: datetime, question: Any):
        self.contest, self.at = contest, at
        self._place = _read(question.get("after", ""))
        # The part of the question that leads to this page.
        self.asked = question["after"] if self._place else ""
        since = revealed_at(contest)
        entries = [] if since is None or since > at else self._ask(since)
        self._shown, self._more = entries[:PER_PAGE], len(entries) > PER_PAGE
        self._since = since

    def _ask(self, since: datetime) -> list[tuple]:
        parts = [
            _after(_entries(kind, self.contest, since, self.at), kind.label, self._place) for kind in KINDS.values()
        ]
        union = parts[0].union(*parts[1:], all=True).order_by("-history_date", "of_kind", "-history_id")
        return list(union[: PER_PAGE + 1])

    @property
    def is_first(self) -> bool:
        return self._place is None

    @property
    def after(self) -> str:
        """The token of the last row, for the page after this one; empty where there is none."""
        if not self._more:
            return ""
        label, number, moment = self._shown[-1][:3]
        return token_of([moment, label, number])

    @cached_property
    def rows(self) -> list[Correction]:
        """The corrections of this page. One statement for all the names in them."""
        entries = [_Entry(KINDS[entry[0]], *entry[1:]) for entry in self._shown]
        names = _Names({ref for entry in entries for ref in entry.refers_to()}, self.contest, self.at)
        told = (entry.told(names, self.contest, self._since) for entry in entries)
        return [correction for correction in told if correction is not None]

    @property
    def days(self) -> list[tuple[date, list[Correction]]]:
        """The corrections of this page by the day on which they were made, in the time zone of the contest."""
        zone = zone_named(self.contest.time_zone)
        return [(day, list(rows)) for day, rows in groupby(self.rows, lambda row: row.at.astimezone(zone).date())]


def _read(token: str) -> tuple[datetime, str, int] | None:
    """What a token of an address says; None where it says nothing that a page could have said."""
    if not token or len(token) > 300:
        return None
    try:
        moment, kind, number = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        at = datetime.fromisoformat(moment)
        if at.tzinfo is None or kind not in KINDS or type(number) is not int or not 0 <= number < 2**63:
            return None
        return at.astimezone(UTC), kind, number
    except (ValueError, TypeError, OverflowError, RecursionError, binascii.Error):
        return None


@dataclass(frozen=True)
class _Entry:
    kind: Kind
    number: int
    at: datetime
    type: str
    reason: str | None
    pk: int
    now_text: str
    before_text: str | None
    before_at: datetime | None
    since: datetime

    @cached_property
    def now(self) -> dict[str, Any]:
        return json.loads(self.now_text)

    @cached_property
    def before(self) -> dict[str, Any]:
        return json.loads(self.before_text) if self.before_text else {}

    def refers_to(self) -> Iterator[tuple[type[models.Model], int]]:
        if self.kind.model in NAMED:
            yield self.kind.model, self.pk
        if parent := self.now.get("_parent"):
            yield (Event if self.kind.model is Appearance else Submission), parent
        for name in self.kind.fields:
            field = self.kind.model._meta.get_field(name)
            if field.remote_field:
                for value in (self.now.get(name), self.before.get(name)):
                    yield from ((field.related_model, pk) for pk in _keys(value))

    def what(self, revealed: datetime) -> str:
        if self.type == "-" or (self.kind.model is Submission and self.now["status"] != "eligible"):
            return "removed"
        if self.before and self.before["_contest"] != self.now["_contest"]:
            return "added"
        was_hidden = self.before.get("status") not in (None, "eligible")
        came_late = self.before_at is not None and self.since > revealed and self.before_at < self.since
        if self.type == "+" or was_hidden or came_late:
            return "added"
        if self.kind.model is Recognition and bool(self.now["revoked_on"]) != bool(self.before.get("revoked_on")):
            return "revoked" if self.now["revoked_on"] else "restored"
        return "changed"

    def told(self, names: "_Names", contest: Contest, revealed: datetime) -> Correction | None:
        """None where nothing that is told has changed, but for the order in which a database named it."""
        what = self.what(revealed)
        subject, href = ("", "") if what == "removed" else self._subject(names, contest)
        lines = tuple(self._lines(what, names, contest))
        is_unknown = what == "changed" and not self.before
        if what == "changed" and not lines and not is_unknown:
            return None
        # The reason of a revocation is told itself.
        reason = "" if what in ("revoked", "restored") else (self.reason or "")
        return Correction(self.at, self.kind.name, WHAT[what], subject, href, lines, reason, is_unknown)

    def _subject(self, names: "_Names", contest: Contest) -> tuple[str, str]:
        model = self.kind.model
        if model is Contest:
            return str(contest), contest.get_absolute_url()
        if model is Figure:
            return self.now["label"], ""
        if model is LeadingRegion:
            return countries.name(self.now["country"]), ""
        if model is Quote:
            speaker = names.of(Person, self.now["speaker"])
            return speaker, names.address(Quote, self.pk)
        if model is Recognition:
            honouree = (Submission, self.now["submission"]) if self.now["submission"] else (Person, self.now["person"])
            return f"{names.of(Award, self.now['award'])}: {names.of(*honouree)}", names.address(*honouree)
        if model in (Credit, Appearance):
            parent = (Submission if model is Credit else Event), self.now["_parent"]
            return names.of(*parent), names.address(*parent)
        return names.of(model, self.pk), names.address(model, self.pk)

    def _lines(self, what: str, names: "_Names", contest: Contest) -> Iterator[Line]:
        if what in ("removed", "restored") or (what == "changed" and not self.before):
            return
        for name, label in self.kind.fields.items():
            field = self.kind.model._meta.get_field(name)
            old, new = self.before.get(name), self.now.get(name)
            if field.many_to_many:
                old, new = _keys(old), _keys(new)
            if what == "added":
                if name in self.kind.added:
                    yield Line(label, "", *_in_words(field, [new], names, contest))
                continue
            if what == "revoked" and name not in ("revoked_on", "revocation_reason"):
                continue
            if (old or None) == (new or None):
                continue
            if isinstance(field, models.ImageField):
                yield Line(label, "", "", "image")
                continue
            before, after, as_what = _in_words(field, [old, new], names, contest)
            if what == "revoked":
                before = ""
            elif as_what == "text" and max(len(before), len(after)) > LONGEST:
                before, after = ObjDiffDisplay(max_length=LONGEST).common_shorten_repr(before, after)
            yield Line(label, before, after, as_what)


def _keys(value: Any) -> list[int]:
    """The rows that a column leads to: of a many-to-many one, their keys with commas between."""
    if value in (None, ""):
        return []
    return sorted({int(key) for key in str(value).split(",")}) if not isinstance(value, list) else value


def _in_words(field: models.Field, values: Iterable[Any], names: "_Names", contest: Contest) -> tuple:
    """Each of `values` in public words, and behind them how a template writes them."""
    values = list(values)
    if field.remote_field:
        return *(enumerated(names.of(field.related_model, key) for key in _keys(value)) for value in values), "text"
    if hasattr(field, "countries"):
        shown = (enumerated(countries.name(code) for code in str(value or "").split(",") if code) for value in values)
        return *shown, "text"
    if field.choices:
        return *(str(dict(field.flatchoices).get(value, value or "")) for value in values), "text"
    if isinstance(field, models.DateTimeField):
        return *(_moment(value, contest) for value in values), "text"
    if isinstance(field, models.DateField):
        return *(formats.date_format(parse_date(value)) if value else "" for value in values), "text"
    if isinstance(field, models.DecimalField):
        return *(None if value is None else Decimal(str(value)) for value in values), "number"
    if field.name in ("language", "runtime"):
        return *values, {"language": "language", "runtime": "clock"}[field.name]
    return *("" if value is None else str(value) for value in values), "text"


def _moment(value: Any, contest: Contest) -> str:
    moment = parse_datetime(value) if value else None
    if moment is None:
        return ""
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return formats.date_format(moment.astimezone(zone_named(contest.time_zone)), "DATETIME_FORMAT")


class _Names:
    """What the rows are called that corrections refer to, in one statement; nothing of what isn't public at `at`."""

    def __init__(self, wanted: set[tuple[type[models.Model], int]], contest: Contest, at: datetime):
        self.contest = contest
        by_model: dict[type[models.Model], list[int]] = {}
        for model, pk in wanted:
            by_model.setdefault(model, []).append(pk)
        parts = [
            model._default_manager.public(at)
            .filter(pk__in=keys)
            .order_by()
            .values_list(
                Value(model._meta.label_lower, output_field=TextField()),
                "pk",
                Cast(NAMED[model], TextField()),
                Cast("slug", TextField()),
            )
            for model, keys in sorted(by_model.items(), key=lambda pair: pair[0]._meta.label_lower)
        ]
        found = parts[0].union(*parts[1:], all=True) if parts else []
        self._found = {(label, pk): (name, slug) for label, pk, name, slug in found}

    def of(self, model: type[models.Model], pk: int | None) -> str:
        found = self._found.get((model._meta.label_lower, pk or 0))
        return found[0] if found else _("no longer shown here")

    def address(self, model: type[models.Model], pk: int | None) -> str:
        found = self._found.get((model._meta.label_lower, pk or 0))
        if found is None or not hasattr(model, "get_absolute_url"):
            return ""
        in_contest = {"contest": self.contest} if model in (Submission, Event) else {}
        return model(slug=found[1], **in_contest).get_absolute_url()
