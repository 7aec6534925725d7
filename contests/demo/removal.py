"""Remove a synthetic contest from the record, without a trace."""

from collections.abc import Iterator

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
    Remove all rows whose key starts with `prefix`, with their history, former slugs, admin log and uploaded files.
    Return the number of rows of the record. If there is none, or if other rows refer to one, change nothing and raise
    `ValidationError`.
    """
    if not prefix.startswith(PREFIX) or not prefix.endswith(":"):
        raise ValueError(f"{prefix!r} is not the prefix of a synthetic contest.")
    if not any(_made(model, prefix).exists() for model in records()):
        raise ValidationError(_("There is no synthetic contest “%(slug)s”.") % {"slug": prefix[len(PREFIX) : -1]})
    if found := _in_the_way(prefix):
        raise ValidationError(
            [_("Nothing was removed: the following refers to this contest but was not made with it."), *found]
        )
    pictures = [picture for model in records() for picture in _pictures(model, prefix)]
    removed = 0
    # The database checks references at the end of the transaction, so the order of the tables doesn't matter.
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
    """Return all models of the record."""
    return [model for model in apps.get_models() if issubclass(model, Record)]


def _made(model: type[models.Model], prefix: str) -> models.QuerySet:
    return model._base_manager.filter(key__startswith=prefix)


def _tables_between(model: type[models.Model]) -> list[type[models.Model]]:
    return [field.remote_field.through for field in model._meta.many_to_many]


def _owner(through: type[models.Model]) -> models.ForeignKey:
    """Return the foreign key of a many-to-many table to the model that defines the relation."""
    model = through._meta.auto_created
    return next(field for field in through._meta.fields if field.related_model is model)


def _delete(rows: models.QuerySet) -> int:
    # Not delete(): it would load a million rows to look for references to them. `_in_the_way` has found none.
    return rows._raw_delete(rows.db)


def _in_the_way(prefix: str) -> list[str]:
    """
    Return descriptions of rows that refer to a row to be removed and are not removed themselves; only the first few.
    """
    found: list[str] = []
    for model in records():
        for relation in model._meta.get_fields(include_hidden=True):
            if not (relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)):
                continue
            table, field = relation.related_model, relation.field
            if not field.db_constraint:  # tables of the history: they never block a removal
                continue
            rows = table._base_manager.filter(**{f"{field.name}__key__startswith": prefix})
            if issubclass(table, Record):
                rows = rows.exclude(key__startswith=prefix)
            elif table._meta.auto_created:
                rows = rows.exclude(**{f"{_owner(table).name}__key__startswith": prefix})
            found += [_named(row, field) for row in rows[: NAMED + 1 - len(found)]]
    return [*found[:NAMED], "…"] if len(found) > NAMED else found


def _named(row: models.Model, field: models.ForeignKey) -> str:
    owner = getattr(row, _owner(type(row)).name) if row._meta.auto_created else row
    return f"{owner._meta.verbose_name} “{owner}” ({owner.pk}) → “{getattr(row, field.name)}”"


def _forget(model: type[models.Model], prefix: str) -> None:
    """Delete the slugs, log and history of rows that are to be removed or that an editor has deleted."""
    content_type = ContentType.objects.get_for_model(model)
    history = model.history.model._base_manager.filter(key__startswith=prefix)
    for ids in (_made(model, prefix).values("pk"), history.values("id")):
        column = next(iter(ids.query.values_select))
        _delete(FormerSlug.objects.filter(content_type=content_type, object_id__in=ids))
        _delete(Merge.objects.filter(content_type=content_type, kept_id__in=ids))
        texts = ids.annotate(as_text=Cast(column, models.CharField())).values("as_text")
        _delete(LogEntry.objects.filter(content_type=content_type, object_id__in=texts))
    for table in _parts_of_history(history.model):
        _delete(table._base_manager.filter(history__in=history))
    _delete(history)


def _parts_of_history(history: type[models.Model]) -> list[type[models.Model]]:
    """Return the history tables of many-to-many relations, which aren't emptied together with a row's history."""
    fields = history._meta.get_fields(include_hidden=True)
    return [field.related_model for field in fields if field.auto_created and not field.concrete]


def _pictures(model: type[models.Model], prefix: str) -> Iterator[unused_files.Picture]:
    """Yield the present pictures and those that an editor replaced."""
    for field in unused_files.image_fields(model):
        for rows in (_made(model, prefix), model.history.model._base_manager.filter(key__startswith=prefix)):
            images = rows.exclude(**{field.name: ""})
            for values in images.values_list(field.name, field.width_field, field.original_field).distinct():
                yield unused_files.Picture(field, *values)
