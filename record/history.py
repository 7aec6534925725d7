"""Additions to django-simple-history: a first version for rows from fixtures, and reasons for changes."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q
from simple_history.utils import get_history_manager_for_model

FIRST_VERSION = "As it was before the first change"
#: The condition for history entries that `keep_first_version` wrote. It also checks user and type, because an editor
#: may type the same reason.
IS_FIRST_VERSION = Q(history_change_reason=FIRST_VERSION, history_user__isnull=True, history_type="+")
LONGEST_REASON = 100
_reason: ContextVar[str] = ContextVar("reason", default="")


@contextmanager
def because(reason: str) -> Iterator[None]:
    """Give `reason` to all history entries that are written in this context without a reason of their own."""
    token = _reason.set(reason.strip()[:LONGEST_REASON])
    try:
        yield
    finally:
        _reason.reset(token)


def keep_reason(sender: type[Model], history_instance: Any, **kwargs: Any) -> None:
    """
    Set the reason of the current `because` context on a history entry that has none. A receiver of the signal
    `pre_create_historical_record` of django-simple-history.
    """
    if reason := _reason.get():
        history_instance.history_change_reason = history_instance.history_change_reason or reason


def keep_first_version(model: type[Model], keys: Iterable[Any], at: datetime | None = None) -> None:
    """
    Write a history entry with the current values for each row of `model` that has no history and whose primary key is
    in `keys`. Rows from a fixture have no history, so without this entry, the history can't show what their first
    change changed. Call this before the change. `at` is the date of the entries; by default, the current time.
    """
    history = get_history_manager_for_model(model)
    known = history.filter(**{model._meta.pk.attname: OuterRef("pk")})
    rows: list[Any] = list(model._base_manager.filter(~Exists(known), pk__in=list(keys)))
    for row in rows:
        row._history_user = None  # otherwise django-simple-history sets the user of the current request
    keep_links(model, history.bulk_history_create(rows, default_change_reason=FIRST_VERSION, default_date=at))


def is_first_version(entry: Any) -> bool:
    """
    Return whether `keep_first_version` wrote the history entry `entry`. Checks the same condition as
    `IS_FIRST_VERSION`.
    """
    return (entry.history_change_reason, entry.history_user_id, entry.history_type) == (FIRST_VERSION, None, "+")


def is_tracked(model: type[Model]) -> bool:
    """Return whether django-simple-history keeps a history of `model`."""
    return hasattr(model._meta, "simple_history_manager_attribute")


def leave_no_trace(sender: type[Model], instance: Any, created: bool, raw: bool, **kwargs: Any) -> None:
    """
    Prevent history entries for the many-to-many links of a row that `loaddata` loads, if the row has no history. A
    receiver of `post_save`. django-simple-history doesn't record the loaded row itself, so an entry for its links would
    look like a change without an author.
    """
    if raw and is_tracked(sender):
        known = get_history_manager_for_model(sender).filter(**{sender._meta.pk.attname: instance.pk})
        if created or not known.exists():
            instance.skip_history_when_saving = True  # django-simple-history reads this attribute


def keep_links(model: type[Model], records: Sequence[Any]) -> None:
    """
    For each history entry in `records`, store the current many-to-many links of its row of `model`. Needed after
    writing entries in bulk, because django-simple-history then omits the links. Needs two SQL statements for each
    many-to-many field.
    """
    by_row = {getattr(record, model._meta.pk.attname): record for record in records}
    history = get_history_manager_for_model(model).model
    for field in history._history_m2m_fields if by_row else ():
        kept = getattr(history, field.name).model
        of_model: Any = model._meta.get_field(field.name)
        table, owner = field.remote_field.through, of_model.m2m_field_name()
        columns = [column.attname for column in table._meta.concrete_fields]
        kept._base_manager.bulk_create(
            kept(history=by_row[getattr(link, f"{owner}_id")], **{name: getattr(link, name) for name in columns})
            for link in table._base_manager.filter(**{f"{owner}__in": list(by_row)})
        )
