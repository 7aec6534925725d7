"""The abstract base model `Record`, and functions for constraints whose errors appear at a form field."""

import secrets
from collections.abc import Collection
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, router
from django.utils.encoding import force_str
from django.utils.translation import gettext_lazy as _

from record.querysets import RecordQuerySet
from record.synthetic import PREFIX
from record.visible_text import VisibleTextMixin

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_key() -> str:
    """Return a random permanent key for a new row: 12 letters and digits, none of which look alike."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(12))


class Record(VisibleTextMixin, models.Model):
    """
    The abstract base class of most models. It adds a permanent key, which identifies the row in fixtures, in exports
    and for other programs.
    """

    key = models.CharField(
        _("permanent key"),
        max_length=100,
        unique=True,
        default=new_key,
        editable=False,
        help_text=_("An ID for exports and other programs. It stays the same when the name or the URL changes."),
    )

    objects = RecordQuerySet.as_manager()

    # django-simple-history reads these attributes when a row is saved.
    _history_user: Any
    _change_reason: str
    # `contests.models.result_steps` reads `_step` when a row is saved.
    _step: Any

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[str]:
        return (self.key,)

    def _get_FIELD_display(self, field: models.Field) -> str:  # noqa: N802 (Django's name)
        """Return the label of a choice, for methods such as `get_role_display`."""
        # Django's own method translates every label of the field to show one: a tenth of the time of long lists.
        value = getattr(self, field.attname)
        label = next((label for choice, label in field.flatchoices if choice == value), value)
        return force_str(label, strings_only=True)

    @property
    def is_synthetic(self) -> bool:
        """Whether the portal generated this row for a demonstration. The prefix of its permanent key says so."""
        return self.key.startswith(PREFIX)

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """
        Validate all constraints like Django, but attach each error to a field, so that the form shows it there. The
        `violation_error_code` of a constraint is the name of this field.
        """
        excluded = set(exclude or ())
        errors: dict[str, list[ValidationError]] = {}
        using = router.db_for_write(type(self), instance=self)
        for model, constraints in self.get_constraints():
            for constraint in constraints:
                try:
                    constraint.validate(model, self, exclude=excluded, using=using)
                except ValidationError as error:
                    field = constraint.violation_error_code or ""
                    if field not in {f.name for f in self._meta.fields} or field in excluded:
                        field = NON_FIELD_ERRORS
                    errors.setdefault(field, []).append(
                        ValidationError(constraint.get_violation_error_message(), code=constraint.name)
                        if constraint.violation_error_code
                        else error
                    )
        if errors:
            raise ValidationError(errors)


def unique_in(*fields: str, name: str, at: str, message: Any, **options: Any) -> models.UniqueConstraint:
    """Return a unique constraint on `fields`. Forms show its error `message` at the field `at`."""
    return models.UniqueConstraint(
        fields=fields, name=name, violation_error_code=at, violation_error_message=message, **options
    )


def rule(condition: models.Q, *, name: str, at: str, message: Any) -> models.CheckConstraint:
    """Return a check constraint with this condition. Forms show its error `message` at the field `at`."""
    return models.CheckConstraint(
        condition=condition, name=name, violation_error_code=at, violation_error_message=message
    )
