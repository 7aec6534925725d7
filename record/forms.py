"""The base classes of the admin's forms and formsets for `Record` models."""

import re
from collections.abc import Iterable, Sequence
from itertools import chain, count
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from record.model_fields import field_named
from record.restoring import is_gone
from record.slugs import MAX_LENGTH, normalised, slug_from
from record.visibility import is_shown
from record.visible_text import is_blank

#: The name of the form field for the source of a whole admin page. This source is used for all inline rows that have no
#: source of their own (record/admin/page_source.py).
ROWS_SOURCE = "rows_source"


def unique_beside(model: type[models.Model], name: str) -> tuple[str, ...] | None:
    """
    Return the names of the fields that are unique together with the field `name`: () if the field is unique by itself,
    None if it is not unique.
    """
    if field_named(model, name).unique:
        return ()
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and name in constraint.fields:
            return tuple(field for field in constraint.fields if field != name)
    return None


def free_slug(wanted: str, taken: Iterable[str]) -> str:
    """
    Return the slug `wanted`, or the first of `wanted-2`, `wanted-3` and so on that is not in `taken`. `wanted` is
    shortened if the result would be too long for a slug.
    """
    taken = set(taken)
    suffixes = chain([""], (f"-{number}" for number in count(2)))
    candidates = (wanted[: MAX_LENGTH - len(suffix)].rstrip("-") + suffix for suffix in suffixes)
    return next(slug for slug in candidates if slug not in taken)


def keep_what_no_form_holds(version: models.Model, held: Iterable[str]) -> None:
    """
    Set the fields of `version`, an old version of a row, to the values that the row has now. Only the fields named in
    `held`, which are the fields of the form, keep their old values. So saving the form restores only the fields in it.
    """
    today = type(version)._base_manager.filter(pk=version.pk).first()
    for field in version._meta.concrete_fields if today else ():
        if field.name not in held:
            setattr(version, field.attname, getattr(today, field.attname))


