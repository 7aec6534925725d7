"""Merging two rows."""

from collections.abc import Mapping

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from record.images import cleanup
from record.models import Merge

from .journal import StepRunner, values_of
from .planning import Plan

_mergeable: list[type[Model]] = []


def allow(*models: type[Model]) -> None:
    """Lets two rows of each of these models be merged. Each app calls it for its own models when it starts."""
    _mergeable.extend(model for model in models if model not in _mergeable)


class ChangedSinceError(ValidationError):
    """What a merge was shown to do is no longer what it would do."""


def mergeable(kept: Model, gone: Model) -> None:
    """`ValidationError` where the two can't be one."""
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
    Merges `gone` into `kept`: what points at the one points at the other then, in every app; `choices` says by field
    whose value stays (see `Plan`); the addresses of the one lead to the other; the row is deleted, and its history
    stays. What both had is dropped once. All of it can be undone.

    `ValidationError` where the two can't be one, or the values chosen break a rule of the record. `ChangedSinceError`
    where `shown`, the fingerprint of the plan that an editor was shown (made without choices), is not that of today.
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
    # In English, since the history keeps it for readers of every language; and without a name, which may be nobody's to
    # know yet: reasons are public once results are.
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
    pictures = cleanup.pictures_of([row])
    return {name for picture in pictures for name in (picture.name, picture.original) if name}


def holds(name: str) -> bool:
    """Whether the stored image or original `name` is needed to undo a merge, so that it must not be removed."""
    return bool(name) and any(map(_may_be_undone, Merge.objects.filter(undone_at=None, files__contains=name)))


def _may_be_undone(done: Merge) -> bool:
    """Whether the row that stayed is there, or would be once a later merge is undone, in which it went."""
    later = Merge.objects.filter(undone_at=None, content_type=done.content_type, gone_id=done.kept_id)
    return done.kept is not None or any(map(_may_be_undone, later))
