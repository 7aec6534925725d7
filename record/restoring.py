"""
Restores a deleted row from its history, together with the rows that were deleted with it. The restored row has its old
primary key and its old permanent key, so that its former slugs and its history belong to it again.

Fields that are in no form, such as the approval and the reveal of results, are reset to their defaults. Images are not
restored, because their files were deleted with the row.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, Model, OuterRef
from django.db.models.deletion import get_candidate_relations_to_delete
from django.utils.translation import gettext as _
from simple_history.utils import get_history_manager_for_model

from record.history import is_tracked
from record.images.unused_files import image_fields
from record.models import Merge, Record

#: Rows that the same account deleted at most this long before or after another row count as deleted together with it.
TOGETHER = timedelta(minutes=1)


@dataclass
class PutBack:
    """The result of `put_back_hanging`: the restored rows, and descriptions of rows that could not be restored."""

    rows: list[Model] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def is_gone(model: type[Model], pk: Any) -> bool:
    return not model._base_manager.filter(pk=pk).exists()


def in_the_way(row: Model) -> str:
    """
    Return the reason why the deleted row `row` can't be restored, as a message, or "". `row` is an unsaved instance
    made from its history.
    """
    model = type(row)
    if not isinstance(row, Record):
        return _("This row can’t be put back.")
    if model._base_manager.filter(key=row.key).exists():
        return _("This record can’t be put back: another one with the same permanent key exists already.")
    kind = ContentType.objects.get_for_model(model)
    if Merge.objects.filter(content_type=kind, gone_id=row.pk, undone_at=None).exists():
        return _("This record was not deleted but merged into another. Undo the merge instead.")
    return ""


def begin_anew(row: Model, held: Iterable[str] = ()) -> None:
    """
    Reset the fields of the unsaved `row` that must not be restored: fields that are in no form, images, the approval
    and reveal of results, and foreign keys to rows that no longer exist. Keep the fields named in `held`.
    """
    pictures = image_fields(type(row))
    for column in row._meta.concrete_fields:
        if column.primary_key or column.name == "key" or column.name in held:
            continue
        if not column.editable or column in pictures or column.name in getattr(row, "DECIDED_BY_STEPS", ()):
            setattr(row, column.attname, column.get_default())
        elif isinstance(column, models.ForeignKey) and column.null:
            others = column.related_model._base_manager.filter(pk=getattr(row, column.attname))
            taken = column.unique and type(row)._base_manager.filter(**{column.name: getattr(row, column.attname)})
            if taken or not others.exists():
                setattr(row, column.attname, None)


def lost_pictures(row: Model) -> list[str]:
    """
    Return the verbose names of the image fields in which the deleted `row` had an image. These images can't be
    restored.
    """
    return [str(image.verbose_name) for image in image_fields(type(row)) if getattr(row, image.name)]


def hanging_on(row: Model) -> list[Any]:
    """
    Return the history entries that record the deletion of rows that depended on `row` and were deleted together with
    it.
    """
    history = get_history_manager_for_model(type(row))
    deletion = history.filter(**{row._meta.pk.attname: row.pk}, history_type="-").first()
    if deletion is None:
        return []
    found: list[Any] = []
    span = (deletion.history_date - TOGETHER, deletion.history_date + TOGETHER)
    # Django's type stubs declare these relations as fields.
    relations: Iterable[Any] = get_candidate_relations_to_delete(row._meta)
    for relation in relations:
        model: type[Model] = relation.related_model
        if relation.on_delete is models.CASCADE and issubclass(model, Record) and is_tracked(model):
            records = get_history_manager_for_model(model).filter(
                **{relation.field.attname: row.pk},
                history_type="-",
                history_date__range=span,
                history_user=deletion.history_user_id,
            )
            there = model._base_manager.filter(pk=OuterRef(model._meta.pk.attname))
            found += records.filter(~Exists(there)).order_by("history_id")
    return found


def put_back_hanging(row: Model, records: Iterable[Any], *, actor: Any, reason: str) -> PutBack:
    """
    Restore the rows of `records`, which are history entries returned by `hanging_on`. Also restore the many-to-many
    links of other rows to `row`, such as those of an award to its presenters. A row that is no longer valid is not
    restored; a description of it is added to `lost` of the result.
    """
    made = PutBack()
    for record in records:
        below = record.instance
        below._state.adding = True
        begin_anew(below)
        below._history_user, below._change_reason = actor, reason
        try:
            below.full_clean()
        except ValidationError as error:
            made.lost.append(f"{below._meta.verbose_name}: {' '.join(error.messages)}")
        else:
            below.save(force_insert=True)
            made.rows.append(below)
    for other, name in _links_to(row):
        other._history_user, other._change_reason = actor, reason
        getattr(other, name).add(row)
        made.rows.append(other)
    return made


def _links_to(row: Model) -> Iterator[tuple[Record, str]]:
    """
    Yield each row that had a many-to-many link to `row` when `row` was deleted, with the name of the field. Rows that
    link to `row` again are left out.
    """
    for relation in row._meta.related_objects:
        owner, field = relation.related_model, relation.field
        if not isinstance(field, models.ManyToManyField) or not issubclass(owner, Record) or not is_tracked(owner):
            continue
        history = get_history_manager_for_model(owner).model
        if field.name not in {kept.name for kept in history._history_m2m_fields}:
            continue
        links = getattr(history, field.name).model._base_manager.filter(
            **{field.m2m_reverse_field_name(): row.pk, "history": OuterRef("pk")}
        )
        pk_name = owner._meta.pk.attname
        later = history._base_manager.filter(**{pk_name: OuterRef(pk_name)}, history_id__gt=OuterRef("history_id"))
        last = history._base_manager.filter(Exists(links), ~Exists(later)).exclude(history_type="-")
        for other in owner._base_manager.filter(pk__in=last.values(pk_name)).exclude(**{field.name: row.pk}):
            yield other, field.name
