"""
Constraints that limit all dates in the database to the years 1800 to 2200. These years are far from the limits of
`datetime`, so conversions between time zones can't overflow.
"""

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
    """Return check constraints: each `DateTimeField` in `names` must be null or between the years 1800 and 2200."""
    return [_within(name, FIRST, LAST) for name in names]


def days_within(*names: str) -> list[models.CheckConstraint]:
    """Return check constraints: each `DateField` in `names` must be null or between the years 1800 and 2200."""
    return [_within(name, FIRST.date(), LAST.date()) for name in names]


def years_within(*names: str) -> list[models.CheckConstraint]:
    """Return check constraints: the year in each integer field in `names` must be null or between 1800 and 2200."""
    return [_within(name, FIRST_YEAR, LAST_YEAR) for name in names]


def _within(name: str, first: Any, last: Any) -> models.CheckConstraint:
    within = Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": first, f"{name}__lte": last})
    return rule(within, name=f"%(class)s_{name}_within_years", at=name, message=OUT_OF_BOUNDS)


def is_within(value: date) -> bool:
    """Return whether `value`, a date or an aware datetime, is between the years 1800 and 2200."""
    if isinstance(value, datetime):
        return FIRST <= value <= LAST
    return FIRST.date() <= value <= LAST.date()


def check_within(value: date, name: str) -> None:
    """
    Raise `ValidationError` for the field `name` if `value`, a date or an aware datetime, is not between the years 1800
    and 2200.
    """
    if not is_within(value):
        raise ValidationError({name: OUT_OF_BOUNDS}, code="out_of_bounds")
