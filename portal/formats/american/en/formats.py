"""
American date formats, used if the setting `ENGLISH` is "en-us". Forms show dates as 11/28/2026 and also accept
2026-11-28. In each list of input formats, the first format is also the one in which forms show a value.
"""

DATE_FORMAT = "F j, Y"
TIME_FORMAT = "P"
DATETIME_FORMAT = "F j, Y, P"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "F j"
SHORT_DATE_FORMAT = "m/d/Y"
SHORT_DATETIME_FORMAT = "m/d/Y P"
FIRST_DAY_OF_WEEK = 0  # Weeks begin on Sunday.
_DAYS = ["%m/%d/%Y", "%Y-%m-%d", "%B %d, %Y", "%b %d, %Y"]
_TIMES = ["%H:%M", "%H:%M:%S", "%H:%M:%S.%f", "%I:%M %p"]
DATE_INPUT_FORMATS = _DAYS
TIME_INPUT_FORMATS = _TIMES
DATETIME_INPUT_FORMATS = [f"{day} {time}" for day in _DAYS[:2] for time in _TIMES]