class RecordForm(forms.ModelForm):
    """
    A form for one row. It fills in a blank slug or position. The slug is made from a text that the function `words` of
    the slug's form field returns. The position is the next free number. The slug and the position are unique if the
    model requires it.
    """

    POSITION_FIELDS = ("order", "precedence", "rank")
    formset: "RecordFormSet | None" = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # If the form shows an old version of the row, show its old many-to-many links too. The history entry of a
        # deletion has no links, so use the entry before it.
        if version := getattr(self.instance, "_history", None):
            if version.history_type == "-":
                version = version.prev_record or version
            for link in version._history_m2m_fields:
                kept = getattr(version, link.name).values_list(link.m2m_reverse_field_name(), flat=True)
                self.initial[link.name] = list(link.related_model._base_manager.filter(pk__in=list(kept)))
        for relation in self.instance._meta.fields:
            field = self.fields.get(relation.name)
            widget: Any = getattr(field.widget, "widget", field.widget) if field else None
            if hasattr(widget, "known") and relation.is_cached(self.instance):
                widget.known = getattr(self.instance, relation.name)

    #: The slug that `clean` has made because none was typed, without a number.
    chosen_slug = ""

    def clean(self) -> dict[str, Any]:
        super().clean()
        if hasattr(self.instance, "_history"):
            keep_what_no_form_holds(self.instance, self.fields)
        slug: Any = self.fields.get("slug")
        if self._is_blank("slug") and not is_blank(words := slug.words(self.cleaned_data)):
            self.chosen_slug = slug_from(words)
            self.cleaned_data["slug"] = self._free(self.chosen_slug)
        for name in self.POSITION_FIELDS:
            # A position that the model lets blank is a fact, such as a place in a competition: nothing is made up.
            if self._is_blank(name) and not field_named(self._meta.model, name).null:
                last = self.neighbours(name).aggregate(last=models.Max(name))["last"] or 0
                siblings = [int(position) for position in self._siblings(name) if str(position).isdecimal()]
                self.cleaned_data[name] = max([last, *siblings]) + 1
        return self.cleaned_data

    def _free(self, wanted: str) -> str:
        """Return the slug `wanted` if it is free, otherwise the first free one of `wanted-2`, `wanted-3` and so on."""
        # `free_slug` may shorten the slug to add a suffix. So find all slugs that begin like the shortened slug.
        rows = self.neighbours("slug").filter(slug__startswith=wanted[: MAX_LENGTH - 6])
        return free_slug(wanted, {*rows.values_list("slug", flat=True), *self._siblings("slug")})

    def taken_and_free(self) -> tuple[str, str]:
        """Return a pair: the submitted slug, which another row already has, and a similar slug that is free."""
        typed = self.cleaned_data.get("slug") or self["slug"].value() or ""
        counted = re.sub(r"-\d{1,3}$", "", typed)
        # If "jo-doe-2" is taken, offer "jo-doe-3". If "studio-54" is taken and no row has the slug "studio", the number
        # is part of the name, so offer "studio-54-2".
        after = self._free(counted)
        return typed, self._free(typed) if after == counted else after

    def slug_is_taken(self) -> ValidationError:
        """Return the validation error for a slug that another row already has. The message offers a free slug."""
        typed, free = self.taken_and_free()
        return ValidationError(
            _("“%(slug)s” is taken. Free: %(free)s."), code="slug_taken", params={"slug": typed, "free": free}
        )

    def _update_errors(self, errors: ValidationError) -> None:
        if hasattr(errors, "error_dict") and any(_is_taken(error) for error in errors.error_dict.get("slug", ())):
            if self.chosen_slug:
                # Another editor has taken it since `clean` chose it. The database's constraint has the last word.
                self.instance.slug = self.cleaned_data["slug"] = self._free(self.chosen_slug)
                del errors.error_dict["slug"]
            else:
                errors.error_dict["slug"] = [self.slug_is_taken()]
        # Show errors of fields that are not in this form at the top of the page.
        if hasattr(errors, "error_dict"):
            for name in set(errors.error_dict) - {NON_FIELD_ERRORS} - set(self.fields):
                errors.error_dict.setdefault(NON_FIELD_ERRORS, []).extend(errors.error_dict.pop(name))
        super()._update_errors(errors)  # type: ignore[misc]

    def clean_slug(self) -> str:
        # Normalise the slug as in URLs, because keyboards may encode the same letter in different ways.
        return normalised(self.cleaned_data["slug"])

    def _is_blank(self, name: str) -> bool:
        return name in self.fields and name not in self.errors and self.cleaned_data.get(name) in ("", None)

    def neighbours(self, name: str) -> models.QuerySet:
        """
        Return the other rows in which the value of the field `name` must not occur. If the value need not be unique,
        return an empty queryset.
        """
        model = type(self.instance)
        within = unique_beside(model, name)
        values = {field: self.cleaned_data.get(field) for field in within or ()}
        # If the field must be unique within a parent row, and the parent is new or invalid, there are no other rows.
        if within is None or any(value is None or getattr(value, "pk", value) is None for value in values.values()):
            return model._base_manager.none()
        return model._base_manager.filter(**values).exclude(pk=self.instance.pk)

    def _siblings(self, name: str) -> list[Any]:
        """Return the values of the field `name` in the other forms of the same formset."""
        forms_beside = [form for form in self.formset.forms if form is not self] if self.formset else []
        return [
            getattr(form, "cleaned_data", {}).get(name) or form.data.get(form.add_prefix(name)) or ""
            for form in forms_beside
        ]


def _is_taken(error: ValidationError) -> bool:
    return str(error.code) == "unique" or str(error.code).endswith("slug_unique")


