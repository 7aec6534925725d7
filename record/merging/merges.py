"""The function that merges two rows, and the models that allow merging."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from record.images import unused_files
from record.models import Merge, Record

from .journal import StepRunner, values_of
from .planning import Plan

if TYPE_CHECKING:
    from accounts.models import User

_mergeable: list[type[Model]] = []


def allow(*models: type[Model]) -> None:
    """Allow merging rows of `models`. Each app calls this function at start-up for its own models."""
    _mergeable.extend(model for model in models if model not in _mergeable)


class ChangedSinceError(ValidationError):
    """
    Raised if the rows were changed or deleted after the editor opened the merge page, because the plan on it is
    outdated.
    """


def mergeable(kept: Model, gone: Model) -> None:
    """
    Raise `ValidationError` if `gone` can't be merged into `kept`. They must be different rows of one model that allows
    merging, and both or neither must be synthetic.
    """
    is_allowed = type(kept) is type(gone) and isinstance(kept, tuple(_mergeable)) and kept.pk != gone.pk
    if not is_allowed or not isinstance(kept, Record) or not isinstance(gone, Record):
        raise ValidationError(_("Choose two different records of the same kind."))
    if kept.is_synthetic != gone.is_synthetic:
        raise ValidationError(
            _("One of the two records is synthetic. Synthetic records can’t be merged with real ones.")
        )


@transaction.atomic
def merge(
    kept: Model,
    gone: Model,
    choices: Mapping[str, str] | None = None,
    *,
    actor: "User | None",
    reason: str = "",
    shown: str | None = None,
) -> Merge:
    """
    Merge `gone` into `kept`, and return the `Merge`, which can be undone. All foreign keys and many-to-many links to
    `gone`, in all apps, then point to `kept`. A row that would become a duplicate is deleted. `choices` says for each
    field which row's value is kept (see `Plan`). The slugs of `gone` redirect to `kept`. `gone` is deleted, but its
    history is kept.

    `shown` is the fingerprint of the plan that the editor has seen, which is made without choices. Raise
    `ChangedSinceError` if the current plan has another fingerprint, or if one of the rows no longer exists. Raise
    `ValidationError` if the rows can't be merged or the chosen values break a constraint.
    """
    mergeable(kept, gone)
    rows = type(kept)._base_manager.select_for_update().in_bulk([kept.pk, gone.pk])
    if len(rows) < 2:
        raise ChangedSinceError(_("One of the two records no longer exists: somebody merged or deleted it."))
    kept, gone = rows[kept.pk], rows[gone.pk]
    now = timezone.now()
    if shown is not None and Plan(kept, gone, now).fingerprint != shown:
        raise ChangedSinceError(_("Something has changed since you opened this page. Check it again."))
    plan = Plan(kept, gone, now, choices)
    if plan.conflicts:
        raise ValidationError(plan.conflicts)
    # The reason is in English, because the history stores one text for readers of all languages. The reason does not
    # contain the name of `gone`: reasons become public with the results, but the name may have to stay secret.
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
    """Return whether undoing a merge needs the image file `name`, so that the file must not be deleted."""
    return bool(name) and any(map(_may_be_undone, Merge.objects.filter(undone_at=None, files__contains=name)))


def _may_be_undone(done: Merge) -> bool:
    """
    Return whether the merge `done` can be undone, now or later: the row that it kept exists, or was deleted by a later
    merge that can be undone.
    """
    later = Merge.objects.filter(undone_at=None, content_type=done.content_type, gone_id=done.kept_id)
    return done.kept is not None or any(map(_may_be_undone, later))
