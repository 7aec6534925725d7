"""The first version in a row's history, and the reason for the changes that an editor makes."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q

FIRST_VERSION = "As it was before the first change"
#: The condition for an entry that `keep_first_version` wrote. The reason alone does not tell: an editor may type it.
IS_FIRST_VERSION = Q(history_change_reason=FIRST_VERSION, history_user__isnull=True, history_type="+")
LONGEST_REASON = 100
_reason: ContextVar[str] = ContextVar("reason", default="")


@contextmanager
def because(reason: str) -> Iterator[None]:
    """Within this context, give each history entry without a reason this one, for rows of every model."""
    token = _reason.set(reason.strip()[:LONGEST_REASON])
    try:
        yield
    finally:
        _reason.reset(token)


def keep_reason(sender: type[Model], history_instance: Any, **kwargs: Any) -> None:
    """Set the reason from `because` on a history entry before it is saved (signal receiver)."""
    if reason := _reason.get():
        history_instance.history_change_reason = history_instance.history_change_reason or reason


def keep_first_version(model: type[Model], keys: Iterable[Any], at: datetime | None = None) -> None:
    """
    Add a first history entry, with the current values, for rows that have none. Rows loaded from a fixture have no
    history, so their first change would have nothing to be compared with. Call this before the change; `at` is the time
    of the change, now by default.
    """
    known = model.history.filter(**{model._meta.pk.attname: OuterRef("pk")})
    rows = list(model._base_manager.filter(~Exists(known), pk__in=list(keys)))
    for row in rows:
        row._history_user = None  # not the signed-in editor
    keep_links(model, model.history.bulk_history_create(rows, default_change_reason=FIRST_VERSION, default_date=at))


def is_first_version(entry: Any) -> bool:
    """Whether `keep_first_version` wrote this entry: `IS_FIRST_VERSION` for an entry in hand."""
    return (entry.history_change_reason, entry.history_user_id, entry.history_type) == (FIRST_VERSION, None, "+")


def is_tracked(model: type[Model]) -> bool:
    """Return whether `model` has a history. (A history model may have a field called `history`.)"""
    return hasattr(model._meta, "simple_history_manager_attribute")


def leave_no_trace(sender: type[Model], instance: Model, created: bool, raw: bool, **kwargs: Any) -> None:
    """
    Don't start a history for the many-to-many links that a fixture sets after its row (post_save receiver). Such an
    entry would look like a change without an author or content.
    """
    if raw and is_tracked(sender):
        known = sender.history.filter(**{sender._meta.pk.attname: instance.pk})
        if created or not known.exists():
            instance.skip_history_when_saving = True  # the library reads this attribute


def keep_links(model: type[Model], records: Sequence[Any]) -> None:
    """
    Store the many-to-many links of historical `records` of `model`, which the library omits when it writes records in
    bulk. Two statements for each many-to-many field.
    """
    by_row = {getattr(record, model._meta.pk.attname): record for record in records}
    for field in model.history.model._history_m2m_fields if by_row else ():
        kept = getattr(model.history.model, field.name).model
        table, owner = field.remote_field.through, model._meta.get_field(field.name).m2m_field_name()
        columns = [column.attname for column in table._meta.concrete_fields]
        kept._base_manager.bulk_create(
            kept(history=by_row[getattr(link, f"{owner}_id")], **{name: getattr(link, name) for name in columns})
            for link in table._base_manager.filter(**{f"{owner}__in": list(by_row)})
        )