class RecordPageForm(RecordForm):
    """
    The form of the admin page of a row, with a field for the reason for a change. If another editor has saved the row
    since the page was opened, `merged_edits` is the three-way merge of both edits (record/admin/three_way_merge.py).
    Nothing is saved until the editor has seen the other changes and resolved all conflicts.
    """

    merged_edits: Any = None
    #: True if the database raised an integrity error for the values of this form (portal/integrity_retry.py).
    is_refused = False

    change_reason = forms.CharField(
        label=_("Reason for this change"),
        required=False,
        max_length=100,
        help_text=_(
            "Optional. Other editors see the reason in the history. If the contest’s results are public, it "
            "also appears on the contest’s corrections page."
        ),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    opened_with = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.merged_edits is not None and self.merged_edits.is_open:
            self.add_error(
                None,
                ValidationError(
                    _("Nothing is saved yet, because somebody else changed this record. See the changes above.")
                ),
            )
        version = getattr(self.instance, "_history", None)
        if version is not None and is_blank(cleaned.get("change_reason") or "") and self._needs_reason():
            told = _("Give a reason, because saving restores a deleted record or changes what the public sees.")
            self.add_error("change_reason", told)
        if self.is_refused:
            told = _("Nothing was saved, because the database refused a value. Check your changes, or try again.")
            self.add_error(None, ValidationError(told))
        return cleaned

    def _needs_reason(self) -> bool:
        """
        Return whether restoring an old version of the row needs a reason: it does if the row is deleted or public.
        """
        model, pk = type(self.instance), self.instance.pk
        return is_gone(model, pk) or is_shown(model, [pk])

    @property
    def changed_data(self) -> list[str]:
        return [name for name in super().changed_data if name not in ("change_reason", "opened_with", ROWS_SOURCE)]


class RecordFormSet(forms.BaseInlineFormSet):
    """The formset of the inline rows on the admin page of their parent row. Two rows can swap positions in one save."""

    model: type[models.Model]
    data: QueryDict
    _is_filled_in = False

    def _construct_form(self, i: int, **kwargs: Any) -> forms.ModelForm:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        form.formset = self
        if self.is_bound and (source := self.data.get(ROWS_SOURCE)):
            self._fill_in_source(form, source)
        return form

    def _fill_in_source(self, form: forms.ModelForm, source: str) -> None:
        """
        If the source field of `form` is blank, fill in `source`, which the editor chose for the whole page. Call this
        before the form is validated, because a source may be required.
        """
        name = form.add_prefix("source")
        if (
            "source" not in form.fields
            or any(self.data.getlist(name))
            or (form.empty_permitted and not form.has_changed())
        ):
            return
        if not self._is_filled_in:  # `request.POST` is immutable
            self._is_filled_in, self.data = True, self.data.copy()
        self.data[name] = source
        form.data = self.data
        form.__dict__.pop("changed_data", None)

    def clean(self) -> None:
        super().clean()
        gone = [form.instance.pk for form in self.initial_forms if self._is_deleted(form)]
        if gone and is_blank(self.data.get("change_reason", "")) and is_shown(self.model, gone):
            raise ValidationError(
                _("The public sees this. Give a reason for deleting it under “Reason for this change”.")
            )

    def _is_deleted(self, form: forms.ModelForm) -> bool:
        return self._should_delete_form(form)  # type: ignore[attr-defined]

    def add_fields(self, form: forms.ModelForm, index: int | None) -> None:
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = form.fields["DELETE"].label

    def validate_unique(self) -> None:
        self._refuse_one_slug_twice()
        super().validate_unique()
        # Django checks only that the rows on the page are unique among themselves. Also check the rows that another
        # editor has added since the page was opened.
        strangers = self._rows().exclude(pk__in=[form.instance.pk for form in self.initial_forms])
        for stranger in strangers if self.instance.pk else ():
            for constraint in self._constraints_below_parent():
                fields = [name for name in constraint.fields if name != self.fk.name]
                for form in self.forms:
                    values = [form.cleaned_data.get(name) for name in fields] if form.is_valid() else []
                    if values == [getattr(stranger, name) for name in fields]:
                        at = constraint.violation_error_code
                        error: Any = constraint.get_violation_error_message()
                        if at == "slug" and isinstance(form, RecordForm):
                            error = form.slug_is_taken()
                        form.add_error(at, error)

    def _refuse_one_slug_twice(self) -> None:
        # If two rows on the page have the same slug, add the error to the form of the second row, with a free slug.
        # Django would show a general error above the formset.
        if "slug" not in self.form.base_fields or unique_beside(self.model, "slug") != (self.fk.name,):
            return
        seen = set()
        for form in self.forms:
            if not form.is_valid() or (self.can_delete and self._is_deleted(form)):
                continue
            slug = form.cleaned_data.get("slug")
            if slug and slug in seen and isinstance(form, RecordForm):
                form.add_error("slug", form.slug_is_taken())
            seen.add(slug)

    def get_unique_error_message(self, unique_check: Sequence[str]) -> str:
        for constraint in self._constraints_below_parent():
            if set(constraint.fields) == set(unique_check):
                return str(constraint.get_violation_error_message())
        return super().get_unique_error_message(unique_check)

    def _constraints_below_parent(self) -> list[models.UniqueConstraint]:
        constraints = self.model._meta.constraints
        return [c for c in constraints if isinstance(c, models.UniqueConstraint) and self.fk.name in c.fields]

    def _rows(self) -> models.QuerySet:
        return self.model._base_manager.filter(**{self.fk.name: self.instance.pk})

    def save(self, commit: bool = True) -> list[Any]:
        for name in RecordForm.POSITION_FIELDS:
            if name in self.form.base_fields and unique_beside(self.model, name) == (self.fk.name,):
                self._free_positions(name)
        return super().save(commit)

    def _free_positions(self, name: str) -> None:
        # Rows are saved one by one, and the database checks the unique constraint each time. To let two rows swap
        # positions, first give temporary positions to all rows that will be moved or deleted. Use `update`, which
        # writes no history.
        leaving = [
            form.instance.pk
            for form in self.initial_forms
            if name in form.changed_data or (self.can_delete and self._is_deleted(form))
        ]
        if not leaving:
            return
        rows = self._rows()
        wanted = {form.cleaned_data.get(name) for form in self.forms if form.has_changed()}
        occupied = {*rows.values_list(name, flat=True), *wanted}
        free = (number for number in count(1) if number not in occupied)
        for pk in leaving:
            rows.filter(pk=pk).update(**{name: next(free)})


class ViaFormSet(RecordFormSet):
    """
    The formset of rows that belong to another row than that of the page: their owner, to which the foreign key `via` of
    the page's row refers (`PartOptions.via`).
    """

    via = ""

    def __init__(self, data: Any = None, files: Any = None, instance: Any = None, **kwargs: Any):
        self.parent = instance
        super().__init__(data, files, instance=self._owner(instance), **kwargs)

    def _owner(self, parent: Any) -> models.Model:
        """
        Return the owner of the rows as it is in the database, because the editor saw the rows of this owner. For a new
        parent, return a new owner.
        """
        owners: type[models.Model] = self.fk.related_model
        if parent is None or not parent.pk:
            return owners()
        keys = type(parent)._base_manager.filter(pk=parent.pk).values(self.via)
        return owners._base_manager.filter(pk__in=keys).first() or owners()

    def full_clean(self) -> None:
        # Django makes the formsets of a new row before it reads the form, but validates them after it.
        chosen = self.parent.serializable_value(self.via) if self.parent is not None and not self.parent.pk else None
        if chosen is not None and not self.instance.pk:
            self.instance = self.fk.related_model._base_manager.get(pk=chosen)
        super().full_clean()

    def clean(self) -> None:
        super().clean()
        if self.parent is None or not self.parent.pk or not self.has_changed():
            return
        if self.parent.serializable_value(self.via) != self.instance.pk:
            # The rows on the page are those of the former owner.
            told = _("You have chosen another %(owner)s. Save this choice first, then change these rows.")
            raise ValidationError(told, params={"owner": self.instance._meta.verbose_name})

    def save_new(self, form: forms.ModelForm, commit: bool = True) -> Any:
        if not self.instance.pk:  # The owner of a new row is made together with the row.
            self.instance = getattr(self.parent, self.via)
        return super().save_new(form, commit)
