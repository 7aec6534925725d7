from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from record.importing.cells import CellError
from record.importing.dates import moment, order_of, partial_date
from record.importing.reading import read_table
from record.partial_dates import validate

from . import made_up_files as files

WARSAW = ZoneInfo("Europe/Warsaw")


def _reason(parse, value, *args, **options):
    with pytest.raises(CellError) as error:
        parse(value, *args, **options)
    return str(error.value)


def test_dates_of_the_file_are_the_same_in_all_columns():
    table = read_table(files.dates_in_three_ways(), "dates.xlsx")
    columns = list(zip(*(line.values for line in table.lines), strict=True))[1:]
    found = [[partial_date(value, order_of(column)) for value in column] for column in columns]
    assert found == [["2026-04-03", "2026-04-16"], ["2026-04-03", "2026-04"], *[["2026-04-03", "2026-04-16"]] * 2]


def test_order_is_found_over_the_whole_column():
    assert order_of(["3/4/2026", "16/5/1994"]) == "dmy"
    assert order_of(["3/4/2026", "5/16/1994 9:30", None, 5]) == "mdy"
    assert order_of(["3/4/2026", "13.4.2026"]) is None
    assert order_of(["16/5/2026", "5/16/2026"]) is None


def test_date_with_two_readings_is_refused_without_an_order():
    reason = _reason(partial_date, "3/4/2026")
    assert reason.startswith("“3/4/2026” may be 2026-04-03 or 2026-03-04. Say which comes first in this column")
    assert partial_date("3/4/2026", "dmy") == "2026-04-03"
    assert partial_date("3/4/2026", "mdy") == "2026-03-04"
    assert partial_date("16/4/2026") == "2026-04-16"
    assert _reason(partial_date, "16/4/2026", "mdy") == (
        "“16/4/2026” does not exist. Check the day, the month and the time."
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1994", "1994"),
        (1994, "1994"),
        ("1994-05", "1994-05"),
        ("1994-5-6", "1994-05-06"),
        ("3.4.2026", "2026-04-03"),
        ("2026/4/3", "2026-04-03"),
        ("05.2024", "2024-05"),
        ("4/2026", "2026-04"),
        ("20260403", "2026-04-03"),
        ("3 April 2026", "2026-04-03"),
        ("April 3, 2026", "2026-04-03"),
        ("3rd of April 2026", "2026-04-03"),
        ("Fri, 3 Apr 2026", "2026-04-03"),
        ("3-Apr-2026", "2026-04-03"),
        ("Sept. 5, 2020", "2020-09-05"),
        ("3 kwietnia 2026", "2026-04-03"),
        ("3 kwi 2026 r.", "2026-04-03"),
        ("kwiecień 2026", "2026-04"),
        ("2026年4月3日", "2026-04-03"),
        ("2026年4月", "2026-04"),
        ("2026년 4월 3일", "2026-04-03"),
        ("2026. 4. 3.", "2026-04-03"),
        (46115, "2026-04-03"),
        (46115.5, "2026-04-03"),
        ("46115", "2026-04-03"),
        (date(2026, 4, 3), "2026-04-03"),
        (datetime(2026, 4, 3, 9), "2026-04-03"),
        ("2026-04-03T19:30:00Z", "2026-04-03"),
        ("", ""),
        ("-", ""),
        (None, ""),
    ],
)
def test_partial_dates(value, expected):
    assert partial_date(value) == expected
    if expected:
        validate(expected, time=False)


def test_days_are_counted_from_1904_in_old_workbooks_of_the_mac():
    assert partial_date(46115 - 1462, epoch=1904) == "2026-04-03"


def test_time_is_kept_if_it_is_asked_for():
    for value in ("2026-04-03 19:30", "3/4/2026 7:30 PM", datetime(2026, 4, 3, 19, 30), 46115.8125):
        assert partial_date(value, "dmy", with_time=True) == "2026-04-03T19:30"


@pytest.mark.parametrize(
    "value",
    [
        "31/02/2026",
        "30 February 2026",
        "13/13/2026",
        "2026-13-01",
        "0/5/2024",
        "2026-0-0",
        "1700-01-01",
        "3000",
        "3/4/26",
        "Apr-26",
        "soon",
        "4月3日",
        "12 months 2026",
        12,
        5.5,
        True,
        10**12,
        "99999999",
        "2026-04-03 25:00",
    ],
)
def test_impossible_and_unclear_dates_are_refused(value):
    assert _reason(partial_date, value, with_time=True)


def test_moments():
    assert moment("2026-04-03 19:30", None, WARSAW) == datetime(2026, 4, 3, 17, 30, tzinfo=UTC)
    assert moment("2026-04-03T19:30:15+09:00", None, WARSAW) == datetime(2026, 4, 3, 10, 30, 15, tzinfo=UTC)
    assert moment("2025-11-25 09:41:21 -0800", None, WARSAW) == datetime(2025, 11, 25, 17, 41, 21, tzinfo=UTC)
    assert moment(datetime(2026, 4, 3, 12), None, WARSAW) == datetime(2026, 4, 3, 10, tzinfo=UTC)
    assert moment("2026-04-03", None, WARSAW) == datetime(2026, 4, 2, 22, tzinfo=UTC)
    assert moment("", None, WARSAW) is None


def test_moment_that_does_not_exist_is_refused():
    assert "the clock was put forward" in _reason(moment, "2026-03-29 02:30", None, WARSAW)
    assert "has no day" in _reason(moment, "2026-04", None, WARSAW)
    assert _reason(moment, "2026-04-03 19:30:75", None, WARSAW)
