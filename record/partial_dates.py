"""
Dates that are known to the year, the month, the day or the minute. They are stored as ISO 8601 text, such as "1932",
"1932-05", "1932-05-17" or "2026-10-31T19:30", so that they sort as text on every database: what is less exact comes
first. A time is the time on the clock at the place of the event, without a time zone.
"""

import re
import unicodedata
from datetime import datetime
from typing import Any

from babel import dates
from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q
from django.db.models.lookups import Lookup
from django.db.models.sql.compiler import SQLCompiler
from django.utils import formats
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext_lazy as _

from record.models.date_bounds import FIRST_YEAR, LAST_YEAR, OUT_OF_BOUNDS
from record.models.record import rule

#: The lengths of a stored date for each precision.
YEAR, MONTH, DAY, MOMENT = 4, 7, 10, 16
_FORMATS = {YEAR: "%Y", MONTH: "%Y-%m", DAY: "%Y-%m-%d", MOMENT: "%Y-%m-%dT%H:%M"}
_SHAPE = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]"
_TYPED = re.compile(
    r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:(?:T|\s+)(\d{1,2}):(\d{2})(?::00)?)?)?)?", re.ASCII | re.IGNORECASE
)

HELP = _("The year first, as exactly as it is known: 1932, 1932-05 or 1932-05-17.")
HELP_WITH_TIME = _("The year first, as exactly as it is known: 2026, 2026-10, 2026-10-31 or 2026-10-31 19:30.")
MALFORMED = _("Write numbers with the year first: 1932, 1932-05 or 1932-05-17.")
MALFORMED_WITH_TIME = _("Write numbers with the year first: 2026, 2026-10, 2026-10-31 or 2026-10-31 19:30.")
NO_SUCH_DAY = _("This day or time does not exist. Check the month, the day and the time.")
NO_TIME = _("Leave out the time. The day is enough here.")
_WRONG_ORDER = _("The end can’t be before the beginning.")


def iso_of(text: str) -> str | None:
    """
    Return a partial date that a person typed as it is stored. Slashes and full stops may separate the numbers. Return
    None if it has another form. The day is not checked.

    >>> iso_of("1932"), iso_of("1932/5"), iso_of("2026-10-31 9:30"), iso_of("17 May 1932")
    ('1932', '1932-05', '2026-10-31T09:30', None)
    """
    found = _TYPED.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not found:
        return None
    year, month, day, hour, minute = (part and part.zfill(2) for part in found.groups())
    iso = "-".join(part for part in (year, month, day) if part)
    return f"{iso}T{hour}:{minute}" if hour else iso


def moment_of(iso: str) -> datetime | None:
    """
    Return the first moment of a stored partial date, without a time zone. Return None if there is no such date.

    >>> moment_of("1932-05"), moment_of("1932-02-30")
    (datetime.datetime(1932, 5, 1, 0, 0), None)
    """
    try:
        return datetime.strptime(iso, _FORMATS[len(iso)])  # noqa: DTZ007 (a partial date has no time zone)
    except (KeyError, ValueError):
        return None


def year_of(iso: str) -> int | None:
    """Return the year of a stored partial date, or None if the date is blank or does not exist."""
    moment = moment_of(iso)
    return moment.year if moment else None


def formatted(iso: str) -> str:
    """
    Format a stored partial date in the current language, as exactly as it is known: "1932", "May 1932", "17 May 1932"
    or "31 October 2026, 19:30". A text that is not a date is returned as it is.
    """
    moment = moment_of(iso)
    if moment is None:
        return iso
    if len(iso) in (YEAR, MONTH):
        # Babel writes the sign after a year in Chinese, Japanese and Korean, and the month in Polish in small letters.
        shape = "y" if len(iso) == YEAR else "yMMMM"
        return dates.format_skeleton(shape, moment, locale=to_locale(get_language() or "en"))
    return formats.date_format(moment, "DATETIME_FORMAT" if len(iso) == MOMENT else "DATE_FORMAT")


def validate(iso: str, *, time: bool) -> None:
    """Raise `ValidationError` if `iso` is not a partial date between the years 1800 and 2200 as it is stored."""
    if iso_of(iso) != iso:
        raise ValidationError(MALFORMED_WITH_TIME if time else MALFORMED, code="partial_date")
    if len(iso) == MOMENT and not time:
        raise ValidationError(NO_TIME, code="partial_date_time")
    moment = moment_of(iso)
    if moment is None and FIRST_YEAR <= int(iso[:YEAR]) <= LAST_YEAR:
        raise ValidationError(NO_SUCH_DAY, code="no_such_day")
    if moment is None or not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValidationError(OUT_OF_BOUNDS, code="out_of_bounds")


