"""Runtimes of films in one cell: 6:45, 1:02:03, 6m45s, 6′45″, 12 min, 12分 or a number of seconds."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.utils.translation import gettext

from record.importing.errors import CellError, quoted
from record.importing.table import Value

#: The longest runtime in seconds: a thousand hours.
LONGEST = 3_600_000
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2})(?:[.,]\d{1,3})?")
_HOURS = r"h|hrs?|hours?|godz|godziny?|時間|小时|小時|时|시간"
_MINUTES = r"m|mins?|minutes?|minut[ay]?|分钟|分鐘|分間|分|분|'|′|’"
_SECONDS = r"s|secs?|seconds?|sek|sekund[ay]?|秒钟|秒間|秒|초|\"|″|”|''|′′|’’"
_NUMBER = r"\d{1,7}(?:[.,]\d{1,3})?"
_WORDS = re.compile(
    rf"(?:(?P<h>{_NUMBER})\s*(?:{_HOURS})\.?\s*)?(?:(?P<m>{_NUMBER})\s*(?:{_MINUTES})\.?\s*)?"
    rf"(?:(?P<s>{_NUMBER})\s*(?:{_SECONDS})?\.?)?",
    re.IGNORECASE,
)


def clock_of(values: Iterable[Value]) -> bool:
    """
    Return whether the times of day in a column are hours, minutes and seconds for sure: one has less than an hour, or
    seconds. Excel reads a typed 6:45 as a quarter to seven, so without that it may mean minutes and seconds.
    """
    return any(isinstance(value, time) and (not value.hour or value.second) for value in values)


def parse_runtime(value: Value, *, unit: str = "seconds", is_clock: bool = False) -> int | None:
    """
    Return a runtime in seconds, or None for a blank cell.

    6:45 is minutes and seconds; 01:30:00 is hours, minutes and seconds. A number without a unit is in `unit`, "seconds"
    or "minutes", as the name of the column says. A time of day of Excel with hours and no seconds, such as 6:45:00, is
    refused as it may have been typed as minutes and seconds, unless `is_clock`, which `clock_of` finds for a column.
    """
    if value is None or isinstance(value, str) and value.strip() in ("", "-", "–", "—"):
        return None
    if isinstance(value, timedelta):
        return _checked(Decimal(value.days * 86_400 + value.seconds), value)
    # Excel keeps a duration above 24 hours in a cell with a date format as a date of the year 1900 or before.
    if isinstance(value, datetime | date | bool):
        raise _unknown(value)
    if isinstance(value, time):
        if value.hour and not value.second and not is_clock:
            message = gettext(
                "“%(value)s” may be %(hours)s hours %(minutes)s minutes or %(hours)s minutes %(minutes)s seconds. "
                "Write it as a text with units, such as “%(hours)sm %(minutes)ss”."
            )
            parts = {"value": value.isoformat(), "hours": value.hour, "minutes": value.minute}
            raise CellError(message % parts, code="ambiguous")
        return _checked(Decimal(value.hour * 3600 + value.minute * 60 + value.second), value)
    # Long runs of white space would take a time that grows with their square.
    text = " ".join(unicodedata.normalize("NFKC", value).split()) if isinstance(value, str) else str(value)
    if re.fullmatch(r"\d+(\.0+)?", text):
        return _checked(Decimal(text) * (60 if unit == "minutes" else 1), value)
    if re.fullmatch(r"\d+[.,]\d+", text):
        if unit == "minutes" and isinstance(value, float):
            return _checked(Decimal(text) * 60, value)
        message = gettext("“%(value)s” is not clear. Write minutes and seconds, such as 6:45, or a unit: 6.5 min.")
        raise CellError(message % {"value": quoted(value)}, code="ambiguous")
    if found := _CLOCK.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        if seconds > 59 or (found[1] is not None and minutes > 59):
            raise _unknown(value)
        return _checked(Decimal(hours * 3600 + minutes * 60 + seconds), value)
    return _checked(_by_words(text, value), value)


def _by_words(text: str, value: Value) -> Decimal:
    # Words between the parts: "1 hour and 2 minutes", "1 hour, 2 minutes".
    plain = re.sub(r"\s*(?:,(?=\s)|\band\b|\bi\b|&)\s*", " ", text, flags=re.IGNORECASE)
    found = _WORDS.fullmatch(plain.replace("''", '"'))
    if not found or not any(found.groups()) or not re.search(r"\D$|[^\d.,]", plain):
        raise _unknown(value)
    parts = {unit: number and Decimal(number.replace(",", ".")) for unit, number in found.groupdict().items()}
    # "1h30" is an hour and thirty minutes, and "6m45" six minutes and 45 seconds: the next smaller unit.
    if parts["h"] and not parts["m"] and parts["s"] and plain.rstrip()[-1].isdigit():
        parts["m"], parts["s"] = parts["s"], None
    if (parts["h"] and parts["m"] and parts["m"] >= 60) or (parts["m"] and parts["s"] and parts["s"] >= 60):
        raise _unknown(value)
    return (parts["h"] or 0) * 3600 + (parts["m"] or 0) * 60 + (parts["s"] or Decimal(0))


def _checked(seconds: Decimal, value: Value) -> int:
    if not 0 < seconds <= LONGEST:
        message = gettext("“%(value)s” is not a possible runtime.")
        raise CellError(message % {"value": quoted(value)})
    return round(seconds)


def _unknown(value: Value) -> CellError:
    message = gettext("“%(value)s” is not a runtime. Write minutes and seconds, such as 6:45, or hours too: 1:02:03.")
    return CellError(message % {"value": quoted(value)})
