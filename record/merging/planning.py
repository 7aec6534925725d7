"""Plan the merge of two rows: read the database, write nothing."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from record.derived_fields import DerivedField
from record.forms import RecordForm
from record.images import ImageField
from record.models import FormerSlug
from record.viewpoint import Viewpoint

from .journal import CHANGE, DELETE, INSERT, Step, in_the_way, owner_of, pointing_at, read, values_of, written

KEPT, GONE, BOTH = "kept", "gone", "both"
MOST_WAITED_FOR = 500
HIGHEST_PLACE = 32_767
# The row that is kept always keeps its own slug (its URL) and its key (its name in fixtures and in the API).
OF_THE_ROW = ("slug", "key")


@dataclass(frozen=True)
class Choice:
    """A field in which the two rows differ; `many` if both values can be kept."""

    field: models.Field
    many: bool
    default: str

    @property
    def name(self) -> str:
        return self.field.name


@dataclass
class Moved:
    """The `rows` that point at the deleted row through one column, and that will point at the kept row."""

    table: type[Model]
    column: models.ForeignKey
    rows: list[Model] = field(default_factory=list)

    @property
    def label(self) -> str:
        owner = owner_of(self.table)
        if owner is None:
            return str(capfirst(self.table._meta.verbose_name_plural))
        named = next(f for f in owner.related_model._meta.many_to_many if f.remote_field.through is self.table)
        return f"{capfirst(owner.related_model._meta.verbose_name_plural)}: {named.verbose_name}"


@dataclass(frozen=True)
class Double:
    """A row that a merge drops, because `twin`, which points at the kept row, says the same."""

    row: Model
    twin: Model


def is_blank(value: Any) -> bool:
    return value in (None, "")


def group_of(model: type[Model], name: str) -> tuple[str, ...]:
    """Return the columns that change together with `name`, itself included, such as an image and its description."""
    image = next(
        (f.name for f in model._meta.fields if isinstance(f, ImageField) and name.startswith(f"{f.name}_")), name
    )
    followers = [f.name for f in model._meta.fields if isinstance(f, DerivedField) and f.source == image]
    if isinstance(model._meta.get_field(image), ImageField):
        followers += [f.name for f in model._meta.fields if f.name.startswith(f"{image}_")]
    return (image, *followers)


class Plan:
    """
    What merging `gone` into `kept` would do. `choices` says for each field whose value to keep: KEPT, GONE, or BOTH for
    a many-to-many field; a field that it doesn't name gets the default. `at` is the time used to decide what is public.
    """

    def __init__(self, kept: Model, gone: Model, at: datetime, choices: Mapping[str, str] | None = None):
        self.kept, self.gone, self.model, self.at = kept, gone, type(kept), at
        public = self.model._default_manager.public(Viewpoint(at)).filter(pk__in=[kept.pk, gone.pk])
        shown = set(public.values_list("pk", flat=True))
        self.kept_is_public, self.gone_is_public = kept.pk in shown, gone.pk in shown
        self.fields = list(self._choices())
        self.chosen = {choice.name: (choices or {}).get(choice.name, choice.default) for choice in self.fields}
        self.steps: list[Step] = []
        self.moved: list[Moved] = []
        self.doubles: list[Double] = []
        # What the steps so far make of each row: its new values, or None if it is deleted.
        self._planned: dict[type[Model], dict[Any, dict[str, Any] | None]] = {}
        self.conflicts: list[str] = []
        self._absorb(kept, gone, self.chosen)
        self._add(Step(DELETE, self.model, gone.pk, values_of(gone)))
        self._take_values()
        self._keep_slugs()
        self.conflicts += in_the_way(self.steps)

    def _choices(self) -> Iterator[Choice]:
        # If only one of the two is public, keep its values by default, so that nothing of the hidden one is shown.
        default = KEPT if self.kept_is_public else GONE
        one_is_hidden = self.kept_is_public != self.gone_is_public
        for column in self.model._meta.concrete_fields:
            if (
                not column.editable
                or column.primary_key
                or column.name in OF_THE_ROW
                or group_of(self.model, column.name)[0] != column.name
            ):
                continue
            kept, gone = written(self.kept, column), written(self.gone, column)
            if kept != gone:
                fills = is_blank(kept) and not is_blank(gone)
                yield Choice(column, False, default if one_is_hidden else GONE if fills else KEPT)
        for relation in self.model._meta.many_to_many:
            if self._linked(self.kept, relation) != self._linked(self.gone, relation):
                yield Choice(relation, True, default if one_is_hidden else BOTH)

    @staticmethod
    def _linked(row: Model, relation: models.ManyToManyField) -> set[Any]:
        return set(getattr(row, relation.name).order_by().values_list("pk", flat=True))

    # The rows that point at the deleted row

    def _absorb(self, kept: Model, gone: Model, choices: Mapping[str, str]) -> None:
        own = {relation.remote_field.through: relation.name for relation in gone._meta.many_to_many}
        for table, column in pointing_at(type(gone)):
            rows = self._rows(table, column, gone)
            is_own = table in own and owner_of(table) is column
            choice = choices.get(own[table], BOTH) if is_own else BOTH
            for row in {KEPT: rows, GONE: self._rows(table, column, kept)}.get(choice, []):
                self._add(_deletion(row))
            if choice != KEPT:
                self._move(table, column, rows, kept, is_own)

    def _rows(self, table: type[Model], column: models.ForeignKey, row: Model) -> list[Model]:
        """Return the rows of `table` that point at `row` through `column` after the steps so far."""
        planned = self._planned.get(table, {})
        found = table._base_manager.filter(models.Q(**{column.name: row.pk}) | models.Q(pk__in=list(planned)))
        rows = [each for each in found.order_by("pk") if planned.get(each.pk, {}) is not None]
        for each in rows:
            for name, value in (planned.get(each.pk) or {}).items():
                setattr(each, name, value)
        return [each for each in rows if getattr(each, column.attname) == row.pk]

    def _add(self, step: Step) -> None:
        self.steps.append(step)
        planned = self._planned.setdefault(step.model, {})
        if step.kind == DELETE:
            planned[step.pk] = None
        elif step.kind == CHANGE:
            new = {name: read(step.model._meta.get_field(name), pair[1]) for name, pair in step.values.items()}
            planned[step.pk] = {**(planned.get(step.pk) or {}), **new}

    def _move(
        self, table: type[Model], column: models.ForeignKey, rows: list[Model], kept: Model, is_own: bool
    ) -> None:
        within = _unique_with(table, column)
        positions = [
            (names, position) for names in within for position in RecordForm.POSITION_FIELDS if position in names
        ]
        same = [names for names in within if not set(names) & set(RecordForm.POSITION_FIELDS)]
        there = self._rows(table, column, kept) if within else []
        twins = {(names, key): row for row in there for names in same if (key := _values(row, names)) is not None}
        taken: dict[Any, set[int]] = {}
        for names, position in positions:
            for row in there:
                taken.setdefault((names, _others(row, names, position)), set()).add(getattr(row, position))
        moved = Moved(table, column)
        for row in sorted(rows, key=lambda row: [*(getattr(row, position) for _names, position in positions), row.pk]):
            if twin := next((twins[names, _values(row, names)] for names in same if _has(twins, row, names)), None):
                self._drop(row, twin, column)
                continue
            values = {column.attname: [getattr(row, column.attname), kept.pk]}
            for names, position in positions:
                occupied = taken.setdefault((names, _others(row, names, position)), set())
                values |= _renumbered(row, position, occupied)
            self._add(Step(CHANGE, table, row.pk, values))
            moved.rows.append(row)
        if moved.rows and not is_own:
            self.moved.append(moved)

    def _drop(self, row: Model, twin: Model, column: models.ForeignKey) -> None:
        """
        Drop `row`, which says the same as `twin`, and fill the blank fields of `twin` from it. A row of a many-to-many
        table has no fields to copy.
        """
        if owner_of(type(row)) is None:
            self.doubles.append(Double(row, twin))
            for state in row._meta.concrete_fields:
                if state.editable or state.primary_key or state.name == "key" or _follows(state):
                    continue
                if is_blank(written(row, state)) != is_blank(written(twin, state)):
                    self.conflicts.append(
                        _(
                            "“%(row)s” and “%(twin)s” are duplicates but differ in “%(field)s”. Make them the same "
                            "first."
                        )
                        % {"row": row, "twin": twin, "field": state.verbose_name}
                    )
            self._absorb(twin, row, {})
            names = [f.name for f in row._meta.concrete_fields if f.editable and not f.primary_key and f is not column]
            fills = [
                name
                for name in names
                if name not in OF_THE_ROW
                and is_blank(written(twin, row._meta.get_field(name)))
                and not is_blank(written(row, row._meta.get_field(name)))
            ]
            if values := _differences(twin, row, fills):
                self._add(Step(CHANGE, type(row), twin.pk, values))
        self._add(_deletion(row))

    # The kept row

    def _take_values(self) -> None:
        taken = [name for name, choice in self.chosen.items() if choice == GONE]
        columns = [name for name in taken if not self.model._meta.get_field(name).many_to_many]
        if values := _differences(self.kept, self.gone, columns):
            self._add(Step(CHANGE, self.model, self.kept.pk, values))

    def _keep_slugs(self) -> None:
        content_type = ContentType.objects.get_for_model(self.model)
        slugs = FormerSlug.objects.filter(content_type=content_type).order_by("pk")
        known = {row.slug: row for row in slugs.filter(object_id=self.kept.pk)}
        # The old slug of a row that is not public yet must not redirect before its reveal: the redirect would say who
        # has won.
        secret = None if self.gone_is_public else self._ties(self.gone)
        for row in slugs.filter(object_id=self.gone.pk):
            if row.slug in known:
                self._add(_deletion(row))
                continue
            values = {"object_id": [self.gone.pk, self.kept.pk]}
            if secret is not None and row.waits_for != secret:
                values["waits_for"] = [row.waits_for, secret]
            self._add(Step(CHANGE, FormerSlug, row.pk, values))
        for row in known.values():
            if row.slug == self.gone.slug:
                self._add(_deletion(row))
            elif not self.kept_is_public and self.gone_is_public and row.waits_for is None:
                ties = self._ties(self.kept)
                self._add(Step(CHANGE, FormerSlug, row.pk, {"waits_for": [None, ties]}))
        slug = {"slug": self.gone.slug, "content_type_id": content_type.pk, "object_id": self.kept.pk}
        self._add(Step(INSERT, FormerSlug, None, {**slug, "waits_for": secret}))

    def _ties(self, row: Model) -> dict[str, list[int]]:
        """Return the keys of the rows through which `row` will become public, by model; at most 500 for each column."""
        ties: dict[str, list[int]] = {}
        twins = {(type(double.row), double.row.pk): double.twin.pk for double in self.doubles}
        for table, column in pointing_at(self.model):
            rows = table._base_manager.filter(**{column.name: row.pk}).order_by("pk")
            parent = _shown_with(table, column)
            if parent is None and hasattr(table._default_manager, "public"):
                keys = [twins.get((table, pk), pk) for pk in rows.values_list("pk", flat=True)[:MOST_WAITED_FOR]]
                ties.setdefault(table._meta.label_lower, []).extend(keys)
            elif parent is not None:
                keys = list(rows.values_list(parent.attname, flat=True)[:MOST_WAITED_FOR])
                ties.setdefault(parent.related_model._meta.label_lower, []).extend(keys)
        return {label: sorted(set(keys)) for label, keys in ties.items() if keys}

    # What the merge page shows

    @property
    def hidden(self) -> Model | None:
        """The row that the public doesn't see, if it sees the other one."""
        if self.kept_is_public == self.gone_is_public:
            return None
        return self.gone if self.kept_is_public else self.kept

    @cached_property
    def shown_with_it(self) -> list[tuple[str, int]]:
        """By kind, how many rows become public at once with the hidden row, as they have no visibility rule."""
        if self.hidden is None:
            return []
        found = []
        for table, column in pointing_at(self.model):
            if owner_of(table) is None and not hasattr(table._default_manager, "public"):
                number = table._base_manager.filter(**{column.name: self.hidden.pk}).count()
                found += [(str(table._meta.verbose_name_plural), number)] if number else []
        return found

    @cached_property
    def fingerprint(self) -> str:
        """A hash that changes whenever anything that this plan was made from changes."""
        steps = [step.as_json() for step in self.steps]
        told = [values_of(self.kept), values_of(self.gone), self.kept_is_public, self.gone_is_public, steps]
        return sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def _deletion(row: Model) -> Step:
    return Step(DELETE, type(row), row.pk, values_of(row))


