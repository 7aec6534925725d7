"""The forms of the admin: they fill in some blank fields, and rows can swap positions."""

import re
from collections.abc import Iterable
from itertools import chain, count
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from record.restoring import is_gone
from record.slugs import MAX_LENGTH, normalised, slug_from
from record.visibility import is_shown
from record.visible_text import is_blank

#: The field for the source of all rows on a page that name none (record/admin/page_source.py).
ROWS_SOURCE = "rows_source"


def unique_beside(model: type[models.Model], name: str) -> tuple[str, ...] | None:
    """Return the fields within which field `name` is unique: () if in the whole table, None if it is not unique."""
    if model._meta.get_field(name).unique:
        return ()
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and name in constraint.fields:
            return tuple(field for field in constraint.fields if field != name)
    return None


def free_slug(wanted: str, taken: Iterable[str]) -> str:
    """Return `wanted`, or the first of `wanted-2`, `wanted-3` … not in `taken`; never longer than a slug may be."""
    taken = set(taken)
    suffixes = chain([""], (f"-{number}" for number in count(2)))
    candidates = (wanted[: MAX_LENGTH - len(suffix)].rstrip("-") + suffix for suffix in suffixes)
    return next(slug for slug in candidates if slug not in taken)


def keep_what_no_form_holds(version: models.Model, held: Iterable[str]) -> None:
    """Give an old version of a row the current values of the fields that are not in `held`, its form's fields."""
    today = type(version)._base_manager.filter(pk=version.pk).first()
    for field in version._meta.concrete_fields if today else ():
        if field.name not in held:
            setattr(version, field.attname, getattr(today, field.attname))


class RecordForm(forms.ModelForm):
    """
    The form of one row. A blank slug is made from the text that `words` (an attribute of its form field) returns. A
    blank position becomes the next free one. Both are unique where the model requires it. A blank sort name becomes the
    name unchanged, because no program can tell which part of a name is the family name.
    """

    PLACES = ("order", "precedence", "rank")
    #: {field that may be left blank: field whose text it then takes}
    FOLLOWING = {"sort_name": "name"}
    formset: "RecordFormSet | None" = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if version := getattr(self.instance, "_history", None):  # an old version, to view or restore
            if version.history_type == "-":  # its links were deleted before the row itself
                version = version.prev_record or version
            for link in version._history_m2m_fields:
                kept = getattr(version, link.name).values_list(link.m2m_reverse_field_name(), flat=True)
                self.initial[link.name] = list(link.related_model._base_manager.filter(pk__in=list(kept)))
        for relation in self.instance._meta.fields:
            field = self.fields.get(relation.name)
            widget = getattr(field.widget, "widget", field.widget) if field else None
            if hasattr(widget, "known") and relation.is_cached(self.instance):
                widget.known = getattr(self.instance, relation.name)

    def clean(self) -> dict[str, Any]:
        super().clean()
        if hasattr(self.instance, "_history"):
            keep_what_no_form_holds(self.instance, self.fields)
        if self._is_blank("slug") and not is_blank(words := self.fields["slug"].words(self.cleaned_data)):
            self.cleaned_data["slug"] = self._free(slug_from(words))
        for name, source in self.FOLLOWING.items():
            if name in self.fields and name not in self.errors and is_blank(self.cleaned_data.get(name) or ""):
                self.cleaned_data[name] = self.cleaned_data.get(source, "")
        for name in self.PLACES:
            if self._is_blank(name):
                last = self.neighbours(name).aggregate(last=models.Max(name))["last"] or 0
                siblings = [int(place) for place in self._siblings(name) if str(place).isdecimal()]
                self.cleaned_data[name] = max([last, *siblings]) + 1
        return self.cleaned_data

    def _free(self, wanted: str) -> str:
        """Return `wanted`, or the first free slug after it."""
        # Search with a shortened prefix, so that slugs with a suffix are found too.
        rows = self.neighbours("slug").filter(slug__startswith=wanted[: MAX_LENGTH - 6])
        return free_slug(wanted, {*rows.values_list("slug", flat=True), *self._siblings("slug")})

    def taken_and_free(self) -> tuple[str, str]:
        """Return the typed slug, which another row has, and the first free one like it."""
        typed = self.cleaned_data.get("slug") or self["slug"].value() or ""
        counted = re.sub(r"-\d{1,3}$", "", typed)
        # After "jo-doe-2" comes "jo-doe-3"; but keep "studio-54" whole if no row is called "studio".
        after = self._free(counted)
        return typed, self._free(typed) if after == counted else after

    def slug_is_taken(self) -> ValidationError:
        """Return the error that the typed slug is taken, with a free one."""
        typed, free = self.taken_and_free()
        return ValidationError(
            _("“%(slug)s” is taken. Free: %(free)s."), code="slug_taken", params={"slug": typed, "free": free}
        )

    def _update_errors(self, errors: ValidationError) -> None:
        if hasattr(errors, "error_dict") and any(_is_taken(error) for error in errors.error_dict.get("slug", ())):
            errors.error_dict["slug"] = [self.slug_is_taken()]
        # Errors of fields that are not on this form, such as those set by a step, show at the top.
        if hasattr(errors, "error_dict"):
            for name in set(errors.error_dict) - {NON_FIELD_ERRORS} - set(self.fields):
                errors.error_dict.setdefault(NON_FIELD_ERRORS, []).extend(errors.error_dict.pop(name))
        super()._update_errors(errors)

    def clean_slug(self) -> str:
        # As URLs are read: keyboards may encode the same letter in different ways.
        return normalised(self.cleaned_data["slug"])

    def _is_blank(self, name: str) -> bool:
        return name in self.fields and name not in self.errors and self.cleaned_data.get(name) in ("", None)

    def neighbours(self, name: str) -> models.QuerySet:
        """Return the other rows among which field `name` must be unique; no rows if it need not be unique."""
        model = type(self.instance)
        within = unique_beside(model, name)
        values = {field: self.cleaned_data.get(field) for field in within or ()}
        # A parent that is new or invalid has no rows yet.
        if within is None or any(value is None or getattr(value, "pk", value) is None for value in values.values()):
            return model._base_manager.none()
        return model._base_manager.filter(**values).exclude(pk=self.instance.pk)

    def _siblings(self, name: str) -> list[Any]:
        """Return the values of `name` in the other rows on the same page, saved or not."""
        forms_beside = [form for form in self.formset.forms if form is not self] if self.formset else []
        return [
            getattr(form, "cleaned_data", {}).get(name) or form.data.get(form.add_prefix(name)) or ""
            for form in forms_beside
        ]


