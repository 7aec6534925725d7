"""Remove a synthetic contest from the database, including its history and files."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from contests.models import Contest
from record.images import unused_files
from record.models import FormerSlug, Merge, Record
from record.synthetic import PREFIX

NAMED = 10


@transaction.atomic
def remove(prefix: str) -> int:
    """
    Delete all rows whose permanent key starts with `prefix`, with their history, former slugs, admin log and uploaded
    files. Return the number of deleted rows, without counting history and logs. Raise `ValidationError`, and delete
    nothing, if there are no such rows, or if rows that don't belong to the synthetic contest refer to them. Raise
    `ValueError` if `prefix` isn't the prefix of a synthetic contest.
    """
    if not prefix.startswith(PREFIX) or not prefix.endswith(":"):
        raise ValueError(f"{prefix!r} is not the prefix of a synthetic contest.")
    if not any(_made(model, prefix).exists() for model in records()):
        raise ValidationError(_("There is no synthetic contest “%(slug)s”.") % {"slug": prefix[len(PREFIX) : -1]})
    if found := _in_the_way(prefix):
        raise ValidationError(
            [_("Nothing was removed. The synthetic contest is used by these rows, which are not part of it:"), *found]
        )
    pictures = [picture for model in records() for picture in _pictures(model, prefix)]
    removed = 0
    # The tables can be emptied in any order, because the database checks foreign keys at the end of the transaction.
    for model in records():
        _forget(model, prefix)
        for through in _tables_between(model):
            _delete(through._base_manager.filter(**{f"{_owner(through).name}__key__startswith": prefix}))
        removed += _delete(_made(model, prefix))
    unused_files.release(pictures)
    return removed


def slugs() -> list[str]:
    """Return the slugs of the synthetic contests."""
    keys = Contest.objects.filter(key__startswith=PREFIX, key__endswith=":contest").order_by("key")
    return [key[len(PREFIX) : -len(":contest")] for key in keys.values_list("key", flat=True)]


def records() -> list[type[Record]]:
    """Return all models derived from `Record`."""
    return [model for model in apps.get_models() if issubclass(model, Record)]


def _made(model: type[models.Model], prefix: str) -> models.QuerySet:
    return model._base_manager.filter(key__startswith=prefix)


def _tables_between(model: type[models.Model]) -> list[type[models.Model]]:
    return [through for field in model._meta.many_to_many if (through := field.remote_field.through)]


def _owner(through: type[models.Model]) -> models.Field:
    """Return the foreign key from the many-to-many table `through` to the model that defines the relation."""
    model = through._meta.auto_created
    return next(field for field in through._meta.fields if field.related_model is model)


def _delete(rows: models.QuerySet) -> int:
    # Don't use `QuerySet.delete`: it would load all rows to find rows that refer to them. `_in_the_way` has already
    # made sure that there are none.
    return rows._raw_delete(rows.db)


def _in_the_way(prefix: str) -> list[str]:
    """
    Return descriptions of the rows that prevent the removal: rows outside the synthetic contest that refer to a row
    whose key starts with `prefix`. If there are more than `NAMED` such rows, the list ends with "…".
    """
    found: list[str] = []
    for model in records():
        for relation in model._meta.get_fields(include_hidden=True):
            if not isinstance(relation, models.ManyToOneRel):
                continue
            table, field = relation.related_model, relation.field
            # The foreign keys of history tables have no constraint, so they don't prevent a deletion.
            if not field.db_constraint:  # type: ignore[attr-defined]
                continue
            rows = table._base_manager.filter(**{f"{field.name}__key__startswith": prefix})
            if issubclass(table, Record):
                rows = rows.exclude(key__startswith=prefix)
            elif table._meta.auto_created:
                rows = rows.exclude(**{f"{_owner(table).name}__key__startswith": prefix})
            found += [_named(row, field) for row in rows[: NAMED + 1 - len(found)]]
    return [*found[:NAMED], "…"] if len(found) > NAMED else found


def _named(row: models.Model, field: models.Field) -> str:
    owner = getattr(row, _owner(type(row)).name) if row._meta.auto_created else row
    return f"{owner._meta.verbose_name} “{owner}” ({owner.pk}) → “{getattr(row, field.name)}”"


def _forget(model: Any, prefix: str) -> None:
    """
    Delete the former slugs, merges, admin log and history of the rows of `model` whose key starts with `prefix`,
    including rows that an editor deleted earlier.
    """
    content_type = ContentType.objects.get_for_model(model)
    history = model.history.model._base_manager.filter(key__startswith=prefix)
    present_and_past: tuple[Any, Any] = (_made(model, prefix).values("pk"), history.values("id"))
    for ids in present_and_past:
        column = next(iter(ids.query.values_select))
        _delete(FormerSlug.objects.filter(content_type=content_type, object_id__in=ids))
        _delete(Merge.objects.filter(content_type=content_type, kept_id__in=ids))
        texts = ids.annotate(as_text=Cast(column, models.CharField())).values("as_text")
        _delete(LogEntry.objects.filter(content_type=content_type, object_id__in=texts))
    for table in _parts_of_history(history.model):
        _delete(table._base_manager.filter(history__in=history))
    _delete(history)


def _parts_of_history(history: type[models.Model]) -> list[type[models.Model]]:
    """
    Return the models that store the many-to-many relations of the history records in `history`. Deleting rows of
    `history` in bulk doesn't delete the rows of these tables.
    """
    fields = history._meta.get_fields(include_hidden=True)
    return [field.related_model for field in fields if isinstance(field, models.ManyToOneRel)]


def _pictures(model: Any, prefix: str) -> Iterator[unused_files.Picture]:
    """
    Yield the pictures of the rows of `model` whose key starts with `prefix`, including pictures that an editor replaced
    earlier.
    """
    for field in unused_files.image_fields(model):
        for rows in (_made(model, prefix), model.history.model._base_manager.filter(key__startswith=prefix)):
            images = rows.exclude(**{field.name: ""})
            for values in images.values_list(field.name, field.width_field, field.original_field).distinct():
                yield unused_files.Picture(field, *values)
