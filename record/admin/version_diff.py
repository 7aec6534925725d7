"""Compares versions of rows in the history: which fields changed, with the old and new values as text."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Permission
from django.core.exceptions import ObjectDoesNotExist
from django.db import models
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
    are compared. Runs up to two SQL statements for each many-to-many field.
    """
    if not records:
        return
    everything = [*records, *before]
    labels = {field.name: _labels(field, everything) for field in records[0]._history_m2m_fields}
    rows: dict[Any, list[Version]] = defaultdict(list)
    for record in everything:
        record.changes = []
        rows[getattr(record, record.instance_type._meta.pk.attname)].append(record)
    for versions in rows.values():
        for new, old in zip(versions, versions[1:], strict=False):
            if new.history_type == "~":
                new.changes = changes_between(old, new, labels)


def _labels(field: models.ManyToManyField, records: Sequence[Version]) -> dict[Any, list[str]]:
    links = getattr(records[0], field.name).model
    target = field.m2m_reverse_field_name()
    labels: dict[Any, list[str]] = defaultdict(list)
    # Load the content type of a permission too, because the name of the permission includes it.
    joins = [target, f"{target}__content_type"] if field.related_model is Permission else [target]
    for link in links.objects.filter(history__in=[record.pk for record in records]).select_related(*joins):
        row = getattr(link, target, None)
        labels[link.history_id].append(
            str(row) if row else _("deleted (%(id)s)") % {"id": getattr(link, f"{target}_id")}
        )
    return labels


def row_name(record: Version) -> str:
    """Return the row's name at the time of `record`, using the related rows already loaded with it."""
    # Don't use `record.instance`: it would query the fields that are not in the history.
    row = record.instance_type(**{field.attname: getattr(record, field.attname) for field in record.tracked_fields})
    for field in record.tracked_fields:
        if isinstance(field, models.ForeignKey) and (related := getattr(record, field.name, None)):
            setattr(row, field.name, related)
    try:
        return str(row)
    except ObjectDoesNotExist:  # the name includes the name of a row that has been deleted
        return f"{capfirst(row._meta.verbose_name)} {row.pk}"