class PartialDateFormField(forms.CharField):
    """A form field for a partial date. It accepts dates with the year first."""

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        return iso_of(text) or text

    def prepare_value(self, value: Any) -> Any:
        # People write a space before the time, not a "T".
        return value.replace("T", " ") if isinstance(value, str) and moment_of(value) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "autocomplete": "off", "spellcheck": "false"}


class PartialDateField(models.CharField):
    """
    A model field for a date that may be known only to the year or the month. Its value is ISO 8601 text; blank means
    that the date is not known. With `time`, it may have a time too. Add `partial_dates_within` to the constraints of
    the model. On PostgreSQL, the column has the collation "C", so that texts are compared by code point.
    """

    def __init__(self, *args: Any, time: bool = False, **kwargs: Any) -> None:
        self.time = time
        kwargs["max_length"] = MOMENT if time else DAY
        kwargs.setdefault("blank", True)
        kwargs.setdefault("help_text", HELP_WITH_TIME if time else HELP)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("max_length", None)
        if not self.blank:
            kwargs["blank"] = False
        else:
            kwargs.pop("blank", None)
        return name, path, args, {**kwargs, "time": True} if self.time else kwargs

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        collation = "C" if connection.vendor == "postgresql" else None
        return super().db_parameters(connection) | {"collation": collation}

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return (iso_of(value) or value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def validate(self, value: Any, model_instance: models.Model | None) -> None:
        super().validate(value, model_instance)
        if value:
            validate(value, time=self.time)

    def run_validators(self, value: Any) -> None:
        # `validate` says all that can be wrong, and in better words than the validator of the length.
        return

    def formfield(self, **kwargs: Any) -> Any:
        # No limit of length: a person may type spaces, or a time that the field refuses with a message.
        return super().formfield(**{"form_class": PartialDateFormField, "max_length": None, **kwargs})


@PartialDateField.register_lookup
class IsPartialDate(Lookup):
    """
    The lookup `is_partial_date`: the text has the form of a partial date. It does not know how long each month is. The
    value says whether the date may have a time.
    """

    lookup_name = "is_partial_date"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        sql, params = self.process_lhs(compiler, connection)
        lengths = (YEAR, MONTH, DAY, MOMENT) if self.rhs else (YEAR, MONTH, DAY)
        # The part of the shape for a date of each length. A digit in the shape takes five characters.
        shapes = [_SHAPE[: sum(5 if c == "d" else 1 for c in "dddd-dd-ddTdd:dd"[:length])] for length in lengths]
        if connection.vendor == "postgresql":
            tests = [f"{sql} ~ '^({'|'.join(shapes)})$'"]
        else:
            tests = ["(" + " OR ".join(f"{sql} GLOB '{shape}'" for shape in shapes) + ")"]
        # `substr` returns "" for what a shorter date does not have. No spaces after the commas: Django splits the
        # definition of a table of SQLite at ", " to find its columns.
        tests += [f"substr({sql},6,2) <= '12'", f"substr({sql},6,2) <> '00'"]
        tests += [f"substr({sql},9,2) <= '31'", f"substr({sql},9,2) <> '00'"]
        tests += [f"substr({sql},12,2) <= '23'", f"substr({sql},15,2) <= '59'"]
        count = sum(test.count(sql) for test in tests)
        return f"({' AND '.join(tests)})", tuple(params) * count


def partial_dates_within(*names: str, time: bool = False) -> list[models.CheckConstraint]:
    """
    Return check constraints: each `PartialDateField` in `names` must be blank, or a partial date between the years 1800
    and 2200. `time` says whether the fields may have a time.
    """
    return [
        rule(
            Q(**{name: ""})
            | Q(
                **{f"{name}__is_partial_date": time, f"{name}__gte": str(FIRST_YEAR), f"{name}__lt": str(LAST_YEAR + 1)}
            ),
            name=f"%(class)s_{name}_within_years",
            at=name,
            message=OUT_OF_BOUNDS,
        )
        for name in names
    ]


def in_order(first: str, last: str, *, name: str, message: Any = _WRONG_ORDER) -> models.CheckConstraint:
    """
    Return a check constraint: if the partial dates in the fields `first` and `last` are both known, the second is not
    before the first. Dates with different precision are compared by what both say, so "1932-05" to "1932" is allowed.
    """
    return rule(Q(**{f"{last}__not_before": models.F(first)}), name=name, at=last, message=message)


@PartialDateField.register_lookup
class NotBefore(Lookup):
    """
    The lookup `not_before`: the date is not before the value, as far as both are known. A blank date is before nothing.
    """

    lookup_name = "not_before"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, Any]:
        last, last_params = self.process_lhs(compiler, connection)
        first, first_params = self.process_rhs(compiler, connection)
        # Cut both to the length of the shorter one. If one is blank, both are cut to "".
        both = f"substr({last},1,length({first})) >= substr({first},1,length({last}))"
        return f"({both})", (*last_params, *first_params, *first_params, *last_params)
