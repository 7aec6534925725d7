"""The plan of a merge: a list of steps. Making a plan reads the database but changes nothing."""

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
from record.model_fields import field_named
from record.models import FormerSlug
from record.viewpoint import Viewpoint

from .journal import CHANGE, DELETE, INSERT, Step, in_the_way, owner_of, pointing_at, read, values_of, written
from .uniqueness import has_twin, renumbered, unique_values, unique_with, values_beside

# The choices for a field: the value of the kept row, the value of the deleted row, or the links of both rows.
KEPT, GONE, BOTH = "kept", "gone", "both"
MOST_WAITED_FOR = 500
# Fields for which there is no choice: the kept row always keeps its own slug and its own permanent key.
OF_THE_ROW = ("slug", "key")


@dataclass(frozen=True)
class Choice:
    """
    A field in which the two rows differ. If `many` is True, it is a many-to-many field, and the links of both rows can
    be kept. `default` is the proposed choice: KEPT, GONE or BOTH.
    """

    field: models.Field
    many: bool
    default: str

    @property
    def name(self) -> str:
        return self.field.name


@dataclass
class Moved:
    """
    Rows of `table` whose foreign key `column` points to the deleted row. The merge makes it point to the kept row.
    """

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
    """
    A pair of duplicate rows: `row` points to the row that a merge deletes, and `twin` to the one that it keeps. A
    unique constraint does not allow both to point to the kept row, so the merge also deletes `row`.
    """

    row: Model
    twin: Model


def is_blank(value: Any) -> bool:
    return value in (None, "")


def group_of(model: type[Model], name: str) -> tuple[str, ...]:
    """
    Return the names of the fields that must be taken from the same row as the field `name`. The first name is the main
    field: an image, followed by the fields that describe it, or any other field, followed by its derived fields.
    """
    image = next(
        (f.name for f in model._meta.fields if isinstance(f, ImageField) and name.startswith(f"{f.name}_")), name
    )
    followers = [f.name for f in model._meta.fields if isinstance(f, DerivedField) and f.source == image]
    if isinstance(model._meta.get_field(image), ImageField):
        followers += [f.name for f in model._meta.fields if f.name.startswith(f"{image}_")]
    return (image, *followers)


