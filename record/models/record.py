"""What every row of the record has in common: a permanent key, a history and rules that speak at the field."""

import secrets
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, router
from django.utils.translation import gettext_lazy as _

from record.querysets import RecordQuerySet
from record.synthetic import PREFIX
from record.visible_text import VisibleTextMixin

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_key() -> str:
    """A permanent key for a new row: 12 characters, none of them easily mistaken for another."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(12))


class Record(VisibleTextMixin, models.Model):
    """A row of the contest record that fixtures, exports and other programs refer to by its permanent key."""

    key = models.CharField(
        _("permanent key"),
        max_length=100,
        unique=True,
        default=new_key,
        editable=False,
        help_text=_("An ID for exports and other programs. It stays the same when the name or the URL changes."),
    )

    objects = RecordQuerySet.as_manager()

    # django-simple-history takes these from a row that is being saved.
    _history_user: Any
    _change_reason: str
    # And `contests.models.step` this one.
    _step: Any

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[str]:
        return (self.key,)

    @property
    def is_synthetic(self) -> bool:
        """Whether the portal made this row up, for trying things out. Its key says so, and can't be edited."""
        return self.key.startswith(PREFIX)

    def validate_constraints(self, exclude=None) -> None:
        """
        Checks the named constraints as Django does, but puts each message at the field that its constraint names
        as `violation_error_code`, where the editor can mend it.
        """
        errors: dict[str, list[ValidationError]] = {}
        using = router.db_for_write(type(self), instance=self)
        for model, constraints in self.get_constraints():
            for constraint in constraints:
                try:
                    constraint.validate(model, self, exclude=exclude, using=using)
                except ValidationError as error:
                    field = constraint.violation_error_code or ""
                    if field not in {f.name for f in self._meta.fields} or field in (exclude or ()):
                        field = NON_FIELD_ERRORS
                    errors.setdefault(field, []).append(
                        ValidationError(constraint.get_violation_error_message(), code=constraint.name)
                        if constraint.violation_error_code
                        else error
                    )
        if errors:
            raise ValidationError(errors)


def unique_in(*fields: str, name: str, at: str, message: Any, **options: Any) -> models.UniqueConstraint:
    """A unique constraint over `fields` whose message an editor reads at the field `at`."""
    return models.UniqueConstraint(
        fields=fields, name=name, violation_error_code=at, violation_error_message=message, **options
    )


def rule(condition: models.Q, *, name: str, at: str, message: Any) -> models.CheckConstraint:
    """A check constraint whose message an editor reads at the field `at`."""
    return models.CheckConstraint(
        condition=condition, name=name, violation_error_code=at, violation_error_message=message
    )