def _differences(row: Model, other: Model, names: list[str]) -> dict[str, list[Any]]:
    """Return what changes in `row` if the fields `names`, and those that depend on them, are taken from `other`."""
    columns = [row._meta.get_field(part) for name in names for part in group_of(type(row), name)]
    pairs = {column.attname: [written(row, column), written(other, column)] for column in columns}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _follows(column: models.Field) -> bool:
    return isinstance(column, DerivedField) or column.name.endswith(("_width", "_height"))


def _unique_with(table: type[Model], column: models.ForeignKey) -> list[tuple[str, ...]]:
    """For each unique constraint with `column`, return its other columns; () if `column` alone is unique."""
    sets = [tuple(c.fields) for c in table._meta.constraints if isinstance(c, models.UniqueConstraint)]
    sets += [tuple(names) for names in table._meta.unique_together]
    sets += [(column.name,)] if column.unique else []
    return [tuple(name for name in names if name != column.name) for names in sets if column.name in names]


def _values(row: Model, names: tuple[str, ...]) -> tuple[Any, ...] | None:
    """Return the values of `names`; None if one is null, since null equals nothing."""
    values = tuple(getattr(row, row._meta.get_field(name).attname) for name in names)
    return None if None in values else values


def _has(twins: dict[Any, Model], row: Model, names: tuple[str, ...]) -> bool:
    return (names, _values(row, names)) in twins


def _others(row: Model, names: tuple[str, ...], position: str) -> tuple[Any, ...]:
    return tuple(getattr(row, row._meta.get_field(name).attname) for name in names if name != position)


def _renumbered(row: Model, position: str, occupied: set[int]) -> dict[str, list[int]]:
    """Return the change to a free position, {} if that of `row` is free. Adds the position to `occupied`."""
    old = new = getattr(row, position)
    if old in occupied:
        new = max(occupied) + 1
        if new > HIGHEST_PLACE:
            new = next(number for number in range(1, HIGHEST_PLACE) if number not in occupied)
    occupied.add(new)
    return {} if new == old else {position: [old, new]}


def _shown_with(table: type[Model], column: models.ForeignKey) -> models.ForeignKey | None:
    """Return the foreign key whose target makes a row of `table` public; None if `table` has a rule of its own."""
    owner = owner_of(table)
    if owner is not None:
        return owner if owner is not column and hasattr(owner.related_model._default_manager, "public") else None
    if hasattr(table._default_manager, "public"):
        return None
    parents = [f for f in table._meta.fields if f.remote_field and f.remote_field.on_delete is models.CASCADE]
    return next((f for f in parents if f is not column and hasattr(f.related_model._default_manager, "public")), None)
