"""
British date formats. Django's own formats for "en" are American. Forms show dates as 28/11/2026 and also accept
2026-11-28. In each list of input formats, the first format is also the one in which forms show a value.
"""

DATE_FORMAT = "j F Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
YEAR_MONTH_FORMAT = "F Y"
MONTH_DAY_FORMAT = "j F"
SHORT_DATE_FORMAT = "d/m/Y"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
FIRST_DAY_OF_WEEK = 1  # Weeks begin on Monday.
_DAYS = ["%d/%m/%Y", "%Y-%m-%d", "%d.%m.%Y", "%d %B %Y", "%d %b %Y"]
_TIMES = ["%H:%M", "%H:%M:%S", "%H:%M:%S.%f"]
DATE_INPUT_FORMATS = _DAYS
TIME_INPUT_FORMATS = _TIMES
DATETIME_INPUT_FORMATS = [f"{day} {time}" for day in _DAYS[:2] for time in _TIMES]
