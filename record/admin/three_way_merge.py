"""
What a page that comes back says, beside what the page showed when it was opened, and what the row says today.

What only one of two editors changed stands; what both changed, each to something else, is a question.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.core import signing
from django.db.models import Model
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from record.history import FIRST_VERSION

from .form_values import fields_of, in_words, names, normalised, put, sent, values_of
from .history import row_name

SALT = "record.admin.conflicts"
OPENED = "opened_with"
CHOICE = "choose:"
KEPT = "kept:"
RECORDS_SHOWN = 5
OWN = ""
"""Under which prefix and key the row itself stands, among the rows below it."""

Values = dict[str, dict[str, dict[str, str]]]
"""What a page says: {prefix of the formset: {primary key: {field: text}}}."""


@dataclass
class Opened:
    """What the page said that now comes back."""

    at: datetime
    values: Values
    """What it showed."""
    before: Values
    """What it showed when it was opened first, before anybody came in between."""
    asked: list[str]
    """Which questions it put."""

    def signed(self, row: str) -> str:
        content = {"row": row, "at": self.at.isoformat(), "values": self.values, "asked": self.asked}
        if self.before is not self.values:
            content["before"] = self.before
        return signing.dumps(content, salt=SALT, compress=True)

    @classmethod
    def read(cls, text: str, row: str) -> "Opened | None":
        """None for what this portal did not sign, or not for this row."""
        try:
            content = signing.loads(text, salt=SALT)
        except signing.BadSignature:
            return None
        moment = parse_datetime(content["at"])
        if content["row"] != row or moment is None:
            return None
        return cls(moment, content["values"], content.get("before", content["values"]), content["asked"])


@dataclass
class Difference:
    """One field that somebody else changed meanwhile, in words."""

    label: str
    form_field: forms.Field | None
    was: str
    theirs: str
    mine: str
    question: str = ""
    """The name of the radio buttons; empty where nothing is to be decided."""
    note: str = ""


@dataclass
class MergedRow:
    """One row that somebody else changed, added or removed meanwhile."""

    kind: str
    key: str
    prefix: str
    name: str = ""
    what: str = "changed"
    differences: list[Difference] = field(default_factory=list)
    records: list[Model] = field(default_factory=list)
    question: str = ""
    """Whether the row is to be there at all, where one of the two removed what the other one changed."""
    kept: list[tuple[str, str]] = field(default_factory=list)
    """What was typed into a row that is gone, as hidden fields, until it is decided."""


def row_label(obj: Model) -> str:
    return f"{obj._meta.label_lower}:{obj.pk}"


def values_on(form: forms.BaseForm, formsets: Iterable[BaseInlineFormSet]) -> Values:
    """What the unbound `form` and `formsets` show."""
    rows = {
        formset.prefix: {str(below.instance.pk): values_of(below) for below in formset.initial_forms}
        for formset in formsets
    }
    return {OWN: {OWN: values_of(form)}, **rows}


class ThreeWayMerge:
    """
    What a page brings back, beside the row of today. `form` and `formsets` are that row, unbound. `data` is what is to
    be read instead of what was sent: with what only somebody else changed, and with the choices made.
    """

    def __init__(self, request: HttpRequest, form: forms.BaseForm, formsets: Sequence[BaseInlineFormSet]):
        self.form, self.formsets = form, formsets
        self.row = row_label(form.instance)
        self.data = request.POST.copy()
        self.files = request.FILES
        self.opened = Opened.read(request.POST.get(OPENED, ""), self.row)
        self.now = values_on(form, formsets)
        self.rows: list[MergedRow] = []
        self.asked: list[str] = []
        self.has_news = False
        self._meet_own()
        for formset in formsets:
            self._meet_below(formset)
        self.rows = [row for row in self.rows if row.differences or row.question or row.what != "changed"]
        for name in [name for name in self.data if name.startswith((CHOICE, KEPT))]:
            del self.data[name]
        if self.rows or self.asked or (self.opened and self.opened.asked):
            self.data[OPENED] = self._for_the_next_page().signed(self.row)
            self._say_who()
            self._put_in_words()

    @property
    def is_open(self) -> bool:
        """Whether the editor has yet to see something, or to choose."""
        return self.has_news or bool(self.asked)

    @property
    def lost_files(self) -> list[str]:
        """The names of the files that came with this page, and will not come with the next one by themselves."""
        fields = self.form.fields
        lost = [upload.name for name, upload in self.files.items() if not (name in fields and _waits(fields[name]))]
        return lost if self.is_open else []

    def _for_the_next_page(self) -> Opened:
        at, before = timezone.now(), self.now
        if self.opened is not None:
            at, before = self.opened.at, self.opened.before
        return Opened(at, self.now, before, self.asked)

    # The row itself

    def _meet_own(self) -> None:
        own = self.form.instance
        row = MergedRow(str(capfirst(own._meta.verbose_name)), str(own.pk), OWN, str(own))
        self.rows.append(row)
        shown = self.opened and self.opened.values[OWN][OWN]
        for name in self._meet_fields(row, self.form, self.data, shown, name_of_question=lambda name: name):
            put(self.data, self.form[name])

    def _meet_fields(self, row: MergedRow, form, data: MultiValueDict, shown, name_of_question) -> Iterator[str]:
        """The fields in which the row of today stands, rather than what was typed."""
        today = self.now[row.prefix][row.key if row.prefix else OWN]
        for name, form_field in fields_of(form).items():
            now, was = today[name], None if shown is None else shown.get(name, today[name])
            is_file = isinstance(form_field, forms.FileField)
            typed = (
                self._uploaded(form, name, now if was is None else was)
                if is_file
                else normalised(form_field, name, data)
            )
            question = name_of_question(name)
            answer = self.data.get(CHOICE + question) if was == now and self._was_asked(question) else None
            if now in (was, typed) and not (self._was_asked(question) and answer is None and typed != now):
                if now != was and shown is not None:
                    row.differences.append(self._difference(row, form, name, now, typed, note=_("You wrote the same.")))
                if answer == "theirs":
                    yield name
                continue
            if answer is not None:  # mine
                continue
            difference = self._difference(row, form, name, now, typed)
            row.differences.append(difference)
            if is_file:
                self.has_news = True
                difference.note = _(
                    "The other editor’s file is already on this page. To replace or remove it, choose again below."
                )
                if typed != was and _waits(form_field):
                    difference.note = _("Saving replaces it with your file below; untick to keep it.")
                data.pop(f"{form.add_prefix(name)}-clear", None)
            elif typed == was:
                self.has_news = True
                difference.note = _("Already filled in on this page.")
                yield name
            else:
                self._ask(difference, question)

    def _uploaded(self, form: forms.BaseForm, name: str, otherwise: str) -> str:
        upload = form.fields[name].widget.value_from_datadict(self.data, self.files, form.add_prefix(name))
        return str(getattr(upload, "name", None) or otherwise)

    def _difference(self, row: MergedRow, form, name: str, now: str, typed: str, note: str = "") -> Difference:
        before = self.opened.before.get(row.prefix, {}).get(row.key if row.prefix else OWN, {}) if self.opened else {}
        label = str(form[name].label)
        return Difference(label, form.fields[name], before.get(name, ""), now, typed, note=note)

    def _was_asked(self, question: str) -> bool:
        return self.opened is not None and question in self.opened.asked

    def _ask(self, about: Difference | MergedRow, question: str) -> None:
        about.question = CHOICE + question
        self.asked.append(question)

    # The rows below it

    def _meet_below(self, formset: BaseInlineFormSet) -> None:
        page = PostedRows(formset, self.data)
        if not page.is_whole:
            return
        prefix = formset.prefix
        shown = None if self.opened is None else self.opened.values.get(prefix, {})
        today = {str(form.instance.pk): form for form in formset.initial_forms}
        rows: list[MultiValueDict] = []
        for key, form in today.items():
            rows.append(self._meet_row(formset, form, key, page.known.pop(key, None), shown))
        waiting = {key: row for key, row in self._kept(prefix) if key not in today}
        for key, data in {**page.known, **waiting}.items():
            back = self._meet_gone(formset, key, data, shown, is_waiting=key in waiting)
            rows += [back] if back is not None else []
        for key in (shown or {}).keys() - today.keys() - page.known.keys():
            self.has_news = True
            self.rows.append(self._met(formset, key, "removed"))
        page.write(rows, len(today))

    def _met(self, formset: BaseInlineFormSet, key: str, what: str, name: str = "") -> MergedRow:
        return MergedRow(str(capfirst(formset.model._meta.verbose_name)), key, formset.prefix, name, what)

    def _meet_row(self, formset, form, key: str, data: MultiValueDict | None, shown) -> MultiValueDict:
        """What is to be read for a row that is there today; None for `data` where the page did not have it."""
        row = self._met(formset, key, "changed", str(form.instance))
        self.rows.append(row)
        if data is None:
            row.what = "added"
            self.has_news = True
            return _as_sent(form)
        own = None if shown is None else shown.get(key)
        if not data.get("DELETE"):
            question = f"{formset.prefix}-{key}-"
            for name in self._meet_fields(row, form, data, own, name_of_question=lambda name: question + name):
                put(data, form[name])
            return data
        return self._meet_deletion(row, form, data, own)

    def _meet_deletion(self, row: MergedRow, form, data: MultiValueDict, shown) -> MultiValueDict:
        """The page wants a row deleted that somebody else may have changed."""
        today, question = self.now[row.prefix][row.key], f"{row.prefix}-{row.key}"
        changed = [name for name in today if shown is None or shown.get(name) != today[name]]
        answer = self.data.get(CHOICE + question) if self._was_asked(question) and not changed else None
        if answer == "theirs":
            return _as_sent(form)
        if answer == "mine" or (not changed and not self._was_asked(question)):
            return data
        before = self.opened.before.get(row.prefix, {}).get(row.key, {}) if self.opened else {}
        for name in today:
            if before.get(name) != today[name]:
                row.differences.append(self._difference(row, form, name, today[name], today[name]))
        row.what = "changed, deleted here"
        self._ask(row, question)
        return data

    def _meet_gone(self, formset, key: str, data: MultiValueDict, shown, is_waiting: bool) -> MultiValueDict | None:
        """A row on the page that is gone since. What was typed into it, where that is to become a new row."""
        question, template = f"{formset.prefix}-{key}", formset.empty_form
        typed = {name: normalised(form_field, name, data) for name, form_field in fields_of(template).items()}
        row = self._met(formset, key, "removed")
        if is_waiting and (answer := self.data.get(CHOICE + question)):
            return _without(data, formset.model._meta.pk.name) if answer == "mine" else None
        self.rows.append(row)
        if not is_waiting:
            self.has_news = True
            if data.get("DELETE") or (shown is not None and typed == shown.get(key)):
                return None
        row.what = "removed, changed here"
        for name, text in typed.items():
            if text:
                row.differences.append(self._difference(row, template, name, "", text))
        row.kept = [
            (f"{KEPT}{question}-{name}", text) for name in data for text in data.getlist(name) if name != "DELETE"
        ]
        self._ask(row, question)
        return None

    def _kept(self, prefix: str) -> Iterator[tuple[str, MultiValueDict]]:
        rows: dict[str, MultiValueDict] = {}
        for name in self.data:
            found = re.fullmatch(rf"{KEPT}{re.escape(prefix)}-(\d{{1,18}})-(\w+)", name)
            if found and self._was_asked(f"{prefix}-{found[1]}"):
                rows.setdefault(found[1], MultiValueDict()).setlist(found[2], self.data.getlist(name))
        yield from rows.items()

    # In words

    def _say_who(self) -> None:
        since = self.opened.at if self.opened else timezone.now()
        models = {OWN: type(self.form.instance), **{formset.prefix: formset.model for formset in self.formsets}}
        for prefix, model in models.items():
            rows = {row.key: row for row in self.rows if row.prefix == prefix}
            if not rows:
                continue
            pk_name = model._meta.pk.attname
            records = model.history.filter(**{f"{pk_name}__in": list(rows)}, history_date__gte=since)
            records = records._select_related_history_tracked_objs().select_related("history_user")
            for record in records.exclude(history_change_reason=FIRST_VERSION).order_by("-history_date", "-history_id"):
                row = rows[str(getattr(record, pk_name))]
                row.name = row.name or row_name(record)
                if not row.records and record.history_type != "-":
                    row.what = row.what.replace("removed", "moved")
                if len(row.records) < RECORDS_SHOWN:
                    row.records.append(record)

    def _put_in_words(self) -> None:
        """Each field of each kind of row asks once for the names of all that it leads to."""
        groups: dict[tuple[str, str], list[Difference]] = {}
        for row in self.rows:
            for difference in row.differences:
                groups.setdefault((row.prefix, difference.label), []).append(difference)
        for differences in groups.values():
            texts = {text for one in differences for text in (one.was, one.theirs, one.mine)}
            words = in_words(differences[0].form_field, texts)
            for one in differences:
                one.was, one.theirs, one.mine = words[one.was], words[one.theirs], words[one.mine]


class PostedRows:
    """The rows of one formset as a page sends them, each under the names of its fields alone."""

    def __init__(self, formset: BaseInlineFormSet, data: MultiValueDict):
        self.data, self.prefix = data, formset.prefix
        self.rows: dict[int, MultiValueDict] = {}
        for name in data:
            if found := re.fullmatch(rf"{re.escape(self.prefix)}-(\d{{1,6}})-(\w+)", name):
                self.rows.setdefault(int(found[1]), MultiValueDict()).setlist(found[2], data.getlist(name))
        first_new, end = (_number(data.get(f"{self.prefix}-{name}_FORMS", "")) for name in ("INITIAL", "TOTAL"))
        pk_name = formset.model._meta.pk.name
        self.rows = {number: row for number, row in sorted(self.rows.items()) if number < end}
        self.known = {row.get(pk_name, ""): row for number, row in self.rows.items() if number < first_new}
        self.new = [row for number, row in self.rows.items() if number >= first_new]
        self.is_whole = len(self.known) == first_new and all(_number(key) > 0 for key in self.known)
        self._sent = [dict(row.lists()) for row in self.rows.values()]

    def write(self, rows: Sequence[MultiValueDict], initial: int) -> None:
        """Sends `rows`, the first `initial` of them in the record, and the new ones in place of what was sent."""
        everything = [*rows, *self.new]
        if [dict(row.lists()) for row in everything] == self._sent:
            return
        for name in [name for name in self.data if re.match(rf"{re.escape(self.prefix)}-\d", name)]:
            del self.data[name]
        for number, row in enumerate(everything):
            for name, texts in row.lists():
                self.data.setlist(f"{self.prefix}-{number}-{name}", texts)
        self.data[f"{self.prefix}-INITIAL_FORMS"] = str(initial)
        self.data[f"{self.prefix}-TOTAL_FORMS"] = str(len(everything))


def _waits(form_field: forms.Field) -> bool:
    """Whether the field keeps what was uploaded until its form is in order."""
    return hasattr(form_field.widget, "waiting")


def _number(text: str) -> int:
    """-1 for what is no number that a page of ours sends."""
    return int(text) if text.isdecimal() and len(text) < 19 else -1


def _as_sent(form: forms.BaseForm) -> MultiValueDict:
    return MultiValueDict({name: texts for bound in form for name, texts in sent(bound).items()})


def _without(data: MultiValueDict, *left_out: str) -> MultiValueDict:
    return MultiValueDict({name: texts for name, texts in data.lists() if name not in left_out})


def in_zone(form: forms.BaseForm, data: MultiValueDict, zone: Any) -> None:
    """Writes the moments in `data`, typed in the current time zone, as they read in `zone`."""
    for name, form_field in fields_of(form).items():
        if isinstance(form_field, forms.SplitDateTimeField):
            moment = parse_datetime(normalised(form_field, name, data) or "-")
            if moment is not None and timezone.is_aware(moment):
                with timezone.override(zone):
                    for part, text in zip(names(form_field, name), form_field.widget.decompress(moment), strict=True):
                        data[part] = str(text)
