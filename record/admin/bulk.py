"""
Bulk changes in the admin. A page previews the change of each row; after confirmation, either all rows change or none.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import IntegrityError, models, transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from record.field_text import as_text, field_text
from record.history import keep_first_version

from .deletion import deletion_of_many

MOST_AT_ONCE = 500


@dataclass(frozen=True)
class BulkChange:
    """
    A field that editors can set for many rows at once. For a many-to-many field, the chosen rows are added to the
    existing ones or, if `replaces` is True, replace them.
    """

    field: str
    label: Any
    """The name of the action, and the heading of the page."""
    may_be_blank: bool = False
    replaces: bool = False

    @property
    def name(self) -> str:
        return f"set_{self.field}"


@dataclass(frozen=True)
class Planned:
    """
    The planned change of one row: its current value (`now`) and its new value (`then`), as text, and the errors that
    prevent the change.
    """

    row: models.Model
    now: str
    then: str
    errors: Sequence[str] = ()

    @property
    def changes(self) -> bool:
        return self.now != self.then


SOURCE = BulkChange("source", gettext_lazy("Name the source"))
SOURCES = BulkChange("sources", gettext_lazy("Add sources"))


class ReasonForm(forms.Form):
    """The reason for a bulk change, stored in the history of each row."""

    required_css_class = "required"

    reason = forms.CharField(
        label=gettext_lazy("Reason for this change"),
        max_length=100,
        help_text=gettext_lazy(
            "Other editors see the reason in the history. If the contest’s results are public, it also "
            "appears on the contest’s corrections page."
        ),
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )


class BulkOptions(admin.ModelAdmin):
    """
    A model admin whose list offers bulk changes: those in `bulk`, and one for each of the fields `source` and `sources`
    that the model has.
    """

    bulk: tuple[BulkChange, ...] = ()
    most_at_once = MOST_AT_ONCE

    def bulk_changes(self) -> list[BulkChange]:
        """Return the bulk changes that this list offers as actions."""
        return [*self.bulk, *(change for change in (SOURCE, SOURCES) if self._has(change.field))]

    def _has(self, field: str) -> bool:
        try:
            self.opts.get_field(field)
        except FieldDoesNotExist:
            return False
        return True

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        if IS_POPUP_VAR in request.GET:
            return actions
        if "delete_selected" in actions:
            actions["delete_selected"] = (_deletion, *actions["delete_selected"][1:])
        if self.has_change_permission(request):
            for change in self.bulk_changes():
                actions[change.name] = (_action(change), change.name, change.label)
        return actions

    @transaction.atomic
    def bulk_view(self, request: HttpRequest, change: BulkChange, chosen: models.QuerySet) -> HttpResponse | None:
        """
        Ask for the new value of the field, then preview the change of each row in `chosen`, then apply the changes.
        Return the page to show, or None if the changes were applied or too many rows were chosen.
        """
        keys = list(chosen.order_by("pk").values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
        if is_too_much(self, request, len(keys)):
            return None
        form = self._bulk_form(request, change)
        plan: list[Planned] = []
        if form.is_bound and form.is_valid():
            if "apply" in request.POST:
                # Lock the rows, so that nobody can change them between the check of the plan and the update.
                list(self.model._base_manager.select_for_update().filter(pk__in=keys).values_list("pk"))
            value = form.cleaned_data[change.field]
            plan = [self._planned(request, row, change, value) for row in self.bulk_rows(request, change, keys)]
            if self._is_agreed(request, plan) and self._take(request, change, plan, value, form):
                return None
        rows = [planned.row for planned in plan] or self.bulk_rows(request, change, keys)
        return self._bulk_page(request, change, form, rows, plan)

    def bulk_rows(self, request: HttpRequest, change: BulkChange, keys: Sequence[Any]) -> list[models.Model]:
        """
        Return the rows with the primary keys `keys` in the order of the list. The related rows that the page shows are
        loaded too.
        """
        joins: Any = self.list_select_related or ()
        rows = self.model._default_manager.filter(pk__in=keys).select_related(*joins)
        several = self.opts.get_field(change.field).many_to_many
        related = self.opts.get_field(change.field).remote_field and not several
        rows = rows.prefetch_related(change.field) if several else rows
        return list((rows.select_related(change.field) if related else rows).order_by(*self.get_ordering(request)))

    def _bulk_form(self, request: HttpRequest, change: BulkChange) -> forms.Form:
        column: Any = self.opts.get_field(change.field)
        field: Any = self.formfield_for_dbfield(column, request)
        if isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        field.required = not change.may_be_blank
        if column.choices and not change.may_be_blank:
            # No initial choice: the model's default is rarely the value that existing rows should get.
            field.choices, field.initial = [("", "---------"), *field.choices], None
        form = type("BulkForm", (ReasonForm,), {change.field: field, "field_order": [change.field, "reason"]})
        return form(request.POST if "preview" in request.POST or "apply" in request.POST else None)

    def _planned(self, request: HttpRequest, row: models.Model, change: BulkChange, value: Any) -> Planned:
        field: Any = self.opts.get_field(change.field)
        now = field_text(row, field)
        errors = [] if self.has_change_permission(request, row) else [_("You may not change this row.")]
        if field.many_to_many:
            kept = () if change.replaces else getattr(row, field.name).all()
            labels = {str(other): None for other in (*kept, *value)}
            errors += self.link_errors(row, change, value)
            return Planned(row, now, as_text(list(labels), join="; ".join), errors)
        setattr(row, field.name, value)
        try:
            row.clean()
            if not field.remote_field:
                row.clean_fields(exclude={other.name for other in self.opts.fields} - {field.name})
        except ValidationError as error:
            errors += error.messages
        return Planned(row, now, field_text(row, field), errors)

    def link_errors(self, row: Any, change: BulkChange, value: Iterable[Any]) -> list[str]:
        """Return why the rows `value` can't be linked to `row` by a many-to-many field: messages, by default none."""
        return []

    def _is_agreed(self, request: HttpRequest, plan: Sequence[Planned]) -> bool:
        """Return whether the editor has confirmed exactly this plan, and no row in the plan has an error."""
        seen = request.POST.get("seen", "") if "apply" in request.POST else ""
        return constant_time_compare(seen, _fingerprint(plan)) and not any(planned.errors for planned in plan)

    def _take(
        self, request: HttpRequest, change: BulkChange, plan: Sequence[Planned], value: Any, form: forms.Form
    ) -> bool:
        """
        Apply the plan to all rows and return True. If the database refuses the change of a row, change no row, add an
        error to `form` and return False.
        """
        rows: list[Any] = [planned.row for planned in plan if planned.changes]
        try:
            with transaction.atomic():
                keep_first_version(self.model, [row.pk for row in rows])
                for row in rows:
                    row._change_reason = form.cleaned_data["reason"]
                    row._history_user = request.user
                    if self.opts.get_field(change.field).many_to_many:
                        links = getattr(row, change.field)
                        links.set(value) if change.replaces else links.add(*value)
                    else:
                        row.save()
                    self.log_change(request, row, str(change.label))
        except IntegrityError:
            form.add_error(None, _("Nothing was changed: the database does not allow this change in one of the rows."))
            return False
        text = ngettext("%(number)d %(kind)s changed.", "%(number)d %(kind)s changed.", len(rows))
        kind = self.opts.verbose_name if len(rows) == 1 else self.opts.verbose_name_plural
        self.message_user(request, text % {"number": len(rows), "kind": kind}, messages.SUCCESS)
        return True

    def _present(self, change: BulkChange, rows: Iterable[models.Model]) -> list[tuple[str, int]]:
        """Return how many of `rows` have each value of a field with choices, in the order of the choices."""
        field: Any = self.opts.get_field(change.field)
        found = Counter(getattr(row, field.attname) for row in rows) if field.choices else Counter()
        return [(str(label), found[value]) for value, label in field.flatchoices if found[value]]

    def _bulk_page(
        self, request: HttpRequest, change: BulkChange, form: forms.Form, rows: Any, plan: Sequence[Planned]
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media + form.media,
            "title": change.label,
            "change": change,
            "form": form,
            "rows": rows,
            "present": () if plan else self._present(change, rows),
            "plan": plan,
            "changing": sum(planned.changes for planned in plan),
            "failing": sum(bool(planned.errors) for planned in plan),
            "was_agreed": "apply" in request.POST,
            "seen": _fingerprint(plan),
            "checkbox": ACTION_CHECKBOX_NAME,
            "back": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/bulk.html", context)


def is_too_much(model_admin: admin.ModelAdmin, request: HttpRequest, number: int) -> bool:
    """Return whether `number`, the number of chosen rows, is higher than `MOST_AT_ONCE`. If so, show a message."""
    if number > MOST_AT_ONCE:
        told = _("Select at most %(most)d rows at once. Use the filters to narrow the list.")
        model_admin.message_user(request, told % {"most": MOST_AT_ONCE}, messages.WARNING)
    return number > MOST_AT_ONCE


def _action(change: BulkChange) -> Callable:
    @admin.action(description=change.label, permissions=["change"])
    def action(modeladmin: BulkOptions, request: HttpRequest, queryset: models.QuerySet) -> HttpResponse | None:
        return modeladmin.bulk_view(request, change, queryset)

    return action


def _deletion(modeladmin: admin.ModelAdmin, request: HttpRequest, queryset: models.QuerySet) -> HttpResponse | None:
    if is_too_much(modeladmin, request, queryset.order_by().values("pk")[: MOST_AT_ONCE + 1].count()):
        return None
    return deletion_of_many(modeladmin, request, queryset, delete_selected)


def _fingerprint(plan: Sequence[Planned]) -> str:
    told = [(planned.row.pk, planned.now, planned.then) for planned in plan]
    return salted_hmac("record.admin.bulk", repr(told), algorithm="sha256").hexdigest() if plan else ""
