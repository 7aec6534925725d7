"""Merge two rows."""

from collections.abc import Mapping

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from record.images import unused_files
from record.models import Merge

from .journal import StepRunner, values_of
from .planning import Plan

_mergeable: list[type[Model]] = []


def allow(*models: type[Model]) -> None:
    """Allow merging two rows of each of `models`. Each app calls this for its own models at start-up."""
    _mergeable.extend(model for model in models if model not in _mergeable)


class ChangedSinceError(ValidationError):
    """The merge would no longer do what the editor was shown."""


def mergeable(kept: Model, gone: Model) -> None:
    """Raise `ValidationError` if the two rows can't be merged."""
    if type(kept) is not type(gone) or not isinstance(kept, tuple(_mergeable)) or kept.pk == gone.pk:
        raise ValidationError(_("Choose two different records of the same kind."))
    if kept.is_synthetic != gone.is_synthetic:
        raise ValidationError(_("One of the two is synthetic. Synthetic records can’t be merged with real ones."))


@transaction.atomic
def merge(
    kept: Model,
    gone: Model,
    choices: Mapping[str, str] | None = None,
    *,
    actor: AbstractBaseUser | None,
    reason: str = "",
    shown: str | None = None,
) -> Merge:
    """
    Merge `gone` into `kept`. Everything in any app that points at `gone` then points at `kept`; what both had is
    dropped once. `choices` says for each field whose value to keep (see `Plan`). The slugs of `gone` redirect to
    `kept`. The row `gone` is deleted, but its history stays. The whole merge can be undone.

    Raises `ValidationError` if the two can't be merged or the chosen values break a constraint. Raises
    `ChangedSinceError` if `shown`, the fingerprint of the plan that an editor saw (made without choices), differs from
    the fingerprint of the current plan.
    """
    mergeable(kept, gone)
    rows = type(kept)._base_manager.select_for_update().in_bulk([kept.pk, gone.pk])
    if len(rows) < 2:
        raise ChangedSinceError(_("One of the two no longer exists: somebody merged or deleted it."))
    kept, gone = rows[kept.pk], rows[gone.pk]
    now = timezone.now()
    if shown is not None and Plan(kept, gone, now).fingerprint != shown:
        raise ChangedSinceError(_("Something has changed since you opened this page. Check it again."))
    plan = Plan(kept, gone, now, choices)
    if plan.conflicts:
        raise ValidationError(plan.conflicts)
    # In English, because the history stores one text for readers of all languages. Without the name of `gone`: reasons
    # become public with the results, but the name may have to stay secret.
    said = f"Merged: {reason}" if reason else "Merged with another record"
    taking = StepRunner(actor, said, now)
    taken = taking.take(plan.steps)
    type(kept)._base_manager.get(pk=kept.pk).validate_constraints()
    taking.tell()
    return Merge.objects.create(
        content_type=ContentType.objects.get_for_model(kept),
        kept_id=kept.pk,
        kept_name=str(kept)[:300],
        gone_id=gone.pk,
        gone_name=str(gone)[:300],
        gone=values_of(gone),
        journal=[step.as_json() for step in taken],
        files="\n".join(_files(kept) | _files(gone)),
        reason=reason[:100],
        merged_at=now,
        merged_by=actor,
    )


def _files(row: Model) -> set[str]:
    pictures = unused_files.pictures_of([row])
    return {name for picture in pictures for name in (picture.name, picture.original) if name}


def holds(name: str) -> bool:
    """Return whether the stored image or original `name` must stay because the undo of a merge needs it."""
    return bool(name) and any(map(_may_be_undone, Merge.objects.filter(undone_at=None, files__contains=name)))


def _may_be_undone(done: Merge) -> bool:
    """Return whether the kept row exists, or would exist again after undoing a later merge that deleted it."""
    later = Merge.objects.filter(undone_at=None, content_type=done.content_type, gone_id=done.kept_id)
    return done.kept is not None or any(map(_may_be_undone, later))
