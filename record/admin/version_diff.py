"""Compares versions of rows in the history: which fields changed, with the old and new values as text."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Permission
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.models import prefetch_related_objects
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from simple_history.template_utils import ObjDiffDisplay

from record.field_text import as_text, field_text

#: A historical record. The type is Any, because django-simple-history creates the classes at run time.
Version = Any

SHOWN = 300


@dataclass(frozen=True)
class Change:
    """A field's old and new value as text; a long text is shortened to the part around the difference."""

    field: str
    old: str
    new: str
    whole: tuple[str, str]
    """The full old and new text."""


def changes_between(old: Version, new: Version, labels: Mapping[str, Mapping[Any, list[str]]]) -> list[Change]:
    """
    Return the differences between two historical records of one row, including fields that no form shows. `labels` has
    the names of the linked rows for each many-to-many field and record: {field name: {history ID: [label, …]}}.
    """
    changes = []
    for field in new.tracked_fields:
        if field.name.endswith(("_width", "_height", "_original")):  # list only the change of the image itself
            continue
        if getattr(old, field.attname) != getattr(new, field.attname):
            changes.append(_change(field, field_text(old, field), field_text(new, field)))
    for field in new._history_m2m_fields:
        before, after = (sorted(labels[field.name][row.pk]) for row in (old, new))
        if before != after:
            changes.append(_change(field, as_text(before), as_text(after)))
    return changes


def _change(field: models.Field, old: str, new: str) -> Change:
    shown_old, shown_new = ObjDiffDisplay(max_length=SHOWN).common_shorten_repr(old, new)
    return Change(str(capfirst(field.verbose_name)), shown_old, shown_new, whole=(old, new))


def set_changes(records: Sequence[Version], before: Iterable[Version] = ()) -> None:
    """
    Set `changes` on each of `records`: the differences from the previous record of the same row. `records` may belong
    to several rows of one model; the newest come first. `before` has older records, with which the oldest of `records`
    are compared. Also set `linked`: the linked rows of each many-to-many field. Runs one SQL statement for each
    many-to-many field.
    """
    if not records:
        return
    everything = [*records, *before]
    linked = {field.name: _linked(field, everything) for field in records[0]._history_m2m_fields}
    labels = {name: _labels(rows) for name, rows in linked.items()}
    rows: dict[Any, list[Version]] = defaultdict(list)
    for record in everything:
        record.changes = []
        record.linked = {name: [row for _pk, row in rows[record.pk] if row] for name, rows in linked.items()}
        rows[getattr(record, record.instance_type._meta.pk.attname)].append(record)
    for versions in rows.values():
        for new, old in zip(versions, versions[1:], strict=False):
            if new.history_type == "~":
                new.changes = changes_between(old, new, labels)
            elif new.history_type == "-":  # The links of a deleted row are deleted before its record is written.
                new.linked = old.linked


def _linked(field: models.ManyToManyField, records: Sequence[Version]) -> dict[Any, list[tuple[Any, Any]]]:
    """Return the links of each record: {history ID: [(key of the linked row, linked row or None), …]}."""
    links = getattr(records[0], field.name).model
    target = field.m2m_reverse_field_name()
    linked: dict[Any, list[tuple[Any, Any]]] = defaultdict(list)
    # Load the content type of a permission too, because the name of the permission includes it.
    joins = [target, f"{target}__content_type"] if field.related_model is Permission else [target]
    for link in links.objects.filter(history__in=[record.pk for record in records]).select_related(*joins):
        linked[link.history_id].append((getattr(link, f"{target}_id"), getattr(link, target, None)))
    return linked


def _labels(linked: Mapping[Any, list[tuple[Any, Any]]]) -> dict[Any, list[str]]:
    labels: dict[Any, list[str]] = defaultdict(list)
    for number, links in linked.items():
        labels[number] = [str(row) if row else _("deleted (%(id)s)") % {"id": pk} for pk, row in links]
    return labels


def set_names(records: Sequence[Version]) -> None:
    """
    Set `row_name` on each of `records`, which belong to one model: the row's name at the time of the record. Uses the
    related rows already loaded with the record, and those that `set_changes` has loaded. If the model has a method
    `parts_of_name`, the parts that it returns are prefetched as they are now.
    """
    # Don't use `record.instance`: it would query the fields that are not in the history.
    rows = [_row_of(record) for record in records]
    if rows and (parts := getattr(rows[0], "parts_of_name", None)):
        prefetch_related_objects(rows, *parts())
    for record, row in zip(records, rows, strict=True):
        try:
            record.row_name = str(row)
        except ObjectDoesNotExist:  # the name includes the name of a row that has been deleted
            record.row_name = f"{capfirst(row._meta.verbose_name)} {row.pk}"


def _row_of(record: Version) -> Any:
    row = record.instance_type(**{field.attname: getattr(record, field.attname) for field in record.tracked_fields})
    for field in record.tracked_fields:
        if isinstance(field, models.ForeignKey) and (related := getattr(record, field.name, None)):
            setattr(row, field.name, related)
    row._prefetched_objects_cache = dict(getattr(record, "linked", {}))
    return row
