"""Django's formats for Japanese, with a space before the time. Forms show times without seconds."""

DATETIME_FORMAT = "Y年n月j日 G:i"
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S", "%H:%M:%S.%f"]
