"""Between which years a date of the record lies. No time zone takes such a date out of what Python can count."""

from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .record import rule

FIRST_YEAR, LAST_YEAR = 1800, 2200
FIRST, LAST = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
OUT_OF_BOUNDS = _("Choose a year between 1800 and 2200.")


def moments_within(*names: str) -> list[models.CheckConstraint]:
    """The rules that these date-and-time fields of a model lie within the bounds, or are blank."""
    return [_within(name, FIRST, LAST) for name in names]


def days_within(*names: str) -> list[models.CheckConstraint]:
    """The same for fields that hold a day."""
    return [_within(name, FIRST.date(), LAST.date()) for name in names]


def years_within(*names: str) -> list[models.CheckConstraint]:
    """The same for fields that hold a year as a number."""
    return [_within(name, FIRST_YEAR, LAST_YEAR) for name in names]


def _within(name: str, first: Any, last: Any) -> models.CheckConstraint:
    within = Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": first, f"{name}__lte": last})
    return rule(within, name=f"%(class)s_{name}_within_years", at=name, message=OUT_OF_BOUNDS)


def is_within(value: date) -> bool:
    """Whether a day, or an aware moment, lies within the bounds."""
    if isinstance(value, datetime):
        return FIRST <= value <= LAST
    return FIRST.date() <= value <= LAST.date()


def check_within(value: date, name: str) -> None:
    """`ValidationError` at the field `name` where a day, or an aware moment, lies outside the bounds."""
    if not is_within(value):
        raise ValidationError({name: OUT_OF_BOUNDS}, code="out_of_bounds")
