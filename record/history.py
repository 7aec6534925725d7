"""What the history of a row begins with, and why what an editor does at once was done."""

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
    """Meanwhile each entry of the history that has no reason of its own gets this one, whatever row it is of."""
    token = _reason.set(reason.strip()[:LONGEST_REASON])
    try:
        yield
    finally:
        _reason.reset(token)


def keep_reason(sender: type[Model], history_instance: Any, **kwargs: Any) -> None:
    """Before an entry is written."""
    if reason := _reason.get():
        history_instance.history_change_reason = history_instance.history_change_reason or reason


def keep_first_version(model: type[Model], keys: Iterable[Any], at: datetime | None = None) -> None:
    """
    Has the history begin with the rows as they are, where it knows nothing of them: a fixture leaves no trace, and the
    first change would have nothing to be compared with. To be called before the change; `at` is its moment, if not now.
    """
    known = model.history.filter(**{model._meta.pk.attname: OuterRef("pk")})
    rows = list(model._base_manager.filter(~Exists(known), pk__in=list(keys)))
    for row in rows:
        row._history_user = None  # not whoever is at the desk
    keep_links(model, model.history.bulk_history_create(rows, default_change_reason=FIRST_VERSION, default_date=at))


def is_first_version(entry: Any) -> bool:
    """Whether `keep_first_version` wrote this entry: `IS_FIRST_VERSION` for an entry in hand."""
    return (entry.history_change_reason, entry.history_user_id, entry.history_type) == (FIRST_VERSION, None, "+")


def is_tracked(model: type[Model]) -> bool:
    """Whether `model` has a history. A model *of* a history may have a field of that name."""
    return hasattr(model._meta, "simple_history_manager_attribute")


def leave_no_trace(sender: type[Model], instance: Model, created: bool, raw: bool, **kwargs: Any) -> None:
    """
    After a row is saved: where a fixture brings one that is new, or has no history yet, the links that follow it, to
    its sources, begin none. They would look like a change by nobody, of nothing.
    """
    if raw and is_tracked(sender):
        known = sender.history.filter(**{sender._meta.pk.attname: instance.pk})
        if created or not known.exists():
            instance.skip_history_when_saving = True  # the library asks for it


def keep_links(model: type[Model], records: Sequence[Any]) -> None:
    """
    Gives historical `records` of `model` what the library leaves out where it writes them in bulk: the rows that their
    many-to-many fields lead to. Two statements for each of these fields.
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
