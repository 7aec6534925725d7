"""Write the first history record of many new rows with one SQL statement for each table."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models
from simple_history.utils import get_history_manager_for_model

from accounts.models import User
from record.history import is_tracked

from .stored_rows import in_pieces


def write_history(
    model: type[models.Model], primary_keys: Sequence[int], *, at: datetime, actor: User | None, reason: str
) -> None:
    """
    Write a history record of the type "+" for each of the rows of `model` with these primary keys, as they are now,
    with their many-to-many links. Rows must not have a history yet.
    """
    if not is_tracked(model):
        return
    history = get_history_manager_for_model(model).model
    own = [field.column for field in history.tracked_fields]
    said: dict[str, Any] = {
        "history_date": at,
        "history_type": "+",
        "history_change_reason": reason,
        "history_user": actor.pk if actor else None,
    } | ({"step": ""} if any(field.name == "step" for field in history._meta.fields) else {})
    fields: dict[str, Any] = {field.name: field for field in history._meta.concrete_fields}
    values = [fields[name].get_db_prep_save(value, connection) for name, value in said.items()]
    columns = [*own, *(fields[name].column for name in said)]
    for piece in in_pieces(primary_keys):
        among = f" WHERE id IN ({', '.join(f'{pk:d}' for pk in piece)})"
        chosen = f"{_quoted(own)}, {', '.join(['%s'] * len(values))}"
        table = _quoted([model._meta.db_table])
        _copy(history, columns, f"SELECT {chosen} FROM {table}{among}", values)  # noqa: S608
        for field in history._history_m2m_fields:
            _copy_links(model, history, field, piece, at)


def _copy_links(model: Any, history: Any, field: Any, primary_keys: Sequence[int], at: datetime) -> None:
    kept = getattr(history, field.name).model
    through = model._meta.get_field(field.name).remote_field.through
    columns = [column.column for column in through._meta.concrete_fields]
    owner = _quoted([through._meta.get_field(model._meta.get_field(field.name).m2m_field_name()).column])
    links, records = _quoted([through._meta.db_table]), _quoted([history._meta.db_table])
    among = ", ".join(f"{pk:d}" for pk in primary_keys)
    # The rows are new, so each has one record.
    sql = (
        f"SELECT {records}.history_id, {', '.join(f'{links}.{_quoted([name])}' for name in columns)} FROM {links}"  # noqa: S608
        f" JOIN {records} ON {records}.id = {links}.{owner} WHERE {links}.{owner} IN ({among})"
    )
    _copy(kept, [kept._meta.get_field("history").column, *columns], sql, [])


def _copy(model: Any, columns: Iterable[str], sql: str, values: Sequence[Any]) -> None:
    into = f"INSERT INTO {_quoted([model._meta.db_table])} ({_quoted(columns)}) {sql}"
    with connection.cursor() as cursor:
        cursor.execute(into, values)


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(map(connection.ops.quote_name, names))
