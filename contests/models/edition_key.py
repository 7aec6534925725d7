"""The sort key of editions: a contest's place in time, from the facts of the record alone."""

import re
from datetime import UTC, datetime
from typing import Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from record.derived_fields import DerivedField

_YEAR = re.compile(r"(?<!\d)(1[89]|20|21)\d\d(?!\d)")
#: The fields that the key is made from. The first known date counts.
DATES = ("held_from", "held_to", "closes_at", "opens_at")
PARTS = (*DATES, "year_label", "edition_number")


def edition_key(dates: list[Any], year_label: str, number: int | None) -> str:
    """
    Return the sort key of an edition. It begins with the first known date of `dates`, which are ISO texts or datetimes,
    or else with the year in `year_label`, and ends with the number of the edition. A contest without any of them sorts
    before all others, and so comes last where the newest contest is first: an unknown date never goes before a known
    one. The time at which a contest was published, approved or revealed has no influence.

    >>> edition_key(["1929-05-16"], "1927/28", 1), edition_key([""], "1927/28", 1), edition_key([""], "", None)
    ('1929-05-16 000001', '1927 000001', ' 000000')
    """
    known = next((_text(date) for date in dates if date), "")
    if not known and (year := _YEAR.search(year_label)):
        known = year.group()
    # A space sorts before "-" and "T". So what is known less exactly comes first, as in a partial date.
    return f"{known} {number or 0:06d}"


def _text(date: Any) -> str:
    # `isoformat` writes four digits for each year. The "%Y" of `strftime` does not do so everywhere.
    return date.astimezone(UTC).isoformat()[:16] if isinstance(date, datetime) else str(date)


class _OfParts(DeferredAttribute):
    """
    The descriptor of an `EditionKeyField`. It computes the key from the other fields of the contest. If one of them is
    deferred, it returns the stored key.
    """

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        if instance is None:
            return self
        row = instance.__dict__
        if any(name not in row for name in PARTS):
            return super().__get__(instance, cls)
        return edition_key([row[name] for name in DATES], row["year_label"] or "", row["edition_number"])

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EditionKeyField(DerivedField):
    """
    A derived field with the sort key of a contest (`edition_key`). Lists of contests, and of rows that belong to
    contests, are sorted by it.
    """

    descriptor_class = _OfParts  # type: ignore[assignment]  # It reads several fields, not one.
    length = 40

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"source": DATES[0], **kwargs})

    def value_of(self, text: str) -> str:
        raise NotImplementedError("The sort key of a contest depends on several fields. Save the contest instead.")
