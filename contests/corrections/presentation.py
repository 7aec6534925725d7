"""
Turn history records into corrections as the public reads them: which row was changed, and each field before and after.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import TextField, Value
from django.db.models.functions import Cast
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django_countries import countries
from simple_history.template_utils import ObjDiffDisplay

from contests.models import (
    Appearance,
    Award,
    AwardLine,
    Contest,
    Credit,
    CreditRole,
    Event,
    Figure,
    LeadingRegion,
    Party,
    Quote,
    Recognition,
    Series,
    SeriesOrganiser,
    Step,
    Submission,
    Work,
    WorkIdentifier,
)
from people.models import Organisation, Person
from record.field_text import as_text
from record.list_format import enumerated
from record.time_zones import on_clocks, zone_named
from record.viewpoint import Viewpoint

from .kinds import NAMED, Kind, label_in

# The largest number of characters of a text that is shown in full. A longer text is cut to the parts around the
# changes.
LONGEST = 300

# The beginnings of reasons that the portal wrote, not an editor. Such reasons are not shown to the public.
WRITTEN_BY_PORTAL = ("Back to the version of ", "Put back as of ")

WHAT = {
    "changed": pgettext_lazy("of a correction", "Changed"),
    "added": pgettext_lazy("of a correction", "Added"),
    "returned": pgettext_lazy("of a correction", "Put back"),
    "removed": pgettext_lazy("of a correction", "Removed"),
    "revoked": pgettext_lazy("of a correction", "Revoked"),
    "restored": pgettext_lazy("of a correction", "Restored"),
}


@dataclass(frozen=True)
class Line:
    """
    A changed field: its label, old and new value. `as_what` tells the template how to format the values: "text",
    "number", "language", "clock" or "image".
    """

    label: Any
    old: Any
    new: Any
    as_what: str = "text"


@dataclass(frozen=True)
class Correction:
    """
    A correction as the template shows it. `kind` names the sort of row. `subject` names the row, or the work, event or
    person that it belongs to; it is "" for a removed row. `href` is the URL of the subject's page, or "".
    """

    at: datetime
    kind: Any
    what: Any
    """The type of the change in words: changed, added, put back, removed, revoked or restored."""
    subject: str
    href: str
    lines: tuple[Line, ...]
    reason: str
    is_unknown: bool
    """Whether the old value is unknown, because the row has no earlier history."""


#: The model of the row that the subject of a correction names, if it is not a submission.
_PARENTS: dict[type[models.Model], type[models.Model]] = {
    Appearance: Event,
    Credit: Work,
    Party: Award,
    WorkIdentifier: Work,
}


@dataclass(frozen=True)
class Entry:
    """A history record that may be a correction. Its attributes are the columns of `queries.entries_of`."""

    kind: Kind
    number: int
    at: datetime
    history_type: str
    reason: str | None
    pk: int
    now_text: str
    before_text: str | None
    before_at: datetime | None
    since: datetime
    step: str

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
            yield _PARENTS.get(self.kind.model, Submission), parent
        for name in self.kind.fields:
            field = self.kind.field(name)
            if isinstance(field.related_model, type):
                for value in (self.now.get(name), self.before.get(name)):
                    yield from ((field.related_model, pk) for pk in _keys(value))

    def what(self, revealed: datetime) -> str:
        """
        Return the type of the change, a key of `WHAT`. `revealed` is the time from which the contest's results are
        public.
        """
        if self.history_type == "-" or (self.kind.model is Submission and self.now["_state"] != "shown"):
            return "removed"
        if self.history_type == "+" and self.before:
            return "returned"
        if self.before and self.before["_contest"] != self.now["_contest"]:
            return "added"
        was_hidden = self.before.get("_state") not in (None, "shown")
        came_late = self.before_at is not None and self.since > revealed and self.before_at < self.since
        if self.history_type == "+" or was_hidden or came_late:
            return "added"
        if self.kind.model is Recognition and bool(self.now["revoked_on"]) != bool(self.before.get("revoked_on")):
            return "revoked" if self.now["revoked_on"] else "restored"
        return "changed"

    def correction(self, names: "Names", contest: Contest, revealed: datetime) -> Correction | None:
        """
        Return the correction for this history record, or None if no public field has changed. A different order of
        related rows doesn't count as a change. `revealed` is the time from which the contest's results are public.
        """
        what = self.what(revealed)
        subject, href = ("", "") if what == "removed" else self._subject(names, contest)
        lines = tuple(self._lines(what, names, contest))
        is_unknown = what == "changed" and not self.before
        if what == "changed" and not lines and not is_unknown:
            return None
        # A revocation shows its reason as a changed field. Other changes of state have no reason for the public, except
        # the restoring of a revoked award.
        reason = "" if self.step or what in ("revoked", "restored") else _reason(self.reason or "")
        if self.step == Step.RESTORED:
            reason = (self.reason or "").partition(": ")[2]
        kind = label_in(contest, self.kind.name)
        return Correction(self.at, kind, WHAT[what], subject, href, lines, reason, is_unknown)

    def _subject(self, names: "Names", contest: Contest) -> tuple[str, str]:
        model = self.kind.model
        if model is Contest:
            return str(contest), contest.get_absolute_url()
        if model is Figure:
            return self.now["label"], ""
        if model is Series:
            return self.now["name"], ""
        if model is SeriesOrganiser:
            organisation = self.now["organisation"]
            return names.of(Organisation, organisation), names.url(Organisation, organisation)
        if model is LeadingRegion:
            return countries.name(self.now["country"]), ""
        if model is Quote:
            speaker = names.of(Person, self.now["speaker"])
            return speaker, names.url(Quote, self.pk)
        if model is Recognition:
            works = _keys(self.now["submissions"])
            award = names.of(Award, self.now["award"])
            what = names.of(Submission, works[0]) if works else self.now["detail"]
            return (f"{award}: {what}" if what else award), names.url(Submission, works[0] if works else None)
        if model in _PARENTS:
            parent = _PARENTS[model], self.now["_parent"]
            return names.of(*parent), names.url(*parent)
        return names.of(model, self.pk), names.url(model, self.pk)

    def _lines(self, what: str, names: "Names", contest: Contest) -> Iterator[Line]:
        if what in ("removed", "restored") or (what == "changed" and not self.before):
            return
        for name, label in self.kind.fields.items():
            label = label_in(contest, label)
            field = self.kind.field(name)
            old, new = self.before.get(name), self.now.get(name)
            if field.many_to_many:
                old, new = _keys(old), _keys(new)
            if what in ("added", "returned"):
                if name in self.kind.added and new not in (None, ""):
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


def _reason(said: str) -> str:
    """
    Return the reason of a change for the public. `said` is the reason in the history. An editor's own text is returned
    unchanged, the reason of a merge as a translated sentence. For other reasons that the portal wrote, return "".
    """
    if said.startswith(WRITTEN_BY_PORTAL):
        return ""
    return _("Merged with another record") if said == "Merged with another record" else said


def _keys(value: Any) -> list[int]:
    """
    Return the primary keys in `value`, the value of a relation in a history record: one key, several separated by
    commas, or none. Return a list unchanged.
    """
    if value in (None, ""):
        return []
    return sorted({int(key) for key in str(value).split(",")}) if not isinstance(value, list) else value


def _in_words(field: models.Field, values: Iterable[Any], names: "Names", contest: Contest) -> tuple:
    """
    Return a tuple: each of `values` as the public reads it, then the format for the template (see `Line.as_what`).
    """
    if isinstance(field, models.DecimalField):
        return *(None if value is None else Decimal(str(value)) for value in values), "number"
    if field.name in ("language", "runtime"):
        return *values, {"language": "language", "runtime": "clock"}[field.name]
    style: dict[str, Any] = {
        "blank": "",
        "join": enumerated,
        "moment": lambda moment: on_clocks(moment, zone_named(contest.time_zone)),
    }
    return *(as_text(_read(field, value, names), field, **style) for value in values), "text"


def _read(field: models.Field, value: Any, names: "Names") -> Any:
    """
    Convert `value`, which comes from JSON, to the type of `field`. For relations and countries, return a list of names.
    """
    if field.remote_field and field.related_model:
        return [names.of(field.related_model, key) for key in _keys(value)]
    if hasattr(field, "countries"):
        return [countries.name(code) for code in str(value or "").split(",") if code]
    if isinstance(field, models.DateTimeField) and value:
        moment = parse_datetime(value)
        return moment.replace(tzinfo=moment.tzinfo or UTC) if moment else None
    if isinstance(field, models.DateField) and value:
        return parse_date(value)
    return value


class Names:
    """
    The names and slugs of the rows in `wanted`, a set of pairs of model and primary key. They are read in one SQL
    statement. Rows that are not public at `viewpoint` are left out.
    """

    def __init__(self, wanted: set[tuple[type[models.Model], int]], contest: Contest, viewpoint: Viewpoint):
        self.contest = contest
        by_model: dict[Any, list[int]] = {}
        for model, pk in wanted:
            by_model.setdefault(model, []).append(pk)
        parts = [
            model._default_manager.public(viewpoint)
            .filter(pk__in=keys)
            .order_by()
            .values_list(
                Value(model._meta.label_lower, output_field=TextField()),
                "pk",
                Cast(CreditRole.name_in_language() if model is CreditRole else NAMED[model], TextField()),
                Cast("work__slug" if model is Submission else "slug", TextField()),
            )
            for model, keys in sorted(by_model.items(), key=lambda pair: pair[0]._meta.label_lower)
        ]
        found: Iterable[tuple[str, int, str, str]] = parts[0].union(*parts[1:], all=True) if parts else []
        self._found = {(label, pk): (name, slug) for label, pk, name, slug in found}

    def of(self, model: type[models.Model], pk: int | None) -> str:
        """Return the name of a row, or a text that says that it is no longer public."""
        found = self._found.get((model._meta.label_lower, pk or 0))
        return found[0] if found else _("no longer public")

    def url(self, model: type[models.Model], pk: int | None) -> str:
        """Return the URL of a row's page, or "" if the row has no page or is not public."""
        found = self._found.get((model._meta.label_lower, pk or 0))
        if found is None or not hasattr(model, "get_absolute_url"):
            return ""
        series: Any = {"series": self.contest.series}
        in_contest = {"contest": self.contest} if model is Event else series if model is AwardLine else {}
        row: Any = (Work if model is Submission else model)(slug=found[1], **in_contest)
        return row.get_absolute_url()
