"""The columns of admin lists that count other rows, such as the credits of a person, up to a maximum."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.contrib import admin
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Model, OuterRef, QuerySet, Value
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from record.limited_lists import NumberOf

# Rows are counted up to this number. If there are more, "more than 1,000" is shown, because the exact number does not
# matter, and counting a million rows takes long.
COUNTED = 1_000


def number_text(number: int) -> str:
    """Return `number` as text. Above 1,000, return "more than 1,000"."""
    if number > COUNTED:
        return _("more than %(number)s") % {"number": number_format(COUNTED, force_grouping=True)}
    return number_format(number, force_grouping=True)


def count_column(relation: str, title: Any) -> Callable[[admin.ModelAdmin, Model], str]:
    """
    Return a function for `list_display` that shows the number of rows in `relation` (see `counted`), with the heading
    `title`. The SQL statement of the list counts these rows.

    The attribute of the model admin must not have the name of a many-to-many relation of the model: Django would show
    the relation, and not call the function.
    """
    name = "all_counted" if relation == "*" else f"{relation}_counted"

    @admin.display(description=title, ordering=name)
    def column(self: Any, obj: Model) -> str:
        return number_text(getattr(obj, name))

    column.counts = {name: relation}  # type: ignore[attr-defined]
    return column


@cache
def counted(model: Any, relation: str) -> Any:
    """
    Return an annotation that counts the rows in `relation` (reverse or many-to-many) for each row of `model`, up to
    `COUNTED` + 1. `relation` may begin with a foreign key, as in "work__credits". If it is "*", count the rows in all
    relations that point to `model`, each up to this number.
    """
    if relation == "*":
        return sum((counted(model, other.name) for other in model._meta.related_objects), start=Value(0))
    via, _separator, relation = relation.rpartition("__")
    owner = model._meta.get_field(via).related_model if via else model
    field: Any = owner._meta.get_field(relation)
    if field.many_to_many and field.concrete:
        table, parent = field.remote_field.through, field.m2m_field_name()
    elif field.many_to_many:
        table, parent = field.through, field.field.m2m_reverse_field_name()
    else:
        table, parent = field.related_model, field.field.name
    return NumberOf(table._base_manager.filter(**{parent: OuterRef(via or "pk")}), COUNTED)


def capped_counts(querysets: Iterable[QuerySet], *, shown: int = 0) -> list[int]:
    """
    Return the number of rows of each queryset, as a list in the same order. Counting stops at `COUNTED` + 1, after the
    first `shown` rows. Runs one SQL statement.
    """
    counts: list[str] = []
    values: list[Any] = []
    for rows in querysets:
        try:
            sql, its_values = rows.order_by().values("pk")[: shown + COUNTED + 1].query.sql_with_params()
        except EmptyResultSet:  # No row can meet the conditions.
            counts.append("0")
            continue
        counts.append(f"(SELECT COUNT(*) FROM ({sql}) counted)")  # noqa: S608 (Django made the SQL, without values)
        values += its_values
    if not counts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(counts)}", values)
        return list(cursor.fetchone())