class Plan:
    """
    The plan of merging `gone` into `kept`. `choices` says which row's value to keep, {field name: KEPT, GONE or BOTH};
    BOTH is only for many-to-many fields. Fields that are not in `choices` get their default. The plan depends on
    whether each of the two rows is public at the time `at`.
    """

    def __init__(self, kept: Model, gone: Model, at: datetime, choices: Mapping[str, str] | None = None):
        self.kept, self.gone, self.model, self.at = kept, gone, type(kept), at
        manager: Any = self.model._default_manager
        public = manager.public(Viewpoint(at)).filter(pk__in=[kept.pk, gone.pk])
        shown = set(public.values_list("pk", flat=True))
        self.kept_is_public, self.gone_is_public = kept.pk in shown, gone.pk in shown
        self.fields = list(self._choices())
        self.chosen = {choice.name: (choices or {}).get(choice.name, choice.default) for choice in self.fields}
        self.steps: list[Step] = []
        self.moved: list[Moved] = []
        self.doubles: list[Double] = []
        # The result of the steps so far: {model: {primary key: new values, or None if the row is deleted}}.
        self._planned: dict[type[Model], dict[Any, dict[str, Any] | None]] = {}
        self.conflicts: list[str] = []
        self._absorb(kept, gone, self.chosen)
        self._add(Step(DELETE, self.model, gone.pk, values_of(gone)))
        self._take_values()
        self._keep_slugs()
        self.conflicts += in_the_way(self.steps)

    def _choices(self) -> Iterator[Choice]:
        # If only one of the two rows is public, the default is to keep its values, so that no values of the hidden row
        # become public.
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

    # Steps for the rows that point to the deleted row

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
        """Return the rows of `table` whose foreign key `column` points to `row` after the steps added so far."""
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
            new = {name: read(field_named(step.model, name), pair[1]) for name, pair in step.values.items()}
            planned[step.pk] = {**(planned.get(step.pk) or {}), **new}

    def _move(
        self, table: type[Model], column: models.ForeignKey, rows: list[Model], kept: Model, is_own: bool
    ) -> None:
        within = unique_with(table, column)
        positions = [
            (names, position) for names in within for position in RecordForm.POSITION_FIELDS if position in names
        ]
        same = [names for names in within if not set(names) & set(RecordForm.POSITION_FIELDS)]
        there = self._rows(table, column, kept) if within else []
        twins: dict[Any, Model] = {
            (names, key): row for row in there for names in same if (key := unique_values(row, names)) is not None
        }
        taken: dict[Any, set[int]] = {}
        for names, position in positions:
            for row in there:
                taken.setdefault((names, values_beside(row, names, position)), set()).add(getattr(row, position))
        moved = Moved(table, column)
        for row in sorted(rows, key=lambda row: [*(getattr(row, position) for _names, position in positions), row.pk]):
            if twin := next(
                (twins[names, unique_values(row, names)] for names in same if has_twin(twins, row, names)), None
            ):
                self._drop(row, twin, column)
                continue
            values = {column.attname: [getattr(row, column.attname), kept.pk]}
            for names, position in positions:
                occupied = taken.setdefault((names, values_beside(row, names, position)), set())
                values |= renumbered(row, position, occupied)
            self._add(Step(CHANGE, table, row.pk, values))
            moved.rows.append(row)
        if moved.rows and not is_own:
            self.moved.append(moved)

    def _drop(self, row: Model, twin: Model, column: models.ForeignKey) -> None:
        """
        Add the steps that delete `row`, a duplicate of `twin`, copy its values to blank fields of `twin`, and make rows
        that point to `row` point to `twin`. A row of a many-to-many table is only deleted. If a field that editors
        can't change is blank in only one of the two rows, add a conflict.
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
                and is_blank(written(twin, field_named(type(row), name)))
                and not is_blank(written(row, field_named(type(row), name)))
            ]
            if values := _differences(twin, row, fills):
                self._add(Step(CHANGE, type(row), twin.pk, values))
        self._add(_deletion(row))

    # Steps for the kept row

    def _take_values(self) -> None:
        taken = [name for name, choice in self.chosen.items() if choice == GONE]
        columns = [name for name in taken if not self.model._meta.get_field(name).many_to_many]
        if values := _differences(self.kept, self.gone, columns):
            # A derived field may have several sources, and not all of them are taken.
            merged = vars(self.kept) | {name: vars(self.gone)[name] for name in values if name in vars(self.gone)}
            for derived in self.model._meta.concrete_fields:
                if isinstance(derived, DerivedField) and (value := derived.value_in(merged)) is not None:
                    values[derived.attname] = [written(self.kept, derived), value]
            values = {name: pair for name, pair in values.items() if pair[0] != pair[1]}
            self._add(Step(CHANGE, self.model, self.kept.pk, values))

    def _keep_slugs(self) -> None:
        content_type = ContentType.objects.get_for_model(self.model)
        slugs = FormerSlug.objects.filter(content_type=content_type).order_by("pk")
        known = {row.slug: row for row in slugs.filter(object_id=self.kept.pk)}
        # If the deleted row is not public yet, its slug must not redirect to the kept row before the reveal: the
        # redirect could tell a visitor who has won.
        secret = None if self.gone_is_public else self._ties(self.gone)
        for row in slugs.filter(object_id=self.gone.pk):
            if row.slug in known:
                self._add(_deletion(row))
                continue
            values = {"object_id": [self.gone.pk, self.kept.pk]}
            if secret is not None and row.waits_for != secret:
                values["waits_for"] = [row.waits_for, secret]
            self._add(Step(CHANGE, FormerSlug, row.pk, values))
        gone_slug = self.gone.serializable_value("slug")
        for row in known.values():
            if row.slug == gone_slug:
                self._add(_deletion(row))
            elif not self.kept_is_public and self.gone_is_public and row.waits_for is None:
                ties = self._ties(self.kept)
                self._add(Step(CHANGE, FormerSlug, row.pk, {"waits_for": [None, ties]}))
        slug = {"slug": gone_slug, "content_type_id": content_type.pk, "object_id": self.kept.pk}
        self._add(Step(INSERT, FormerSlug, None, {**slug, "waits_for": secret}))

    def _ties(self, row: Model) -> dict[str, list[int]]:
        """
        Return the rows that make `row` public as soon as they are public: {label of the model: primary keys}. At most
        500 for each foreign key.
        """
        ties: dict[str, list[int]] = {}
        twins = {(type(double.row), double.row.pk): double.twin.pk for double in self.doubles}
        for table, column in pointing_at(self.model):
            rows = table._base_manager.filter(**{column.name: row.pk}).order_by("pk")
            parent = _shown_with(table, column)
            if _is_public_with(table, column):
                continue
            if parent is None and hasattr(table._default_manager, "public"):
                keys = [twins.get((table, pk), pk) for pk in rows.values_list("pk", flat=True)[:MOST_WAITED_FOR]]
                ties.setdefault(table._meta.label_lower, []).extend(keys)
            elif parent is not None:
                keys = list(rows.values_list(parent.attname, flat=True)[:MOST_WAITED_FOR])
                ties.setdefault(parent.related_model._meta.label_lower, []).extend(keys)
        return {label: sorted(set(keys)) for label, keys in ties.items() if keys}

    # Information for the merge page

    @property
    def hidden(self) -> Model | None:
        """The row that is not public, if exactly one of the two rows is public; otherwise None."""
        if self.kept_is_public == self.gone_is_public:
            return None
        return self.gone if self.kept_is_public else self.kept

    @cached_property
    def shown_with_it(self) -> list[tuple[str, int]]:
        """
        The numbers of rows that the merge makes public, as pairs (name of the model, number). These rows point to the
        hidden row, and their models have no visibility rule of their own, or one that makes them public with this row
        (`public_with`), such as the credits of a work.
        """
        if self.hidden is None:
            return []
        found = []
        for table, column in pointing_at(self.model):
            has_rule = hasattr(table._default_manager, "public") and not _is_public_with(table, column)
            if owner_of(table) is None and not has_rule:
                number = table._base_manager.filter(**{column.name: self.hidden.pk}).count()
                found += [(str(table._meta.verbose_name_plural), number)] if number else []
        return found

    @cached_property
    def fingerprint(self) -> str:
        """A hash of this plan. It depends on all values of both rows, on whether they are public, and on the steps."""
        steps = [step.as_json() for step in self.steps]
        told = [values_of(self.kept), values_of(self.gone), self.kept_is_public, self.gone_is_public, steps]
        return sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()


def _deletion(row: Model) -> Step:
    return Step(DELETE, type(row), row.pk, values_of(row))


def _differences(row: Model, other: Model, names: list[str]) -> dict[str, list[Any]]:
    """
    Return the changes that give `row` the values of `other` in the fields `names` and in the fields that depend on
    them: {column: [old value, new value]}.
    """
    columns = [field_named(type(row), part) for name in names for part in group_of(type(row), name)]
    pairs = {column.attname: [written(row, column), written(other, column)] for column in columns}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _follows(column: models.Field) -> bool:
    return isinstance(column, DerivedField) or column.name.endswith(("_width", "_height"))


def _is_public_with(table: type[Model], column: models.ForeignKey) -> bool:
    """Return whether the row to which `column` points makes the rows of `table` public."""
    return getattr(table._default_manager.all(), "public_with", "") == column.name


def _shown_with(table: type[Model], column: models.ForeignKey) -> models.ForeignKey | None:
    """
    Return the foreign key of `table` to the parent row that decides whether a row of `table` is public. It is a foreign
    key other than `column`, with `on_delete=CASCADE`, to a model with a visibility rule. Return None if there is none,
    or if `table` has a visibility rule of its own.
    """
    owner = owner_of(table)
    if owner is not None:
        return owner if owner is not column and hasattr(owner.related_model._default_manager, "public") else None
    if hasattr(table._default_manager, "public"):
        return None
    keys = [field for field in table._meta.fields if isinstance(field, models.ForeignKey)]
    parents = [key for key in keys if key.remote_field.on_delete is models.CASCADE]
    return next((f for f in parents if f is not column and hasattr(f.related_model._default_manager, "public")), None)
