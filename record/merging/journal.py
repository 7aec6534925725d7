"""The steps of a merge: their representation as JSON, and the class that runs them and writes the history entries."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any, Protocol

from django.apps import apps
from django.db import models
from django.db.models import Model
from simple_history.models import HistoricalChanges

from record.history import is_tracked, keep_first_version
from record.model_fields import field_named

if TYPE_CHECKING:
    from accounts.models import User

AT_ONCE = 500
CHANGE, DELETE, INSERT = "change", "delete", "insert"


@dataclass(frozen=True)
class Step:
    """
    One step of a merge: it changes, deletes or inserts one row of `model`. `values` are values of columns, as returned
    by `written`. For a change, they are {column: [old value, new value]}; for a deletion or an insertion, {column:
    value}. `pk` is None for a row that is not inserted yet.
    """

    kind: str
    model: type[Model]
    pk: Any
    values: dict[str, Any]

    @property
    def inverse(self) -> "Step":
        """The step that undoes this step."""
        kind = {DELETE: INSERT, INSERT: DELETE}.get(self.kind, CHANGE)
        values = {name: [new, old] for name, (old, new) in self.values.items()} if kind == CHANGE else self.values
        return Step(kind, self.model, self.pk, values)

    def as_json(self) -> list[Any]:
        return [self.kind, self.model._meta.label_lower, self.pk, self.values]

    @classmethod
    def from_json(cls, kept: list[Any]) -> "Step":
        kind, label, pk, values = kept
        return cls(kind, apps.get_model(label), pk, values)


def written(row: Model, field: models.Field) -> Any:
    """Return the value of the column `field` of `row`, converted for JSON. `read` converts it back without any loss."""
    value = field.value_from_object(row)
    if value is None or isinstance(value, bool | int) or isinstance(field, models.JSONField):
        return value
    return field.value_to_string(row)


def read(field: models.Field, value: Any) -> Any:
    """Convert `value`, which `written` returned for the column `field`, back to a Python value."""
    return None if value is None else field.to_python(value)


def values_of(row: Model) -> dict[str, Any]:
    """Return the values of all columns of `row`, converted for JSON: {column: value}."""
    return {field.attname: written(row, field) for field in row._meta.concrete_fields}


def made_of(model: type[Model], values: dict[str, Any]) -> Model:
    """Return an unsaved row of `model` with the column values `values`. The inverse of `values_of`."""
    return model(**{name: read(field_named(model, name), value) for name, value in values.items()})


def is_history(model: type[Model]) -> bool:
    return issubclass(model, HistoricalChanges)


def owner_of(link: type[Model]) -> models.ForeignKey | None:
    """
    Return the foreign key of the many-to-many table `link` that points to the model with the `ManyToManyField`. Return
    None if `link` is not a many-to-many table.
    """
    owner = link._meta.auto_created
    columns = [field for field in link._meta.fields if isinstance(field, models.ForeignKey)]
    return next((field for field in columns if owner and field.related_model is owner), None)


def pointing_at(model: type[Model]) -> list[tuple[type[Model], models.ForeignKey]]:
    """
    Return all foreign keys to `model`, as pairs (model, foreign key). They include those of many-to-many tables, but
    not those of history models.
    """
    found = [
        (relation.related_model, relation.field)
        for relation in model._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ManyToOneRel)
    ]
    rows = [(table, column) for table, column in found if not is_history(table)]
    # Sort the pairs: the fingerprint of a plan depends on their order and must be the same in all server processes.
    return sorted(rows, key=lambda pair: (pair[0]._meta.label_lower, pair[1].name))


def in_chunks(values: Iterable[Any]) -> Iterator[list[Any]]:
    everything = list(values)
    for start in range(0, len(everything), AT_ONCE):
        yield everything[start : start + AT_ONCE]


Guard = Callable[[Sequence[Step]], list[str]]
_guards: list[Guard] = []


def guard_with(guard: Guard) -> None:
    """
    Register `guard`, a function that gets the steps of a merge or an undo and returns a list of error messages. If any
    guard returns a message, none of the steps is run.
    """
    _guards.append(guard)


def in_the_way(steps: Sequence[Step]) -> list[str]:
    """Return the error messages of all registered guards for `steps`."""
    return [why for guard in _guards for why in guard(steps)]


class StepRunner:
    """
    Runs the steps of a merge or an undo (`take`), then writes one history entry for each row that they have changed
    (`tell`). The entries have the user `actor`, the reason `reason` and the date `at`.
    """

    def __init__(self, actor: "User | None", reason: str, at: datetime):
        self.actor, self.reason, self.at = actor, reason[:100], at
        self._touched: dict[type[Model], dict[Any, str]] = {}

    def take(self, steps: Sequence[Step]) -> list[Step]:
        """Run `steps` in order, and return them. In the returned steps, an inserted row has its new primary key."""
        taken = []
        for (kind, model, values), group in groupby(steps, key=_alike):
            for some in in_chunks(group):
                if kind == INSERT:
                    taken += [self._insert(step) for step in some]
                    continue
                rows = model._base_manager.filter(pk__in=[step.pk for step in some])
                if kind == DELETE:
                    self._delete(model, rows)
                else:
                    columns = {name: read(field_named(model, name), new) for name, (_old, new) in values or ()}
                    self._touch(model, rows, "~")
                    rows.update(**columns)
                    self._touch(model, rows, "~")
                taken += some
        return taken

    def _insert(self, step: Step) -> Step:
        row = made_of(step.model, step.values)
        # With `raw=True`, as in `loaddata`, the values are stored as they are, and no image file is saved again.
        row.save_base(raw=True, force_insert=True)
        self._touch(step.model, step.model._base_manager.filter(pk=row.pk), "+")
        return Step(INSERT, step.model, row.pk, values_of(row))

    def _delete(self, model: type[Model], rows: models.QuerySet) -> None:
        self._touch(model, rows, "~")
        if is_tracked(model):
            note_history(model, list(rows), "-", self)
            for pk in rows.values_list("pk", flat=True):
                self._touched.get(model, {}).pop(pk, None)
        # Use `_raw_delete`: unlike `delete`, it sends no signals, which would delete image files that an undo needs. A
        # cascade is not needed, because no rows point to these rows any more.
        rows._raw_delete(rows.db)

    def _touch(self, model: type[Model], rows: models.QuerySet, kind: str) -> None:
        owner = owner_of(model)
        keys: Iterable[Any]
        if owner is not None:
            model, keys = owner.related_model, rows.values_list(owner.attname, flat=True)
            kind = "~"
        else:
            keys = rows.values_list("pk", flat=True)
        if is_tracked(model):
            keys = list(keys)
            if kind == "~":
                keep_first_version(model, keys, self.at)
            known = self._touched.setdefault(model, {})
            for key in keys:
                known.setdefault(key, kind)

    def tell(self) -> None:
        """
        Write one history entry, with the current values, for each inserted or changed row. Call this after all steps.
        """
        for model, kinds in self._touched.items():
            for keys in in_chunks(kinds):
                rows = model._base_manager.in_bulk(keys)
                for kind in ("+", "~"):
                    of_kind = [row for key, row in rows.items() if kinds[key] == kind]
                    note_history(model, of_kind, kind, self)


def _alike(step: Step) -> tuple[str, type[Model], tuple | None]:
    values = tuple((name, tuple(pair)) for name, pair in step.values.items()) if step.kind == CHANGE else None
    return step.kind, step.model, values


class Author(Protocol):
    """Who changes rows, why and when."""

    actor: "User | None"
    reason: str
    at: datetime


def note_history(model: type[Model], rows: Sequence[Model], kind: str, author: Author) -> None:
    """
    Write a history entry for each of `rows`, including its many-to-many links, which the bulk method of
    django-simple-history omits. `kind` is the history type: "+" (created), "~" (changed) or "-" (deleted). The entries
    have the user, the reason and the date of `author`.
    """
    table = model.history.model  # type: ignore[attr-defined]
    names = [field.attname for field in table.tracked_fields]
    records = table._base_manager.bulk_create(
        table(
            history_date=author.at,
            history_type=kind,
            history_user=author.actor,
            history_change_reason=author.reason,
            **{name: getattr(row, name) for name in names},
        )
        for row in rows
    )
    of_row = {row.pk: record for row, record in zip(rows, records, strict=True)}
    for field in table._history_m2m_fields:
        links, owner = field.remote_field.through, f"{field.m2m_field_name()}_id"
        of_links = getattr(table, field.name).model
        of_links._base_manager.bulk_create(
            of_links(
                history=of_row[getattr(link, owner)],
                **{column.attname: getattr(link, column.attname) for column in links._meta.concrete_fields},
            )
            for link in links._base_manager.filter(**{f"{owner}__in": list(of_row)})
        )
