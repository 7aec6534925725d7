"""Dates and moments in one cell, and the order of day and month in a whole column."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import Literal

from babel import Locale
from django.utils.translation import gettext

from record.content_languages import NAMED_IN
from record.importing.errors import CellError, quoted
from record.importing.plain_cells import filled_text_of
from record.importing.table import Value
from record.models.date_bounds import FIRST_YEAR, LAST_YEAR
from record.sort_keys import folded

#: Day before month, or month before day.
DateOrder = Literal["dmy", "mdy"]

#: The first days of the two ways that Excel counts days. Excel takes 1900 for a leap year, so day 60 is skipped.
_EPOCHS = {1900: date(1899, 12, 30), 1904: date(1904, 1, 1)}
#: The numbers of days that can't be years.
_FIRST_SERIAL = LAST_YEAR + 1
_NUMERIC = re.compile(r"(\d{1,2})\s*([/-])\s*(\d{1,2})\s*\2\s*(\d{4}|\d{2})")
_DOTS = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4}|\d{2})\.?")
_YEAR_FIRST = re.compile(r"(\d{4})(?:\s*[-/.]\s*(\d{1,2})(?:\s*[-/.]\s*(\d{1,2})\.?)?)?")
_EAST = re.compile(
    r"(\d{4})\s*[年년]\s*(?:(\d{1,2})\s*[月월]\s*(?:(\d{1,2})\s*[日日일号號])?)?(?:\s*[（(].{1,4}[)）])?\.?"
)
_MONTH_YEAR = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_WORDED = re.compile(r"(?P<a>\d{1,4})?\s*(?P<month>[^\W\d_]+)\s*(?P<b>\d{1,4})?\s*(?P<c>\d{1,4})?")
_TIME = re.compile(
    r"[T\s,]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d{1,9})?)?\s*(?P<half>[ap]\.?m\.?)?"
    r"\s*(?P<zone>Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{2}:?\d{2})?$",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(r"^[^\W\d_]{2,12}\.?,\s*|\s*[(（][^\W\d_]{1,12}[)）]$")

#: The most characters of a date.
LONGEST = 200


def order_of(values: Iterable[Value]) -> DateOrder | None:
    """
    Return the order of day and month that a column shows: "dmy" if it has a date such as 16/5/1994, "mdy" if it
    has 5/16/1994. Return None if each date can be read in both ways, or if both orders are there.
    """
    orders: set[DateOrder] = set()
    for value in values:
        if isinstance(value, str) and (found := _NUMERIC.match(_plain(value))):
            first, second = int(found[1]), int(found[3])
            if first > 12 >= second:
                orders.add("dmy")
            elif second > 12 >= first:
                orders.add("mdy")
    return orders.pop() if len(orders) == 1 else None


def partial_date(value: Value, order: DateOrder | None = None, *, epoch: int = 1900, with_time: bool = False) -> str:
    """
    Return a date as `record.partial_dates` stores it, "1994", "1994-05" or "1994-05-16", or "" for a blank cell.

    `order` is the order of the column, by `order_of`. Without one, 3/4/2026 is refused; 3.4.2026 is always day first.
    A number from 2201 is the number of a day as Excel counts them from `epoch`, 1900 or 1904. `with_time` keeps the
    time: "2026-10-31T19:30". Raise `CellError` if there is no such date, or if it can be read in two ways.
    """
    if isinstance(value, datetime):
        value = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        _bounded(value.year)
        has_time = with_time and (value.hour or value.minute)
        return value.strftime("%Y-%m-%dT%H:%M" if has_time else "%Y-%m-%d")
    if isinstance(value, date):
        _bounded(value.year)
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _by_number(value, epoch, with_time)
    text = _plain(filled_text_of(value))
    if not text:
        return ""
    if re.fullmatch(r"\d{5,6}(\.\d+)?", text):
        return _by_number(float(text), epoch, with_time)
    # In a longer text, the search would take a time that grows with its square, and it is no date anyway.
    time = _TIME.search(text) if len(text) <= LONGEST else None
    day = _day(text[: time.start()] if time else text, order, value)
    if not time:
        return day
    clock = _clock(time, value)
    return f"{day}T{clock[0]:02}:{clock[1]:02}" if with_time and len(day) == 10 else day


def moment(value: Value, order: DateOrder | None = None, zone: tzinfo = UTC, *, epoch: int = 1900) -> datetime | None:
    """
    Return an aware datetime, or None for a blank cell. A time without a time zone is one of `zone`, and a day without a
    time is its first moment. Raise `CellError` if the date is not known to the day, or if the clock skips the time.
    """
    offset: tzinfo = zone
    if isinstance(value, datetime) and value.tzinfo:
        return value
    if isinstance(value, datetime):
        _bounded(value.year)
        return _aware(value, zone, value)
    seconds = 0
    if isinstance(value, str) and len(value) <= LONGEST and (time := _TIME.search(_plain(value))):
        offset = _offset(time["zone"]) or zone
        seconds = int(time["second"] or 0)
    iso = partial_date(value, order, epoch=epoch, with_time=True)
    if not iso:
        return None
    if len(iso) < 10:
        message = gettext("“%(value)s” has no day. Write a day and a time, such as 2026-04-03 19:30.")
        raise CellError(message % {"value": quoted(value)})
    found = datetime.fromisoformat(iso)
    if seconds > 59:
        raise _no_such_day(value)
    return _aware(found.replace(second=seconds), offset, value)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _by_number(number: float, epoch: int, with_time: bool) -> str:
    if float(number).is_integer() and FIRST_YEAR <= number <= LAST_YEAR:
        return str(int(number))
    if re.fullmatch(r"(1[89]|2[0-2])\d{6}", str(number)):
        return _dated(int(number) // 10_000, int(number) // 100 % 100, int(number) % 100, number)
    first = _EPOCHS[epoch]
    last = (date(LAST_YEAR, 12, 31) - first).days
    if not _FIRST_SERIAL <= number < last + 1:
        message = gettext("“%(value)s” is not a date. Write one, such as 2026-04-03.")
        raise CellError(message % {"value": quoted(number)})
    found = datetime(first.year, first.month, first.day) + timedelta(minutes=round(number * 1440))  # noqa: DTZ001
    has_time = with_time and (found.hour or found.minute)
    return found.strftime("%Y-%m-%dT%H:%M" if has_time else "%Y-%m-%d")


def _day(text: str, order: DateOrder | None, value: Value) -> str:
    """Return a partial date by a text without a time."""
    text = _WEEKDAY.sub("", text).strip(" ,")
    if found := _YEAR_FIRST.fullmatch(text) or _EAST.fullmatch(text) or _COMPACT.fullmatch(text):
        year, month, day = (int(part) if part else None for part in found.groups())
        return _dated(year or 0, month, day, value)
    if found := _DOTS.fullmatch(text):
        return _dated(_whole_year(found[3], value), int(found[2]), int(found[1]), value)
    if found := _NUMERIC.fullmatch(text):
        return _numeric(found, order, value)
    if found := _MONTH_YEAR.fullmatch(text):
        return _dated(int(found[2]), int(found[1]), None, value)
    worded = _worded(text, value)
    if worded:
        return worded
    message = gettext("“%(value)s” is not a date. Write one, such as 2026-04-03, 2026-04 or 2026.")
    raise CellError(message % {"value": quoted(value)})


def _numeric(found: re.Match[str], order: DateOrder | None, value: Value) -> str:
    first, second, year = int(found[1]), int(found[3]), _whole_year(found[4], value)
    if order is None and min(first, second) > 0 and first != second and max(first, second) <= 12:
        message = gettext(
            "“%(value)s” may be %(day_first)s or %(month_first)s. Say which comes first in this column, the day or the "
            "month, or write dates with the year first."
        )
        readings = {"day_first": f"{year}-{second:02}-{first:02}", "month_first": f"{year}-{first:02}-{second:02}"}
        raise CellError(message % {"value": quoted(value), **readings}, code="ambiguous")
    if order == "mdy" or (order is None and second > 12):
        return _dated(year, first, second, value)
    return _dated(year, second, first, value)


def _worded(text: str, value: Value) -> str:
    """Return a partial date with the name of a month: "3 April 2026", "April 3, 2026", "April 2026", "3-Apr-2026"."""
    plain = re.sub(r"(\d)(?:st|nd|rd|th)\b", r"\1", text, flags=re.IGNORECASE)
    plain = re.sub(r"\b(?:of|r|roku)\b\.?", " ", plain, flags=re.IGNORECASE)
    found = _WORDED.fullmatch(" ".join(re.sub(r"[.,/-]", " ", plain).split()))
    month = _months().get(folded(found["month"])) if found else None
    if not found or not month:
        return ""
    numbers = [part for part in (found["a"], found["b"], found["c"]) if part]
    years = [part for part in numbers if len(part) == 4]
    days = [part for part in numbers if len(part) < 3]
    if len(numbers) > 2 or len(years) > 1 or len(years) + len(days) != len(numbers):
        return ""
    if not years:
        raise _short_year(value)
    return _dated(int(years[0]), month, int(days[0]) if days else None, value)


@cache
def _months() -> dict[str, int]:
    """Return the numbers of months by their folded names, long and short, in the languages of the interface."""
    found = {"sept": 9}
    for locale in NAMED_IN:
        for context in Locale.parse(locale).months.values():
            for width in ("wide", "abbreviated"):
                for number, name in context[width].items():
                    found.setdefault(folded(name).strip("."), number)
    return {name: number for name, number in found.items() if not any(c.isdigit() for c in name)}


def _whole_year(text: str, value: Value) -> int:
    if len(text) != 4:
        raise _short_year(value)
    return int(text)


def _short_year(value: Value) -> CellError:
    message = gettext("The year in “%(value)s” is not clear. Write it with four digits.")
    return CellError(message % {"value": quoted(value)}, code="ambiguous")


def _dated(year: int, month: int | None, day: int | None, value: Value) -> str:
    _bounded(year)
    try:
        date(year, 1 if month is None else month, 1 if day is None else day)
    except ValueError:
        raise _no_such_day(value) from None
    return "-".join([f"{year:04}", *(f"{part:02}" for part in (month, day) if part is not None)])


def _no_such_day(value: Value) -> CellError:
    message = gettext("“%(value)s” does not exist. Check the day, the month and the time.")
    return CellError(message % {"value": quoted(value)}, code="no_such_day")


def _bounded(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        message = gettext("%(year)s is not a year between %(first)s and %(last)s.")
        raise CellError(message % {"year": year, "first": FIRST_YEAR, "last": LAST_YEAR}, code="out_of_bounds")


def _clock(found: re.Match[str], value: Value) -> tuple[int, int]:
    hour, minute = int(found["hour"]), int(found["minute"])
    if half := found["half"]:
        if not 1 <= hour <= 12:
            raise _no_such_day(value)
        hour = hour % 12 + (12 if half[0].lower() == "p" else 0)
    if hour > 23 or minute > 59:
        raise _no_such_day(value)
    return hour, minute


def _offset(text: str | None) -> tzinfo | None:
    if not text:
        return None
    sign = re.search(r"([+-])(\d{2}):?(\d{2})$", text)
    if not sign:
        return UTC
    minutes = int(sign[2]) * 60 + int(sign[3])
    if minutes > 14 * 60:
        raise CellError(gettext("“%(value)s” is not a time zone.") % {"value": text})
    return timezone(timedelta(minutes=-minutes if sign[1] == "-" else minutes))


def _aware(naive: datetime, zone: tzinfo, value: Value) -> datetime:
    aware = naive.replace(tzinfo=zone)
    if aware.astimezone(UTC).astimezone(zone).replace(tzinfo=None, fold=0) != naive.replace(fold=0):
        message = gettext("“%(value)s” does not exist: the clock was put forward at that time.")
        raise CellError(message % {"value": quoted(value)}, code="no_such_day")
    return aware
