"""The unique constraints that the rows moved by a merge must not break: duplicates and positions."""

from typing import Any

from django.db import models
from django.db.models import Model

HIGHEST_PLACE = 32_767


def unique_with(table: type[Model], column: models.ForeignKey) -> list[tuple[str, ...]]:
    """
    For each unique constraint of `table` that includes `column`, return a tuple with the names of its other fields. The
    tuple is () for a constraint on `column` alone.
    """
    sets = [tuple(c.fields) for c in table._meta.constraints if isinstance(c, models.UniqueConstraint)]
    sets += [tuple(names) for names in table._meta.unique_together]
    sets += [(column.name,)] if column.unique else []
    return [tuple(name for name in names if name != column.name) for names in sets if column.name in names]


def unique_values(row: Model, names: tuple[str, ...]) -> tuple[Any, ...] | None:
    """
    Return the values of the fields `names`. Return None if one of them is null, because nulls are never duplicates.
    """
    values = tuple(row.serializable_value(name) for name in names)
    return None if None in values else values


def has_twin(twins: dict[Any, Model], row: Model, names: tuple[str, ...]) -> bool:
    """Return whether `twins`, rows by (names, values), has a row with the values of `row` in the fields `names`."""
    return (names, unique_values(row, names)) in twins


def values_beside(row: Model, names: tuple[str, ...], position: str) -> tuple[Any, ...]:
    """Return the values of the fields `names` except `position`: rows with the same ones share the positions."""
    return tuple(row.serializable_value(name) for name in names if name != position)


def renumbered(row: Model, position: str, occupied: set[int]) -> dict[str, list[int]]:
    """
    If the position of `row`, in the field `position`, is in `occupied`, return the change to a free position:
    {position: [old, new]}. Otherwise return {}. Add the resulting position to `occupied`.
    """
    old = new = getattr(row, position)
    if old in occupied:
        new = max(occupied) + 1
        if new > HIGHEST_PLACE:
            new = next(number for number in range(1, HIGHEST_PLACE) if number not in occupied)
    occupied.add(new)
    return {} if new == old else {position: [old, new]}
