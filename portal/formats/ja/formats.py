"""Django's formats for Japanese, but for a space before the time, and forms that write no seconds."""

DATETIME_FORMAT = "Y年n月j日 G:i"
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S", "%H:%M:%S.%f"]
