"""What the preview of an import shows, as JSON, so that a background task can make it."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import User
from record.countries import CountryField
from record.field_text import labels_of

from .columns import Column
from .comparison import Change, Comparison, approves
from .importing import may_approve
from .reading import Archive

#: The most changed rows that the preview lists, and the most characters of a value.
_LISTED, _LONGEST = 200, 300


def preview_of(archive: Archive, found: Comparison, actor: User | None) -> dict[str, Any]:
    """Return what `archive` would change. `seen` identifies this, so that nothing else is imported."""
    return {
        "seen": found.fingerprint(),
        "is_sealed": archive.is_sealed,
        "approves": approves(found),
        "may_approve": may_approve(actor),
        "kept_states": found.kept_states,
        "does_nothing": found.does_nothing,
        "new_count": found.new_count,
        "kinds": [
            [capfirst(str(of.kind.model._meta.verbose_name_plural)), len(of.new), len(of.changed), of.same]
            for of in found.kinds.values()
            if of.new or of.changed or of.same
        ],
        "changes": [_shown(change) for change in found.changes[:_LISTED]],
        "more_changes": max(len(found.changes) - _LISTED, 0),
    }


def _shown(change: Change) -> list[Any]:
    fields = []
    for column in change.fields:
        old, new = change.values(column)
        fields.append([capfirst(str(column.field.verbose_name)), _text(column, old), _text(column, new)])
    return [str(change), fields]


def _text(column: Column, value: Any) -> str:
    if column.is_image and value:
        return _("an image (%(checksum)s)") % {"checksum": value[6:14]}
    if isinstance(value, list):
        value = ", ".join(value)
    if column.field.choices and not column.is_many:
        labels = labels_of(column.field)
        # Several countries are stored as "FR,JP".
        values = str(value or "").split(",") if isinstance(column.field, CountryField) else [value]
        value = ", ".join(str(labels.get(each, each)) for each in values)
    text = "" if value is None else str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