def _is_taken(error: ValidationError) -> bool:
    return str(error.code) == "unique" or str(error.code).endswith("slug_unique")


class RecordPageForm(RecordForm):
    """
    The form of a row on a page of its own, with a field for the reason of a change. `merged_edits` holds what another
    editor changed since the page was opened (record/admin/three_way_merge.py); while it is open, nothing is saved.
    """

    merged_edits: Any = None
    #: True if the form was valid but the database refused to save it (portal/integrity_retry.py).
    is_refused = False

    change_reason = forms.CharField(
        label=_("Reason for this change"),
        required=False,
        max_length=100,
        help_text=_(
            "Optional. Other editors see it in the history. If the contest’s results are public, it "
            "also appears on the contest’s corrections page."
        ),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    opened_with = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.merged_edits is not None and self.merged_edits.is_open:
            self.add_error(None, ValidationError(_("Nothing is saved yet: check above what has changed.")))
        version = getattr(self.instance, "_history", None)
        if version is not None and is_blank(cleaned.get("change_reason") or "") and self._needs_reason():
            told = _("Give a reason: this changes what the public sees, or brings back what was deleted.")
            self.add_error("change_reason", told)
        if self.is_refused:
            self.add_error(
                None, ValidationError(_("Nothing was saved: the database refused a value. Change it, or try again."))
            )
        return cleaned

    def _needs_reason(self) -> bool:
        """Return whether this restores an old version of a row that is public, or of a row that is deleted."""
        model, pk = type(self.instance), self.instance.pk
        return is_gone(model, pk) or is_shown(model, [pk])

    @property
    def changed_data(self) -> list[str]:
        return [name for name in super().changed_data if name not in ("change_reason", "opened_with", ROWS_SOURCE)]


class RecordFormSet(forms.BaseInlineFormSet):
    """The inline rows on the page of their parent. Rows can swap positions in one save."""

    _is_filled_in = False

    def _construct_form(self, i, **kwargs):
        form = super()._construct_form(i, **kwargs)
        form.formset = self
        if self.is_bound and (source := self.data.get(ROWS_SOURCE)):
            self._fill_in_source(form, source)
        return form

    def _fill_in_source(self, form, source: str) -> None:
        """Fill in the page's source for a row without one, before the form is validated, since it may be required."""
        name = form.add_prefix("source")
        if (
            "source" not in form.fields
            or any(self.data.getlist(name))
            or (form.empty_permitted and not form.has_changed())
        ):
            return
        if not self._is_filled_in:  # copy it, so that the submitted data stays unchanged
            self._is_filled_in, self.data = True, self.data.copy()
        form.data = self.data
        form.data[name] = source
        form.__dict__.pop("changed_data", None)

    def clean(self) -> None:
        super().clean()
        gone = [form.instance.pk for form in self.initial_forms if self._should_delete_form(form)]
        if gone and is_blank(self.data.get("change_reason", "")) and is_shown(self.model, gone):
            raise ValidationError(
                _("The public sees this. Give a reason for deleting it under “Reason for this change”.")
            )

    def add_fields(self, form, index) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = form.fields["DELETE"].label

    def validate_unique(self) -> None:
        self._refuse_one_slug_twice()
        super().validate_unique()
        # Django compares only the rows on the page. Another editor may have added one since the page was opened.
        strangers = self._rows().exclude(pk__in=[form.instance.pk for form in self.initial_forms])
        for stranger in strangers if self.instance.pk else ():
            for constraint in self._constraints_below_parent():
                fields = [name for name in constraint.fields if name != self.fk.name]
                for form in self.forms:
                    values = [form.cleaned_data.get(name) for name in fields] if form.is_valid() else []
                    if values == [getattr(stranger, name) for name in fields]:
                        at = constraint.violation_error_code
                        form.add_error(
                            at, form.slug_is_taken() if at == "slug" else constraint.get_violation_error_message()
                        )

    def _refuse_one_slug_twice(self) -> None:
        # Django would report this above all rows, without a free slug.
        if "slug" not in self.form.base_fields or unique_beside(self.model, "slug") != (self.fk.name,):
            return
        seen = set()
        for form in self.forms:
            if not form.is_valid() or (self.can_delete and self._should_delete_form(form)):
                continue
            slug = form.cleaned_data.get("slug")
            if slug and slug in seen:
                form.add_error("slug", form.slug_is_taken())
            seen.add(slug)

    def get_unique_error_message(self, unique_check: tuple[str, ...]) -> str:
        for constraint in self._constraints_below_parent():
            if set(constraint.fields) == set(unique_check):
                return constraint.get_violation_error_message()
        return super().get_unique_error_message(unique_check)

    def _constraints_below_parent(self) -> list[models.UniqueConstraint]:
        constraints = self.model._meta.constraints
        return [c for c in constraints if isinstance(c, models.UniqueConstraint) and self.fk.name in c.fields]

    def _rows(self) -> models.QuerySet:
        return self.model._base_manager.filter(**{self.fk.name: self.instance.pk})

    def save(self, commit: bool = True):
        for name in RecordForm.PLACES:
            if name in self.form.base_fields and unique_beside(self.model, name) == (self.fk.name,):
                self._free_positions(name)
        return super().save(commit)

    def _free_positions(self, name: str) -> None:
        # Rows are saved one by one, and the unique constraint is checked each time. To swap two positions, one row must
        # first move out of the way. This is not an edit, so it writes no history.
        leaving = [
            form.instance.pk
            for form in self.initial_forms
            if name in form.changed_data or (self.can_delete and self._should_delete_form(form))
        ]
        if not leaving:
            return
        rows = self._rows()
        wanted = {form.cleaned_data.get(name) for form in self.forms if form.has_changed()}
        occupied = {*rows.values_list(name, flat=True), *wanted}
        free = (number for number in count(1) if number not in occupied)
        for pk in leaving:
            rows.filter(pk=pk).update(**{name: next(free)})
