"""Django's formats for Japanese, without the space before the time. Forms write no seconds."""

DATETIME_FORMAT = "Y年n月j日 G:i"
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S", "%H:%M:%S.%f"]
