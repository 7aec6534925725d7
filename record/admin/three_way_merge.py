"""
Merge what an editor sends with what another editor saved since the page was opened.

Three versions are compared: what the page showed when it was opened, what it sends now, and the row in the database. A
change by only one of the two editors is kept. If both changed a field to different values, the page asks which value to
keep.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django import forms
from django.core import signing
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from record.history import IS_FIRST_VERSION

from .form_values import fields_of, in_words, names, normalised, put, sent, values_of
from .posted_rows import PostedRows
from .version_diff import set_names

SALT = "record.admin.conflicts"
OPENED = "opened_with"
CHOICE = "choose:"
KEPT = "kept:"
RECORDS_SHOWN = 5
OWN = ""
"""The key in `Values` for the row itself, used instead of the prefix of a formset and instead of a primary key."""

Values = dict[str, dict[str, dict[str, str]]]
"""The values on a page: {prefix of the formset: {primary key: {field: text}}}."""


@dataclass
class Opened:
    """The state of a page when the editor opened it, stored in a signed hidden field of its form."""

    at: datetime
    values: Values
    """The values that the page showed."""
    before: Values
    """The values that the page showed when it was first opened, before anyone else saved."""
    asked: list[str]
    """The names of the questions that the page asked."""

    def signed(self, row: str) -> str:
        content = {"row": row, "at": self.at.isoformat(), "values": self.values, "asked": self.asked}
        if self.before is not self.values:
            content["before"] = self.before
        return signing.dumps(content, salt=SALT, compress=True)

    @classmethod
    def read(cls, text: str, row: str) -> "Opened | None":
        """
        Return the page that the signed `text` describes. Return None if this portal did not sign `text`, or signed it
        for a row other than `row`.
        """
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
    """
    One field that another editor has changed since the page was opened. Its values are texts: `was` is the value
    before, `theirs` the other editor's value, and `mine` this editor's value.
    """

    label: str
    form_field: forms.Field
    was: str
    theirs: str
    mine: str
    question: str = ""
    """The name of the radio buttons; empty if there is nothing to decide."""
    note: str = ""


@dataclass
class MergedRow:
    """One row that another editor has changed, added or removed since the page was opened."""

    kind: str
    key: str
    prefix: str
    name: str = ""
    what: str = "changed"
    differences: list[Difference] = field(default_factory=list)
    records: list[Model] = field(default_factory=list)
    question: str = ""
    """The name of the radio buttons that keep or delete the row, if one editor removed what the other changed."""
    kept: list[tuple[str, str]] = field(default_factory=list)
    """The input for a removed row until the editor has decided, as pairs (name, text) for hidden fields."""


def row_label(obj: Model) -> str:
    return f"{obj._meta.label_lower}:{obj.pk}"


def values_on(form: Any, formsets: Iterable[Any]) -> Values:
    """
    Return the values that the unbound `form` and `formsets` show: {prefix of the formset: {primary key: {field:
    text}}}. For the row of `form` itself, both keys are `OWN`.
    """
    rows = {
        formset.prefix: {str(below.instance.pk): values_of(below) for below in formset.initial_forms}
        for formset in formsets
    }
    return {OWN: {OWN: values_of(form)}, **rows}


class ThreeWayMerge:
    """
    The input of a page, merged with what other editors have saved. `form` and `formsets` are unbound and show the rows
    in the database. Use `data` instead of `request.POST`: it also has the changes that only other editors made, and the
    results of the choices on the page.
    """

    def __init__(self, request: HttpRequest, form: Any, formsets: Sequence[Any]):
        self.form, self.formsets = form, formsets
        self.row = row_label(form.instance)
        self.data = request.POST.copy()
        self.files = request.FILES
        self.opened = Opened.read(request.POST.get(OPENED, ""), self.row)
        self.now = values_on(form, formsets)
        self.rows: list[MergedRow] = []
        self.asked: list[str] = []
        self.has_news = False
        self._merge_own()
        for formset in formsets:
            self._merge_formset(formset)
        self.rows = [row for row in self.rows if row.differences or row.question or row.what != "changed"]
        for name in [name for name in self.data if name.startswith((CHOICE, KEPT))]:
            del self.data[name]
        if self.rows or self.asked or (self.opened and self.opened.asked):
            self.data[OPENED] = self._for_the_next_page().signed(self.row)
            self._add_history()
            self._fill_in_texts()

    @property
    def is_open(self) -> bool:
        """Whether the editor still has to see a change by another editor, or to decide about a conflict."""
        return self.has_news or bool(self.asked)

    @property
    def lost_files(self) -> list[str]:
        """The names of the uploaded files that the editor has to choose again on the next page."""
        fields = self.form.fields
        uploads: Iterable[tuple[str, Any]] = self.files.items()
        lost = [upload.name for name, upload in uploads if not (name in fields and _waits(fields[name]))]
        return lost if self.is_open else []

    def _for_the_next_page(self) -> Opened:
        at, before = timezone.now(), self.now
        if self.opened is not None:
            at, before = self.opened.at, self.opened.before
        return Opened(at, self.now, before, self.asked)

    def _merge_own(self) -> None:
        own = self.form.instance
        row = MergedRow(str(capfirst(own._meta.verbose_name)), str(own.pk), OWN, str(own))
        self.rows.append(row)
        shown = self.opened and self.opened.values[OWN][OWN]
        for name in self._merge_fields(row, self.form, self.data, shown, name_of_question=lambda name: name):
            put(self.data, self.form[name])

    def _merge_fields(
        self, row: MergedRow, form: Any, data: MultiValueDict, shown: Any, name_of_question: Any
    ) -> Iterator[str]:
        """
        Yield the names of the fields whose input should be replaced by the value in the database. Add the fields that
        other editors have changed to `row`, and ask about conflicts.
        """
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
                    row.differences.append(
                        self._difference(
                            row, form, name, now, typed, note=_("You and another editor made the same change.")
                        )
                    )
                if answer == "theirs":
                    yield name
                continue
            if answer is not None:  # the editor chose to keep their own value
                continue
            difference = self._difference(row, form, name, now, typed)
            row.differences.append(difference)
            if is_file:
                self.has_news = True
                difference.note = _(
                    "The other editor’s file is already on this page. To replace or remove it, choose again below."
                )
                if typed != was and _waits(form_field):
                    difference.note = _(
                        "Saving replaces the other editor’s file with the one that you chose before. "
                        "To keep the other editor’s file, untick yours below."
                    )
                data.pop(f"{form.add_prefix(name)}-clear", None)
            elif typed == was:
                self.has_news = True
                difference.note = _("The other editor’s value is already on this page.")
                yield name
            else:
                self._ask(difference, question)

    def _uploaded(self, form: Any, name: str, otherwise: str) -> str:
        upload = form.fields[name].widget.value_from_datadict(self.data, self.files, form.add_prefix(name))
        return str(getattr(upload, "name", None) or otherwise)

    def _difference(self, row: MergedRow, form: Any, name: str, now: str, typed: str, note: str = "") -> Difference:
        before = self.opened.before.get(row.prefix, {}).get(row.key if row.prefix else OWN, {}) if self.opened else {}
        label = str(form[name].label)
        return Difference(label, form.fields[name], before.get(name, ""), now, typed, note=note)

    def _was_asked(self, question: str) -> bool:
        return self.opened is not None and question in self.opened.asked

    def _ask(self, about: Difference | MergedRow, question: str) -> None:
        about.question = CHOICE + question
        self.asked.append(question)

    def _merge_formset(self, formset: Any) -> None:
        page = PostedRows(formset, self.data)
        if not page.is_whole:
            return
        prefix = formset.prefix
        shown = None if self.opened is None else self.opened.values.get(prefix, {})
        today = {str(form.instance.pk): form for form in formset.initial_forms}
        rows: list[MultiValueDict] = []
        for key, form in today.items():
            rows.append(self._merge_row(formset, form, key, page.known.pop(key, None), shown))
        waiting = {key: row for key, row in self._kept(prefix) if key not in today}
        for key, data in {**page.known, **waiting}.items():
            back = self._merge_removed(formset, key, data, shown, is_waiting=key in waiting)
            rows += [back] if back is not None else []
        for key in (shown or {}).keys() - today.keys() - page.known.keys():
            self.has_news = True
            self.rows.append(self._merged_row(formset, key, "removed"))
        page.write(rows, len(today))

    def _merged_row(self, formset: Any, key: str, what: str, name: str = "") -> MergedRow:
        return MergedRow(str(capfirst(formset.model._meta.verbose_name)), key, formset.prefix, name, what)

    def _merge_row(self, formset: Any, form: Any, key: str, data: MultiValueDict | None, shown: Any) -> MultiValueDict:
        """
        Return the merged input for a row that is in the database. `data` is the input that the page sends for this row,
        or None if the page does not have this row.
        """
        row = self._merged_row(formset, key, "changed", str(form.instance))
        self.rows.append(row)
        if data is None:
            row.what = "added"
            self.has_news = True
            return _as_sent(form)
        own = None if shown is None else shown.get(key)
        if not data.get("DELETE"):
            question = f"{formset.prefix}-{key}-"
            for name in self._merge_fields(row, form, data, own, name_of_question=lambda name: question + name):
                put(data, form[name])
            return data
        return self._merge_deletion(row, form, data, own)

    def _merge_deletion(self, row: MergedRow, form: Any, data: MultiValueDict, shown: Any) -> MultiValueDict:
        """
        Return the merged input for a row that the editor has marked for deletion. If another editor has changed the
        row, ask whether to delete it.
        """
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

    def _merge_removed(
        self, formset: Any, key: str, data: MultiValueDict, shown: Any, is_waiting: bool
    ) -> MultiValueDict | None:
        """
        Handle a row that is still on the page although another editor has removed it. If this editor has chosen to keep
        the row, return the input for a new row, otherwise None.
        """
        question, template = f"{formset.prefix}-{key}", formset.empty_form
        typed = {name: normalised(form_field, name, data) for name, form_field in fields_of(template).items()}
        row = self._merged_row(formset, key, "removed")
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

    def _add_history(self) -> None:
        since = self.opened.at if self.opened else timezone.now()
        models = {OWN: type(self.form.instance), **{formset.prefix: formset.model for formset in self.formsets}}
        for prefix, model in models.items():
            rows = {row.key: row for row in self.rows if row.prefix == prefix}
            if not rows:
                continue
            pk_name = model._meta.pk.attname
            records = model.history.filter(**{f"{pk_name}__in": list(rows)}, history_date__gte=since)
            records = records._select_related_history_tracked_objs().select_related("history_user")
            listed = list(records.exclude(IS_FIRST_VERSION).order_by("-history_date", "-history_id"))
            set_names(listed)
            for record in listed:
                row = rows[str(getattr(record, pk_name))]
                row.name = row.name or record.row_name
                if not row.records and record.history_type != "-":
                    row.what = row.what.replace("removed", "moved")
                if len(row.records) < RECORDS_SHOWN:
                    row.records.append(record)

    def _fill_in_texts(self) -> None:
        """
        Replace the values of all differences by readable texts. Runs at most one query for each field of each model.
        """
        groups: dict[tuple[str, str], list[Difference]] = {}
        for row in self.rows:
            for difference in row.differences:
                groups.setdefault((row.prefix, difference.label), []).append(difference)
        for differences in groups.values():
            texts = {text for one in differences for text in (one.was, one.theirs, one.mine)}
            words = in_words(differences[0].form_field, texts)
            for one in differences:
                one.was, one.theirs, one.mine = words[one.was], words[one.theirs], words[one.mine]


def _waits(form_field: forms.Field) -> bool:
    """Return whether the widget of the field keeps an upload until the whole form is valid."""
    return hasattr(form_field.widget, "waiting")


def _as_sent(form: forms.BaseForm) -> MultiValueDict:
    return MultiValueDict({name: texts for bound in form for name, texts in sent(bound).items()})


def _without(data: MultiValueDict, *left_out: str) -> MultiValueDict:
    return MultiValueDict({name: texts for name, texts in data.lists() if name not in left_out})


def in_zone(form: forms.BaseForm, data: MultiValueDict, zone: Any) -> None:
    """Convert the times in `data` from the current time zone to `zone`, in place. `form` has the fields of `data`."""
    for name, form_field in fields_of(form).items():
        if isinstance(form_field, forms.SplitDateTimeField):
            moment = parse_datetime(normalised(form_field, name, data) or "-")
            if moment is not None and timezone.is_aware(moment):
                with timezone.override(zone):
                    for part, text in zip(names(form_field, name), form_field.widget.decompress(moment), strict=True):
                        data[part] = str(text)
