"""
Undoes a merge: runs the inverse of each step, in reverse order. Values that were changed after the merge are kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from record.forms import RecordForm, free_slug
from record.model_fields import field_named, target_of
from record.models import FormerSlug, Merge

from .journal import CHANGE, DELETE, INSERT, Step, StepRunner, in_the_way, made_of, owner_of, values_of, written
from .planning import group_of

if TYPE_CHECKING:
    from accounts.models import User


@dataclass
class Undone:
    """
    The result of an undo. `back` is, for each model, the number of rows that were restored or that point to the
    restored row again. `left` has messages about values that could not be restored.
    """

    back: dict[type[Model], int] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)


def undo(merge: Merge, *, actor: "User | None", rehearse: bool = False) -> Undone:
    """
    Undo `merge`: restore the deleted row, the old values of the kept row, and the foreign keys and slugs of both. A
    field that was changed after the merge keeps its new value. If another row now has the slug or position to be
    restored, a free one is used instead. `left` of the result has a message for each value that was not restored. With
    `rehearse`, roll back the transaction, and only return what an undo would do.

    Raise `ValidationError` if the merge is already undone, if the kept row no longer exists, if a guard returns an
    error message (see `journal.guard_with`), or if a restored row would break a unique constraint.
    """
    with transaction.atomic():
        merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
        if merge.undone_at is not None:
            raise ValidationError(_("This merge has been undone already."))
        model = merge.content_type.model_class()
        if model is None or not model._base_manager.select_for_update().filter(pk=merge.kept_id):
            raise ValidationError(
                _(
                    "“%(name)s” no longer exists: it was merged into another record, or deleted. Undo the "
                    "later merge first."
                )
                % {"name": merge.kept_name}
            )
        steps = [Step.from_json(kept) for kept in reversed(merge.journal)]
        if reasons := in_the_way([step.inverse for step in steps]):
            raise ValidationError(reasons)
        undoing = _Undoing(StepRunner(actor, "Merge undone", timezone.now()))
        for step in steps:
            undoing.take_back(step)
        undoing.taking.tell()
        merge.undone_at, merge.undone_by = undoing.taking.at, actor
        merge.save()
        if rehearse:
            transaction.set_rollback(True)
    return undoing.done


class _Undoing:
    def __init__(self, taking: StepRunner):
        self.taking, self.done = taking, Undone()

    def take_back(self, step: Step) -> None:
        steps = list({CHANGE: self._change, DELETE: self._insert, INSERT: self._delete}[step.kind](step))
        self.taking.take(steps)
        for taken in steps:
            if taken.kind == INSERT or (taken.kind == CHANGE and _points(taken)):
                self.done.back[taken.model] = self.done.back.get(taken.model, 0) + 1

    def _change(self, step: Step) -> Iterator[Step]:
        row = step.model._base_manager.filter(pk=step.pk).first()
        if row is None:
            self.done.left.append(_("%(kind)s %(id)s has since been deleted.") % _named(step))
            return
        columns = {name: field_named(step.model, name) for name in step.values}
        today = {name: written(row, column) for name, column in columns.items()}
        group = {name: group_of(step.model, column.name)[0] for name, column in columns.items()}
        touched = {group[name] for name, pair in step.values.items() if today[name] != pair[1]}
        back = {name: pair[0] for name, pair in step.values.items() if group[name] not in touched}
        for name in sorted(touched):
            said = {"row": row, "field": field_named(step.model, name).verbose_name}
            self.done.left.append(_("“%(row)s”: “%(field)s” was changed in the meantime and stays as it is.") % said)
        for name in [name for name, value in back.items() if value is not None and columns[name].remote_field]:
            if target_of(columns[name])._base_manager.filter(pk=back[name]).exists():
                continue
            said = {"row": row, "field": columns[name].verbose_name}
            self.done.left.append(
                _("“%(row)s” can’t get its “%(field)s” back, because that record was deleted after the merge.") % said
            )
            if columns[name].null:
                back[name] = None
            else:
                del back[name]
        if back:
            fitted = self._fitted(step.model, {**values_of(row), **back}, back, step.pk)
            yield Step(CHANGE, step.model, step.pk, {name: [today[name], fitted[name]] for name in back})

    def _insert(self, step: Step) -> Iterator[Step]:
        values = dict(step.values)
        for column in step.model._meta.concrete_fields:
            if not column.remote_field or values[column.attname] is None:
                continue
            if not target_of(column)._base_manager.filter(pk=values[column.attname]).exists():
                if not column.null:
                    self.done.left.append(
                        _("%(kind)s %(id)s can’t be restored, because its %(field)s was deleted after the merge.")
                        % {**_named(step), "field": column.verbose_name}
                    )
                    return
                values[column.attname] = None
        yield Step(INSERT, step.model, None, self._fitted(step.model, values, values, None))

    def _delete(self, step: Step) -> Iterator[Step]:
        yield Step(DELETE, step.model, step.pk, step.values)

    def _fitted(self, model: type[Model], row: dict[str, Any], values: dict[str, Any], pk: Any) -> dict[str, Any]:
        """
        Return `values`, the values to restore, without conflicts with other rows. A slug or position that another row
        now has is replaced by a free one, and any other unique value by null. Add a message for each replaced value.
        `row` has all values of the row, and `pk` is its primary key.
        """
        fitted = dict(values)
        for names in _unique(model):
            columns = [field_named(model, name) for name in names]
            wanted = {column.attname: {**row, **fitted}[column.attname] for column in columns}
            if None in wanted.values() or not set(wanted) & set(values):
                continue
            others = model._base_manager.exclude(pk=pk)
            if not others.filter(**wanted).exists():
                continue
            free = next((name for name in wanted if name in (*RecordForm.POSITION_FIELDS, "slug")), None)
            blank = next((column.attname for column in columns if column.null and column.attname in values), None)
            replaced = free or blank
            if replaced is None:
                named = ", ".join(str(column.verbose_name) for column in columns)
                raise ValidationError(
                    _("Another %(kind)s now has the same %(fields)s: change or delete that one first.")
                    % {"kind": model._meta.verbose_name, "fields": named}
                )
            if free is None:
                fitted[replaced] = None
            else:
                rest = {name: value for name, value in wanted.items() if name != free}
                taken = others.filter(**rest).values_list(free, flat=True)
                fitted[free] = free_slug(wanted[free], taken) if free == "slug" else max(taken) + 1
            changed = field_named(model, replaced)
            said = {"row": made_of(model, {**row, **fitted}), "field": changed.verbose_name}
            self.done.left.append(
                _("“%(row)s” gets a new “%(field)s”, because another row now uses the old one.") % said
            )
        return fitted


def _points(step: Step) -> bool:
    columns = [step.model._meta.get_field(name) for name in step.values]
    return step.model is not FormerSlug and any(column.remote_field for column in columns)


def _unique(model: type[Model]) -> list[tuple[str, ...]]:
    sets = [tuple(c.fields) for c in model._meta.constraints if isinstance(c, models.UniqueConstraint) and c.fields]
    sets += [tuple(names) for names in model._meta.unique_together]
    return sets + [(column.name,) for column in model._meta.concrete_fields if column.unique]


def _named(step: Step) -> dict[str, Any]:
    owner = owner_of(step.model)
    return {"kind": (owner.related_model if owner else step.model)._meta.verbose_name, "id": step.pk}
