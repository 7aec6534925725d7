"""The history page of a row in the admin: who changed it, when, why, and which fields."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.utils import unquote
from django.contrib.auth.models import Permission
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db import models, transaction
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import ObjDiffDisplay

from record.field_text import as_text, field_text
from record.forms import keep_what_no_form_holds
from record.history import is_tracked, keep_first_version
from record.restoring import is_gone

from .primary_keys import key_or_404
from .restoring import RestoreMixin

SHOWN = 300
PARTS_SHOWN = 50


@dataclass(frozen=True)
class Change:
    """A field's old and new value as text; a long text is shortened to the part around the difference."""

    field: str
    old: str
    new: str
    whole: tuple[str, str]
    """The full old and new text."""


def changes_between(old: Model, new: Model, labels: dict[str, list[str]] | None = None) -> list[Change]:
    """
    Return the differences between two historical records of one row, including fields that no form shows. `labels` has
    the linked rows of each many-to-many field at each record: {field name: {history id: [label, …]}}.
    """
    changes = []
    for field in new.tracked_fields:
        if field.name.endswith(("_width", "_height", "_original")):  # they change with the image, which is listed
            continue
        if getattr(old, field.attname) != getattr(new, field.attname):
            changes.append(_change(field, field_text(old, field), field_text(new, field)))
    for field in new._history_m2m_fields:
        before, after = (sorted(labels[field.name][row.pk]) for row in (old, new))
        if before != after:
            changes.append(_change(field, as_text(before), as_text(after)))
    return changes


def _change(field: models.Field, old: str, new: str) -> Change:
    shown = ObjDiffDisplay(max_length=SHOWN).common_shorten_repr(old, new)
    return Change(str(capfirst(field.verbose_name)), *shown, whole=(old, new))


def tell(records: Sequence[Model], before: Iterable[Model] = ()) -> None:
    """
    Set `changes` on each of `records`: the differences from the previous record of the same row. `records` may mix rows
    of one model, newest first. `before` has older records, to compare the last ones with. Two statements for each
    many-to-many field.
    """
    if not records:
        return
    everything = [*records, *before]
    labels = {field.name: _labels(field, everything) for field in records[0]._history_m2m_fields}
    rows: dict[Any, list[Model]] = defaultdict(list)
    for record in everything:
        record.changes = []
        rows[getattr(record, record.instance_type._meta.pk.attname)].append(record)
    for versions in rows.values():
        for new, old in zip(versions, versions[1:], strict=False):
            if new.history_type == "~":
                new.changes = changes_between(old, new, labels)


def _labels(field: models.ManyToManyField, records: Sequence[Model]) -> dict[Any, list[str]]:
    links = getattr(records[0], field.name).model
    target = field.m2m_reverse_field_name()
    labels: dict[Any, list[str]] = defaultdict(list)
    # The name of a permission includes its content type.
    joins = [target, f"{target}__content_type"] if field.related_model is Permission else [target]
    for link in links.objects.filter(history__in=[record.pk for record in records]).select_related(*joins):
        row = getattr(link, target, None)
        labels[link.history_id].append(
            str(row) if row else _("deleted (%(id)s)") % {"id": getattr(link, f"{target}_id")}
        )
    return labels


def row_name(record: Model) -> str:
    """Return the row's name at the time of `record`, using the related rows already loaded with it."""
    # Not `record.instance`, which would query the fields that are not in the history.
    row = record.instance_type(**{field.attname: getattr(record, field.attname) for field in record.tracked_fields})
    for field in record.tracked_fields:
        if isinstance(field, models.ForeignKey) and (related := getattr(record, field.name, None)):
            setattr(row, field.name, related)
    try:
        return str(row)
    except ObjectDoesNotExist:  # a row that the name is made of was deleted since
        return f"{capfirst(row._meta.verbose_name)} {row.pk}"


class HistoryAdmin(RestoreMixin, SimpleHistoryAdmin):
    """
    Records who changes a row and why, and shows it. An old version can be restored as far as the form goes: values that
    the form doesn't hold (the key, the state of results) stay as they are.
    """

    object_history_template = "admin/audit_log.html"
    object_history_list_template = "admin/audit_log_row.html"
    history_list_per_page = 25

    def history_view(self, request, object_id, extra_context=None):
        key_or_404(self.model, unquote(object_id))
        parts = {"parts": self._history_of_parts(request, object_id), "parts_shown": PARTS_SHOWN}
        return super().history_view(request, object_id, {**parts, **(extra_context or {})})

    def set_history_delta_changes(self, request, historical_records, foreign_keys_are_objs=True) -> None:
        records = list(historical_records)
        if not records:
            return
        last = records[-1]
        pk_name = self.model._meta.pk.attname
        rows = self.get_history_queryset(request, self.model.history, pk_name, getattr(last, pk_name))
        tell(records, rows.filter(history_id__lt=last.history_id).order_by("-history_id")[:1])

    def _history_of_parts(self, request, object_id: str) -> list[tuple[str, list[Model]]]:
        """Return the changes to the inline rows of the page, by kind, newest first."""
        parts = []
        for inline in self.get_inline_instances(request):
            parent = inline.get_formset(request).fk
            rows = inline.model.history.filter(**{parent.attname: object_id})
            rows = rows._select_related_history_tracked_objs().select_related("history_user")
            rows = rows.order_by("-history_date", "-history_id")
            records = list(rows[: PARTS_SHOWN * 2])
            tell(records)
            for record in records:
                record.row_name = row_name(record)
            if records:
                parts.append((capfirst(inline.model._meta.verbose_name_plural), records[:PARTS_SHOWN]))
        return parts

    @transaction.atomic
    def history_form_view(self, request, object_id, version_id, extra_context=None):
        key_or_404(self.model, object_id)
        key_or_404(self.model.history.model, version_id)
        if request.method == "POST":
            row = self.get_object(request, object_id)
            # The library lets everyone who may view a version restore it.
            if row is not None and not self.has_change_permission(request, row):
                raise PermissionDenied
        return super().history_form_view(request, object_id, version_id, extra_context)

    def save_model(self, request, obj, form, change) -> None:
        version = getattr(obj, "_history", None)
        if version is not None and is_gone(type(obj), obj.pk):
            self.put_back(request, obj, form)
            return
        if version is not None:
            keep_what_no_form_holds(obj, form.cleaned_data)
        reason = form.cleaned_data.get("change_reason", "")
        obj._change_reason = reason or None
        if change and version is None and not reason and not form.has_changed():
            # Skip an empty entry: it would look as if this editor had worked on the result.
            return
        if change:
            keep_first_version(type(obj), [obj.pk])
        if change and version is None and form.changed_data and self._only_links_changed(form):
            # The library writes this entry itself when the form saves the many-to-many fields.
            obj._history_user = request.user
            return
        super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change) -> None:
        if is_tracked(formset.model):
            changed = [below.instance.pk for below in formset.initial_forms if below.has_changed()]
            keep_first_version(formset.model, changed)
        super().save_formset(request, form, formset, change)

    @staticmethod
    def _only_links_changed(form) -> bool:
        """Return whether only many-to-many fields were changed, and no column of the row itself."""
        told = {field.name for field in type(form.instance).history.model._history_m2m_fields}
        return set(form.changed_data) - {"change_reason", "opened_with"} <= told and bool(set(form.changed_data) & told)
